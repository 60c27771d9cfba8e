"""Signed links: bound to one person and purpose, used once, never by a GET (mail scanners follow links)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client

from convenor.core.accounts import commands
from convenor.core.accounts.models import Person, SignedLink
from convenor.core.accounts.purposes import Choice, Description, Letter, Outcome, Purpose, purposes, register
from convenor.core.accounts.queries import viewer_of
from convenor.core.accounts.tests.conftest import right_now
from convenor.core.accounts.tests.journal import verbs
from convenor.core.records.rules import Breach, Refused, Viewer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_counts")]


def rename(link: SignedLink, now: datetime, choice: str) -> Outcome:
    """What the specimen's button does: a command of its own, as the person."""
    if choice not in ("yes", "no"):
        raise Refused([Breach("choice", "Choose yes or no.")])
    commands.rename_person(by=viewer_of(link, now), person=link.person, name=f"Said {choice}", now=now)
    return Outcome("Thank you", f"You said {choice}.", "/elsewhere/", "Go on")


@pytest.fixture
def specimen() -> Iterator[Purpose]:
    purpose = Purpose(
        slug="specimen",
        describe=lambda link: Description(
            "Say yes or no", f"{link.person.name} is asked.", [Choice("yes", "Yes"), Choice("no", "No", "secondary")]
        ),
        perform=rename,
        letter=lambda _link, address: Letter("Answer please", f"Go to {address}"),
    )
    register(purpose)
    yield purpose
    purposes.pop("specimen")


def issue(person: Person, now: datetime | None = None, purpose: str = "specimen", **more: Any) -> str:
    with transaction.atomic():
        return commands.issue_link(purpose=purpose, person=person, now=now or right_now(), **more)[1]


def test_only_a_hash_of_256_random_bits_is_kept(specimen: Purpose, noa: Person) -> None:
    token = issue(noa)
    link = SignedLink.objects.get()
    assert len(token) == 43
    assert link.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert token not in str(SignedLink.objects.values().get())
    assert token != issue(noa)


def test_a_get_says_what_it_does_and_never_uses_it_up(specimen: Purpose, noa: Person, client: Client) -> None:
    token = issue(noa)
    before = SignedLink.objects.values().get()
    for _ in range(100):
        answer = client.get(f"/l/{token}/")
        assert answer.status_code == 200
    assert "Noa Example is asked." in answer.content.decode()
    assert client.head(f"/l/{token}/").status_code == 200
    assert SignedLink.objects.values().get() == before
    assert (verbs(), Person.objects.get(pk=noa.pk).name) == ([], "Noa Example")


def test_a_post_does_it_once(specimen: Purpose, noa: Person, client: Client) -> None:
    token = issue(noa)
    first = client.post(f"/l/{token}/", {"choice": "yes"})
    again = client.post(f"/l/{token}/", {"choice": "no"})
    assert (first.status_code, again.status_code) == (200, 410)
    assert "You said yes." in first.content.decode()
    assert "This link has been used. It works once." in again.content.decode()
    assert Person.objects.get(pk=noa.pk).name == "Said yes"
    assert verbs() == ["person.renamed", "link.used"]


def test_the_person_it_was_sent_to_is_the_actor(specimen: Purpose, noa: Person, mia: Person, client: Client) -> None:
    client.force_login(mia)
    client.post(f"/l/{issue(noa)}/", {"choice": "yes"})
    assert Person.objects.get(pk=noa.pk).name == "Said yes"
    assert Person.objects.get(pk=mia.pk).name == "Mia Example"


def test_a_refusal_leaves_it_unused(specimen: Purpose, noa: Person, client: Client) -> None:
    token = issue(noa)
    answer = client.post(f"/l/{token}/", {"choice": "perhaps"})
    assert "Choose yes or no." in answer.content.decode()
    assert SignedLink.objects.get().used_at is None
    assert client.post(f"/l/{token}/", {"choice": "no"}).status_code == 200


@pytest.mark.parametrize("token", ["x", "A" * 43, "not-a-token", "0"])
def test_a_token_of_nobody_opens_nothing(specimen: Purpose, noa: Person, client: Client, token: str) -> None:
    issue(noa)
    assert client.get(f"/l/{token}/").status_code == 404
    assert client.post(f"/l/{token}/", {"choice": "yes"}).status_code == 404


def test_a_purpose_that_no_app_knows_opens_nothing(specimen: Purpose, noa: Person, client: Client) -> None:
    token = issue(noa)
    SignedLink.objects.update(purpose="forgotten")
    assert client.get(f"/l/{token}/").status_code == 404


def test_a_link_is_dead_at_the_next_request_after_deactivation(
    specimen: Purpose, noa: Person, as_ada: Viewer, client: Client, now: datetime
) -> None:
    token = issue(noa)
    commands.deactivate_person(by=as_ada, person=noa, reason="Left", now=now)
    assert client.get(f"/l/{token}/").status_code == 410
    assert client.post(f"/l/{token}/", {"choice": "yes"}).status_code == 410
    commands.reactivate_person(by=as_ada, person=noa, reason="Back", now=now)
    assert client.post(f"/l/{token}/", {"choice": "yes"}).status_code == 410


def test_a_link_dies_with_the_address_it_was_sent_to(specimen: Purpose, noa: Person, client: Client) -> None:
    token = issue(noa)
    Person.objects.filter(pk=noa.pk).update(email="noa@other.example")
    answer = client.post(f"/l/{token}/", {"choice": "yes"})
    assert (answer.status_code, Person.objects.get(pk=noa.pk).name) == (410, "Noa Example")
    assert "an e-mail address that has changed since" in answer.content.decode()


def test_an_expired_link_offers_a_new_one_to_the_same_address(specimen: Purpose, noa: Person, client: Client) -> None:
    token = issue(noa, right_now() - timedelta(days=15))
    page = client.get(f"/l/{token}/")
    assert page.status_code == 410
    assert "This link has expired." in page.content.decode()
    assert "noa@people.example" not in page.content.decode()
    assert client.post(f"/l/{token}/", {"choice": "yes"}).status_code == 410
    assert client.post(f"/l/{token}/again/").status_code == 200
    assert mail.outbox[0].to == ["noa@people.example"]
    fresh = mail.outbox[0].body.split()[-1]
    assert client.get(fresh).status_code == 200
    assert client.get(f"/l/{token}/").status_code == 410
    assert client.post(f"/l/{token}/again/").status_code == 410
    assert len(mail.outbox) == 1
    assert verbs() == ["link.renewed"]


def test_only_an_expired_link_is_renewed(specimen: Purpose, noa: Person, client: Client) -> None:
    token = issue(noa)
    assert client.post(f"/l/{token}/again/").status_code == 410
    assert client.get(f"/l/{token}/again/").status_code == 405
    assert client.post("/l/unknown/again/").status_code == 404
    assert mail.outbox == []


def test_sending_again_takes_back_the_earlier_one_for_the_same_thing(
    specimen: Purpose, noa: Person, client: Client
) -> None:
    with transaction.atomic():
        other = commands.issue_link(purpose="specimen", person=noa, subject_id=8, now=right_now())[1]
        commands.send_link(purpose="specimen", person=noa, subject_id=7, now=right_now())
        commands.send_link(purpose="specimen", person=noa, subject_id=7, now=right_now())
    first, second = (message.body.split()[-1] for message in mail.outbox)
    assert (client.get(first).status_code, client.get(second).status_code) == (410, 200)
    assert client.get(f"/l/{other}/").status_code == 200


def test_the_token_leaks_nowhere(specimen: Purpose, noa: Person, client: Client) -> None:
    token = issue(noa)
    for answer in (client.get(f"/l/{token}/"), client.post(f"/l/{token}/", {"choice": "yes"}), client.get("/l/x/")):
        assert answer.headers["Referrer-Policy"] == "strict-origin"
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert "http://" not in answer.content.decode().replace("http://www.w3.org", "")


def test_a_post_needs_our_own_form(specimen: Purpose, noa: Person) -> None:
    strict = Client(enforce_csrf_checks=True)
    token = issue(noa)
    assert strict.post(f"/l/{token}/", {"choice": "yes"}).status_code == 403
    strict.get(f"/l/{token}/")
    form = {"choice": "yes", "csrfmiddlewaretoken": strict.cookies["csrftoken"].value}
    assert strict.post(f"/l/{token}/", form, headers={"origin": "https://evil.example"}).status_code == 403
    assert strict.post(f"/l/{token}/", form, headers={"origin": "http://testserver"}).status_code == 200


def test_guessing_is_slowed(specimen: Purpose, noa: Person, client: Client) -> None:
    answers = [client.get(f"/l/guess-{number}/").status_code for number in range(25)]
    assert (answers.count(404), answers.count(429)) == (20, 5)
    assert client.get(f"/l/{issue(noa)}/").status_code == 200


def test_using_is_slowed(specimen: Purpose, noa: Person, client: Client) -> None:
    token = issue(noa)
    answers = [client.post(f"/l/{token}/", {"choice": "perhaps"}).status_code for _ in range(25)]
    assert answers.count(429) == 5
    assert SignedLink.objects.get().used_at is None


def test_the_same_purpose_is_not_registered_twice(specimen: Purpose) -> None:
    with pytest.raises(ValueError, match="specimen"):
        register(specimen)
