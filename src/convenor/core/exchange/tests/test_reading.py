"""What becomes of a file before any row is looked at."""

from __future__ import annotations

import io
import json
import time
import zipfile
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from convenor.core.exchange import reading
from convenor.core.exchange.reading import Line
from convenor.core.exchange.resources import Column
from convenor.core.exchange.sheets import read_table
from convenor.core.records.rules import Refused

COLUMNS = (
    Column("id", "Number", "", required=True),
    Column("title", "Full title", "", required=True),
    Column("due", "Due", ""),
)
EXPECTED = [Line(2, {"id": "1", "title": "Über", "due": "2026-11-24"}), Line(4, {"id": "2", "title": "Two", "due": ""})]


def workbook(*rows: list[object]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def zipped(**parts: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


TEXT = "id,title,due\r\n1,Über,2026-11-24\r\n,,\r\n2,Two,\r\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", TEXT.encode()),
        ("a.csv", TEXT.encode("utf-8-sig")),
        ("a.csv", TEXT.encode("utf-16")),
        ("a.csv", TEXT.replace(",", ";").encode()),
        ("a.csv", TEXT.replace(",", "\t").encode()),
        ("a.csv", TEXT.encode("latin-1")),
        ("a.csv", TEXT.replace("\r\n", "\n").replace("id,title", " Number , FULL TITLE").encode()),
        ("a.xlsx", workbook(["id", "title", "due"], [1, "Über", date(2026, 11, 24)], [], ["2", " Two ", None])),
        ("a.csv", workbook(["Due", "Full title", "Number"], [date(2026, 11, 24), "Über", 1.0], [], [None, "Two", 2])),
    ],
)
def test_the_same_table_however_it_is_written(name: str, content: bytes) -> None:
    assert read_table(name, content, COLUMNS).lines == EXPECTED


def test_json_is_read_in_both_shapes() -> None:
    items = [{"id": 1, "title": "Über", "due": None}, {"id": "2", "title": "Two", "due": True}, 5, {"id": {}}]
    lines = [
        Line(1, {"id": "1", "title": "Über", "due": ""}),
        Line(2, {"id": "2", "title": "Two", "due": "yes"}),
        Line(3, {}, "This is not an object with one value for each column."),
        Line(4, {}, "“id” must be a single value."),
    ]
    assert read_table("a.json", json.dumps(items).encode(), COLUMNS).lines == lines
    assert read_table("a.json", json.dumps({"items": items}).encode(), COLUMNS).lines == lines


def test_the_reader_says_what_it_had_to_decide() -> None:
    table = read_table("a.csv", "id;title;phone\n1;Über;5\n".encode("latin-1"), COLUMNS)
    assert table.notes == [
        "Not UTF-8, so read as Windows Latin 1: check that accented letters are right.",
        "Read with a semicolon between the cells.",
        "Not used, because no column is called so: “phone”.",
    ]


def test_our_own_export_comes_back_as_it_was() -> None:
    table = read_table("a.csv", b"id,title\n1,'=SUM(1)\n2,'quoted'\n", COLUMNS)
    assert [line.cells["title"] for line in table.lines] == ["=SUM(1)", "'quoted'"]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.csv", b"", "The file is empty."),
        ("a.csv", b"\n\n", "The file is empty."),
        ("a.csv", b"id,title\n", "The file has a heading and no rows under it."),
        ("a.csv", b"id,name\n1,x\n", "The file has no column “title”. The template shows every heading."),
        ("a.csv", b"id,title,ID\n1,x,2\n", "The column “ID” stands there twice."),
        ("a.csv", b"\x00\x01\x02", "This is not a CSV, XLSX or JSON file."),
        ("a.csv", b"x," * 300 + b"\n1", "The file has more than 200 columns."),
        ("a.csv", b'id,title\n1,"' + b"x" * 140_000, "Row 2 cannot be read as CSV: is a quotation mark not closed?"),
        ("a.csv", b"x" * 10_000_001, "The file is larger than 10 MB. Split it and upload the parts."),
        (
            "a.xls",
            b"\xd0\xcf\x11\xe0",
            "This is not a workbook that can be read. Save it as XLSX or CSV and upload that.",
        ),
        ("a.xlsx", b"PK\x03\x04junk", "This workbook is damaged. Open it, save it as XLSX or CSV, and upload that."),
        ("a.xlsx", zipped(nothing=b""), "This workbook is damaged. Open it, save it as XLSX or CSV, and upload that."),
        ("a.json", b"{", "The file is not JSON: line 1, column 2."),
        ("a.json", b"\xff", "The file is not UTF-8, which JSON must be."),
        ("a.json", b"[" * 200_000, "The file is not JSON that can be read."),
        ("a.json", b"3", "The file must hold a list of rows: [{…}, {…}], or an object with “items”."),
        ("a.json", b"[]", "The file holds no rows."),
        ("a.json", b'[{"id": 1}]', "The file has no column “title”. The template shows every heading."),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(name: str, content: bytes, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        read_table(name, content, COLUMNS)
    assert [(breach.field, breach.text) for breach in refused.value.breaches] == [("file", sentence)]


def test_too_many_rows_are_refused() -> None:
    with pytest.raises(Refused, match="more than 20,000 rows"):
        read_table("a.csv", b"id,title\n" + b"1,x\n" * 20_001, COLUMNS)


def test_a_row_with_too_many_or_too_long_cells_is_named() -> None:
    table = read_table("a.csv", b"id,title\n1,x,y\n2," + b"x" * 40_000 + b"\n", COLUMNS)
    assert [line.fault for line in table.lines] == [
        "This row has 3 cells; the heading has 2.",
        "A cell of this row is longer than 32,767 characters.",
    ]


def test_a_zip_bomb_is_refused_before_it_unpacks() -> None:
    bomb = zipped(**{"xl/workbook.xml": b"\0" * 61_000_000})
    assert len(bomb) < 100_000
    started = time.perf_counter()
    with pytest.raises(Refused, match="unpacks to more than can be read"):
        read_table("a.xlsx", bomb, COLUMNS)
    assert time.perf_counter() - started < 0.2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_an_entity_bomb_is_refused(encoding: str) -> None:
    """No XXE among our peers, tested all the same (reliability-security-standards 1.1)."""
    bomb = ('<?xml version="1.0"?>' + " " * 2_000_000 + '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>').encode(encoding)
    with pytest.raises(Refused, match="holds XML that spreadsheets do not write"):
        read_table("a.xlsx", zipped(**{"xl/workbook.xml": bomb}), COLUMNS)


@settings(max_examples=200)
@given(st.binary(max_size=300) | st.text(alphabet='id,title;"\n\r\tx=', max_size=80).map(str.encode))
def test_no_file_breaks_the_reader(content: bytes) -> None:
    for name in ("a.csv", "a.xlsx", "a.json"):
        try:
            table = read_table(name, content, COLUMNS)
        except Refused:
            continue
        assert len(table.lines) <= reading.MAX_ROWS
