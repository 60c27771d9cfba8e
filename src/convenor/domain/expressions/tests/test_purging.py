"""What is left when a call is purged: numbers, the public result, who sits."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from convenor.core.accounts.commands import erase_person
from convenor.core.accounts.models import Person, SignedLink
from convenor.core.notify.models import Message
from convenor.core.records.rules import NotAllowed, Refused
from convenor.domain.expressions import jobs
from convenor.domain.expressions.commands.erasure import held_about
from convenor.domain.expressions.commands.offering import accept_offer
from convenor.domain.expressions.commands.telling import finish_call, purge_call, tidy_drafts
from convenor.domain.expressions.models import (
    Answer,
    Assessor,
    Choice,
    Declaration,
    Draw,
    Expression,
    Moderation,
    Offer,
    ReturnLink,
    Score,
)
from convenor.domain.expressions.queries import facts
from convenor.domain.expressions.tests.world import CallWorld
from convenor.domain.groups.models import Appointment

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PERSONAL = (Answer, Assessor, Choice, Declaration, Expression, Moderation, Offer, ReturnLink, Score)


@pytest.fixture
def finished(world: CallWorld) -> CallWorld:
    world.publish()
    viewer, assessor = world.assessor()
    world.send_many(6)
    world.begin_assessment()
    world.clear(viewer, assessor, world.made[0])
    world.score(viewer, assessor, world.made[0], 3, 3)
    world.select()
    offers = world.offer()
    accept_offer(by=world.holder(offers[0].expression), offer=offers[0], now=world.closed)
    finish_call(by=world.by, call=world.call, now=offers[0].due_at)
    world.call.refresh_from_db()
    return world


def after(world: CallWorld) -> datetime:
    return datetime.combine(world.call.purge_on + timedelta(days=1), time(3), ZoneInfo("Australia/Sydney"))


def test_only_numbers_and_who_sits_are_left(finished: CallWorld) -> None:
    counted = facts.figures(finished.call)
    with pytest.raises(Refused):
        purge_call(by=finished.by, call=finished.call, now=finished.closed)
    with pytest.raises(NotAllowed):
        purge_call(by=finished.somebody(), call=finished.call, now=after(finished))
    jobs.purge(after(finished))
    finished.call.refresh_from_db()
    assert [model.__name__ for model in PERSONAL if model._default_manager.exists()] == []
    assert facts.figures(finished.call) == counted
    assert counted.received == 6
    assert counted.accepted == 1
    assert Appointment.objects.count() == 1
    assert Draw.objects.count() == 1
    assert not Message.objects.filter(record=finished.call.record).exists()
    assert not SignedLink.objects.filter(record=finished.call.record).exists()
    jobs.purge(after(finished))


def test_people_made_for_an_offer_they_did_not_take_are_erased(finished: CallWorld) -> None:
    made = set(Offer.objects.values_list("expression__person_id", flat=True))
    jobs.purge(after(finished))
    left = Person.objects.filter(pk__in=made, erased_at=None)
    assert [person.pk for person in left] == [Appointment.objects.get().person_id]
    assert not Person.objects.filter(pk__in=made, email__isnull=False).exclude(pk=left[0].pk).exists()


def test_drafts_nobody_proved_are_forgotten(world: CallWorld) -> None:
    world.publish()
    world.begin()
    assert tidy_drafts(by=world.by, now=world.opened) == 0
    assert tidy_drafts(by=world.by, now=world.opened + timedelta(days=15)) == 1
    with pytest.raises(NotAllowed):
        tidy_drafts(by=world.somebody(), now=world.opened)


def test_a_call_finishes_when_nobody_is_waited_for(world: CallWorld) -> None:
    world.publish()
    world.send_many(6)
    world.begin_assessment()
    world.select()
    offers = world.offer()
    with pytest.raises(Refused):
        finish_call(by=world.by, call=world.call, now=world.closed)
    with pytest.raises(NotAllowed):
        finish_call(by=world.somebody(), call=world.call, now=world.closed)
    jobs.lapse(offers[0].due_at)
    done = finish_call(by=world.by, call=world.call, now=offers[0].due_at)
    assert done.state == "finished"
    letters = Message.objects.filter(key__endswith=":over")
    assert letters.count() == 2
    assert "reserve list has ended" in letters[0].text


def test_what_is_held_about_a_person_is_told_and_erased(world: CallWorld) -> None:
    world.publish()
    sent = world.send()
    person = Person.objects.create_user("own@calls.example", name="Own")
    Expression.objects.filter(pk=sent.pk).update(person=person)
    told = held_about(world.by, person.pk)
    assert told["expressions"][0]["name"] == "Applicant 0"
    assert len(told["answers"]) == 2
    erase_person(by=world.by, person=person, authority="Asked for.", now=world.opened)
    row = Expression.objects.get(pk=sent.pk)
    assert (row.name, row.person, row.state) == ("Erased", None, "taken-back")
    assert not Answer.objects.filter(expression=sent).exists()
