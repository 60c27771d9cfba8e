from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from convenor.core.accounts.models import DutyAssignment, Person
from convenor.core.notify import commands
from convenor.core.notify.models import Message, Subscription
from convenor.core.records.rules import SEALED, Viewer
from tests.things import make_thing, things_known

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client: Client, now: datetime) -> Client:
    person = Person.objects.create(name="Olive Officer", email="olive@convenor.example", may_sign_in=True)
    DutyAssignment.objects.create(person=person, duty="secretariat", starts_at=now - timedelta(days=900))
    client.force_login(person, "allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def member(person: Person) -> Client:
    Person.objects.filter(pk=person.pk).update(may_sign_in=True)
    client = Client()
    client.force_login(person, "allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def message(now: datetime, person: Person) -> Message:
    made = commands.queue(
        to=person, subject="Papers <b>", template="due", context={"late": 1, "soon": 0, "desk": "/"}, now=now
    )
    Message.objects.filter(pk=made.pk).update(sent_at=now, done_at=now, text="", html="")
    return made


def test_who_may_open_what(client: Client, officer: Client, member: Client, message: Message) -> None:
    stranger = Client()
    register, one, following = reverse("notify:register"), reverse("notify:message", args=[message.pk]), "/following/"
    table = {
        (name, path): getattr(who.get(path), "status_code", 0)
        for name, who in (("stranger", stranger), ("member", member), ("officer", officer))
        for path in (register, one, following)
    }
    assert table == {
        ("stranger", register): 302, ("stranger", one): 404, ("stranger", following): 302,
        ("member", register): 403, ("member", one): 404, ("member", following): 200,
        ("officer", register): 200, ("officer", one): 200, ("officer", following): 200,
    }  # fmt: skip


def test_following_and_stopping(member: Client, now: datetime) -> None:
    seen, hidden = make_thing(now, "Reference Group"), make_thing(now, visibility=SEALED)
    with things_known():
        answer = member.post(reverse("notify:follow", args=[seen.ref]))
    assert answer.headers["Location"].endswith(f"/r/{seen.ref}")
    assert member.post(reverse("notify:follow", args=[hidden.ref])).status_code == 404
    subscription = Subscription.objects.get()
    assert "Reference Group" in member.get("/following/").content.decode()
    assert member.post(reverse("notify:stop", args=[subscription.pk])).status_code == 302
    assert member.post(reverse("notify:stop", args=[subscription.pk])).status_code == 404
    assert "You follow nothing yet" in member.get("/following/").content.decode()


def test_a_stranger_who_follows_is_sent_to_sign_in(client: Client, now: datetime) -> None:
    answer = client.post(reverse("notify:follow", args=[make_thing(now).ref]))
    assert answer.status_code == 302
    assert "/account/" in answer.headers["Location"]


def test_mail_that_came_back_is_said_and_settled(officer: Client, message: Message) -> None:
    page = reverse("notify:message", args=[message.pk])
    assert officer.post(page, {"reason": ""}).status_code == 422
    assert officer.post(page, {"reason": "550 No such user"}).status_code == 302
    said = officer.get(page).content.decode()
    assert "Came back: 550 No such user" in said
    assert officer.post(reverse("notify:settle", args=[message.pk])).status_code == 302
    message.refresh_from_db()
    assert message.settled_at is not None


def test_the_register_finds_by_address_name_and_subject(officer: Client, message: Message) -> None:
    for asked in ("pat@", "Pat Ex", "Papers"):
        said = officer.get(reverse("notify:register"), {"q": asked}).content.decode()
        assert "Papers &lt;b&gt;" in said
    assert "No mail found" in officer.get(reverse("notify:register"), {"q": "nobody"}).content.decode()


@pytest.mark.parametrize("rows", [1, 30])
def test_the_register_takes_the_same_queries_whatever_its_length(
    officer: Client, person: Person, now: datetime, rows: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        commands.queue(
            to=person, subject=f"No {number}", template="due", context={"late": 1, "soon": 0, "desk": "/"}, now=now
        )
    with django_assert_max_num_queries(15):
        officer.get(reverse("notify:register"))


def test_what_became_of_a_message_in_words(now: datetime) -> None:
    said = [
        Message(bounced_at=now, bounce_reason="550").outcome,
        Message(not_sent="No longer allowed.").outcome,
        Message(sent_at=now).outcome,
        Message(failed_at=now, error="x").outcome,
        Message().outcome,
    ]
    assert said == ["Came back: 550", "Not sent: No longer allowed.", "Sent", "Given up: x", "Waiting"]


def test_the_follower_of_a_forged_address_learns_nothing(client: Client, now: datetime) -> None:
    follower = Person.objects.create(name="F", email="f@convenor.example")
    subscription = commands.follow(by=Viewer(now=now, person_id=follower.pk), record=make_thing(now, "CANARY"), now=now)
    assert subscription.pk
    assert "CANARY" not in client.get("/unsubscribe/forged:1:x/").content.decode()
