"""For the officer who runs a call: everything sent in on one dense page, one expression, who assesses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from convenor.core.accounts.models import Person
from convenor.core.clock.rules import end_of_day
from convenor.core.records.rules import Breach, Refused
from convenor.domain.directory.queries import local_day
from convenor.domain.directory.views import base as directory
from convenor.domain.directory.views.base import Question
from convenor.domain.expressions.commands import assessing, expressing
from convenor.domain.expressions.forms.assessing import (
    AssessorForm,
    InterestForm,
    ModerateForm,
    OrganisationForm,
    RuleOutForm,
)
from convenor.domain.expressions.forms.calls import LateForm
from convenor.domain.expressions.models import (
    Assessor,
    Call,
    CallInterest,
    Criterion,
    Declaration,
    Expression,
    Moderation,
    Score,
)
from convenor.domain.expressions.queries import facts
from convenor.domain.expressions.queries.access import access_call, access_edited, access_to_work, latest_offer
from convenor.domain.expressions.queries.facts import Standing
from convenor.domain.expressions.queries.tasks import people_to_name, who
from convenor.domain.expressions.rules import calls
from convenor.domain.expressions.rules.assessing import wide
from convenor.domain.expressions.views import base
from convenor.domain.expressions.views.words import shown, state_of, where_of
from convenor.kit.http import Request
from convenor.kit.parts import Action, Fact, Link, State
from convenor.kit.tables import Column, Table


@require_safe
def work(request: Request, slug: str) -> HttpResponse:
    """The whole call at a glance: where it is, what the next step is, everything sent in with its scores."""
    call = access_edited(request.viewer, slug)
    where = where_of(call, request.now)
    criteria = facts.criteria_of(call)
    rows = facts.standings(call, criteria)
    assessors = facts.assessors_of(call, localdate(request.now))
    drafts = Expression.objects.filter(call=call, state=Expression.State.DRAFT).count()
    context = {
        "title": call.title,
        "call": call,
        "line": shown(call, request.now),
        "state": state_of(call, request.now),
        "where": where,
        "next": _next(call, where, rows),
        "counts": _counts(rows, drafts),
        "table": _table(call, criteria, rows),
        "has_rows": bool(rows),
        "assessors": assessors,
        "applied": {each.pk for each in assessors if each.person.email in {row.expression.email for row in rows}},
        "interests": list(CallInterest.objects.filter(call=call).select_related("person").order_by("made_at", "pk")),
        "may_name": where in {calls.ANNOUNCED, calls.OPEN, calls.CLOSED, calls.ASSESSING},
        "may_late": where in {calls.OPEN, calls.CLOSED},
        "more": _more(call, where),
        "crumbs": base.crumbs(Link(call.title, base.address(call)), Link(_("Run the call"), "")),
    }
    return base.private(render(request, "expressions/work.html", context))


def _counts(rows: list[Standing], drafts: int) -> str:
    said = ngettext("%(n)d sent in", "%(n)d sent in", len(rows)) % {"n": len(rows)}
    begun = ngettext("%(n)d begun and not sent in", "%(n)d begun and not sent in", drafts) % {"n": drafts}
    return f"{said} · {begun}" if drafts else said


def _next(call: Call, where: str, rows: list[Standing]) -> dict[str, Any]:
    """The step that comes next: what to do, and where."""
    args = [call.slug]
    begin = {"label": _("Begin the assessment"), "url": reverse("expressions:assessment", args=args),
             "text": _("The call has closed. Name assessors, then give them what was sent in.")}  # fmt: skip
    selection = {"label": _("Go to the selection"), "url": reverse("expressions:selection", args=args)}
    left = [row for row in rows if not row.expression.ruled_out and (row.total is None or not row.all_scored)]
    waiting = ngettext(
        "%(n)d is not scored by everybody yet.", "%(n)d are not scored by everybody yet.", len(left)
    ) % {"n": len(left)}  # fmt: skip
    ready = _("Everything is ready: freeze the inputs, then select.")
    return {
        calls.ANNOUNCED: {"text": _("The call opens by itself. Name its assessors meanwhile.")},
        calls.OPEN: {"text": _("The call is open, and closes by itself. Name its assessors meanwhile.")},
        calls.CLOSED: begin,
        calls.ASSESSING: {**selection, "text": waiting if left and _is_scored(call) else ready},
        calls.SELECTED: {"label": _("Make the offers"), "url": reverse("expressions:offers", args=args),
                         "text": _("The selection is made. Offer the places next.")},
        calls.OFFERS: {"label": _("Offers and answers"), "url": reverse("expressions:offers", args=args),
                       "text": _("Places are offered. Here is who has answered.")},
        calls.FINISHED: {"label": _("Offers and answers"), "url": reverse("expressions:offers", args=args),
                         "text": _("The call is finished.")},
        calls.WITHDRAWN: {"text": _("The call was withdrawn.")},
    }.get(where, {"text": ""})  # fmt: skip


def _is_scored(call: Call) -> bool:
    """Whether scores decide anything: a lottery without a pass mark asks for none."""
    return call.method == calls.RANKED or bool(call.pass_mark)


def _more(call: Call, where: str) -> list[Link]:
    found = []
    if where in {calls.ASSESSING, calls.SELECTED, calls.OFFERS, calls.FINISHED}:
        found.append(Link(_("Selection"), reverse("expressions:selection", args=[call.slug])))
    if where in {calls.SELECTED, calls.OFFERS, calls.FINISHED}:
        found.append(Link(_("Offers"), reverse("expressions:offers", args=[call.slug])))
    return found


def _table(call: Call, criteria: Sequence[Criterion], rows: list[Standing]) -> Table[Standing]:
    """Dense: who, each criterion with its spread, the total."""
    columns: list[Column[Standing]] = [
        Column(
            "reference",
            _("Reference"),
            "expression.reference",
            priority=1,
            link=lambda row: _address(call, row),
        ),
        Column("who", _("From"), lambda row: who(row.expression)),
        Column("state", _("State"), _standing_state),
    ]
    if call.state != calls.PUBLISHED and (_is_scored(call) or any(row.total is not None for row in rows)):
        columns += [_criterion_column(each) for each in criteria]
        columns.append(Column("total", _("Total"), "total", numeric=True))
    ordered = sorted(rows, key=lambda row: (row.total is None, -(row.total or 0), row.expression.reference))
    return Table(columns, ordered, _("Everything sent in"), caption_hidden=True)


def _criterion_column(criterion: Criterion) -> Column[Standing]:
    def cell(row: Standing) -> object:
        spread = row.spreads.get(criterion.pk)
        if spread is None or spread.counts is None:
            return None
        given = " ".join(str(score) for score in spread.scores)
        mark = _("moderated") if spread.moderated is not None else given
        return f"{spread.counts.normalize():f} ({mark})"

    return Column(f"criterion-{criterion.pk}", criterion.name, cell, numeric=True)


def _address(call: Call, row: Standing) -> str:
    return reverse("expressions:one", args=[call.slug, row.expression.reference])


def _standing_state(row: Standing) -> State:
    expression = row.expression
    if expression.ruled_out:
        return State(_("Ruled out"), "withheld")
    if expression.standing:
        tones = {"chosen": "good", "reserve": "info", "not-chosen": "neutral"}
        place = f" {expression.place}" if expression.place and expression.standing == "reserve" else ""
        return State(f"{expression.get_standing_display()}{place}", tones[expression.standing])
    if row.unassigned:
        return State(_("Nobody free to assess it"), "bad")
    if expression.call.state != calls.ASSESSING:
        return State(_("Sent in"), "info")
    return State(_("Scored"), "good") if row.all_scored else State(_("To score"), "watch")


@require_safe
def one(request: Request, slug: str, reference: str) -> HttpResponse:
    """One expression for the officer: who, what was written, every score with its reason, what one may do."""
    call = access_call(request.viewer, slug)
    found = access_to_work(request.viewer, call, reference)
    scores = list(
        Score.objects.filter(expression=found)
        .select_related("assessor__person", "criterion")
        .order_by("-is_current", "pk")
    )
    moderations = list(Moderation.objects.filter(expression=found).select_related("criterion", "by").order_by("-pk"))
    declarations = list(Declaration.objects.filter(expression=found).select_related("assessor__person"))
    criteria = facts.criteria_of(call)
    standing = _stands(found, criteria, scores, moderations, declarations)
    answers = {answer.criterion_id: answer.text for answer in found.answers.all()}
    context = {
        "title": reference,
        "call": call,
        "expression": found,
        "state": _standing_state(standing) if standing else State(found.get_state_display(), "neutral"),
        "facts": _facts(found, standing),
        "criteria": _criteria(call, criteria, standing, scores, moderations, answers),
        "choices": list(found.choices.select_related("question", "option").order_by("question__order")),
        "declarations": declarations,
        "actions": _actions(call, found),
        "assessing": call.state == calls.ASSESSING,
        "crumbs": base.crumbs(
            Link(call.title, base.address(call)), Link(_("Run the call"), base.work_address(call)), Link(reference, "")
        ),
    }
    return base.private(render(request, "expressions/one.html", context))


def _stands(
    found: Expression,
    criteria: Sequence[Criterion],
    scores: Sequence[Score],
    moderations: Sequence[Moderation],
    declarations: Sequence[Declaration],
) -> Standing | None:
    """Where it stands, from what the page reads anyway; None for what was not sent in, or taken back."""
    sent = [found] if found.state == Expression.State.SUBMITTED else []
    stood = facts.stand(
        sent,
        facts.measures_from(criteria),
        [(found.pk, row.criterion_id, row.assessor_id, row.score) for row in scores if row.is_current],
        [(found.pk, row.criterion_id, row.score) for row in moderations if row.is_current],
        [(found.pk, row.conflicted) for row in declarations],
    )
    return stood[0] if stood else None


def _facts(found: Expression, standing: Standing | None) -> list[Fact]:
    offer = latest_offer(found)
    body = found.organisation.name if found.organisation else found.organisation_name
    url = reverse("directory:organisation", args=[found.organisation.slug]) if found.organisation else ""
    note = "" if found.organisation or not body else _("not found in the directory")
    listed = [
        Fact(_("Name"), found.name),
        Fact(_("E-mail"), found.email),
        Fact(_("Organisation"), body, url, note),
        Fact(_("Sent in"), found.submitted_at),
        Fact(_("Late, because"), found.late_reason),
        Fact(_("Ruled out, because"), found.ruled_out),
        Fact(_("Total, of 100"), standing.total if standing else None),
        Fact(_("Offer"), offer.get_state_display() if offer else ""),
    ]
    return [fact for fact in listed if fact.value not in (None, "")]


def _criteria(
    call: Call,
    criteria: Sequence[Criterion],
    standing: Standing | None,
    scores: list[Score],
    moderations: list[Moderation],
    answers: dict[int, str],
) -> list[dict[str, Any]]:
    measures = {measure.key: measure for measure in facts.measures_from(criteria)}
    found = []
    for each in criteria:
        spread = standing.spreads.get(each.pk) if standing else None
        found.append(
            {
                "criterion": each,
                "answer": answers.get(each.pk, ""),
                "spread": spread,
                "wide": spread is not None and wide(spread, measures[each.pk]),
                "scores": [row for row in scores if row.criterion_id == each.pk and row.is_current],
                "older": [row for row in scores if row.criterion_id == each.pk and not row.is_current],
                "moderations": [row for row in moderations if row.criterion_id == each.pk],
                "may_moderate": standing is not None and standing.all_scored and call.state == calls.ASSESSING,
            }
        )
    return found


def _actions(call: Call, found: Expression) -> list[Action]:
    args = [call.slug, found.reference]
    actions = [Action(_("Name the organisation"), reverse("expressions:one-organisation", args=args))]
    if call.state in {calls.PUBLISHED, calls.ASSESSING}:
        label = _("Rule out") if not found.ruled_out else _("Let in again")
        actions.append(Action(label, reverse("expressions:one-rule-out", args=args)))
    return actions


def _one(request: Request, slug: str, reference: str) -> tuple[Call, Expression, str]:
    call = access_call(request.viewer, slug)
    found = access_to_work(request.viewer, call, reference)
    return call, found, reverse("expressions:one", args=[slug, reference])


@base.WRITES
def moderate(request: Request, slug: str, reference: str, key: int) -> HttpResponse:
    """Set the score that counts for one criterion."""
    call, found, back = _one(request, slug, reference)
    criterion = get_object_or_404(Criterion, pk=key, call=call)
    form = ModerateForm(base.posted(request), viewer=request.viewer)
    done = directory.run(
        form,
        lambda good: assessing.moderate_score(
            by=request.viewer, expression=found, criterion=criterion, now=request.now, **good.cleaned_data
        ),
    )
    if done:
        return directory.done(request, _("That score counts now."), back)
    title = _("Moderate “%(name)s”") % {"name": criterion.name}
    lede = _("From 0 to %(most)d. The assessors' own scores and reasons stay beside it.") % {"most": criterion.maximum}
    return base.private(base.task(request, form, title, lede=lede, **_task(call, reference, back, _("Let it count"))))


def _task(call: Call, reference: str, back: str, label: str) -> dict[str, Any]:
    here = base.crumbs(Link(call.title, base.address(call)), Link(_("Run the call"), base.work_address(call)))
    return {"kicker": reference, "submit_label": label, "cancel_url": back, "crumbs": [*here, Link(reference, back)]}


@base.WRITES
def organisation(request: Request, slug: str, reference: str) -> HttpResponse:
    """Say which organisation of the directory is meant."""
    call, found, back = _one(request, slug, reference)
    form = OrganisationForm(base.posted(request), viewer=request.viewer, initial={"organisation": found.organisation})
    done = directory.run(
        form,
        lambda good: expressing.name_organisation(
            by=request.viewer, expression=found, now=request.now, organisation=good.cleaned_data["organisation"]
        ),
    )
    if done:
        return directory.done(request, _("The organisation is named."), back)
    lede = _("They wrote: %(said)s") % {"said": found.organisation_name} if found.organisation_name else ""
    return base.private(
        base.task(
            request, form, _("Which organisation is it?"), lede=lede, **_task(call, reference, back, _("Name it"))
        )
    )


@base.WRITES
def rule_out(request: Request, slug: str, reference: str) -> HttpResponse:
    """Leave one out of the selection, or let it in again."""
    call, found, back = _one(request, slug, reference)
    form = RuleOutForm(base.posted(request), viewer=request.viewer, initial={"reason": found.ruled_out})
    done = directory.run(
        form,
        lambda good: expressing.rule_out(by=request.viewer, expression=found, now=request.now, **good.cleaned_data),
    )
    if done:
        said = _("It takes no part in the selection.") if done.ruled_out else _("It takes part in the selection.")
        return directory.done(request, said, back)
    return base.private(base.task(request, form, _("Does it take part?"), **_task(call, reference, back, _("Save"))))


@base.WRITES
def lift(request: Request, slug: str, reference: str, key: int) -> HttpResponse:
    """Take out a declaration that was a mistake."""
    call, found, back = _one(request, slug, reference)
    declared = get_object_or_404(Declaration, pk=key, expression=found)
    consequences = [
        _("%(name)s declares anew before opening it.") % {"name": declared.assessor.person.name},
        _("That it was lifted, and by whom, stays in the journal."),
    ]
    question = Question(_("Lift the declaration"), _("Lift it"), consequences, _("It can be declared anew."), back)
    return base.private(
        base.confirm(
            request,
            call,
            question,
            lambda: assessing.lift_declaration(by=request.viewer, declaration=declared, now=request.now),
        )
    )


@base.WRITES
def interest(request: Request, slug: str) -> HttpResponse:
    """An officer's own interest in the whole call, before or after they opened it."""
    call = access_edited(request.viewer, slug)
    form = InterestForm(base.posted(request), viewer=request.viewer)
    done = directory.run(
        form,
        lambda good: assessing.declare_call_interest(
            by=request.viewer, call=call, note=good.cleaned_data["note"], now=request.now
        ),
    )
    if done:
        return directory.done(
            request, _("Thank you. The call is closed to you, and others run it."), base.address(call)
        )
    lede = _(
        "Declare it whenever somebody who knew of it could doubt what you decide: you may know who will apply, or "
        "gain or lose by it. From then on you open, assess, run and decide nothing of this call; another officer does."
    )
    place = base.place_of(call)
    return base.private(
        base.task(request, form, _("Declare an interest in the call"), lede=lede, **place.context(_("Declare")))
    )


@base.WRITES
def interest_lift(request: Request, slug: str, key: int) -> HttpResponse:
    """Take out another officer's interest that was a mistake, or is over."""
    call = access_edited(request.viewer, slug)
    found = get_object_or_404(CallInterest.objects.select_related("call", "person"), pk=key, call=call)
    consequences = [
        _("%(name)s may run and decide this call again, as their duty allows.") % {"name": found.person.name},
        _("That it was lifted, and by whom, stays in the journal."),
    ]
    question = Question(_("Lift the interest"), _("Lift it"), consequences, _("The interest is lifted."))
    return base.private(
        base.confirm(
            request,
            call,
            question,
            lambda: assessing.lift_call_interest(by=request.viewer, interest=found, now=request.now),
        )
    )


@base.WRITES
def late(request: Request, slug: str) -> HttpResponse:
    """Let one person send in after the close."""
    call = access_edited(request.viewer, slug)
    today = local_day(request.now)
    form = LateForm(base.posted(request), viewer=request.viewer, today=today)

    def allow(good: LateForm) -> Expression:
        given = dict(good.cleaned_data)
        until = end_of_day(given.pop("until"), call.zone)
        return expressing.allow_late(by=request.viewer, call=call, until=until, now=request.now, **given)

    if directory.run(form, allow):
        return directory.done(request, _("Their page was mailed to them."), base.work_address(call))
    lede = _("The close holds for everybody else. Use it where something on our side kept somebody from sending in.")
    context = base.place_of(call).context(_("Let them in"))
    return base.private(base.task(request, form, _("Let somebody in late"), lede=lede, **context))


@base.WRITES
def assessor_add(request: Request, slug: str) -> HttpResponse:
    """Name somebody to assess."""
    call = access_edited(request.viewer, slug)
    form = AssessorForm(base.posted(request), viewer=request.viewer)

    def name(good: AssessorForm) -> Assessor:
        person = _person_meant(good.cleaned_data["person"])
        return assessing.name_assessor(
            by=request.viewer, call=call, person=person, ends_on=good.cleaned_data["ends_on"], now=request.now
        )

    made = directory.run(form, name)
    if made:
        said = _("%(name)s assesses this call, and was told.") % {"name": made.person.name}
        return directory.done(request, said, base.work_address(call))
    lede = _("Somebody who signs in. Before opening an expression they say whether they have an interest in it.")
    context = base.place_of(call).context(_("Name them"))
    return base.private(base.task(request, form, _("Name an assessor"), lede=lede, **context))


def _person_meant(said: str) -> Person:
    found = people_to_name(said)
    if len(found) == 1:
        return found[0]
    text = (
        _("Nobody here is called that.") if not found else _("More than one is called that: give the e-mail address.")
    )
    raise Refused([Breach("person-unclear", text, "person")])


@base.WRITES
def assessor_end(request: Request, slug: str, key: int) -> HttpResponse:
    """Somebody does not assess any more."""
    call = access_edited(request.viewer, slug)
    assessor = Assessor.objects.filter(pk=key, call=call).select_related("person", "call").first()
    if assessor is None:
        raise Http404
    name = assessor.person.name
    consequences = [_("%(name)s opens nothing of this call any more.") % {"name": name}, _("What they scored stays.")]
    question = Question(
        _("End their part"), _("End it"), consequences, _("%(name)s does not assess any more.") % {"name": name}
    )
    return base.private(
        base.confirm(
            request,
            call,
            question,
            lambda: assessing.end_assessor(by=request.viewer, assessor=assessor, now=request.now),
        )
    )


@base.WRITES
def assessment(request: Request, slug: str) -> HttpResponse:
    """Give what was sent in to the assessors."""
    call = access_edited(request.viewer, slug)
    consequences = [
        _("Nothing comes in any more, late or not."),
        _("Everybody named to assess can declare interests and score."),
    ]
    question = Question(
        _("Begin the assessment"), _("Begin the assessment"), consequences, _("The assessment has begun.")
    )
    return base.private(
        base.confirm(
            request, call, question, lambda: assessing.begin_assessment(by=request.viewer, call=call, now=request.now)
        )
    )
