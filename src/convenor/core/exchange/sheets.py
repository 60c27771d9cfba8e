"""A table (CSV, JSON, a sheet of a workbook): by our columns, or with headings of its own, each row with its number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field
from typing import Any, Final

from convenor.core.exchange import rules
from convenor.core.exchange.declare import Column
from convenor.core.exchange.reading import (
    MAX_CELL,
    MAX_COLUMNS,
    Raw,
    Table,
    capped,
    json_items,
    json_lines,
    lines_of,
    refuse_size,
    refused,
)
from convenor.core.exchange.workbooks import refuse_sheet, table_rows
from convenor.kit.structs import struct

SAMPLES: Final = 3
"""Values of a column that are shown to whoever has to tell it from the others."""


class SheetRow(dict[str, Any]):
    """The cells of a row by heading, its number as a spreadsheet shows it, and what is wrong with its shape."""

    def __init__(self, cells: dict[str, str], number: int, fault: str = "") -> None:
        super().__init__(cells)
        self.number = number
        self.fault = fault


@struct
class Sheet:
    """A table; `headings` are told apart where the file has one twice or leaves it out."""

    headings: tuple[str, ...]
    rows: list[SheetRow]
    notes: list[str] = field(default_factory=list)

    def samples(self, heading: str) -> list[str]:
        """The first different values of a column."""
        found: dict[str, None] = {}
        for row in self.rows:
            if row.get(heading):
                found[row[heading]] = None
            if len(found) == SAMPLES:
                break
        return list(found)


def read_table(filename: str, content: bytes, columns: Sequence[Column], sheet: str = "") -> Table:
    """The rows of an upload. Refused, on the field `file`, when it cannot be read as a table of these columns.

    sheet: of a workbook; "": the first that has rows.
    """
    refuse_size(content)
    notes: list[str] = []
    if not filename.lower().endswith(".json"):
        return capped(lines_of(table_rows(filename, content, sheet, notes), columns, notes), notes)
    if sheet:
        raise refuse_sheet(f"{filename[-60:]} has no sheets to choose from: only a workbook (XLSX) has.")
    return capped(json_lines(json_items(content), columns, notes), notes)


def read_sheet(filename: str, content: bytes, sheet: str = "") -> Sheet:
    """The table; without headings and rows when the file has none. Refused, on `file`, when it is no table."""
    notes: list[str] = []
    names, rows = _begun(filename, content, sheet, notes)
    return Sheet(tuple(names), [_row(number, cells, names) for number, cells in rows if any(cells)], notes)


def headings_of(filename: str, content: bytes, sheet: str = "") -> list[str]:
    """Its headings alone, without reading the rows."""
    return _begun(filename, content, sheet, [])[0]


def _begun(filename: str, content: bytes, sheet: str, notes: list[str]) -> tuple[list[str], Iterator[Raw]]:
    """The headings, and the rows under them that are still to be read."""
    refuse_size(content)
    rows = table_rows(filename, content, sheet, notes)
    head = next((cells for _number, cells in rows if any(cells)), [])
    if len(head) > MAX_COLUMNS:
        raise refused(f"The file has more than {MAX_COLUMNS} columns.")
    return told_apart(head), rows


def told_apart(head: Sequence[str]) -> list[str]:
    """Headings of which no two are alike: “Name”, “Name (2)”; one that is empty is called by where it stands."""
    made: list[str] = []
    for at, heading in enumerate(head, start=1):
        called, number = heading or f"Column {at}", 2
        while called in made:
            called, number = f"{heading} ({number})", number + 1
        made.append(called)
    return made


def _row(number: int, cells: Sequence[str], names: Sequence[str]) -> SheetRow:
    found = {name: rules.undefused(cells[at]) if at < len(cells) else "" for at, name in enumerate(names)}
    if any(cells[len(names) :]):
        return SheetRow(found, number, f"This row has {len(cells)} cells; the heading has {len(names)}.")
    if any(len(text) > MAX_CELL for text in found.values()):
        return SheetRow({}, number, f"A cell of this row is longer than {MAX_CELL:,} characters.")
    return SheetRow(found, number)
