"""CSV, XLSX, JSON and JSON-LD of the samples: right values, no formulas, nobody else's refs."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from convenor.core.exchange import queries, rules, schema, tabular
from convenor.core.exchange.present import plain
from convenor.core.exchange.tests.samples import JOINS, MARK, NOTES, add_note, join
from convenor.core.records.rules import Viewer

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\n=x", " =1", "＝1", "'=1", "\xa0=cmd|' /C calc'!A0"]


def csv_of(resource: Any, viewer: Viewer) -> list[list[str]]:
    fields = resource.fields_for(viewer)
    rows = (tabular.cells(fields, values) for values in queries.stream(resource, viewer, {}))
    text = "".join(tabular.csv_lines([tabular.heads(fields), *rows]))
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.django_db
def test_a_row_in_every_format(now: datetime, public: Viewer, by_system: Viewer) -> None:
    whole = add_note("Whole", by_system, now)
    part = add_note("A part of it", by_system, now)
    join(part, whole, now)
    values = queries.find(NOTES, public, part.ref)
    assert values is not None
    shown = plain(values)
    url = f"http://127.0.0.1:8000/r/{whole.ref}"
    assert shown == {
        "ref": part.ref,
        "title": "A part of it",
        "state": "live",
        "url": f"http://127.0.0.1:8000/notes/{part.ref}/",
        "made_at": "2026-11-23T01:00:00Z",
        "made_on": "2026-11-23",
        "number": -12,
        "share": 12.5,
        "long": True,
        "tags": ["one", "A part of it"],
        "parent": {"ref": whole.ref, "title": "Whole", "url": url},
        "parts": [],
    }
    jsonschema.Draft202012Validator(schema.item_schema(NOTES)).validate(shown)
    node = schema.linked(NOTES, values)
    assert node["@id"] == f"http://127.0.0.1:8000/r/{part.ref}"
    assert node["parent"] == url
    assert "parts" not in node
    assert csv_of(NOTES, public)[0] == [
        "ref", "title", "state", "url", "made_at", "made_on", "number", "share", "long", "tags",
        "parent", "parent_title", "parts", "parts_title",
    ]  # fmt: skip
    assert csv_of(NOTES, public)[2][6:12] == ["-12", "12.50", "true", "one; A part of it", whole.ref, "Whole"]


@pytest.mark.django_db
def test_the_schema_is_json_schema_2020_12() -> None:
    made = schema.item_schema(NOTES)
    jsonschema.Draft202012Validator.check_schema(made)
    assert made["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert "secret" not in made["properties"]
    assert made["properties"]["title"]["type"] == "string"
    assert made["properties"]["made_on"]["type"] == ["string", "null"]


@pytest.mark.django_db
def test_unlisted_fields_and_other_peoples_refs_never_appear(now: datetime, public: Viewer, by_system: Viewer) -> None:
    """Peer holes 1, 3 and 6: the export of what a stranger sees holds nothing else."""
    sealed = add_note("Sealed whole", by_system, now, visibility="sealed")
    part = add_note("Part", by_system, now)
    join(part, sealed, now)
    join(sealed, add_note("Other", by_system, now), now)
    text = str(csv_of(NOTES, public)) + str(csv_of(JOINS, public)) + str(list(queries.stream(NOTES, public, {})))
    assert sealed.ref not in text
    assert "Sealed" not in text
    assert MARK not in text
    assert [row[:2] for row in csv_of(JOINS, public)[1:]] == [[part.ref, "Part"]]
    assert MARK in str(csv_of(NOTES, by_system))
    assert sealed.ref in str(csv_of(NOTES, by_system))


@pytest.mark.django_db
def test_no_cell_is_a_formula(now: datetime, public: Viewer, by_system: Viewer) -> None:
    """Peer hole 25."""
    for number, text in enumerate(FORMULAS):
        add_note(text, by_system, now)
        add_note(f"harmless {number}", by_system, now)
    rows = csv_of(NOTES, public)
    for row in rows[1:]:
        for name, cell in zip(rows[0], row, strict=True):
            assert name == "number" or not cell.startswith(("=", "+", "-", "@", "\t", "\r")), (name, cell)
    fields = NOTES.fields_for(public)
    cells = (tabular.cells(fields, values) for values in queries.stream(NOTES, public, {}))
    with tabular.xlsx_file("Notes", tabular.heads(fields), cells) as made:
        sheet = load_workbook(made)["Notes"]
    kinds = {cell.data_type for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    assert sheet["G2"].value == -4
    assert sheet["B2"].value == "'=1+1"


@given(st.text())
def test_defused_text_is_harmless_and_comes_back(text: str) -> None:
    shown = rules.defuse(text)
    assert not rules.FORMULA.match(shown) or shown.startswith("'")
    assert not shown.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert rules.undefused(shown) == rules.UNPRINTABLE.sub("", text)


@pytest.mark.django_db
def test_a_withdrawn_row_leaves_lists_and_keeps_its_page(now: datetime, public: Viewer, by_system: Viewer) -> None:
    from convenor.core.records import commands as records

    note = add_note("Gone", by_system, now)
    records.withdraw(note)
    assert list(queries.stream(NOTES, public, {})) == []
    found = queries.find(NOTES, public, note.ref)
    assert found is not None
    assert found["state"] == "withdrawn"
