"""A call from its draft to a filled seat."""

from __future__ import annotations

from datetime import timedelta

import pytest

from convenor.core.notify.models import Message
from convenor.core.records.rules import Refused
from convenor.domain.expressions.commands.offering import accept_offer, decline_offer, lapse_offers, offer_next
from convenor.domain.expressions.commands.telling import finish_call
from convenor.domain.expressions.models import Draw, Expression, Offer
from convenor.domain.expressions.queries import facts
from convenor.domain.expressions.queries.debrief import debrief_of
from convenor.domain.expressions.queries.results import published
from convenor.domain.expressions.tests.world import CallWorld
from convenor.domain.groups.models import Appointment

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_from_a_draft_to_filled_seats(world: CallWorld) -> None:
    world.publish()
    assert world.call.record.is_public
    world.send_many(9)
    world.begin_assessment()
    world.select()
    draw = Draw.objects.get(call=world.call)
    assert len(draw.chosen) == 4
    assert len(draw.reserve) == 5
    assert not published(draw).faults
    made = world.offer()
    assert len(made) == 4
    accepted = [accept_offer(by=world.holder(each.expression), offer=each, now=world.closed) for each in made[:2]]
    assert {each.state for each in accepted} == {Offer.State.ACCEPTED}
    assert Appointment.objects.filter(instrument=world.call.record.ref).count() == 2
    declined = decline_offer(by=world.holder(made[2].expression), offer=made[2], now=world.closed)
    assert declined.state == Offer.State.DECLINED
    following = offer_next(by=world.by, call=world.call, days=5, now=world.closed)
    assert following.expression.standing == Expression.Standing.RESERVE
    late = world.closed + timedelta(days=30)
    assert lapse_offers(by=world.by, now=late) == 2
    done = finish_call(by=world.by, call=world.call, now=late)
    assert done.state == "finished"
    told = debrief_of(made[0].expression)
    assert told is not None
    assert told.chance.endswith("%")
    assert facts.figures(done) == facts.Figures(9, 0, 0, 5, 2, 1, 2)
    assert Message.objects.filter(record=done.record, subject__startswith="What came of it").exists()


def test_who_comes_too_late_is_told_and_stays_in_reserve(world: CallWorld) -> None:
    world.publish()
    world.send_many(9)
    world.begin_assessment()
    world.select()
    made = world.offer(extra=3)
    answers = [accept_offer(by=world.holder(each.expression), offer=each, now=world.closed) for each in made]
    assert [each.state for each in answers].count(Offer.State.ACCEPTED) == 4
    assert [each.state for each in answers].count(Offer.State.TOO_LATE) == 3
    assert Appointment.objects.filter(seat__group=world.group).count() == 4
    with pytest.raises(Refused, match="taken or offered"):
        offer_next(by=world.by, call=world.call, days=5, now=world.closed)
