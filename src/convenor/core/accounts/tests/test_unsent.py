"""A form sent after the session ended is not lost."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.conf import settings as site
from django.contrib.sessions.models import Session
from django.test import Client

from convenor.core.accounts.models import Person
from convenor.core.accounts.sessions import SIGNED_IN_AT
from convenor.core.accounts.tests.conftest import PASSWORD, sign_in
from convenor.core.accounts.unsent import STATE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_counts")]


@pytest.fixture
def tired(client: Client, mia: Person) -> Client:
    """Signed in, and longer ago than a sign-in lasts."""
    sign_in(client, mia).get("/account/")
    session = client.session
    session[SIGNED_IN_AT] = int((datetime.now(UTC) - timedelta(seconds=site.SESSION_COOKIE_AGE + 1)).timestamp())
    session.save()
    return client


def sign_in_again(client: Client, asked: str) -> str:
    form = {"login": "mia@people.example", "password": PASSWORD, "next": "/account/unsent/"}
    assert asked == "/account/login/?next=%2Faccount%2Funsent%2F"
    return str(client.post("/account/login/", form).headers["Location"])


def test_it_is_kept_and_sent_by_a_button(tired: Client, mia: Person) -> None:
    hostile = "Mia <script>\"&'"
    asked = tired.post("/account/name/", {"name": hostile, "password": "never kept"})
    assert sign_in_again(tired, asked.headers["Location"]) == "/account/unsent/"
    page = tired.get("/account/unsent/").content.decode()
    assert "<script>" not in page.replace("<script src", "")
    assert "never kept" not in page
    assert Person.objects.get(pk=mia.pk).name == "Mia Example"
    assert 'action="/account/name/"' in page
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.split("</header>")[-1]))
    fields = {name: unescape(value) for name, value in fields.items() if name != "csrfmiddlewaretoken"}
    assert fields == {"name": hostile}
    tired.post("/account/name/", fields)
    assert Person.objects.get(pk=mia.pk).name == hostile


def test_reading_the_page_changes_nothing(tired: Client) -> None:
    sign_in_again(tired, tired.post("/account/name/", {"name": "X"}).headers["Location"])
    before = list(Session.objects.order_by("pk").values())
    tired.get("/account/unsent/")
    assert list(Session.objects.order_by("pk").values()) == before


def test_a_stranger_leaves_nothing_behind(client: Client) -> None:
    for cookies in (
        {},
        {site.SESSION_COOKIE_NAME: "made-up"},
        {site.SESSION_COOKIE_NAME: "x", "convenor_seen": "1:x:y"},
    ):
        client.cookies.load(cookies)
        client.post("/account/name/", {"name": "X" * 1000})
    assert Session.objects.count() == 0


def test_a_very_long_form_is_not_kept(tired: Client) -> None:
    asked = tired.post("/account/name/", {"name": "X" * 200_000})
    assert asked.headers["Location"] == "/account/login/?next=%2Faccount%2Fname%2F"


def test_after_half_an_hour_it_is_gone(tired: Client) -> None:
    sign_in_again(tired, tired.post("/account/name/", {"name": "X"}).headers["Location"])
    session = tired.session
    session[STATE] = {**session[STATE], "at": (datetime.now(UTC) - timedelta(minutes=31)).isoformat()}
    session.save()
    assert "There is nothing that waits to be sent." in tired.get("/account/unsent/").content.decode()


def test_another_person_does_not_get_it(tired: Client, sam: Person) -> None:
    """On a shared machine, whoever signs in next."""
    tired.post("/account/name/", {"name": "X"})
    tired.post("/account/login/", {"login": "sam@people.example", "password": PASSWORD})
    assert tired.session["_auth_user_id"] == str(sam.pk)
    assert "There is nothing that waits to be sent." in tired.get("/account/unsent/").content.decode()
