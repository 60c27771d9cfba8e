"""The editor of a next version, without JavaScript: every step saves the whole draft, and no save is written over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from convenor.core.records.rules import NotAllowed, Refused
from convenor.domain.engagement.commands.drafts import drop_draft, save_draft, start_draft, take_up_draft, use_draft
from convenor.domain.engagement.commands.load import over_caps
from convenor.domain.engagement.forms import drafts as forms
from convenor.domain.engagement.models import DraftSave, EngagementModel, ModelDraft
from convenor.domain.engagement.permissions import may_change_model
from convenor.domain.engagement.queries.drafts import access_draft, drafts_of, last_save, save_number
from convenor.domain.engagement.queries.loading import Plan, known_vocabulary, plan_load, value_of
from convenor.domain.engagement.queries.pages import access_model
from convenor.domain.engagement.rules import LevelValue, TypeRulesValue, Vocabulary, drafting
from convenor.domain.engagement.rules.differences import Difference, differences
from convenor.domain.engagement.rules.drafting import Draft, Step
from convenor.domain.engagement.views.drawn import bare_poster
from convenor.kit.http import Request
from convenor.kit.parts import Link
from convenor.kit.structs import struct

WRITES = require_http_methods(["GET", "HEAD", "POST"])
STEPS: Final[dict[str, Callable[[str], Step]]] = {
    "level-up": lambda slug: drafting.move_level(slug, -1),
    "level-down": lambda slug: drafting.move_level(slug, 1),
    "level-remove": drafting.remove_level,
    "type-up": lambda slug: drafting.move_type(slug, -1),
    "type-down": lambda slug: drafting.move_type(slug, 1),
    "type-remove": drafting.remove_type,
}
"""What the buttons of the overview do."""


@struct(slots=False)
class Desk:
    """A draft on the table: as it was saved last, read as far as it can be."""

    draft: ModelDraft
    saved: DraftSave
    read: Draft
    known: Vocabulary

    @property
    def url(self) -> str:
        """Its overview."""
        return reverse("engagement:draft", args=[self.draft.model.slug, self.draft.number])

    @property
    def is_open(self) -> bool:
        """Whether it may be changed."""
        return self.draft.state == ModelDraft.State.OPEN


def _model(request: Request, slug: str) -> EngagementModel:
    model = access_model(request.viewer, slug)
    may_change_model(request.viewer, model).require()
    return model


def _desk(request: Request, slug: str, number: int) -> Desk:
    draft = access_draft(_model(request, slug), number)
    saved, known = last_save(draft), known_vocabulary()
    return Desk(draft, saved, drafting.read_draft(saved.yaml, known), known)


@WRITES
def drafts(request: Request, slug: str) -> HttpResponse:
    """Every draft of a model, and a new one."""
    model = _model(request, slug)
    form = forms.StartForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        made = start_draft(by=request.viewer, model=model, name=form.cleaned_data["name"], now=request.now)
        return HttpResponseRedirect(reverse("engagement:draft", args=[slug, made.number]))
    context = {
        "title": _("The next version of “%(model)s”") % {"model": model.name},
        "model": model,
        "drafts": drafts_of(model),
        "form": form,
        "crumbs": _crumbs(model, Link(_("Next version"), "")),
    }
    return render(request, "engagement/drafts.html", context, status=422 if form.errors else 200)


@WRITES
def draft(request: Request, slug: str, number: int) -> HttpResponse:
    """A draft as it stands: what is wrong, what is different, the drawing, its levels and types with their buttons."""
    desk = _desk(request, slug, number)
    refused: Sequence[str] = ()
    if request.method == "POST":
        step = _step(request.POST.get("step", ""))
        try:
            _save(request, desk, drafting.changed(desk.read, step))
            return HttpResponseRedirect(f"{desk.url}#parts")
        except NotAllowed:
            raise
        except Refused as error:
            refused = [breach.text for breach in error.breaches]
    return _page(request, desk, "engagement/draft.html", refused=refused, **_overview(desk))


def _step(said: str) -> Step:
    name, _space, slug = said.partition(" ")
    if name not in STEPS:
        raise Http404
    return STEPS[name](slug)


def _overview(desk: Desk) -> dict[str, Any]:
    value, good = desk.read.value, not desk.read.problems
    return {
        "levels": value.levels if value else (),
        "differences": _differences(desk) if value else None,
        "drawing": bare_poster(value) if value and good else None,
    }


def _differences(desk: Desk) -> list[Difference]:
    """Against the version it is based on, which is the newest unless another was loaded meanwhile."""
    assert desk.read.value is not None  # noqa: S101 - asked by the caller
    return differences(value_of(desk.draft.based_on), desk.read.value)


def _save(request: Request, desk: Desk, text: str, expected: int | None = None) -> DraftSave:
    """Keep the text. expected: the save the page was made from; that of the request where it has one."""
    said = request.POST.get("save", "")
    number = expected or (int(said) if said.isdigit() and len(said) < 8 else desk.saved.number)
    return save_draft(by=request.viewer, draft=desk.draft, text=text, expected=number, now=request.now)


def _edited(
    request: Request, desk: Desk, form: Any, step: Callable[[Any], Step], template: str, title: str, **context: Any
) -> HttpResponse:
    """A form of a part: its step is applied to the draft as it stands, and saved. Nothing entered is lost."""
    told: dict[str, Any] = {}
    if form.is_bound and form.is_valid():
        try:
            saved = _save(request, desk, drafting.changed(desk.read, step(form)), form.cleaned_data["save"])
        except NotAllowed:
            raise
        except Refused as refused:
            form.add_breaches(refused.breaches)
            told = _meanwhile(desk, form)
        else:
            messages.success(request, _("Saved as number %(n)d of the draft.") % {"n": saved.number})
            return HttpResponseRedirect(context.pop("then", desk.url))
    context.pop("then", None)
    return _page(request, desk, template, status=422 if form.errors else 200, form=form, part_title=title,
                 cancel_url=desk.url, **told, **context)  # fmt: skip


def _meanwhile(desk: Desk, form: Any) -> dict[str, Any]:
    """What somebody else saved since this form was made, in sentences; the form then goes on from there."""
    was = save_number(desk.draft, form.cleaned_data["save"])
    if was is None or was.number == desk.saved.number:
        return {}
    form.data = form.data.copy()
    form.data["save"] = str(desk.saved.number)
    old, new = drafting.read_draft(was.yaml, desk.known).value, desk.read.value
    return {"meanwhile": differences(old, new) if old and new else []}


def _page(request: Request, desk: Desk, template: str, status: int = 200, **context: Any) -> HttpResponse:
    model, draft = desk.draft.model, desk.draft
    here = [Link(_("Next version"), reverse("engagement:drafts", args=[model.slug])), Link(draft.name, desk.url)]
    context |= {
        "title": context.get("part_title") or draft.name,
        "model": model,
        "draft": draft,
        "desk": desk,
        "saved": desk.saved,
        "problems": desk.read.problems,
        "crumbs": _crumbs(model, *here, *([Link(context["part_title"], "")] if context.get("part_title") else [])),
    }
    return render(request, template, context, status=status)


def _crumbs(model: EngagementModel, *more: Link) -> list[Link]:
    way = [Link(_("How we engage"), reverse("engagement:models"))]
    return [*way, Link(model.name, reverse("engagement:model", args=[model.slug])), *more]


def _open(request: Request, slug: str, number: int) -> Desk:
    """A draft that can be edited field by field; else its overview says what is wrong."""
    desk = _desk(request, slug, number)
    if desk.read.value is None or not desk.is_open:
        raise Http404
    return desk


def _bound(request: Request) -> Any:
    return request.POST if request.method == "POST" else None


@WRITES
def words(request: Request, slug: str, number: int) -> HttpResponse:
    """The model's own words."""
    desk = _open(request, slug, number)
    data = desk.read.data or {}
    vocabulary = data.get("vocabulary", {})
    initial = {
        "save": desk.saved.number,
        **{key: data.get(key, "") for key in drafting.MODEL_WORDS},
        **{key: vocabulary.get(key, []) for key in ("roles", "kinds", "segments")},
    }
    form = forms.ModelForm(_bound(request), initial=initial)

    def step(good: forms.ModelForm) -> Step:
        return drafting.both(drafting.set_words(good.words()), drafting.set_vocabulary(good.vocabulary()))

    return _edited(request, desk, form, step, "engagement/draft_part.html", _("The model's words"))


@WRITES
def level(request: Request, slug: str, number: int, part: str) -> HttpResponse:
    """One level."""
    desk = _open(request, slug, number)
    found = _level(desk, part)
    initial = {"save": desk.saved.number, **{key: getattr(found, key) for key in drafting.LEVEL_WORDS}}
    form = forms.LevelForm(_bound(request), initial=initial)
    title = _("The level “%(name)s”") % {"name": found.name}
    return _edited(
        request, desk, form, lambda good: drafting.set_level(part, good.words()), "engagement/draft_part.html", title
    )


def _level(desk: Desk, slug: str) -> LevelValue:
    levels = desk.read.value.levels if desk.read.value else ()
    found = next((each for each in levels if each.slug == slug), None)
    if found is None:
        raise Http404
    return found


@WRITES
def add_level(request: Request, slug: str, number: int) -> HttpResponse:
    """Another level."""
    desk = _open(request, slug, number)
    form = forms.AddForm(_bound(request), initial={"save": desk.saved.number})
    return _edited(
        request,
        desk,
        form,
        lambda good: drafting.add_level(good.code_of(), good.cleaned_data["name"]),
        "engagement/draft_part.html",
        _("Add a level"),
    )


@WRITES
def add_type(request: Request, slug: str, number: int) -> HttpResponse:
    """Another type of group; then its rules."""
    desk = _open(request, slug, number)
    assert desk.read.value is not None  # noqa: S101 - it is open
    given = {"save": desk.saved.number, "level": request.GET.get("level", "")}
    form = forms.AddTypeForm(_bound(request), value=desk.read.value, initial=given)

    def step(good: forms.AddTypeForm) -> Step:
        said = good.cleaned_data
        return drafting.add_type(said["level"], good.code_of(), said["name"], said["purpose"])

    return _edited(request, desk, form, step, "engagement/draft_part.html", _("Add a type of group"))


@WRITES
def group_type(request: Request, slug: str, number: int, part: str) -> HttpResponse:
    """One type with every rule as typed fields, the sentence it makes beside each."""
    desk = _open(request, slug, number)
    assert desk.read.value is not None  # noqa: S101 - it is open
    found = _type(desk, part)
    known = {name: getattr(desk.known, name) for name in ("roles", "kinds", "segments")}
    form = forms.TypeForm(
        _bound(request),
        value=desk.read.value,
        rules=found,
        codes=forms.codes_of(desk.read.value, known),
        initial={"save": desk.saved.number},
    )

    def step(good: forms.TypeForm) -> Step:
        return drafting.set_type(part, good.cleaned_data["level"], good.words(), good.values())

    here = reverse("engagement:draft_type", args=[slug, number, part])
    return _edited(
        request, desk, form, step, "engagement/draft_type.html", found.name, then=here, mine=_of_type(desk, part)
    )


def _type(desk: Desk, slug: str) -> TypeRulesValue:
    found = desk.read.value.type(slug) if desk.read.value else None
    if found is None:
        raise Http404
    return found


def _of_type(desk: Desk, slug: str) -> list[Difference]:
    """What is different about one type."""
    name = _type(desk, slug).name
    return [each for each in _differences(desk) if each.about == name]


@WRITES
def text(request: Request, slug: str, number: int) -> HttpResponse:
    """The whole text of the draft, to paste or upload. A text with problems is kept too, and they are told."""
    desk = _desk(request, slug, number)
    if not desk.is_open:
        raise Http404
    posted = request.method == "POST"
    form = forms.TextForm(
        request.POST if posted else None, request.FILES if posted else None, text=desk.saved.yaml,
        save=desk.saved.number,
    )  # fmt: skip
    told: dict[str, Any] = {}
    if posted and form.is_valid():
        try:
            _save(request, desk, form.cleaned_data["yaml"], form.cleaned_data["save"])
            return HttpResponseRedirect(desk.url)
        except NotAllowed:
            raise
        except Refused as refused:
            form.add_breaches(refused.breaches)
            told = _meanwhile(desk, form)
    return _page(request, desk, "engagement/draft_part.html", status=422 if form.errors else 200, form=form,
                 part_title=_("The text"), cancel_url=desk.url, faults=_faults(desk), **told)  # fmt: skip


def _faults(desk: Desk) -> list[tuple[int, str, str]]:
    """Each problem of the text with its line."""
    lines = desk.saved.yaml.split("\n")
    return [
        (each.line, lines[each.line - 1] if 0 < each.line <= len(lines) else "", each.text)
        for each in desk.read.problems
    ]


@require_safe
def draft_yaml(request: Request, slug: str, number: int) -> HttpResponse:
    """The text of the draft as a file; `?save=` an earlier one."""
    desk = _desk(request, slug, number)
    asked = request.GET.get("save", "")
    saved = save_number(desk.draft, int(asked)) if asked.isdigit() and len(asked) < 8 else desk.saved
    if saved is None:
        raise Http404
    response = HttpResponse(saved.yaml, content_type="application/yaml; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}-draft-{number}.yaml"'
    return response


@WRITES
def use(request: Request, slug: str, number: int) -> HttpResponse:
    """Put the draft in force from a day: first what it would change and for whom, then, confirmed, the same load."""
    desk = _desk(request, slug, number)
    if not desk.is_open:
        raise Http404
    today = localdate(request.now)
    form = forms.UseForm(_bound(request), initial={"save": desk.saved.number, "in_force_from": today})
    plan = None
    if form.is_bound and form.is_valid():
        plan = plan_load(request.viewer, desk.saved.yaml, form.cleaned_data["in_force_from"])
        for problem in plan.problems:
            form.add_error(None, str(problem))
        for breach in over_caps(plan):
            form.add_error(None, breach.text)
        if "confirm" in request.POST and not form.errors and _used(request, desk, form, plan):
            return HttpResponseRedirect(reverse("engagement:model", args=[slug]))
    if not (plan and plan.to_accept):
        del form.fields["accept"]
    return _page(request, desk, "engagement/draft_use.html", status=422 if form.errors else 200, form=form,
                 plan=plan if plan and plan.value else None, part_title=_("Put it in force"),
                 cancel_url=desk.url)  # fmt: skip


def _used(request: Request, desk: Desk, form: forms.UseForm, plan: Plan) -> bool:
    given = form.cleaned_data
    try:
        made = use_draft(
            by=request.viewer,
            draft=desk.draft,
            expected=given["save"],
            in_force_from=given["in_force_from"],
            now=request.now,
            version=given["version"] or plan.number,
            accept=given.get("accept", ""),
        )
    except NotAllowed:
        raise
    except Refused as refused:
        form.add_breaches(refused.breaches)
        return False
    messages.success(request, _("Version %(number)d is loaded.") % {"number": made.number})
    return True


@WRITES
def lay_aside(request: Request, slug: str, number: int) -> HttpResponse:
    """Drop a draft, or take a dropped one up again."""
    desk = _desk(request, slug, number)
    if desk.draft.state == ModelDraft.State.USED:
        raise Http404
    if request.method != "POST":
        return _page(request, desk, "engagement/draft_drop.html", part_title=_("Drop the draft") if desk.is_open
                     else _("Take the draft up again"), cancel_url=desk.url)  # fmt: skip
    if desk.is_open:
        drop_draft(by=request.viewer, draft=desk.draft, now=request.now)
        messages.success(request, _("The draft is dropped. Its text stays, and it can be taken up again."))
    else:
        take_up_draft(by=request.viewer, draft=desk.draft, now=request.now)
        messages.success(request, _("The draft is open again."))
    return HttpResponseRedirect(reverse("engagement:drafts", args=[slug]))
