"""Uploads in: CSV, XLSX and JSON as rows of text, or Refused with the place and a sentence.

Nothing here trusts the file: sizes are capped before they are unpacked (zip bombs), XML with a DOCTYPE is
refused (entity bombs), formulas are never computed.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import field, replace
from datetime import date, datetime, time
from functools import partial
from typing import Any, Final

from convenor.core.exchange import rules
from convenor.core.exchange.declare import Column
from convenor.core.records.rules import Breach, Refused
from convenor.kit.structs import struct

MAX_BYTES: Final = 10_000_000
MAX_ROWS: Final = 20_000
MAX_COLUMNS: Final = 200
MAX_CELL: Final = 32_767
MAX_UNPACKED: Final = 60_000_000
MAX_PARTS: Final = 1_000
DAMAGED: Final = "This workbook is damaged. Open it, save it as XLSX or CSV, and upload that."
ZIP_MAGIC: Final = b"PK\x03\x04"
DOCTYPES: Final = tuple("<!DOCTYPE".encode(code) for code in ("ascii", "utf-16-le", "utf-16-be"))

Raw = tuple[int, list[str]]
"""(row number as the spreadsheet shows it, its cells)."""


@struct
class Line:
    """One row: its number, its cells by column name, what is wrong with its shape, and its place if it says one."""

    number: int
    cells: dict[str, str]
    fault: str = ""
    place: str = ""


@struct
class Tab:
    """A sheet of a workbook; `rows` begins anew each time."""

    title: str
    hidden: bool
    rows: Callable[[], Iterator[Raw]]


@struct
class Table:
    """What a file says, and what its reader had to decide, in sentences for the person who uploaded it."""

    lines: list[Line]
    notes: list[str] = field(default_factory=list)


def refuse_size(content: bytes) -> None:
    """Nothing, or too much to take in at once."""
    if not content:
        raise refused("The file is empty.")
    if len(content) > MAX_BYTES:
        raise refused(f"The file is larger than {MAX_BYTES // 1_000_000} MB. Split it and upload the parts.")


def refused(text: str) -> Refused:
    """The file as a whole cannot be read."""
    return Refused([Breach("file", text, "file")])


def capped(lines: Iterator[Line], notes: list[str]) -> Table:
    """The rows, as many as one upload takes."""
    kept: list[Line] = []
    for line in lines:
        stop_at(len(kept) + 1, MAX_ROWS)
        kept.append(line)
    if not kept:
        raise refused("The file has a heading and no rows under it.")
    return Table(kept, notes)


def stop_at(number: int, most: int) -> None:
    if number > most:
        raise refused(f"The file has more than {MAX_ROWS:,} rows. Split it and upload the parts.")


def lines_of(rows: Iterator[Raw], columns: Sequence[Column], notes: list[str]) -> Iterator[Line]:
    head = next((cells for _, cells in rows if any(cells)), None)
    if head is None:
        raise refused("The file is empty.")
    places = _places(head, columns, notes)
    for number, cells in rows:
        if any(cells):
            yield _line(number, cells, places, len(head))


def _line(number: int, cells: list[str], places: dict[str, int], width: int) -> Line:
    found = {name: cells[at] if at < len(cells) else "" for name, at in places.items()}
    if any(cells[width:]):
        return Line(number, found, f"This row has {len(cells)} cells; the heading has {width}.")
    if any(len(text) > MAX_CELL for text in found.values()):
        return Line(number, {}, f"A cell of this row is longer than {MAX_CELL:,} characters.")
    return Line(number, {name: rules.undefused(text) for name, text in found.items()})


def _places(head: Sequence[str], columns: Sequence[Column], notes: list[str]) -> dict[str, int]:
    """column name → where it stands. Headings may be the names or the labels, in any case and order."""
    if len(head) > MAX_COLUMNS:
        raise refused(f"The file has more than {MAX_COLUMNS} columns.")
    named = {folded(spelling): column.name for column in columns for spelling in (column.label, column.name)}
    places: dict[str, int] = {}
    unused = []
    for at, heading in enumerate(head):
        name = named.get(folded(heading))
        if name in places:
            raise refused(f"The column “{heading}” stands there twice.")
        if name is not None:
            places[name] = at
        elif heading:
            unused.append(heading)
    _require(places, columns)
    _note_unused(unused, notes)
    return places


def _require(found: Iterable[str], columns: Sequence[Column]) -> None:
    missing = [column.name for column in columns if column.required and column.name not in found]
    if missing:
        raise refused(f"The file has no column {listed(missing)}. The template shows every heading.")


def _note_unused(unused: Sequence[str], notes: list[str]) -> None:
    if unused:
        notes.append(f"Not used, because no column is called so: {listed(unused[:10])}.")


def listed(names: Sequence[str]) -> str:
    """Names in a sentence."""
    quoted = [f"“{name[:60]}”" for name in names]
    return " and ".join(filter(None, [", ".join(quoted[:-1]), quoted[-1]]))


def folded(heading: str) -> str:
    """A heading without what does not count: capitals, underscores, spaces."""
    return " ".join(heading.replace("_", " ").casefold().split())


# CSV


def csv_rows(content: bytes, filename: str, notes: list[str]) -> Iterator[Raw]:
    if filename.lower().endswith((".xlsx", ".xls", ".ods")):
        raise refused("This is not a workbook that can be read. Save it as XLSX or CSV and upload that.")
    text = _decoded(content, notes)
    delimiter = _delimiter(text)
    if delimiter != ",":
        notes.append(f"Read with {'a tab' if delimiter == chr(9) else 'a semicolon'} between the cells.")
    # strict would refuse what spreadsheets write; a quote that is never closed ends in one huge cell instead
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as wrong:
            raise refused(f"Row {number} cannot be read as CSV: is a quotation mark not closed?") from wrong
        yield number, [cell.strip() for cell in cells]


def _decoded(content: bytes, notes: list[str]) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252", "latin-1"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding in ("cp1252", "latin-1"):
            notes.append("Not UTF-8, so read as Windows Latin 1: check that accented letters are right.")
        if "\x00" in text:
            break
        return text
    raise refused("This is not a CSV, XLSX or JSON file.")


def _delimiter(text: str) -> str:
    head = text.lstrip("\r\n").split("\n", 1)[0]
    outside = "".join(part for place, part in enumerate(head.split('"')) if place % 2 == 0)
    return max((",", ";", "\t"), key=outside.count)


# XLSX


def xlsx_tabs(content: bytes) -> list[Tab]:
    """The sheets of a workbook, in its order."""
    _inspect_zip(content)
    try:
        from openpyxl import load_workbook  # noqa: PLC0415 - 0.5 s to import, which every start would pay

        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheets = list(book.worksheets)
    except Exception as wrong:
        raise refused(DAMAGED) from wrong
    if not sheets:
        raise refused("This workbook has no sheet with cells.")
    return [Tab(sheet.title, sheet.sheet_state != "visible", partial(_sheet_rows, sheet)) for sheet in sheets]


def _sheet_rows(sheet: Any) -> Iterator[Raw]:
    try:
        sheet.reset_dimensions()
        for number, row in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS + 1, values_only=True), start=1):
            stop_at(number, MAX_ROWS * 5)
            yield number, _trimmed([_xlsx_text(value) for value in row])
    except Refused:
        raise
    except Exception as wrong:
        raise refused(DAMAGED) from wrong


def _inspect_zip(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
                raise refused("This workbook unpacks to more than can be read. Save only the sheet to load, as CSV.")
            for part in parts:
                if part.filename.endswith((".xml", ".rels")) and _has_doctype(archive, part):
                    raise refused("This workbook holds XML that spreadsheets do not write. It is not read.")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError) as wrong:
        raise refused(DAMAGED) from wrong


def _has_doctype(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    tail = b""
    with archive.open(part) as opened:
        while block := opened.read(1 << 20):
            window = tail + block
            if any(mark in window for mark in DOCTYPES):
                return True
            tail = window[-40:]
    return False


def _xlsx_text(value: Any) -> str:
    shown: dict[type, Callable[[Any], str]] = {
        bool: lambda said: "yes" if said else "no",
        float: lambda said: str(int(said)) if said.is_integer() else repr(said),
        datetime: _day_or_time,
        date: date.isoformat,
        time: time.isoformat,
    }
    if value is None:
        return ""
    return shown.get(type(value), str)(value).strip()


def _day_or_time(value: datetime) -> str:
    return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="minutes")


def _trimmed(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells


# JSON


PLACE: Final = "_place"
FAULT: Final = "_fault"
"""Keys by which a row of ours says where it stood in the file it was made from, and what was wrong there."""


def json_lines(items: Sequence[Any], columns: Sequence[Column], notes: list[str]) -> Iterator[Line]:
    """Rows of cells from a list of objects."""
    named = {folded(spelling): column.name for column in columns for spelling in (column.label, column.name)}
    unused: dict[str, None] = {}
    if isinstance(items[0], dict) and FAULT not in items[0]:
        _require([named.get(folded(key), "") for key in items[0]], columns)
    for number, item in enumerate(items, start=1):
        if not isinstance(item, dict):
            yield Line(number, {}, "This is not an object with one value for each column.")
            continue
        unused.update(dict.fromkeys(key for key in item if folded(key) not in named and key not in (PLACE, FAULT)))
        line = _json_line(number, {named[folded(key)]: value for key, value in item.items() if folded(key) in named})
        yield replace(line, place=str(item.get(PLACE, "")), fault=line.fault or str(item.get(FAULT, "")))
    _note_unused(list(unused), notes)


def json_items(content: bytes) -> list[Any]:
    """The rows of a JSON file."""
    found = parsed_json(content)
    if isinstance(found, dict):
        found = found.get("items", found.get("rows"))
    if not isinstance(found, list):
        raise refused("The file must hold a list of rows: [{…}, {…}], or an object with “items”.")
    if not found:
        raise refused("The file holds no rows.")
    return found


def parsed_json(content: bytes) -> Any:
    """What a JSON file says."""
    try:
        return json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as wrong:
        raise refused("The file is not UTF-8, which JSON must be.") from wrong
    except json.JSONDecodeError as wrong:
        raise refused(f"The file is not JSON: line {wrong.lineno}, column {wrong.colno}.") from wrong
    except (RecursionError, ValueError) as wrong:
        raise refused("The file is not JSON that can be read.") from wrong


def _json_line(number: int, item: dict[str, Any]) -> Line:
    nested = [key for key, value in item.items() if not _is_cell(value)]
    if nested:
        return Line(number, {}, f"{listed(nested)} must be a single value.")
    cells = {key: _json_text(value) for key, value in item.items()}
    if any(len(text) > MAX_CELL for text in cells.values()):
        return Line(number, {}, f"A value is longer than {MAX_CELL:,} characters.")
    return Line(number, cells)


def _is_cell(value: Any) -> bool:
    return isinstance(value, str | int | float | bool | None) or (
        isinstance(value, list) and all(isinstance(item, str) for item in value)
    )


def _json_text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(value)
    return "" if value is None else str(value).strip()
