"""Partnerships: the register, one with its stages, and what officers and named parties do there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from convenor.core.files.commands import receive
from convenor.core.records.rules import Viewer
from convenor.domain.directory import commands, permissions, queries, rules
from convenor.domain.directory.forms.partnerships import (
    AgreementForm,
    AnswerForm,
    BasePartyFormSet,
    ChallengeForm,
    InviteForm,
    PartnershipFilterForm,
    PartnershipForm,
    PartyFormSet,
    StageForm,
)
from convenor.domain.directory.models import Agreement, Organisation, Partnership, PartnershipParty, StageChange
from convenor.domain.directory.views import base
from convenor.domain.directory.views.states import stage_state
from convenor.kit.http import Request
from convenor.kit.parts import Action, Anchor, Fact, Link, Stage, State
from convenor.kit.query import chips_of
from convenor.kit.tables import Column, Table, page_of, sort_key

SORTS = {"name": "name", "stage": ("stage_on", "name"), "kind": ("kind", "name")}
WAY = (rules.EXPLORING, rules.NEGOTIATING, rules.ACTIVE)


@require_safe
def register(request: Request) -> HttpResponse:
    """Every partnership, with its stage and parties."""
    form = PartnershipFilterForm(request.GET)
    sort = sort_key(request, SORTS, "name")
    rows = queries.partnerships(request.viewer, form.filter()).order_by(*sort.order_by)
    page = page_of(rows, request)
    asked = base.with_body(request, form.asked())
    context = {
        "title": _("Partnerships"),
        "filter_form": form,
        "page": page,
        "table": _register_table(page.rows, sort, request),
        "sentence": ngettext("%(n)d partnership", "%(n)d partnerships", page.total) % {"n": page.total},
        "chips": [*chips_of(form, request), *base.body_chips(request)],
        "tabs": base.tabs("partnerships"),
        "downloads": base.downloads("partnerships", asked, "directory:partnerships-feed"),
        "add": permissions.may_start_partnership(request.viewer),
    }
    return base.present(request, "directory/partnerships.html", context)


def _register_table(rows: Sequence[Partnership], sort: Any, request: HttpRequest) -> Table[Partnership]:
    columns = [
        Column[Partnership]("name", _("Partnership"), "name", sort="name", priority=1, link=_address),
        Column[Partnership]("stage", _("Stage"), _stage_tag),
        Column[Partnership]("on", _("Since"), "stage_on", sort="stage"),
        Column[Partnership]("parties", _("With"), _party_links),
        Column[Partnership]("kind", _("Kind"), lambda row: row.get_kind_display(), sort="kind", priority=3),
    ]
    return Table(columns, rows, _("Partnerships"), sort=sort, asked=request, caption_hidden=True)


def _address(row: Partnership) -> str:
    return reverse("directory:partnership", args=[row.slug])


def _party_links(row: Partnership) -> list[Link]:
    return [_body_link(party.organisation) for party in queries.parties_of(row)]


def _body_link(body: Organisation) -> Link:
    return Link(body.name, reverse("directory:organisation", args=[body.slug]))


def _stage_tag(row: Partnership) -> State | None:
    stage = getattr(row, "stage", None)
    return stage_state(stage) if stage else None


@require_safe
def detail(request: Request, slug: str) -> HttpResponse:
    """One partnership: where it stands, how it came there, with whom, on what terms."""
    viewer = request.viewer
    found = base.or_former(request, "partnership", slug, queries.access_partnership)
    if isinstance(found, HttpResponse):
        return found
    stages = queries.stages_of(viewer, found)
    panels = base.panels(found.record, viewer)
    stage = getattr(found, "stage", "")
    may = permissions.is_officer(viewer) and bool(permissions.may_edit_partnership(viewer, found))
    context = base.head(
        found.record,
        partnership=found,
        state=base.state_of(found.record, *_words(stage)),
        steps=_steps(stages),
        stages=list(reversed(stages)),
        latest=stages[-1] if stages else None,
        may_be_challenged=_open_to_challenge(request, stages),
        parties=queries.parties_of(found),
        invite_url=reverse("directory:challenge-invite", args=[slug]) if may else "",
        restore_url=reverse("directory:partnership-restore", args=[slug]) if may else "",
        agreements=_agreements_table(queries.agreements_of(viewer, found)),
        facts=_facts(found),
        panels=panels,
        actions=_actions(found, stages, viewer),
        crumbs=base.crumbs(_("Partnerships"), "directory:partnerships", Link(found.name, "")),
    )
    context["anchors"] = _anchors(context)
    return base.present(request, "directory/partnership.html", context)


def _words(stage: str) -> tuple[str, str]:
    state = stage_state(stage) if stage else State("")
    return state.word, state.tone


def _steps(stages: Sequence[StageChange]) -> list[Stage]:
    """The way a partnership goes: what it has been through since it was last explored, where it is, what is to come."""
    starts = [number for number, row in enumerate(stages) if row.stage == rules.EXPLORING]
    lap = {row.stage: row for row in stages[starts[-1] if starts else 0 :]}
    at = stages[-1].stage if stages else ""
    steps = [_step(stage, lap.get(stage), at) for stage in WAY]
    if at == rules.ENDED:
        steps.append(Stage(str(Partnership.Stage.ENDED.label), "current", lap[at].on))
    return steps


def _step(stage: str, row: StageChange | None, at: str) -> Stage:
    label = str(Partnership.Stage(stage).label)
    if row is not None:
        return Stage(label, "current" if stage == at else "done", row.on)
    passed = at == rules.ENDED or (at in WAY and WAY.index(stage) < WAY.index(at))
    return Stage(label, "skipped" if passed else "next")


def _open_to_challenge(request: Request, stages: Sequence[StageChange]) -> bool:
    latest = stages[-1] if stages else None
    today = queries.local_day(request.now)
    return bool(latest and latest.challenge_by and latest.challenge_by >= today and latest.challenged_at is None)


def _facts(partnership: Partnership) -> list[Fact]:
    host = queries.partnership_host(partnership)
    facts = [
        Fact(_("Kind"), partnership.get_kind_display()),
        Fact(_("Kept by"), _body_link(host) if host else None),
    ]
    return [fact for fact in facts if fact.value]


def _agreements_table(rows: Sequence[Agreement]) -> Table[Agreement] | None:
    columns = [
        Column[Agreement]("version", _("Version"), lambda row: _("Version %(n)d") % {"n": row.version}, priority=1),
        Column[Agreement]("signed", _("Signed"), lambda row: row.signed_on or _("Not signed")),
        Column[Agreement]("summary", _("What it agrees"), lambda row: row.summary or None),
        Column[Agreement]("file", _("Text"), queries.agreement_link),
    ]
    return Table(columns, rows, _("Agreements"), caption_hidden=True) if rows else None


def _actions(partnership: Partnership, stages: Sequence[StageChange], viewer: Viewer) -> list[Action]:
    found = base.actions(partnership.record, viewer)
    latest = stages[-1] if stages else None
    if latest is None or not found:
        return found
    if latest.challenged_at and not latest.challenge_answered_at:
        refused = found[0].refused
        answer = reverse("directory:challenge-answer", args=[partnership.slug])
        return [Action(_("Answer the challenge"), answer, "primary", refused), *found[1:]]
    return found


def _anchors(context: dict[str, Any]) -> list[Anchor]:
    came = [Anchor("outcomes", _("What came of it"))] if context["partnership"].outcomes else []
    own = [Anchor("purpose", _("What it is for")), *came, Anchor("stages", _("How it came here"))]
    terms = [Anchor("agreements", _("Agreements"))] if context["agreements"] else []
    return [*own, *terms, *base.panel_anchors(context["panels"])]


def place_of(partnership: Partnership) -> base.Place:
    """Where the tasks of a partnership belong."""
    return base.Place(partnership.name, _address(partnership), base.crumbs(_("Partnerships"), "directory:partnerships"))


def _mine(request: Request, slug: str) -> Partnership:
    partnership = queries.access_partnership(request.viewer, slug)
    permissions.may_edit_partnership(request.viewer, partnership).require()
    return partnership


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: Request) -> HttpResponse:
    """Record a partnership at its first stage."""
    permissions.may_start_partnership(request.viewer).require()
    form = PartnershipForm(request.POST or None, viewer=request.viewer)
    stage = StageForm(
        request.POST or None, viewer=request.viewer, now_at="", today=queries.local_day(request.now), prefix="stage"
    )
    parties = _parties(request)
    rest_is_good = stage.is_valid() and parties.is_valid()
    made = base.run(form, lambda good: _create(request, good, stage, parties) if rest_is_good else None)
    if made:
        return base.done(request, _("%(name)s was recorded.") % {"name": made.name}, _address(made))
    context = {
        "stage_form": stage,
        "parties": parties,
        "submit_label": _("Record partnership"),
        "cancel_url": reverse("directory:partnerships"),
        "crumbs": base.crumbs(_("Partnerships"), "directory:partnerships", Link(_("Add"), "")),
        "template": "directory/partnership_form.html",
    }
    return base.task(request, form, _("Record a partnership"), **context)


def _parties(request: Request, initial: Sequence[PartnershipParty] = ()) -> BasePartyFormSet:
    rows = [{"organisation": party.organisation, "role": party.role} for party in initial]
    return PartyFormSet(request.POST or None, prefix="parties", initial=rows, form_kwargs={"viewer": request.viewer})


def _create(request: Request, form: PartnershipForm, stage: StageForm, parties: BasePartyFormSet) -> Partnership:
    facts = form.facts(parties.parties())
    return commands.create_partnership(by=request.viewer, facts=facts, stage=stage.facts(), now=request.now)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, slug: str) -> HttpResponse:
    """Change what is recorded of a partnership."""
    partnership = _mine(request, slug)
    form = PartnershipForm(request.POST or None, viewer=request.viewer, partnership=partnership)
    parties = _parties(request, queries.parties_of(partnership))
    rest_is_good = parties.is_valid()
    made = base.run(form, lambda good: _edit(request, partnership, good, parties) if rest_is_good else None)
    if made:
        return base.done(request, _("The changes were saved."), _address(made))
    context = place_of(partnership).context(
        _("Save changes"), parties=parties, withdraw=reverse("directory:partnership-withdraw", args=[slug])
    )
    return base.task(request, form, _("Edit this partnership"), template="directory/partnership_form.html", **context)


def _edit(request: Request, partnership: Partnership, form: PartnershipForm, parties: BasePartyFormSet) -> Partnership:
    facts = form.facts(parties.parties())
    return commands.edit_partnership(by=request.viewer, partnership=partnership, facts=facts, now=request.now)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: Request, slug: str) -> HttpResponse:
    """Take a partnership out of the lists."""
    partnership = _mine(request, slug)
    consequences = [_("It leaves every list and the search."), _("A partnership that is over is ended instead.")]
    said = _("The partnership was withdrawn.")
    question = base.Question(_("Withdraw this partnership?"), _("Withdraw"), consequences, said)
    return base.ask_reason(
        request,
        place_of(partnership),
        question,
        lambda reason: commands.withdraw_partnership(
            by=request.viewer, partnership=partnership, reason=reason, now=request.now
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def restore(request: Request, slug: str) -> HttpResponse:
    """Bring a partnership back into the lists."""
    partnership = _mine(request, slug)
    consequences = [_("It is in the lists and the search again.")]
    said = _("The partnership was restored.")
    question = base.Question(_("Restore this partnership?"), _("Restore"), consequences, said)
    return base.ask_reason(
        request,
        place_of(partnership),
        question,
        lambda reason: commands.restore_partnership(
            by=request.viewer, partnership=partnership, reason=reason, now=request.now
        ),
    )


# Stages and challenges


@require_http_methods(["GET", "HEAD", "POST"])
def stage_add(request: Request, slug: str) -> HttpResponse:
    """Record the stage that has been reached."""
    partnership = _mine(request, slug)
    at, today = getattr(partnership, "stage", "") or "", queries.local_day(request.now)
    form = StageForm(request.POST or None, viewer=request.viewer, now_at=at, today=today)
    moved = base.run(
        form,
        lambda good: commands.move_stage(
            by=request.viewer, partnership=partnership, stage=good.facts(), now=request.now
        ),
    )
    if moved:
        said = _("The stage is now “%(stage)s”.") % {"stage": moved.get_stage_display()}
        return base.done(request, said, _address(partnership))
    return base.task(request, form, _("Record a stage"), **place_of(partnership).context(_("Record stage")))


@require_http_methods(["GET", "HEAD", "POST"])
def challenge(request: Request, slug: str) -> HttpResponse:
    """A named party says what is wrong with the stage we recorded."""
    partnership = queries.access_partnership(request.viewer, slug)
    latest = _latest(request, partnership)
    permissions.may_challenge_any(request.viewer, latest, _others(partnership)).require()
    bodies = [body for body in _others(partnership) if permissions.may_challenge(request.viewer, latest, body)]
    form = ChallengeForm(request.POST or None, viewer=request.viewer, parties=bodies)
    named = {str(body.pk): body for body in bodies}
    made = base.run(
        form,
        lambda good: commands.challenge_stage(
            by=request.viewer,
            stage=latest,
            party=named[good.cleaned_data["party"]],
            text=good.cleaned_data["challenge"],
            now=request.now,
        ),
    )
    if made:
        return base.done(request, _("The challenge is published; our answer is due."), _address(partnership))
    context = place_of(partnership).context(_("Publish challenge"))
    return base.task(request, form, _("Challenge what we recorded"), **context)


def _others(partnership: Partnership) -> list[Organisation]:
    return [party.organisation for party in queries.parties_of(partnership)]


def _latest(request: Request, partnership: Partnership) -> StageChange:
    stages = queries.stages_of(request.viewer, partnership)
    if not stages:
        raise Http404
    return stages[-1]


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: Request, slug: str) -> HttpResponse:
    """Answer the challenge of a named party."""
    partnership = _mine(request, slug)
    latest = _latest(request, partnership)
    form = AnswerForm(request.POST or None, viewer=request.viewer)
    made = base.run(
        form,
        lambda good: commands.answer_challenge(
            by=request.viewer, stage=latest, answer=good.cleaned_data["answer"], now=request.now
        ),
    )
    if made:
        return base.done(request, _("The answer is published."), _address(partnership))
    context = place_of(partnership).context(_("Publish answer"), challenge=latest)
    return base.task(request, form, _("Answer the challenge"), template="directory/answer.html", **context)


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: Request, slug: str) -> HttpResponse:
    """Send somebody of a named party the link with which they may challenge the stage."""
    partnership = _mine(request, slug)
    parties = [(party.pk, party.organisation.name) for party in queries.parties_of(partnership)]
    form = InviteForm(request.POST or None, viewer=request.viewer, parties=parties)
    by_key = {str(party.pk): party for party in queries.parties_of(partnership)}
    sent = base.run(
        form,
        lambda good: commands.invite_challenge(
            by=request.viewer,
            party=by_key[good.cleaned_data["party"]],
            name=good.cleaned_data["name"],
            email=good.cleaned_data["email"],
            now=request.now,
        ),
    )
    if sent:
        return base.done(request, _("The link was sent."), _address(partnership))
    context = place_of(partnership).context(_("Send link"))
    return base.task(request, form, _("Send a named party the link to challenge"), **context)


@require_http_methods(["GET", "HEAD", "POST"])
def agreement_add(request: Request, slug: str) -> HttpResponse:
    """Add the next version of the agreement."""
    partnership = _mine(request, slug)
    form = AgreementForm(request.POST or None, request.FILES or None, viewer=request.viewer)
    made = base.run(form, lambda good: _add_agreement(request, partnership, good))
    if made:
        said = _("Version %(n)d of the agreement was added.") % {"n": made.version}
        return base.done(request, said, _address(partnership))
    return base.task(request, form, _("Add an agreement"), **place_of(partnership).context(_("Add agreement")))


def _add_agreement(request: Request, partnership: Partnership, form: AgreementForm) -> Agreement:
    upload: UploadedFile[bytes] | None = form.cleaned_data["file"]
    return commands.add_agreement(
        by=request.viewer,
        partnership=partnership,
        signed_on=form.cleaned_data["signed_on"],
        summary=form.cleaned_data["summary"],
        now=request.now,
        received=receive(upload) if upload else None,
    )
