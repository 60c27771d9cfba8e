"""CSV and XLSX out: streamed, and no cell that a spreadsheet would run as a formula."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, BinaryIO

from convenor.core.exchange import rules
from convenor.core.exchange.declare import Column, Field, words
from convenor.core.exchange.present import Ref, Values, instant

JOINT = "; "
NOTES = "Columns"
"""The sheet that says what the columns of the first one mean."""
NOTES_SAY = "what it holds"
XLSX_CELL = 32767
"""The most characters a spreadsheet cell holds."""


def heads(fields: Iterable[Field]) -> list[str]:
    """Column names: a ref has a second column with the title, so that people can read the file."""
    made: list[str] = []
    for item in fields:
        made.append(item.name)
        if item.type in ("ref", "refs"):
            made.append(f"{item.name}_title")
    return made


def cells(fields: Iterable[Field], values: Values) -> list[Any]:
    """One row, as wide as `heads`. Text is defused; numbers stay numbers."""
    made: list[Any] = []
    for item in fields:
        value = values[item.name]
        if item.type in ("ref", "refs"):
            made.extend(_ref_cells(value))
        else:
            made.append(_cell(value))
    return made


def csv_lines(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Rows of cells as CSV (RFC 4180, UTF-8), about 16 kB at a time. Text cells must be defused already."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for row in rows:
        writer.writerow(row)
        if buffer.tell() > 16_000:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def xlsx_file(
    title: str, names: Sequence[str], rows: Iterable[Sequence[Any]], notes: Sequence[Sequence[Any]] = ()
) -> BinaryIO:
    """A workbook in a temporary file, at its beginning: headings frozen, and a second sheet for notes."""
    from openpyxl import Workbook  # noqa: PLC0415 - 0.5 s to import, which every start of the server would pay
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - same

    book = Workbook(write_only=True)
    sheet = book.create_sheet(_sheet_title(title))
    sheet.freeze_panes = "A2"
    for number, name in enumerate(names, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = max(12, min(40, len(name) + 4))
    sheet.append([_bold(sheet, name) for name in names])
    for row in rows:
        sheet.append([_fit(value) for value in row])
    if notes:
        second = book.create_sheet(NOTES)
        second.append([_bold(second, name) for name in notes[0]])
        for row in notes[1:]:
            second.append([_fit(_cell(value)) for value in row])
    made = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    book.save(made)
    made.seek(0)
    return made


def template_notes(columns: Sequence[Column]) -> list[list[Any]]:
    """The second sheet of an upload template: what each column takes."""
    lines: list[list[Any]] = [["column", "must be filled", NOTES_SAY, "example", "allowed values"]]
    for item in columns:
        allowed = JOINT.join(words(item.choices))
        lines.append([item.name, "yes" if item.required else "no", item.description, item.example, allowed])
    return lines


def _ref_cells(value: Any) -> list[Any]:
    shown: list[Ref] = value if isinstance(value, list) else [value] if value else []
    return [rules.defuse(JOINT.join(ref.ref for ref in shown)), rules.defuse(JOINT.join(ref.title for ref in shown))]


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, list):
        return rules.defuse(JOINT.join(value))
    return rules.defuse(value) if isinstance(value, str) else value


def _fit(value: Any) -> Any:
    if isinstance(value, str):
        return value[:XLSX_CELL] or None
    return value


def _bold(sheet: Any, name: str) -> Any:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - as above
    from openpyxl.styles import Font  # noqa: PLC0415 - same

    cell = WriteOnlyCell(sheet, value=name)
    cell.font = Font(bold=True)
    return cell


def _sheet_title(title: str) -> str:
    return "".join(letter for letter in title if letter not in "[]:*?/\\'")[:31] or "Data"


def xlsx_sheets_file(sheets: Mapping[str, Sequence[Any]]) -> BinaryIO:
    """A workbook of empty sheets with their headings, for an upload of several lists."""
    from openpyxl import Workbook  # noqa: PLC0415 - 0.5 s to import, which every start of the server would pay

    book = Workbook(write_only=True)
    for title, names in sheets.items():
        sheet = book.create_sheet(_sheet_title(title))
        sheet.freeze_panes = "A2"
        sheet.append([_bold(sheet, name) for name in names])
    made = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    book.save(made)
    made.seek(0)
    return made
