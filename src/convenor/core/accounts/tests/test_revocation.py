"""Peer hole 26 (zulip CVE-2016-4427): a deactivated person is out at the next request, by every door."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.contrib.sessions.models import Session
from django.db import transaction
from django.test import Client

from convenor.core.accounts import commands
from convenor.core.accounts.models import Person
from convenor.core.accounts.queries import viewer_by_id, viewer_for
from convenor.core.accounts.tests.conftest import PASSWORD, right_now, sign_in
from convenor.core.records.rules import Viewer, anonymous

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_counts")]


@pytest.fixture
def gone(client: Client, mia: Person, as_ada: Viewer, now: datetime) -> Person:
    """Signed in by password, by force and on another machine; then deactivated."""
    client.post("/account/login/", {"login": "mia@people.example", "password": PASSWORD})
    assert client.get("/account/").status_code == 200
    return commands.deactivate_person(by=as_ada, person=mia, reason="Left", now=now)


def test_hole_26_the_session_is_dead(client: Client, gone: Person) -> None:
    for path in ("/account/", "/account/data.json", "/account/sessions/", "/account/2fa/", "/people-admin/"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/account/login/")


def test_hole_26_no_way_of_signing_in_is_left(gone: Person) -> None:
    for form in ({"login": gone.email, "password": PASSWORD}, {"login": gone.email}):
        other = Client()
        other.post("/account/login/", form)
        assert other.get("/account/").status_code == 302


def test_hole_26_the_viewer_is_anybody(gone: Person, now: datetime) -> None:
    assert viewer_for(gone, now) == anonymous(now)
    assert viewer_by_id(gone.pk, now) == anonymous(now)


def test_hole_26_the_old_session_stays_dead_after_reactivation(
    client: Client, gone: Person, as_ada: Viewer, now: datetime
) -> None:
    commands.reactivate_person(by=as_ada, person=gone, reason="Back", now=now)
    assert client.get("/account/").status_code == 302


def test_hole_26_even_a_session_that_no_table_lists(mia: Person, as_ada: Viewer, now: datetime) -> None:
    """A copied session row, as from a restored backup."""
    client = sign_in(Client(), mia)
    row = Session.objects.get()
    commands.deactivate_person(by=as_ada, person=mia, reason="Left", now=now)
    commands.reactivate_person(by=as_ada, person=mia, reason="Back", now=now)
    row.save(force_insert=not Session.objects.filter(pk=row.pk).exists())
    assert client.get("/account/").status_code == 302


def test_hole_26_links_are_dead(client: Client, noa: Person, as_ada: Viewer, as_sam: Viewer, now: datetime) -> None:
    with transaction.atomic():
        _link, token = commands.issue_link(purpose="sign-in-invitation", person=noa, now=right_now())
    commands.deactivate_person(by=as_ada, person=noa, reason="Left", now=now)
    assert client.get(f"/l/{token}/").status_code == 410
    assert client.post(f"/l/{token}/").status_code == 410


def test_a_new_password_ends_old_sessions(client: Client, mia: Person) -> None:
    client.post("/account/login/", {"login": "mia@people.example", "password": PASSWORD})
    mia.set_password("an entirely new pass phrase")
    mia.save()
    assert client.get("/account/").status_code == 302


def test_a_sign_in_lasts_while_the_secret_key_is_renewed(client: Client, mia: Person, settings: object) -> None:
    client.post("/account/login/", {"login": "mia@people.example", "password": PASSWORD})
    old = settings.SECRET_KEY  # type: ignore[attr-defined]
    settings.SECRET_KEY_FALLBACKS = [old]  # type: ignore[attr-defined]
    settings.SECRET_KEY = "another key, also long enough for every check there is in here"  # type: ignore[attr-defined]
    assert client.get("/account/").status_code == 200
