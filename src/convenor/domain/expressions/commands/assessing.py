"""Who assesses, what they declare, what they score, and what the moderator makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from convenor.core.accounts.models import Person
from convenor.core.journal import commands as journal
from convenor.core.notify import commands as notify
from convenor.core.records.queries import refuse_if_frozen
from convenor.core.records.rules import Breach, Viewer, refuse_if
from convenor.domain.expressions import permissions
from convenor.domain.expressions.commands import steps
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
from convenor.domain.expressions.rules import assessing, calls


def name_assessor(
    *, by: Viewer, call: Call, person: Person, now: datetime, starts_on: date | None = None, ends_on: date | None = None
) -> Assessor:
    """Name somebody to assess what was sent in; they are told by mail. Nobody assesses a call they answer."""
    with transaction.atomic():
        call = steps.opened(by, call)
        refuse_if(calls.must_be(call.state, calls.DRAFT, calls.PUBLISHED, calls.ASSESSING))
        refuse_if(_unfit(call, person))
        first = starts_on or steps.today(now)
        if ends_on is not None and ends_on < first:
            refuse_if([Breach("span-backwards", _("The last day is before the first."), "ends_on")])
        assessor = Assessor.objects.create(call=call, person=person, starts_on=first, ends_on=ends_on)
        changes = steps.all_new({"starts_on": first, "ends_on": ends_on, "person": person.pk})
        steps.note(by, "call.assessor-named", call.record, now, changes, private=tuple(changes))
        _tell_assessor(assessor, now)
        return assessor


def end_assessor(*, by: Viewer, assessor: Assessor, now: datetime) -> Assessor:
    """Somebody does not assess any more from now on. What they scored stays where it was counted."""
    with transaction.atomic():
        call = steps.opened(by, assessor.call)
        assessor = Assessor.objects.select_for_update().get(pk=assessor.pk, call=call)
        _end(assessor, now)
        changes = steps.all_new({"person": assessor.person_id})
        steps.note(by, "call.assessor-ended", call.record, now, changes, private=tuple(changes))
        return assessor


def _end(assessor: Assessor, now: datetime) -> None:
    if not Score.objects.filter(assessor=assessor).exists():
        Assessor.objects.filter(pk=assessor.pk).delete()
        return
    assessor.ends_on = max(steps.today(now), assessor.starts_on)
    assessor.save(update_fields=["ends_on"])


def begin_assessment(*, by: Viewer, call: Call, now: datetime) -> Call:
    """The call has closed: what was sent in goes to the assessors. From here on nothing comes in any more."""
    with transaction.atomic():
        call = steps.opened(by, call)
        refuse_if(calls.must_be(steps.phase_of(call, now), calls.CLOSED))
        if not Expression.objects.filter(call=call, state=Expression.State.SUBMITTED).exists():
            text = _("Nobody sent anything in. Prolong the call, or withdraw it.")
            refuse_if([Breach("nothing-sent-in", text)])
        waiting = Expression.objects.filter(call=call, late_until__gt=now).exclude(state=Expression.State.SUBMITTED)
        if waiting.exists():
            text = _("Somebody may still send in late: wait until that time has passed.")
            refuse_if([Breach("late-open", text)])
        changes = steps.state_change(call, calls.ASSESSING)
        counted = facts.figures(call).received
        steps.note(by, "call.assessment-begun", call.record, now, {**changes, "received": (None, counted)})
        return call


def declare_interest(
    *, by: Viewer, assessor: Assessor, expression: Expression, conflicted: bool, now: datetime, note: str = ""
) -> Declaration:
    """Say, before opening it, whether one has an interest in an expression. Who has one never opens it.

    An interest that shows later is declared later, and closes the expression from then on: what was scored goes.
    """
    with transaction.atomic():
        call = steps.locked(assessor.call)
        permissions.may_assess(by, assessor, steps.today(now)).require()
        refuse_if(calls.must_be(call.state, calls.ASSESSING))
        expression = Expression.objects.get(pk=expression.pk, call=call)
        if conflicted and not note.strip():
            refuse_if([Breach("note-needed", _("Say in a few words what the interest is."), "note")])
        was = Declaration.objects.filter(assessor=assessor, expression=expression).first()
        if was is not None and was.conflicted and not conflicted:
            text = _("You declared an interest in it. Only the officer who runs the call can lift that.")
            refuse_if([Breach("declared-already", text)])
        declared, _made = Declaration.objects.update_or_create(
            assessor=assessor,
            expression=expression,
            defaults={"conflicted": conflicted, "note": note.strip()[:300], "made_at": now},
        )
        if conflicted:
            mine = Score.objects.filter(assessor=assessor, expression=expression, is_current=True)
            mine.update(is_current=False)
        verb = "expression.interest-declared" if conflicted else "expression.no-interest-declared"
        steps.note_personal(by, verb, expression, now, {"assessor": (None, assessor.pk)})
        return declared


def declare_call_interest(*, by: Viewer, call: Call, note: str, now: datetime) -> CallInterest:
    """Say, as somebody who may run a call, that one has an interest in it: from then on others run and decide it.

    Whoever was named to assess it too does not assess it any more.
    """
    with transaction.atomic():
        call = steps.opened(by, call)
        if not note.strip():
            refuse_if([Breach("note-needed", _("Say in a few words what the interest is."), "note")])
        permissions.may_work_signed_in(by).require()
        made = CallInterest.objects.create(call=call, person_id=by.person_id or 0, note=note.strip()[:300], made_at=now)
        for task in Assessor.objects.select_for_update().filter(call=call, person=by.person_id, ends_on=None):
            _end(task, now)
        _note_interest(by, "call.interest-declared", made, now)
        return made


def lift_call_interest(*, by: Viewer, interest: CallInterest, now: datetime) -> None:
    """Take out one that was declared by mistake, or is over. Nobody does it for themselves: their own is a stake."""
    with transaction.atomic():
        call = steps.opened(by, interest.call)
        refuse_if_frozen(now, call.record.kind)
        there = CallInterest.objects.select_for_update().filter(pk=interest.pk).first()
        if there is not None:
            _note_interest(by, "call.interest-lifted", there, now)
            there.delete()


def _note_interest(by: Viewer, verb: str, interest: CallInterest, now: datetime) -> None:
    """Of no record, like what is declared of one expression: what sways an officer is for officers to know."""
    told = {"call": (None, interest.call_id), "person": (None, interest.person_id)}
    journal.write(by=by, verb=verb, record=None, now=now, changes=told)


def lift_declaration(*, by: Viewer, declaration: Declaration, now: datetime) -> None:
    """Take out a declaration that was made by mistake, so that the assessor declares anew. Not one's own."""
    with transaction.atomic():
        call = steps.opened(by, declaration.assessor.call)
        if declaration.assessor.person_id == by.person_id:
            refuse_if([Breach("own-interest", _("Nobody lifts an interest they declared themselves."))])
        refuse_if(calls.must_be(call.state, calls.ASSESSING))
        refuse_if_frozen(now, call.record.kind)
        steps.note_personal(
            by, "expression.declaration-lifted", declaration.expression, now,
            {"assessor": (None, declaration.assessor_id)},
        )  # fmt: skip
        Declaration.objects.filter(pk=declaration.pk).delete()


def score_expression(
    *,
    by: Viewer,
    assessor: Assessor,
    expression: Expression,
    given: Mapping[int, tuple[int | None, str]],
    now: datetime,
) -> None:
    """Score every criterion, each with a reason that the applicant will read. Scoring again keeps the old scores."""
    with transaction.atomic():
        call = steps.locked(assessor.call)
        permissions.may_assess(by, assessor, steps.today(now)).require()
        refuse_if(calls.must_be(call.state, calls.ASSESSING))
        expression = Expression.objects.get(pk=expression.pk, call=call, state=Expression.State.SUBMITTED)
        refuse_if(_undeclared(assessor, expression))
        refuse_if(assessing.score_breaches(given, facts.measures_of(call)))
        old = {
            row.criterion_id: row
            for row in Score.objects.filter(assessor=assessor, expression=expression, is_current=True)
        }
        for criterion, (score, reason) in given.items():
            was = old.get(criterion)
            if was is not None and (was.score, was.reason) == (score, reason.strip()):
                continue
            Score.objects.filter(pk=was.pk if was else 0).update(is_current=False)
            Score.objects.create(
                assessor=assessor, expression=expression, criterion_id=criterion, score=score or 0,
                reason=reason.strip(), given_at=now,
            )  # fmt: skip
        steps.note_personal(by, "expression.scored", expression, now, {"assessor": (None, assessor.pk)})


def moderate_score(
    *, by: Viewer, expression: Expression, criterion: Criterion, score: Decimal, reason: str, now: datetime
) -> Moderation:
    """Set the score that counts, after everybody's own, with a reason. Earlier ones are kept."""
    with transaction.atomic():
        call = steps.opened(by, expression.call)
        refuse_if(calls.must_be(call.state, calls.ASSESSING))
        scored = next(each.all_scored for each in facts.standings(call) if each.expression.pk == expression.pk)
        criterion = Criterion.objects.get(pk=criterion.pk, call=call)
        refuse_if(assessing.moderation_breaches(score, criterion.maximum, reason, scored=scored))
        Moderation.objects.filter(expression=expression, criterion=criterion, is_current=True).update(is_current=False)
        made = Moderation.objects.create(
            expression=expression, criterion=criterion, score=score, reason=reason.strip(), by_id=by.person_id,
            given_at=now,
        )  # fmt: skip
        steps.note_personal(by, "expression.moderated", expression, now, {"criterion": (None, criterion.pk)})
        return made


def _unfit(call: Call, person: Person) -> list[Breach]:
    if Expression.objects.filter(call=call, email=person.email or "-").exists() or (
        Expression.objects.filter(call=call, person=person).exists()
    ):
        return [Breach("assesses-own", _("They have answered this call themselves."), "person")]
    if Assessor.objects.filter(call=call, person=person, ends_on=None).exists():
        return [Breach("assessor-already", _("They assess this call already."), "person")]
    if CallInterest.objects.filter(call=call, person=person).exists():
        return [Breach("has-interest", _("They declared an interest in this call."), "person")]
    if not person.may_sign_in:
        text = _("%(name)s cannot sign in: invite them first, since scores are given signed in.")
        return [Breach("no-sign-in", text % {"name": person.name}, "person")]
    return []


def _undeclared(assessor: Assessor, expression: Expression) -> list[Breach]:
    """Nobody scores before they declared, or with an interest."""
    if Declaration.objects.filter(assessor=assessor, expression=expression, conflicted=False).exists():
        return []
    return [Breach("declare-first", _("Declare first that you have no interest in it."))]


def _tell_assessor(assessor: Assessor, now: datetime) -> None:
    call = assessor.call
    if not assessor.person.email:
        return
    address = f"{settings.SITE_URL.rstrip('/')}{reverse('expressions:to-assess', args=[call.slug])}"
    notify.queue(
        to=assessor.person,
        key=f"assessor:{assessor.pk}",
        subject=_("Please assess: %(title)s") % {"title": call.title},
        template="expression_assessor",
        context={"assessor": assessor, "call": call, "address": address},
        now=now,
    )
