"""The plain pages, health and metrics."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from convenor.web.site.glossary import TERMS

pytestmark = pytest.mark.django_db

PLAIN = ("/glossary/", "/privacy/", "/accessibility/", "/contact/", "/proof/", "/updates/", "/robots.txt")


@pytest.mark.parametrize("path", [*PLAIN, "/.well-known/security.txt", "/livez", "/proof/seals.txt"])
def test_a_stranger_reads_it_without_a_cookie(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert not response.cookies


@pytest.mark.parametrize("path", PLAIN)
def test_every_reader_gets_the_same_so_it_may_be_cached(client: Client, path: str) -> None:
    assert client.get(path).convenor_public is True  # type: ignore[attr-defined]


def test_nothing_public_touches_the_database_but_for_what_it_shows(client: Client) -> None:
    with CaptureQueriesContext(connection) as captured:
        client.get("/glossary/")
    assert len(captured) == 0


def test_the_glossary_has_every_term_once(client: Client) -> None:
    page = client.get("/glossary/").content.decode()
    anchors = [term.anchor for term in TERMS]
    assert len(set(anchors)) == len(anchors)
    assert all(f'id="{anchor}"' in page for anchor in anchors)


def test_security_txt_has_what_the_standard_demands(client: Client) -> None:
    lines = dict(line.split(": ", 1) for line in client.get("/.well-known/security.txt").content.decode().splitlines())
    assert set(lines) == {"Contact", "Expires", "Preferred-Languages", "Canonical"}
    assert lines["Contact"].startswith("mailto:")


def test_ready_says_so(client: Client) -> None:
    cache.clear()
    assert client.get("/readyz").json() == {"ready": True}


def test_metrics_are_numbers_only(client: Client) -> None:
    text = client.get("/metrics").content.decode()
    assert "convenor_journal_unsealed" in text
    values = [line.rsplit(" ", 1)[1] for line in text.splitlines() if line.startswith("convenor_")]
    assert all(value.replace(".", "").replace("e+", "").isdigit() for value in values)


@pytest.mark.parametrize("path", ["/nowhere/", "/r/GRP-1999-001", "/history/GRP-1999-001/", "/history/x/feed.atom"])
def test_what_is_not_there_is_one_page(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert "There is nothing here" in response.content.decode()


@pytest.mark.parametrize("path", PLAIN)
def test_only_reading_is_allowed(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


@pytest.mark.parametrize("path", ["/account/login/", "/account/password/reset/"])
def test_a_form_longer_than_the_site_takes_says_so_and_how_to_go_on(client: Client, path: str) -> None:
    answer = client.post(path, {"login": "m" * 3_000_000})
    assert answer.status_code == 413
    assert "go back in your browser, shorten what you entered" in answer.content.decode()
