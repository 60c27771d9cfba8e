"""Terms of reference: the one in force, every version, what changed between two, drafting, endorsing."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from convenor.core.records.rules import Viewer
from convenor.domain.directory.forms.base import TaskForm
from convenor.domain.directory.queries import local_day
from convenor.domain.directory.views import base as directory
from convenor.domain.groups import permissions
from convenor.domain.groups.commands import tor
from convenor.domain.groups.forms.tor import CompareForm, DraftForm, EndorseForm, InForceForm
from convenor.domain.groups.models import Group, TermsOfReference
from convenor.domain.groups.queries import tor as versions
from convenor.domain.groups.queries.access import access_group
from convenor.domain.groups.queries.chairs import chairs_of
from convenor.domain.groups.queries.tor import still_to_endorse
from convenor.domain.groups.rules import redlines
from convenor.domain.groups.rules import tor as rules
from convenor.domain.groups.rules.states import CLOSED
from convenor.domain.groups.views import base
from convenor.kit.dates import say_day
from convenor.kit.http import Request, public
from convenor.kit.parts import Action, Fact, Link, State

WRITES = require_http_methods(["GET", "HEAD", "POST"])
FORMATS = {"md": ("text/markdown", rules.as_markdown), "txt": ("text/plain", rules.as_plain)}


def state_of(version: TermsOfReference, today: date) -> State:
    """Where a version stands, as a tag."""
    return {
        versions.DRAFT: State(_("Draft"), "watch"),
        versions.ENDORSED: State(_("Endorsed"), "info"),
        versions.AHEAD: State(_("Endorsed, in force later"), "info"),
        versions.IN_FORCE: State(_("In force"), "good"),
        versions.EARLIER: State(_("Earlier"), "neutral"),
    }[versions.standing(version, today)]


@require_safe
def version_list(request: Request, slug: str) -> HttpResponse:
    """Every version the viewer may read; the one in force is shown whole."""
    viewer, today = request.viewer, local_day(request.now)
    group = access_group(viewer, slug)
    found = list(versions.versions(viewer, group).prefetch_related("sections", "endorsements"))
    current = next((row for row in found if versions.standing(row, today) == versions.IN_FORCE), None)
    may = _may(viewer, group)
    context = {
        "title": _("Terms of reference of %(group)s") % {"group": group.name},
        "group": group,
        "versions": [_row(row, today) for row in found],
        "shown": _shown(current, today) if current else None,
        "compare_url": reverse("groups:terms-compare", args=[group.slug]) if len(found) > 1 else "",
        "draft_url": _draft_url(group, found) if may else "",
        "crumbs": _crumbs(group),
    }
    return directory.present(request, "groups/terms.html", context)


def _may(viewer: Viewer, group: Group) -> bool:
    return permissions.is_officer(viewer) and bool(permissions.may_edit_group(viewer, group))


def _draft_url(group: Group, found: list[TermsOfReference]) -> str:
    """Where the next version is written, while there is no draft."""
    if group.state == CLOSED or any(row.endorsed_on is None for row in found):
        return ""
    return reverse("groups:terms-add", args=[group.slug])


def _row(row: TermsOfReference, today: date) -> dict[str, Any]:
    return {"row": row, "url": address(row), "state": state_of(row, today)}


def _shown(row: TermsOfReference, today: date) -> dict[str, Any]:
    """A version as its page draws it."""
    args = [row.group.slug, row.number]
    return {
        "row": row,
        "state": state_of(row, today),
        "outline": versions.outline_of(row),
        "endorsements": list(row.endorsements.all()),
        "downloads": [
            Link(_("Markdown"), reverse("groups:terms-text", args=[*args, "md"])),
            Link(_("Plain text"), reverse("groups:terms-text", args=[*args, "txt"])),
        ],
    }


def _crumbs(group: Group, *more: Link) -> list[Link]:
    home = Link(_("Terms of reference"), reverse("groups:terms", args=[group.slug]) if more else "")
    return base.crumbs(Link(group.name, base.address(group)), home, *more)


def address(row: TermsOfReference) -> str:
    return reverse("groups:terms-version", args=[row.group.slug, row.number])


def _name(row: TermsOfReference) -> str:
    return _("Version %(number)d") % {"number": row.number}


@require_safe
def version(request: Request, slug: str, number: int) -> HttpResponse:
    """One version, whole, with who endorsed it and when it was in force."""
    viewer, today = request.viewer, local_day(request.now)
    group = access_group(viewer, slug)
    row = versions.access_version(viewer, group, number)
    facts = [
        Fact(_("Endorsed"), row.endorsed_on),
        Fact(_("In force from"), row.in_force_from),
        Fact(_("In force until"), row.in_force_to),
        Fact(_("To be reviewed by"), row.review_due_on),
    ]
    context = {
        "title": _("Version %(number)d of the terms of reference") % {"number": number},
        "group": group,
        "shown": _shown(row, today),
        "waits_for": still_to_endorse(row, chairs_of(group, today)) if row.sent_on and not row.in_force_from else [],
        "facts": [fact for fact in facts if fact.value],
        "actions": _actions(viewer, group, row, today),
        "crumbs": _crumbs(group, Link(_name(row), "")),
    }
    return directory.present(request, "groups/terms_version.html", context)


def _actions(viewer: Viewer, group: Group, row: TermsOfReference, today: date) -> list[Action]:
    if not viewer.signed_in or group.state == CLOSED:
        return []
    args, found = [group.slug, row.number], []
    officer, draft = _may(viewer, group), row.endorsed_on is None
    if row.in_force_from is None and (officer or permissions.may_endorse(viewer, group, chairs_of(group, today))):
        found.append(Action(_("Endorse it"), reverse("groups:terms-endorse", args=args), "primary"))
    if officer and draft:
        found.append(Action(_("Change the draft"), reverse("groups:terms-edit", args=args)))
        found.append(Action(_("Ask the chair to endorse it"), reverse("groups:terms-ask", args=args)))
        found.append(Action(_("Discard the draft"), reverse("groups:terms-discard", args=args)))
    if officer and not draft and row.in_force_from is None:
        found.append(Action(_("Put it in force"), reverse("groups:terms-in-force", args=args)))
    return found


@require_safe
def text(request: Request, slug: str, number: int, suffix: str) -> HttpResponse:
    """A version to take away, as Markdown or plain text."""
    if suffix not in FORMATS:
        raise Http404
    group = access_group(request.viewer, slug)
    row = versions.access_version(request.viewer, group, number)
    kind, write = FORMATS[suffix]
    title = _("Terms of reference of %(group)s") % {"group": group.name}
    body = write(title, _head(row), versions.texts_of(row))
    answer = HttpResponse(body, content_type=f"{kind}; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{group.slug}-terms-{number}.{suffix}"'
    return public(answer)


def _head(row: TermsOfReference) -> str:
    """One line: which version, endorsed when, in force from when to when."""
    words = [_name(row)]
    days = (
        (_("endorsed %(day)s"), row.endorsed_on),
        (_("in force from %(day)s"), row.in_force_from),
        (_("until %(day)s"), row.in_force_to),
    )
    words += [said % {"day": say_day(day)} for said, day in days if day]
    return ", ".join(words if row.endorsed_on else [*words, _("draft")])


@require_safe
def compare(request: Request, slug: str) -> HttpResponse:
    """What changed between two versions, section by section, in words and not by colour alone."""
    viewer = request.viewer
    group = access_group(viewer, slug)
    found = {row.number: row for row in versions.versions(viewer, group).prefetch_related("sections")}
    if not found:
        raise Http404
    numbers = list(found)
    form = CompareForm(request.GET or None, numbers=numbers)
    before, after = form.pair(numbers)
    if not form.is_bound:
        form = CompareForm({"before": before, "after": after}, numbers=numbers)
    changes = redlines.compare(versions.texts_of(found[before]), versions.texts_of(found[after]), dict(rules.TITLES))
    if request.GET.get("as") == "text":
        return public(HttpResponse(redlines.as_text(changes), content_type="text/plain; charset=utf-8"))
    context = {
        "title": _("What changed in the terms of reference"),
        "group": group,
        "form": form,
        "before": found[before],
        "after": found[after],
        "changes": changes,
        "unchanged": [change.title for change in changes if not change.changed],
        "number_changed": sum(change.changed for change in changes),
        "text_url": f"{request.path}?before={before}&after={after}&as=text",
        "crumbs": _crumbs(group, Link(_("What changed"), "")),
    }
    return directory.present(request, "groups/terms_compare.html", context)


@WRITES
def add(request: Request, slug: str) -> HttpResponse:
    """Draft the next version; it begins with what the last one says."""
    group = base.editable(request, slug)
    form = DraftForm(base.posted(request), viewer=request.viewer, initial=_start(request.viewer, group))
    made = directory.run(
        form, lambda good: tor.draft_terms(by=request.viewer, group=group, facts=good.facts(), now=request.now)
    )
    if made:
        return directory.done(request, _("The draft is kept."), address(made))
    lede = _("Write what the group needs; what stays empty is left out. # and - make headings and lists.")
    title = _("Draft terms of reference")
    return base.task(request, form, title, lede=lede, **_place(group).context(_("Keep the draft")))


def _start(viewer: Viewer, group: Group) -> dict[str, str]:
    last = versions.versions(viewer, group).prefetch_related("sections").first()
    return versions.texts_of(last) if last else {"purpose": group.purpose}


@WRITES
def edit(request: Request, slug: str, number: int) -> HttpResponse:
    """Change a draft."""
    group = base.editable(request, slug)
    row = versions.access_version(request.viewer, group, number)
    members = row.audience is not None and row.audience.key.endswith(":members")
    initial = {
        **versions.texts_of(row),
        "change_note": row.change_note,
        "review_due_on": row.review_due_on,
        "readers": rules.MEMBERS if members else rules.OFFICERS,
    }
    form = DraftForm(base.posted(request), viewer=request.viewer, initial=initial)
    done = directory.run(
        form, lambda good: tor.edit_draft(by=request.viewer, version=row, facts=good.facts(), now=request.now)
    )
    if done:
        return directory.done(request, _("The draft is changed."), address(row))
    return base.task(request, form, _("Change the draft"), **_place(group, row).context(_("Save the changes")))


@WRITES
def discard(request: Request, slug: str, number: int) -> HttpResponse:
    """Drop a draft."""
    group = base.editable(request, slug)
    row = versions.access_version(request.viewer, group, number)
    consequences = [_("The text is gone. The history says that there was a draft, and why it was dropped.")]
    home = reverse("groups:terms", args=[group.slug])
    question = directory.Question(_("Discard the draft"), _("Discard it"), consequences, _("It is discarded."), home)

    def save(reason: str) -> bool:
        tor.discard_draft(by=request.viewer, version=row, reason=reason, now=request.now)
        return True

    return directory.ask_reason(request, _place(group, row), question, save)


@WRITES
def endorse(request: Request, slug: str, number: int) -> HttpResponse:
    """Endorse a version, for officers and for who chairs the group."""
    viewer, today = request.viewer, local_day(request.now)
    group = access_group(viewer, slug)
    row = versions.access_version(viewer, group, number)
    chairs = chairs_of(group, today)
    permissions.may_endorse(viewer, group, chairs).require()
    seats = [title for person, title in chairs.items() if viewer.stands_for(person)]
    form = EndorseForm(
        base.posted(request), viewer=viewer, today=today, seat=seats[0] if seats else "", officer=_may(viewer, group)
    )
    done = directory.run(
        form, lambda good: tor.endorse_terms(by=viewer, version=row, endorsement=good.endorsement(), now=request.now)
    )
    if done:
        return directory.done(request, _("The endorsement is recorded."), address(row))
    title = _("Endorse version %(number)d") % {"number": number}
    return base.task(request, form, title, **_place(group, row).context(_("Record the endorsement")))


@WRITES
def in_force(request: Request, slug: str, number: int) -> HttpResponse:
    """Put an endorsed version in force."""
    group = base.editable(request, slug)
    row = versions.access_version(request.viewer, group, number)
    form = InForceForm(base.posted(request), viewer=request.viewer, initial={"starts_on": local_day(request.now)})
    done = directory.run(
        form,
        lambda good: tor.put_in_force(
            by=request.viewer, version=row, starts_on=good.cleaned_data["starts_on"], now=request.now
        ),
    )
    if done:
        return directory.done(request, _("It is in force from that day. The version before it ends."), address(row))
    title = _("Put version %(number)d in force") % {"number": number}
    return base.task(request, form, title, **_place(group, row).context(_("Put it in force")))


@WRITES
def ask(request: Request, slug: str, number: int) -> HttpResponse:
    """Ask those who chair the group to endorse a draft."""
    group = base.editable(request, slug)
    row = versions.access_version(request.viewer, group, number)
    form = TaskForm(base.posted(request), viewer=request.viewer)
    asked = directory.run(form, lambda _good: (tor.ask_endorsement(by=request.viewer, version=row, now=request.now),))
    if asked:
        words = ngettext("A letter goes to %(n)d person.", "Letters go to %(n)d people.", asked[0])
        return directory.done(request, words % {"n": asked[0]}, address(row))
    consequences = [
        _("It stands in My work of each person who chairs the group, who read it from now on. Other members do not."),
        _("Those with an e-mail address get a link by which they endorse it without an account. It works once."),
    ]
    context = _place(group, row).context(_("Ask them"), consequences=consequences, template="groups/confirm.html")
    return base.task(request, form, _("Ask the chair to endorse it"), **context)


def _place(group: Group, row: TermsOfReference | None = None) -> directory.Place:
    """Where the tasks of a version belong."""
    if row is None:
        return directory.Place(group.name, reverse("groups:terms", args=[group.slug]), base.crumbs())
    return directory.Place(_name(row), address(row), _crumbs(group, Link(_name(row), address(row)))[:-1])
