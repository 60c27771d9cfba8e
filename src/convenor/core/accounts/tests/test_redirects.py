"""Peer hole 19 (indico CVE-2024-45399, zulip CVE-2019-19775, decidim CVE-2023-32693): every `next` × bypass strings."""

from __future__ import annotations

import pytest
from django.test import Client

from convenor.core.accounts.models import Person
from convenor.core.accounts.tests.conftest import PASSWORD, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_counts")]

BYPASSES = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\tscript:alert(1)",
    "java\nscript:alert(1)",
    "\x01javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "https://evil.example/",
    "http://evil.example/",
    "HTTPS://EVIL.EXAMPLE/",
    "//evil.example/",
    "///evil.example/",
    "////evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "\\/evil.example/",
    "/\t/evil.example/",
    "/\n/evil.example/",
    "/\r/evil.example/",
    " //evil.example/",
    "http:///evil.example/",
    "http:evil.example",
    "https:/evil.example",
    "http://testserver@evil.example/",
    "http://testserver:80@evil.example/",
    "http://evil.example\\@testserver/",
    "http://testserver.evil.example/",
    "http://eviltestserver/",
    "//testserver\\@evil.example/",
    "http://localhost/",
    "http://127.0.0.1:8000/",
    "ftp://testserver/",
    "http://[::1]/",
    "http://testserver:8080/",
    "////\\evil.example",
    "http://evil.example#@testserver/",
    "http://evil.example?@testserver/",
]


def lands_at_home(location: str) -> bool:
    """Whether a browser stays here: a path of one slash, or this very origin."""
    return (location.startswith("/") and location[1:2] not in ("/", "\\")) or location.startswith("http://testserver/")


def test_there_are_at_least_thirty() -> None:
    assert len(set(BYPASSES)) >= 30


@pytest.mark.parametrize("bypass", BYPASSES)
def test_hole_19_signing_in(client: Client, mia: Person, bypass: str) -> None:
    form = {"login": "mia@people.example", "password": PASSWORD, "next": bypass}
    assert client.post("/account/login/", form).headers["Location"] == "/my-work/"
    assert client.get("/account/login/", {"next": bypass}).headers["Location"] == "/my-work/"


@pytest.mark.parametrize("bypass", BYPASSES)
def test_hole_19_signing_out(client: Client, mia: Person, bypass: str) -> None:
    sign_in(client, mia)
    assert client.post("/account/logout/", {"next": bypass}).headers["Location"] == "/"


@pytest.mark.parametrize("bypass", BYPASSES)
def test_hole_19_proving_again(client: Client, mia: Person, bypass: str) -> None:
    client.force_login(mia)
    form = {"password": PASSWORD, "next": bypass}
    assert lands_at_home(client.post("/account/reauthenticate/", form).headers["Location"])


@pytest.mark.parametrize("bypass", BYPASSES)
def test_hole_19_the_way_back_from_a_refusal(client: Client, bypass: str) -> None:
    """The Referer is no way out either."""
    answer = client.post("/account/name/", headers={"referer": bypass.replace("\n", "").replace("\r", "")})
    assert answer.headers["Location"] == "/account/login/?next=%2Faccount%2Fname%2F"


@pytest.mark.parametrize("way", ["/elsewhere/", "/elsewhere/?a=1&b=2", "http://testserver/elsewhere/"])
def test_a_way_on_this_host_is_kept(client: Client, mia: Person, way: str) -> None:
    form = {"login": "mia@people.example", "password": PASSWORD, "next": way}
    assert client.post("/account/login/", form).headers["Location"] == way
