"""Telling everybody what came of it, finishing a call, and what is left when the rest is purged."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from convenor.core.accounts.commands import erase_person
from convenor.core.accounts.models import Person, SignedLink
from convenor.core.clock import commands as clock
from convenor.core.notify import commands as notify
from convenor.core.notify.models import Message
from convenor.core.records.queries import frozen_kinds, refuse_if_frozen
from convenor.core.records.rules import Breach, Viewer, refuse_if
from convenor.domain.expressions import permissions
from convenor.domain.expressions.commands import steps
from convenor.domain.expressions.commands.calls import OUTCOME, PURGE
from convenor.domain.expressions.commands.expressing import KEEP_UNCONFIRMED, way_back
from convenor.domain.expressions.models import (
    Answer,
    Assessor,
    Call,
    CallInterest,
    Choice,
    Expression,
    Moderation,
    Offer,
    Score,
)
from convenor.domain.expressions.queries import facts
from convenor.domain.expressions.rules import calls
from convenor.domain.groups.rules.terms import reason_needed


def tell_everybody(call: Call, now: datetime) -> int:
    """The step: a letter to each who sent in and was offered nothing; how many. Those offered a place got theirs."""
    asked = Offer.objects.filter(call=call).values("expression")
    rows = Expression.objects.filter(call=call, state=Expression.State.SUBMITTED, told_at=None).exclude(pk__in=asked)
    told = [_tell(each, now) for each in rows.select_related("person", "call__record").order_by("pk")]
    Expression.objects.filter(pk__in=told).update(told_at=now)
    clock.meet_deadline(record=call.record, kind=OUTCOME, now=now)
    return len(told)


def finish_call(*, by: Viewer, call: Call, now: datetime) -> Call:
    """The places are filled, or nobody is left to ask: those still in reserve are told, and the result stays."""
    with transaction.atomic():
        call = steps.opened(by, call)
        refuse_if(calls.must_be(call.state, calls.OFFERS))
        if Offer.objects.filter(call=call, state=Offer.State.WAITING, due_at__gt=now).exists():
            text = _("Somebody has not answered yet. Wait for them, or take the offer back.")
            refuse_if([Breach("offers-waiting", text)])
        counted = facts.figures(call)
        call.finished_on = steps.today(now)
        call.save(update_fields=["finished_on"])
        changes = steps.state_change(call, calls.FINISHED)
        for expression in _left_in_reserve(call):
            _tell(expression, now, over=True)
        told = steps.all_new({"offered": counted.offered, "accepted": counted.accepted})
        steps.note(by, "call.finished", call.record, now, {**changes, **told})
        return call


def withdraw_call(*, by: Viewer, call: Call, reason: str, now: datetime) -> Call:
    """Call it off, with a public reason. Its page stays and says so; what was sent in is purged on its day."""
    with transaction.atomic():
        call = steps.opened(by, call)
        refuse_if(reason_needed(reason, _("Say why, in public.")))
        if Offer.objects.filter(call=call, state=Offer.State.ACCEPTED).exists():
            text = _("Somebody has accepted a place already: finish the call instead.")
            refuse_if([Breach("call-accepted", text)])
        call.withdrawn_reason = reason.strip()[:300]
        call.save(update_fields=["withdrawn_reason"])
        changes = steps.state_change(call, calls.WITHDRAWN)
        open_offers = Offer.objects.filter(call=call, state=Offer.State.WAITING)
        open_offers.update(state=Offer.State.TAKEN_BACK, answered_at=now)
        clock.drop_deadline(record=call.record, kind=OUTCOME)
        for expression in Expression.objects.filter(call=call, state=Expression.State.SUBMITTED).order_by("pk"):
            _tell(expression, now, over=True)
        steps.note(by, "call.withdrawn", call.record, now, changes, reason)
        return call


def purge_call(*, by: Viewer, call: Call, now: datetime) -> Call:
    """Take out everything about who applied: expressions, scores, offers, secret addresses, letters. Numbers stay."""
    with transaction.atomic():
        call = steps.locked(call)
        permissions.may_run_clock(by).require()
        if call.purged_at is not None:
            return call
        if call.purge_on >= localdate(now):
            refuse_if([Breach("purge-early", _("The day on which it is purged has not passed yet."))])
        refuse_if_frozen(now, call.record.kind)
        counted = facts.figures(call)
        for name in ("received", "taken_back", "assessed", "offered", "accepted", "declined", "lapsed"):
            setattr(call, name, getattr(counted, name))
        call.purged_at = now
        if call.state in calls.RUNNING and call.state != calls.PUBLISHED:
            call.state, call.finished_on = Call.State.FINISHED, call.finished_on or localdate(now)
        call.save()
        _purge_rows(by, call, now)
        clock.meet_deadline(record=call.record, kind=PURGE, now=now)
        told = {"received": counted.received, "accepted": counted.accepted}
        steps.note(by, "call.purged", call.record, now, steps.all_new(told))
        return call


def tidy_drafts(*, by: Viewer, now: datetime) -> int:
    """Forget what was begun under an address that nobody proved within a fortnight. By the clock; how many."""
    permissions.may_run_clock(by).require()
    if steps.KIND in frozen_kinds(now):
        return 0
    old = Expression.objects.filter(
        state=Expression.State.DRAFT, confirmed_at=None, late_until=None, created_at__lt=now - KEEP_UNCONFIRMED
    )
    with transaction.atomic():
        rows = list(old.order_by("pk")[:500])
        for expression in rows:
            steps.note_personal(by, "expression.forgotten", expression, now)
        Expression.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def own_page(expression: Expression, now: datetime) -> str:
    """Where a person reads what is theirs: signed in, or by a secret address."""
    if expression.person is not None and expression.person.may_sign_in:
        return f"{settings.SITE_URL.rstrip('/')}{reverse('expressions:mine', args=[expression.call.slug])}"
    return way_back(expression, now)


def _tell(expression: Expression, now: datetime, *, over: bool = False) -> int:
    """One letter: what became of it, and the way to the reasons. Never more than the person may read."""
    call = expression.call
    notify.queue(
        to=expression.email,
        key=f"outcome:{expression.pk}:{'over' if over else 'made'}",
        subject=_("What came of it: %(title)s") % {"title": call.title},
        template="expression_outcome",
        context={"expression": expression, "call": call, "over": over, "address": own_page(expression, now)},
        now=now,
        record=call.record,
    )
    return expression.pk


def _left_in_reserve(call: Call) -> list[Expression]:
    seated = Offer.objects.filter(call=call, state=Offer.State.ACCEPTED).values("expression")
    rows = Expression.objects.filter(
        call=call, state=Expression.State.SUBMITTED, standing=Expression.Standing.RESERVE
    ).exclude(pk__in=seated)
    return list(rows.select_related("person", "call__record").order_by("pk"))


def _purge_rows(by: Viewer, call: Call, now: datetime) -> None:
    people = set(Offer.objects.filter(call=call).values_list("expression__person_id", flat=True)) - {None}
    Message.objects.filter(record=call.record).delete()
    SignedLink.objects.filter(record=call.record).delete()
    Offer.objects.filter(call=call).delete()
    for parts in (Score, Moderation, Answer, Choice):
        parts._default_manager.filter(expression__call=call).delete()
    Expression.objects.filter(call=call).delete()
    Assessor.objects.filter(call=call).delete()
    CallInterest.objects.filter(call=call).delete()
    for person in Person.objects.filter(pk__in=people, may_sign_in=False, erased_at=None).order_by("pk"):
        if _made_for_an_offer(person):
            authority = _("Purge of %(call)s: they were offered a place and did not take it.")
            erase_person(by=by, person=person, authority=authority % {"call": call.record.ref}, now=now)


def _made_for_an_offer(person: Person) -> bool:
    """Whether nothing else is known of them: no page, seat, office, duty or other call."""
    others: tuple[Any, ...] = (
        person.appointments,
        person.tenures,
        person.duties,
        person.expressions,
        person.assists,
        person.assistants,
    )
    return not hasattr(person, "profile") and not any(rows.exists() for rows in others)
