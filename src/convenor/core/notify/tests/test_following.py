from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.test import Client

from convenor.core.accounts.models import AccessRow, DutyAssignment, Person
from convenor.core.clock.commands import set_deadline
from convenor.core.journal.models import Entry
from convenor.core.notify import commands, jobs, queries
from convenor.core.notify.models import Message, Subscription
from convenor.core.records.rules import SEALED, NotAllowed, Viewer, anonymous
from tests.things import make_thing, note

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def viewer(person: Person, now: datetime) -> Viewer:
    return Viewer(now=now, person_id=person.pk)


def told() -> list[tuple[str, str]]:
    return list(Message.objects.order_by("id").values_list("person__name", "subject"))


def test_followers_hear_once_of_what_they_follow(viewer: Viewer, now: datetime) -> None:
    record = make_thing(now, "Reference Group")
    commands.follow(by=viewer, record=record, now=now)
    commands.follow(by=viewer, kind="thing", now=now)
    entry = note(now, "thing.seat-ended", record=record)
    jobs.on_entry(entry.pk)
    jobs.on_entry(entry.pk)
    assert told() == [("Pat Example", "Reference Group: seat ended")]
    message = Message.objects.get()
    assert f"http://127.0.0.1:8000/r/{record.ref}" in message.text
    assert message.unsubscribe in message.text


def test_verbs_narrow_what_is_heard(viewer: Viewer, now: datetime) -> None:
    record = make_thing(now)
    commands.follow(by=viewer, record=record, verbs="thing.closed", now=now)
    jobs.on_entry(note(now, "thing.changed", record=record).pk)
    assert told() == []
    commands.follow(by=viewer, record=record, now=now)
    jobs.on_entry(note(now, "thing.changed", record=record).pk)
    assert len(told()) == 1


def test_the_one_who_did_it_and_those_who_may_not_read_it_hear_nothing(
    viewer: Viewer, person: Person, now: datetime
) -> None:
    record = make_thing(now)
    commands.follow(by=viewer, record=record, now=now)
    entry = note(now, "thing.changed", record=record)
    AccessRow.objects.create(person=person, record=record, allow=False, starts_at=now, reason="Conflict")
    jobs.on_entry(entry.pk)
    jobs.on_entry(note(now, "site.changed", record=None).pk)
    assert told() == []
    assert list(queries.followers(Entry(record=record, verb="x", actor_id=person.pk))) == []


def test_following_takes_a_sign_in_and_is_private(viewer: Viewer, now: datetime) -> None:
    record = make_thing(now)
    with pytest.raises(NotAllowed, match="Sign in"):
        commands.follow(by=anonymous(now), record=record, now=now)
    subscription = commands.follow(by=viewer, record=record, now=now)
    with pytest.raises(NotAllowed, match="only what you follow yourself"):
        commands.unfollow(
            by=Viewer(now=now, person_id=viewer.person_id), subscription=Subscription(person_id=-1), now=now
        )
    commands.unfollow(by=viewer, subscription=subscription, now=now)
    entries = Entry.objects.filter(verb__startswith="subscription.").order_by("id")
    assert [(entry.verb, entry.record) for entry in entries] == [
        ("subscription.made", None),
        ("subscription.ended", None),
    ]


def test_what_one_follows_and_may_no_longer_read_is_not_listed(viewer: Viewer, now: datetime) -> None:
    seen, hidden = make_thing(now), make_thing(now, visibility=SEALED)
    for record in (seen, hidden):
        commands.follow(by=viewer, record=record, now=now)
    assert [row.record for row in queries.following(viewer)] == [seen]
    assert queries.subscription_to(viewer, seen) is not None


def test_the_way_out_asks_on_get_and_stops_on_post_without_signing_in(
    viewer: Viewer, now: datetime, client: Client
) -> None:
    subscription = commands.follow(by=viewer, record=make_thing(now), now=now)
    address = commands.unsubscribe_address(subscription).removeprefix("http://127.0.0.1:8000")
    assert "Stop these mails" in client.get(address).content.decode()
    assert Subscription.objects.count() == 1
    one_click = Client(enforce_csrf_checks=True).post(address, {"List-Unsubscribe": "One-Click"})
    assert "no more mails" in one_click.content.decode()
    assert Subscription.objects.count() == 0
    assert "no more mails" in client.post(address).content.decode()
    assert "no more mails" in client.get("/unsubscribe/forged:x:y/").content.decode()


def test_officers_are_reminded_once_a_morning_and_not_at_weekends(person: Person, now: datetime) -> None:
    DutyAssignment.objects.create(person=person, duty="secretariat", starts_at=now - timedelta(days=9))
    Person.objects.create(name="Other", email="other@convenor.example")
    with transaction.atomic():
        set_deadline(record=make_thing(now), kind="review", due_at=now - timedelta(days=1), now=now)
        set_deadline(record=make_thing(now), kind="review", due_at=now + timedelta(days=1), now=now)
    jobs.remind(now - timedelta(days=1))
    assert told() == []
    jobs.remind(now)
    jobs.remind(now)
    assert told() == [("Pat Example", "1 overdue, 1 due soon")]
    assert "/desk/" in Message.objects.get().text
