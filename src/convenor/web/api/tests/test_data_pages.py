"""/data/: how much there is, what it means, and what officers load."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from convenor.core.exchange.declare import resources
from convenor.core.exchange.tests.samples import MARK, add_note
from convenor.core.records.rules import Viewer, anonymous
from convenor.web.api import queries
from convenor.web.api.examples import examples
from convenor.web.api.reference import markdown

pytestmark = pytest.mark.slow


@pytest.mark.usefixtures("samples")
def test_counts_are_of_what_one_may_read(now: datetime, by_system: Viewer) -> None:
    for number in range(3):
        add_note(f"Note {number}", by_system, now)
    add_note("Sealed", by_system, now, visibility="sealed")
    with CaptureQueriesContext(connection) as asked:
        found = queries.counts(resources.values(), anonymous(now))
    assert (found["notes"], found["series"], found["joins"]) == (3, 0, 0)
    assert len(asked) == 2  # the counts of all, and the version of the site for which they are kept
    assert queries.counts([resources["notes"]], by_system)["notes"] == 4
    assert queries.counts([], by_system) == {}


@pytest.mark.usefixtures("samples")
def test_the_index_links_every_form(client: Client, now: datetime, by_system: Viewer) -> None:
    add_note("Note", by_system, now)
    page = client.get("/data/").content.decode()
    for address in ("/data/notes/", *(f"/api/v1/notes{each}" for each in (".csv", ".xlsx", "/", ".jsonld"))):
        assert f'href="{address}"' in page
    assert "1 row<" in page
    assert "template" not in page


@pytest.mark.usefixtures("samples")
def test_a_resource_explains_itself(client: Client, officer_client: Client, now: datetime, by_system: Viewer) -> None:
    note = add_note("Note", by_system, now)
    page = client.get("/data/notes/").content.decode()
    for field in resources["notes"].fields:
        assert (f'id="field-{field.name}"' in page) == field.public
    assert f"/api/v1/notes/{note.ref}/" in page
    assert MARK not in page
    own = officer_client.get("/data/notes/").content.decode()
    assert 'id="field-secret"' in own
    for suffix in ("csv", "xlsx"):
        assert reverse("exchange:template", args=["notes", suffix]) in own
    assert reverse("exchange:upload", args=["notes"]) in own


@pytest.mark.usefixtures("samples")
def test_an_empty_list_says_so(client: Client) -> None:
    assert "No rows yet" in client.get("/data/notes/").content.decode()


@pytest.mark.usefixtures("samples")
def test_pages_ask_little(client: Client, now: datetime, by_system: Viewer) -> None:
    asked: dict[str, set[int]] = {}
    for rows in (2, 20):
        for number in range(rows):
            add_note(f"Note {number}", by_system, now)
        for address in ("/data/", "/data/notes/"):
            with CaptureQueriesContext(connection) as counted:
                client.get(address)
            asked.setdefault(address, set()).add(len(counted))
    assert all(len(numbers) == 1 and max(numbers) <= 10 for numbers in asked.values()), asked


@pytest.mark.django_db
def test_every_resource_has_its_page(client: Client) -> None:
    assert client.get("/data/").status_code == 200
    for name in resources:
        assert client.get(f"/data/{name}/").status_code == 200, name
    assert client.get("/data/nothing/").status_code == 404


@pytest.mark.usefixtures("samples")
def test_the_reference_has_every_public_field() -> None:
    text = markdown()
    for resource in resources.values():
        assert f"## {resource.label}\n" in text
        for field in resource.fields:
            assert (f"| `{field.name}`" in text) or not field.public
    assert "For officers only." not in text
    assert text.endswith("|\n")


@pytest.mark.usefixtures("samples")
def test_examples_are_commands() -> None:
    made = [example.command for example in examples(resources["notes"], "NOTE-2026-001")]
    assert made[:4] == [
        "curl 'http://127.0.0.1:8000/api/v1/notes/?limit=10'",
        "curl 'http://127.0.0.1:8000/api/v1/notes/?since=2026-01-01'",
        "curl 'http://127.0.0.1:8000/api/v1/notes/NOTE-2026-001/'",
        "curl -O 'http://127.0.0.1:8000/api/v1/notes.csv'",
    ]
