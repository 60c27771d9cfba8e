"""CSV, XLSX and JSON-LD: the same rows as the list, and nothing in them that runs."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from convenor.core.exchange.rules import FORMULA
from convenor.core.exchange.tests.samples import add_note
from convenor.core.records.rules import Viewer
from convenor.web.api import downloads
from convenor.web.api.tests.asking import body

pytestmark = [pytest.mark.usefixtures("samples"), pytest.mark.slow]

ACTIVE = "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "'=1", "＝1", 'x",=cmd|calc'


def rows_of(client: Client, query: str = "") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body(client.get(f"/api/v1/notes.csv{query}")).decode(), newline="")))


def test_csv_has_no_active_cell(client: Client, now: datetime, by_system: Viewer) -> None:
    for text in ACTIVE:
        add_note(text, by_system, now)
    cells = [row["title"] for row in rows_of(client)]
    assert len(cells) == len(ACTIVE)
    assert [cell for cell in cells if FORMULA.match(cell) and not cell.startswith("'")] == []


def test_csv_is_narrowed_as_the_list_is(client: Client, now: datetime, by_system: Viewer) -> None:
    for title in ("Same", "Other"):
        add_note(title, by_system, now)
    assert [row["title"] for row in rows_of(client, "?title=Same&sort=title&page=3")] == ["Same"]
    assert client.get("/api/v1/notes.csv?since=soon").status_code == 422


def test_xlsx_has_the_rows_and_their_meaning(client: Client, now: datetime, by_system: Viewer) -> None:
    add_note("=1+1", by_system, now)
    answer = client.get("/api/v1/notes.xlsx")
    book = load_workbook(io.BytesIO(body(answer)))
    assert book.sheetnames == ["Notes", "Columns"]
    assert (book["Notes"]["B2"].value, book["Notes"]["B2"].data_type) == ("'=1+1", "s")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="notes.xlsx"'


def test_xlsx_says_when_there_are_too_many(
    client: Client, now: datetime, by_system: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "XLSX_ROWS", 1)
    for title in ("One", "Two"):
        add_note(title, by_system, now)
    told = client.get("/api/v1/notes.xlsx").json()
    assert told["detail"] == "These are 2 rows; a workbook holds 1. Narrow the list, or take the CSV."


def test_jsonld_is_one_document(client: Client, now: datetime, by_system: Viewer) -> None:
    note = add_note("Note", by_system, now)
    made = json.loads(body(client.get("/api/v1/notes.jsonld")))
    assert made["@context"]["title"] == "schema:name"
    dataset, row = made["@graph"]
    assert dataset["schema:license"] == {"@id": "https://creativecommons.org/licenses/by/4.0/"}
    assert (row["@id"], row["@type"]) == (f"http://127.0.0.1:8000/r/{note.ref}", "schema:CreativeWork")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=25)
@given(st.text(min_size=1, max_size=20).filter(lambda text: text.strip() and "\x00" not in text))
def test_any_title_stays_one_quiet_cell(client: Client, now: datetime, by_system: Viewer, title: str) -> None:
    if not title.isprintable():
        return
    ref = add_note(title, by_system, now).ref
    cell = next(row["title"] for row in rows_of(client) if row["ref"] == ref)
    assert cell in (title, f"'{title}")
    assert not FORMULA.match(cell) or cell.startswith("'")
