"""Lists and rows: complete, narrowed, and telling nothing of what one may not read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from convenor.core.exchange.tests.samples import MARK, add_note, join
from convenor.core.records import commands as records
from convenor.core.records.rules import Viewer
from convenor.web.api.tests.asking import body, every, refs

pytestmark = pytest.mark.usefixtures("samples")

LIST = "/api/v1/notes/"


def test_a_list_gives_every_field_and_a_way_on(client: Client, now: datetime, by_system: Viewer) -> None:
    whole = add_note("Whole", by_system, now)
    join(add_note("Part", by_system, now), whole, now)
    page = client.get(LIST, {"limit": 1}).json()
    assert [item["title"] for item in page["items"]] == ["Whole"]
    assert page["next"].startswith("http://127.0.0.1:8000/api/v1/notes/?limit=1&after=")
    part = every(client, LIST)[1]
    assert part["parent"] == {"ref": whole.ref, "title": "Whole", "url": f"http://127.0.0.1:8000/r/{whole.ref}"}
    assert "secret" not in part


def test_an_empty_list_is_a_list(client: Client) -> None:
    assert client.get(LIST).json() == {"items": [], "next": None}


def test_paging_is_complete_while_rows_are_added(client: Client, now: datetime, by_system: Viewer) -> None:
    there = [add_note(f"Note {number}", by_system, now).ref for number in range(7)]
    found: list[str] = []
    address = f"{LIST}?limit=3"
    for number in range(3):
        page = client.get(address).json()
        found += [item["ref"] for item in page["items"]]
        add_note(f"Hidden meanwhile {number}", by_system, now, visibility="sealed")
        address = page["next"]
    assert found == there
    assert address is None


def test_filters_stay_on_the_way_on(client: Client, now: datetime, by_system: Viewer) -> None:
    for title in ("Same", "Other", "Same", "Same"):
        add_note(title, by_system, now)
    assert [item["title"] for item in every(client, f"{LIST}?title=Same&limit=1")] == ["Same"] * 3


def test_parameters_that_are_no_filter_are_ignored(client: Client, now: datetime, by_system: Viewer) -> None:
    note = add_note("Note", by_system, now)
    assert refs(client, f"{LIST}?page=2&sort=-title&title=&nonsense=%00") == [note.ref]


@pytest.mark.parametrize(
    ("query", "place", "text"),
    [
        ("since=soon", "since", "“soon” is not a day: write 2026-11-24."),
        ("state=odd", "state", "“odd” is not one of: live, withdrawn."),
        ("title=a%00b", "title", "Text cannot hold a NUL character."),
        ("title=a&title=b", "title", "“title” takes one value; this address has several."),
        ("after=zz", "after", "This is not a cursor of this list. Start again without “after”."),
        ("limit=201", "limit", "limit: Input should be less than or equal to 200."),
        ("limit=many", "limit", "limit: Input should be a valid integer, unable to parse string as an integer."),
    ],
)
def test_a_bad_parameter_is_named(client: Client, query: str, place: str, text: str) -> None:
    answer = client.get(f"{LIST}?{query}")
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert [(error["place"], error["text"]) for error in told["errors"]] == [(place, text)]
    assert told["detail"] == text


def test_strangers_learn_nothing_of_what_is_sealed(client: Client, now: datetime, by_system: Viewer) -> None:
    """Not in lists, by filters, by refs, by cursors, nor by guessing its key: the answer is the absent one's."""
    sealed = add_note("Sealed", by_system, now, visibility="sealed")
    part = add_note("Part", by_system, now)
    join(part, sealed, now)
    assert refs(client, LIST) == [part.ref]
    assert every(client, LIST)[0]["parent"] is None
    assert refs(client, f"{LIST}?title=Sealed") == []
    hidden, absent = (client.get(f"{LIST}?parent={ref}") for ref in (sealed.ref, "NOTE-1999-999"))
    assert hidden.content == absent.content
    hidden, absent = (client.get(f"{LIST}{ref}/") for ref in (sealed.ref, "NOTE-1999-999"))
    assert (hidden.status_code, hidden.content, hidden.headers) == (404, absent.content, absent.headers)
    for suffix in ("csv", "jsonld"):
        assert sealed.ref.encode() not in body(client.get(f"/api/v1/notes.{suffix}"))


def test_a_cursor_does_not_reach_over_what_is_hidden(client: Client, now: datetime, by_system: Viewer) -> None:
    add_note("First", by_system, now)
    for number in range(5):
        add_note(f"Sealed {number}", by_system, now, visibility="sealed")
    assert client.get(f"{LIST}?limit=1").json()["next"] is None


def test_withdrawn_rows_leave_lists_and_keep_their_address(client: Client, now: datetime, by_system: Viewer) -> None:
    note = add_note("Gone", by_system, now)
    records.withdraw(note)
    assert refs(client, LIST) == []
    assert client.get(f"{LIST}{note.ref}/").json()["state"] == "withdrawn"


def test_officers_get_the_columns_that_are_theirs(
    officer_client: Client, client: Client, now: datetime, by_system: Viewer
) -> None:
    note = add_note("Note", by_system, now)
    assert officer_client.get(f"{LIST}{note.ref}/").json()["secret"] == f"{MARK} {note.pk}"
    for address in (LIST, f"{LIST}{note.ref}/", "/api/v1/notes.csv", "/api/v1/notes.jsonld"):
        assert MARK.encode() not in body(client.get(address))


def test_queries_are_constant(client: Client, now: datetime, by_system: Viewer) -> None:
    whole = add_note("Whole", by_system, now)
    counted: dict[str, set[int]] = {}
    for rows in (4, 40):
        for number in range(rows):
            join(add_note(f"Note {rows} {number}", by_system, now), whole, now)
        for address in (f"{LIST}?limit=200", f"{LIST}{whole.ref}/", *(f"/api/v1/notes.{each}" for each in FILES)):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                body(client.get(address))
            counted.setdefault(address, set()).add(len(queries))
    assert all(len(numbers) == 1 and max(numbers) <= 5 for numbers in counted.values()), counted


FILES = ("csv", "xlsx", "jsonld")


def test_strangers_answers_may_be_shared_and_signed_in_ones_not(client: Client, officer_client: Client) -> None:
    shared, own = client.get(LIST), officer_client.get(LIST)
    assert (shared.headers["Access-Control-Allow-Origin"], _is_shared(shared)) == ("*", True)
    assert ("Access-Control-Allow-Origin" in own.headers, _is_shared(own)) == (False, False)
    assert own.headers["Cache-Control"] == "private, no-store"
    assert "Access-Control-Allow-Credentials" not in shared.headers
    assert not shared.cookies


def _is_shared(response: Any) -> bool:
    return bool(getattr(response, "convenor_public", False))
