"""Offers: made, answered, lapsed, followed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from convenor.core.accounts.commands.links import use_link
from convenor.core.accounts.models import Person, SignedLink
from convenor.core.records.rules import NotAllowed, Refused, anonymous
from convenor.domain.expressions.commands.expressing import take_back_expression
from convenor.domain.expressions.commands.offering import (
    accept_offer,
    decline_offer,
    lapse_offers,
    make_offers,
    offer_next,
    remind_of_offer,
    take_back_offer,
)
from convenor.domain.expressions.models import CallSeat, Expression, Offer
from convenor.domain.expressions.tests.test_calls import codes
from convenor.domain.expressions.tests.world import CallWorld
from convenor.domain.groups.commands.overrides import add_override
from convenor.domain.groups.models import Appointment, Seat
from convenor.domain.groups.queries.weighing import OverrideFacts
from convenor.domain.groups.tests.world import START

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def selected(world: CallWorld) -> CallWorld:
    world.publish()
    world.send_many(7)
    world.begin_assessment()
    world.select()
    return world


def test_accepting_seats_the_person_with_the_call_as_instrument(selected: CallWorld) -> None:
    offer = selected.offer()[0]
    by = selected.holder(offer.expression)
    done = accept_offer(by=by, offer=offer, now=selected.closed)
    term = Appointment.objects.get()
    assert (done.state, done.appointment, done.seat) == ("accepted", term, term.seat)
    assert term.instrument == selected.call.record.ref
    assert (term.ends_on, term.seat.constituency) == (selected.call.term_ends_on, "providers")
    assert accept_offer(by=by, offer=offer, now=selected.closed).state == "accepted"
    assert Appointment.objects.count() == 1


def test_only_whom_it_was_made_to_answers(selected: CallWorld) -> None:
    first, second = selected.offer()[:2]
    for by in (selected.somebody(), selected.holder(second.expression), anonymous(selected.closed)):
        for act in (accept_offer, decline_offer):
            with pytest.raises(NotAllowed):
                act(by=by, offer=first, now=selected.closed)


def test_an_offer_lapses_by_its_deadline_written_down_or_not(selected: CallWorld) -> None:
    offer = selected.offer()[0]
    late = offer.due_at
    assert accept_offer(by=selected.holder(offer.expression), offer=offer, now=late).state == "lapsed"
    assert lapse_offers(by=selected.by, now=late) == 3
    assert lapse_offers(by=selected.by, now=late) == 0
    with pytest.raises(NotAllowed):
        lapse_offers(by=selected.somebody(), now=late)


def test_a_declined_place_goes_to_the_next_of_the_reserve(selected: CallWorld) -> None:
    offers = selected.offer()
    with pytest.raises(Refused) as full:
        offer_next(by=selected.by, call=selected.call, days=5, now=selected.closed)
    assert codes(full) == ["no-place-free"]
    decline_offer(by=selected.holder(offers[0].expression), offer=offers[0], now=selected.closed)
    with pytest.raises(Refused):
        accept_offer(by=selected.holder(offers[0].expression), offer=offers[0], now=selected.closed)
    following = offer_next(by=selected.by, call=selected.call, days=5, now=selected.closed)
    assert following.expression.standing == "reserve"
    with pytest.raises(NotAllowed):
        offer_next(by=selected.somebody(), call=selected.call, days=5, now=selected.closed)


def test_who_took_theirs_back_is_passed_over(selected: CallWorld) -> None:
    offers = selected.offer()
    reserve = Expression.objects.filter(standing="reserve").order_by("place")
    first = reserve[0]
    take_back_expression(by=selected.holder(first), expression=first, now=selected.closed)
    take_back_expression(by=selected.holder(offers[0].expression), expression=offers[0].expression, now=selected.closed)
    assert Offer.objects.get(pk=offers[0].pk).state == "declined"
    assert offer_next(by=selected.by, call=selected.call, days=5, now=selected.closed).expression != first


def test_by_the_signed_link_without_a_sign_in(selected: CallWorld) -> None:
    offer = selected.offer()[0]
    from convenor.core.accounts.commands.links import issue_link
    from convenor.core.accounts.purposes import purposes

    link = SignedLink.objects.get(subject_id=offer.pk, revoked_at=None)
    assert link.person.may_sign_in is False
    assert link.record == selected.call.record
    _link, token = issue_link(
        purpose="answer-offer", person=link.person, now=selected.closed, record=link.record, subject_id=offer.pk
    )
    described = purposes["answer-offer"].describe(link)
    assert described.until == offer.due_at < link.expires_at, "it says when the answer is due, not when the link ends"
    with pytest.raises(Refused):
        use_link(token=token, choice="", now=selected.closed)
    _used, outcome = use_link(token=token, choice="accept", now=selected.closed)
    assert outcome.title == "You take the place"
    assert Offer.objects.get(pk=offer.pk).state == "accepted"
    with pytest.raises(Refused):
        use_link(token=token, choice="accept", now=selected.closed)


def test_an_account_with_the_proved_address_is_that_person(selected: CallWorld) -> None:
    sent = Expression.objects.filter(standing="chosen").earliest("place")
    known = Person.objects.create_user(sent.email, name="Known")
    selected.offer()
    assert Expression.objects.get(pk=sent.pk).person == known


def test_reminders_and_offers_made_by_mistake(selected: CallWorld) -> None:
    offer = selected.offer()[0]
    remind_of_offer(by=selected.by, offer=offer, now=selected.closed)
    assert SignedLink.objects.filter(subject_id=offer.pk, revoked_at=None).count() == 1
    take_back_offer(by=selected.by, offer=offer, now=selected.closed)
    with pytest.raises(Refused):
        remind_of_offer(by=selected.by, offer=offer, now=selected.closed)
    for act in (remind_of_offer, take_back_offer):
        with pytest.raises(NotAllowed):
            act(by=selected.somebody(), offer=offer, now=selected.closed)


def test_the_groups_own_cap_holds_whatever_was_offered(selected: CallWorld) -> None:
    for number in range(11):
        company = selected.groups.company(f"Came another way {number}")
        selected.groups.seat(selected.group, organisation=company, constituency="providers")
    offers = selected.offer()
    states = [accept_offer(by=selected.holder(o.expression), offer=o, now=selected.closed).state for o in offers]
    assert states == ["accepted", "too-late", "too-late", "too-late"]
    assert Seat.objects.filter(group=selected.group, constituency="providers").count() == 12
    assert Expression.objects.filter(standing="reserve", offers__state="too-late").count() == 3


def test_who_names_no_organisation_is_said_before_an_offer_is_made(selected: CallWorld) -> None:
    Expression.objects.filter(standing="chosen").update(organisation=None)
    with pytest.raises(Refused) as refused:
        selected.offer()
    assert codes(refused) == ["organisation-needed"]
    assert not Offer.objects.exists()


def test_bounds_of_offers(selected: CallWorld) -> None:
    with pytest.raises(Refused) as refused:
        make_offers(by=selected.by, call=selected.call, days=0, extra=9, now=selected.closed)
    assert codes(refused) == ["offer-days", "offer-extra"]
    with pytest.raises(NotAllowed):
        make_offers(by=selected.somebody(), call=selected.call, days=5, now=selected.closed)
    made = selected.offer(extra=2)
    assert len(made) == 6
    assert made[0].due_at > selected.closed + timedelta(days=5)


@pytest.mark.parametrize(("way", "state"), [("call", "accepted"), ("reserve-list", "")])
def test_a_seat_that_somebody_left_early_is_filled_only_as_the_rules_say(
    selected: CallWorld, way: str, state: str
) -> None:
    """Whoever was chosen comes by the call, whoever follows comes from the reserve list."""
    groups, today = selected.groups, selected.now.date()
    values = {"casual_vacancies": [way]}
    facts = OverrideFacts("casual_vacancies", values, START, None, "Agreed.", "Board")
    add_override(by=groups.by, group=selected.group, facts=facts, now=groups.now)
    seat = groups.seat(selected.group, "Agency seat", constituency="agency")
    term = groups.appoint(seat, "Bea Field", START, START + timedelta(days=730), instrument="Letter")
    Appointment.objects.filter(pk=term.pk).update(ends_on=today, until=today + timedelta(days=400))
    CallSeat.objects.create(call=selected.call, seat=seat)
    offer = selected.offer()[0]
    by = selected.holder(offer.expression)
    if not state:
        with pytest.raises(Refused, match="filled from the reserve list, and in no other way"):
            accept_offer(by=by, offer=offer, now=selected.closed)
        Expression.objects.filter(pk=offer.expression_id).update(standing="reserve")
    done = accept_offer(by=by, offer=Offer.objects.get(pk=offer.pk), now=selected.closed)
    assert (done.state, done.appointment and done.appointment.filled_by) == ("accepted", way)
