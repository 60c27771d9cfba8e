"""Offers: made, accepted, declined, lapsed; the next of the reserve. The thirteenth of twelve is never seated."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from convenor.core.accounts import commands as accounts
from convenor.core.accounts.commands import links
from convenor.core.accounts.models import Person
from convenor.core.clock.rules import end_of_day
from convenor.core.records import caretaker
from convenor.core.records.rules import Breach, Refused, Viewer, refuse_if, system
from convenor.domain.directory.queries import site_calendar
from convenor.domain.expressions import permissions
from convenor.domain.expressions.commands import steps
from convenor.domain.expressions.commands.telling import tell_everybody
from convenor.domain.expressions.models import Call, Draw, Expression, Offer, RuleAside
from convenor.domain.expressions.queries import reserve
from convenor.domain.expressions.rules import calls, offers
from convenor.domain.expressions.rules import selection as rules
from convenor.domain.groups.commands import steps as groups
from convenor.domain.groups.commands.appointments import Term, appoint
from convenor.domain.groups.commands.places import SeatFacts, put_seat
from convenor.domain.groups.models import Appointment, Group, Seat
from convenor.domain.groups.queries import values
from convenor.domain.groups.queries.vacancies import cut_short
from convenor.domain.groups.rules import rosters
from convenor.domain.groups.rules.terms import reason_needed

ANSWER: Final = "answer-offer"
NO_ROOM: Final = frozenset({"engagement.constituencies", "engagement.size", "seat-taken"})


def make_offers(*, by: Viewer, call: Call, days: int, now: datetime, extra: int = 0) -> list[Offer]:
    """Offer a place to everybody chosen, to answer within so many working days. `extra`: to so many more, on purpose.

    With more offers than places, the first to accept sit. Everybody else who sent in is told what became of it.
    """
    with transaction.atomic():
        call = steps.opened(by, call)
        refuse_if(calls.must_be(call.state, calls.SELECTED))
        chosen = _standing(call, Expression.Standing.CHOSEN)
        waiting = _standing(call, Expression.Standing.RESERVE)
        refuse_if(offers.days_breaches(days, extra, len(waiting)))
        due = _due(days, now)
        made = [_offer(call, each, due, now) for each in [*chosen, *waiting[:extra]]]
        changes = steps.state_change(call, calls.OFFERS)
        tell_everybody(call, now)
        told = steps.all_new({"offers": len(made), "answer_by": steps.today(due)})
        steps.note(by, "call.offers-made", call.record, now, {**changes, **told})
        return made


def offer_next(*, by: Viewer, call: Call, days: int, now: datetime) -> Offer:
    """Offer a free place to the first of the reserve with whom the balance rules still hold."""
    with transaction.atomic():
        call = steps.opened(by, call)
        refuse_if(calls.must_be(call.state, calls.OFFERS))
        refuse_if(offers.days_breaches(days, 0, 0))
        follower = _follower(call)
        if follower.reference is None:
            raise Refused(follower.breaches)
        return _offer_place(by, call, follower.reference, days, now)


def set_rule_aside(*, by: Viewer, call: Call, rule: str, reason: str, days: int, now: datetime) -> Offer | None:
    """Set a balance rule aside, with a public reason, where nobody of the reserve could follow under it.

    The place is offered at once to whoever follows now; None where another rule stands in the way as well. `rule`: a
    trait that the selection names, or "one-per-organisation". Only a rule that blocks can go: nobody is let past
    others by dropping one that does not.
    """
    with transaction.atomic():
        call = steps.opened(by, call)
        refuse_if(calls.must_be(call.state, calls.OFFERS))
        refuse_if(reason_needed(reason, _("Say why, in public.")))
        refuse_if(offers.days_breaches(days, 0, 0))
        blocking = _follower(call).blocking
        if rule not in blocking:
            refuse_if(
                [Breach("rule-not-blocking", _("That rule does not stand in the way of the next offer."), "rule")]
            )
        draw = Draw.objects.get(call=call, replaced_at=None)
        aside = RuleAside.objects.create(
            draw=draw, rule=rule, label=blocking[rule], reason=reason.strip()[:300], at=now
        )  # fmt: skip
        told = steps.all_new({"selection": draw.number, "rule": aside.label})
        steps.note(by, "call.rule-set-aside", call.record, now, told, aside.reason)
        follower = _follower(call)
        if follower.reference is None:
            return None
        return _offer_place(by, call, follower.reference, days, now)


def accept_offer(*, by: Viewer, offer: Offer, now: datetime) -> Offer:
    """Take the place, while there is one. Whoever comes when all are filled is told so and stays in reserve.

    Counted and seated under the group's lock, so that whatever races, no more sit than there are places.
    """
    with transaction.atomic():
        group = groups.locked(offer.call.group)
        call = steps.locked(offer.call)
        offer = _locked(offer)
        permissions.may_answer_offer(by, offer).require()
        if offer.state in {Offer.State.ACCEPTED, Offer.State.LAPSED}:
            return offer
        refuse_if([*offers.answer_breaches(offer.state), *_call_over(call)])
        if offers.over(offer.state, offer.due_at, now):
            return _answered(by, offer, Offer.State.LAPSED, now)
        place = _seated(call, group, offer, now)
        if place is None:
            return _too_late(by, offer, now)
        offer.seat, offer.appointment = place.seat, place
        return _answered(by, offer, Offer.State.ACCEPTED, now)


def decline_offer(*, by: Viewer, offer: Offer, now: datetime) -> Offer:
    """Say no. Somebody of the reserve can be asked."""
    with transaction.atomic():
        call = steps.locked(offer.call)
        offer = _locked(offer)
        permissions.may_answer_offer(by, offer).require()
        if offer.state == Offer.State.DECLINED:
            return offer
        if offer.state == Offer.State.ACCEPTED:
            text = _("You have accepted already. To leave the seat, write to the contact of the call.")
            refuse_if([Breach("offer-accepted", text)])
        refuse_if(_call_over(call))
        return _answered(by, offer, Offer.State.DECLINED, now)


def take_back_offer(*, by: Viewer, offer: Offer, now: datetime) -> Offer:
    """Take back an offer that nobody has answered: it was made by mistake."""
    with transaction.atomic():
        steps.opened(by, offer.call)
        offer = _locked(offer)
        if offer.state != Offer.State.WAITING:
            refuse_if([Breach("offer-answered", _("It has been answered already."))])
        return _answered(by, offer, Offer.State.TAKEN_BACK, now)


def remind_of_offer(*, by: Viewer, offer: Offer, now: datetime) -> Offer:
    """Send the link again; the one before stops working."""
    with transaction.atomic():
        steps.opened(by, offer.call)
        offer = _locked(offer)
        if offers.over(offer.state, offer.due_at, now) or offer.state != Offer.State.WAITING:
            refuse_if([Breach("offer-answered", _("It has been answered already, or its time has passed."))])
        _send(offer, now)
        steps.note_personal(by, "expression.offer-reminded", offer.expression, now)
        return offer


def lapse_offers(*, by: Viewer, now: datetime) -> int:
    """Write down that the time to answer has passed. By the clock, every hour; how many."""
    permissions.may_run_clock(by).require()
    due = Offer.objects.filter(state=Offer.State.WAITING, due_at__lte=now).order_by("pk")
    count = 0
    for offer in due.select_related("call"):
        with transaction.atomic():
            steps.locked(offer.call)
            fresh = _locked(offer)
            if offers.over(fresh.state, fresh.due_at, now) and fresh.state == Offer.State.WAITING:
                _answered(by, fresh, Offer.State.LAPSED, now)
                count += 1
    return count


def _follower(call: Call) -> rules.Follower:
    """Who is offered the next free place; Refused where none is free."""
    if reserve.places_left(call) < 1:
        refuse_if([Breach("no-place-free", _("Every place is taken or offered to somebody."))])
    return reserve.follower_of(call)


def _offer_place(by: Viewer, call: Call, reference: str, days: int, now: datetime) -> Offer:
    expression = Expression.objects.select_related("person", "organisation__kind").get(call=call, reference=reference)
    made = _offer(call, expression, _due(days, now), now)
    steps.note(by, "call.offer-made", call.record, now, steps.all_new({"answer_by": steps.today(made.due_at)}))
    return made


def _locked(offer: Offer) -> Offer:
    rows = Offer.objects.select_for_update(of=("self",))
    return rows.select_related("expression__person", "expression__organisation", "call__record", "seat").get(
        pk=offer.pk
    )


def _standing(call: Call, standing: str) -> list[Expression]:
    """Those who stand so and are still there, in order."""
    rows = Expression.objects.filter(call=call, standing=standing, state=Expression.State.SUBMITTED)
    return list(rows.select_related("organisation__kind", "person").order_by("place", "pk"))


def _due(days: int, now: datetime) -> datetime:
    """The end of that working day, on the site's calendar."""
    calendar = site_calendar(now)
    return end_of_day(calendar.add(steps.today(now), days), calendar.zone)


def _offer(call: Call, expression: Expression, due: datetime, now: datetime) -> Offer:
    """Refused where the group's own rules would not let them sit: better said now than when they accept."""
    refuse_if(_unseatable(call, expression, now))
    if expression.person_id is None:
        expression.person = _person_of(expression, now)
        expression.save(update_fields=["person"])
    offer = Offer.objects.create(call=call, expression=expression, offered_at=now, due_at=due)
    _send(offer, now)
    return offer


def _send(offer: Offer, now: datetime) -> None:
    person = offer.expression.person
    if person is not None:
        links.send_link(
            purpose=ANSWER, person=person, now=now, record=offer.call.record, subject_id=offer.pk,
            email=offer.expression.email,
        )  # fmt: skip


def _person_of(expression: Expression, now: datetime) -> Person:
    """Who is to sit must be somebody: the person with that proved address, else a new one (purged if they decline)."""
    found = Person.objects.filter(email=expression.email).first()
    return found or accounts.create_person(by=system(now), name=expression.name, email=expression.email, now=now)


def _seated(call: Call, group: Group, offer: Offer, now: datetime) -> Appointment | None:
    """An appointment to a free place; None when there is none. The group's row is locked."""
    if Offer.objects.filter(call=call, state=Offer.State.ACCEPTED).count() >= call.seats:
        return None
    person = offer.expression.person
    if person is None:
        return None
    with caretaker.overriding(
        _("They accepted a place that was offered to them: whether it could wait was said then.")
    ):
        return _put_in(call, group, offer, person, now)


def _put_in(call: Call, group: Group, offer: Offer, person: Person, now: datetime) -> Appointment | None:
    start = max(call.term_starts_on or steps.today(now), steps.today(now))
    term = Term(start, call.term_ends_on, instrument=call.record.ref)
    for seat in _free_seats(call):
        made = _try(seat, person, term, now, _filled_by(offer, seat, start))
        if made is not None:
            return made
    if call.named_seats.exists():
        return None
    try:
        with transaction.atomic():
            seat = put_seat(system(now), group, _seat_facts(call, offer.expression, start), now)
            return appoint(by=system(now), seat=seat, person=person, term=term, now=now)
    except Refused as refused:
        _unless_full(refused)
        return None


def _filled_by(offer: Offer, seat: Seat, start: date) -> str:
    """How the seat is filled, where somebody left it before their term ended."""
    if cut_short(seat.pk, start) is None:
        return ""
    reserve = offer.expression.standing == Expression.Standing.RESERVE
    return Appointment.FilledBy.RESERVE_LIST if reserve else Appointment.FilledBy.CALL


def _try(seat: Seat, person: Person, term: Term, now: datetime, filled_by: str) -> Appointment | None:
    try:
        with transaction.atomic():
            return appoint(by=system(now), seat=seat, person=person, term=term, now=now, filled_by=filled_by)
    except Refused as refused:
        _unless_full(refused)
        return None


def _unless_full(refused: Refused) -> None:
    """Others came in another way meanwhile: there is no place. Any other rule says its own sentence."""
    if {breach.code for breach in refused.breaches} - NO_ROOM:
        raise refused


def _free_seats(call: Call) -> list[Seat]:
    """The seats the call names into which nobody has been put from it."""
    taken = Offer.objects.filter(call=call, state=Offer.State.ACCEPTED, seat__isnull=False).values("seat")
    named = Seat.objects.filter(call_seats__call=call).exclude(pk__in=taken)
    return list(named.select_related("group").order_by("order", "number"))


def _seat_facts(call: Call, expression: Expression, start: date) -> SeatFacts:
    """A place that is made for them: their organisation's where they have one, else their own."""
    organisation = expression.organisation
    return SeatFacts(
        title=(organisation.name if organisation else expression.organisation_name)[:200]
        or _("Member from %(call)s") % {"call": call.record.ref},
        basis=rosters.ORGANISATION if organisation else rosters.INDIVIDUAL,
        starts_on=start,
        organisation=organisation,
        constituency=call.constituency,
    )


def _unseatable(call: Call, expression: Expression, now: datetime) -> list[Breach]:
    """Why the group's type would not let them sit, whoever else does: no organisation, or one of another kind."""
    course = values.rules_of(call.group, steps.today(now))
    if course is None or call.named_seats.exists() or not course.eligible_kinds:
        return []
    if course.eligible_constituency not in {"", call.constituency}:
        return []
    kinds = {kind.slug for kind in course.eligible_kinds}
    organisation = expression.organisation
    said = {"name": expression.reference}
    if organisation is None:
        text = _(
            "%(name)s named no organisation of the directory, and these places are for organisations: name it first."
        )
        return [Breach("organisation-needed", text % said)]
    if organisation.kind.slug not in kinds:
        text = _("The organisation of %(name)s is not of a kind that may sit here.")
        return [Breach("engagement.eligible_kinds", text % said)]
    return []


def _call_over(call: Call) -> list[Breach]:
    if call.state in {calls.OFFERS, calls.FINISHED}:
        return (
            []
            if call.state == calls.OFFERS
            else [Breach("call-over", _("The call is finished: its places are filled."))]
        )
    return calls.must_be(call.state, calls.OFFERS)


def _answered(by: Viewer, offer: Offer, state: str, now: datetime) -> Offer:
    offer.state, offer.answered_at = state, now
    offer.save(update_fields=["state", "answered_at", "seat", "appointment"])
    if offer.expression.person is not None and state != Offer.State.TOO_LATE:
        links.revoke_links(person=offer.expression.person, now=now, purpose=ANSWER, subject_id=offer.pk)
    steps.note_personal(by, f"expression.offer-{state}", offer.expression, now)
    return offer


def _too_late(by: Viewer, offer: Offer, now: datetime) -> Offer:
    """They stay on the reserve list, at its head."""
    Expression.objects.filter(pk=offer.expression_id).update(standing=Expression.Standing.RESERVE, place=0)
    return _answered(by, offer, Offer.State.TOO_LATE, now)
