"""Inviting people to sign in. Peer holes 8 (zulip CVE-2022-21706) and 9 (zulip CVE-2023-32677)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from convenor.core.accounts import commands
from convenor.core.accounts.models import Person, SignedLink
from convenor.core.accounts.queries import viewer_for
from convenor.core.accounts.tests.conftest import right_now
from convenor.core.accounts.tests.journal import verbs
from convenor.core.records.rules import NotAllowed, Refused, Viewer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_counts")]


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [breach.code for breach in refused.value.breaches]


def invite(by: Viewer, person: Person) -> str:
    """Send an invitation; returns the path of its link, as the e-mail has it."""
    commands.invite_to_sign_in(by=by, person=person, now=right_now())
    found = re.search(r"http://127\.0\.0\.1:8000(/l/[\w-]{43}/)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def test_the_invitation_says_what_it_is(as_sam: Viewer, noa: Person) -> None:
    path = invite(as_sam, noa)
    message = mail.outbox[0]
    assert (message.to, message.subject) == (["noa@people.example"], "Your invitation to sign in to Convenor")
    assert path in message.body
    assert "It works once, until" in message.body


@pytest.mark.slow
def test_a_get_accepts_nothing_and_a_post_signs_in(as_sam: Viewer, noa: Person, client: Client) -> None:
    path = invite(as_sam, noa)
    for _ in range(100):
        client.get(path)
    assert Person.objects.get(pk=noa.pk).may_sign_in is False
    answer = client.post(path, {"choice": "accept"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/account/")
    assert client.get("/account/").status_code == 200
    assert Person.objects.get(pk=noa.pk).may_sign_in is True
    assert EmailAddress.objects.filter(user=noa).values_list("email", "verified").get() == ("noa@people.example", True)
    assert verbs() == ["person.invited", "person.invitation-accepted", "link.used"]


def test_it_works_once(as_sam: Viewer, noa: Person, client: Client) -> None:
    path = invite(as_sam, noa)
    client.post(path, {"choice": "accept"})
    thief = Client()
    assert thief.post(path, {"choice": "accept"}).status_code == 410
    assert thief.get("/account/").status_code == 302


def test_hole_8_it_is_bound_to_person_address_purpose_and_time(as_sam: Viewer, noa: Person, client: Client) -> None:
    link = SignedLink.objects.get(pk=commands.invite_to_sign_in(by=as_sam, person=noa, now=right_now()).pk)
    assert (link.person, link.email, link.purpose) == (noa, "noa@people.example", "sign-in-invitation")
    assert link.expires_at - link.created_at == timedelta(days=14)


def test_hole_8_it_lets_in_nobody_but_the_person_it_was_sent_to(
    as_sam: Viewer, noa: Person, mia: Person, client: Client
) -> None:
    path = invite(as_sam, noa)
    client.force_login(mia)
    client.post(path, {"choice": "accept"})
    assert client.session["_auth_user_id"] == str(noa.pk)
    assert viewer_for(noa, right_now()).duties == frozenset()


def test_hole_8_it_dies_when_the_address_changes(as_sam: Viewer, noa: Person, client: Client, now: datetime) -> None:
    path = invite(as_sam, noa)
    commands.change_email(by=as_sam, person=noa, email="noa@other.example", now=now)
    assert client.post(path, {"choice": "accept"}).status_code == 410
    assert Person.objects.get(pk=noa.pk).may_sign_in is False


def test_hole_9_inviting_needs_the_permission_that_managing_people_needs(
    as_mia: Viewer, public: Viewer, noa: Person, now: datetime
) -> None:
    for by in (as_mia, public):
        with pytest.raises(NotAllowed):
            commands.invite_to_sign_in(by=by, person=noa, now=now)
    assert mail.outbox == []


def test_hole_9_an_invitation_gives_no_duty(as_sam: Viewer, noa: Person, client: Client) -> None:
    client.post(invite(as_sam, noa), {"choice": "accept", "duty": "administrator"})
    assert not noa.duties.exists()


def test_a_second_invitation_takes_back_the_first(as_sam: Viewer, noa: Person, client: Client) -> None:
    first, second = invite(as_sam, noa), invite(as_sam, noa)
    assert client.post(first, {"choice": "accept"}).status_code == 410
    assert client.post(second, {"choice": "accept"}).status_code == 302


def test_whom_one_cannot_invite(as_sam: Viewer, as_ada: Viewer, mia: Person, noa: Person, now: datetime) -> None:
    with pytest.raises(Refused) as refused:
        commands.invite_to_sign_in(by=as_sam, person=mia, now=now)
    assert codes(refused) == ["signs-in-already"]
    nobody = commands.create_person(by=as_sam, name="No Address", now=now)
    with pytest.raises(Refused) as refused:
        commands.invite_to_sign_in(by=as_sam, person=nobody, now=now)
    assert codes(refused) == ["email-missing"]
    commands.deactivate_person(by=as_ada, person=noa, reason="Left", now=now)
    with pytest.raises(Refused) as refused:
        commands.invite_to_sign_in(by=as_sam, person=noa, now=now)
    assert codes(refused) == ["person-inactive"]


def test_nobody_accepts_for_another(as_sam: Viewer, noa: Person, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        commands.accept_invitation(by=as_sam, person=noa, now=now)


def test_a_name_that_is_markup_stays_text(as_sam: Viewer, client: Client, now: datetime) -> None:
    hostile = "<script>alert(1)</script>\r\nBcc: all@people.example"
    person = commands.create_person(by=as_sam, name=hostile, email="h@people.example", now=now)
    page = client.get(invite(as_sam, person)).content.decode()
    assert "<script>alert" not in page
    assert mail.outbox[0].to == ["h@people.example"]
    assert mail.outbox[0].recipients() == ["h@people.example"]


def test_the_new_address_is_confirmed_by_its_own_link(mia: Person, as_mia: Viewer, client: Client) -> None:
    client.force_login(mia)
    commands.request_email_change(by=as_mia, person=mia, email="mia@new.example", now=right_now())
    found = re.search(r"(/l/[\w-]{43}/)", str(mail.outbox[-1].body))
    assert found
    page = client.get(found[1])
    assert "mia@new.example" in page.content.decode()
    assert Person.objects.get(pk=mia.pk).email == "mia@people.example"
    done = client.post(found[1], {"choice": "confirm"})
    assert "Your e-mail address is changed" in done.content.decode()
    assert Person.objects.get(pk=mia.pk).email == "mia@new.example"
    assert client.get("/account/").status_code == 302
