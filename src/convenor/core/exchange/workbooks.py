"""Which sheet of a workbook is read: the one that was chosen, else the first that has rows.

Hidden sheets are neither offered nor read. They hold lists to choose from, workings, what somebody put aside; whoever
checks the file in a spreadsheet does not see them, and what nobody looked at is not to be loaded by mistake. One who
means it shows it there first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from convenor.core.exchange.reading import ZIP_MAGIC, Raw, Tab, csv_rows, listed, refused, xlsx_tabs
from convenor.core.exchange.tabular import NOTES, NOTES_SAY
from convenor.core.records.rules import Breach, Refused
from convenor.kit.structs import struct

FIRST_ROWS: Final = 1_000
"""How far down a sheet is looked into for a heading and a row under it."""


@struct
class Offered:
    """A sheet that may be chosen, and its headings, to tell it from the others."""

    title: str
    headings: tuple[str, ...]


def is_workbook(content: bytes) -> bool:
    """Whether the file may have several sheets."""
    return content.startswith(ZIP_MAGIC)


def sheets_to_choose(content: bytes) -> list[Offered]:
    """The sheets among which somebody must choose, as they stand in the workbook; none where there is no choice."""
    if not is_workbook(content):
        return []
    found = _offered(xlsx_tabs(content))
    return [Offered(tab.title, tuple(filter(None, _head(tab)))) for tab in found] if len(found) > 1 else []


def table_rows(filename: str, content: bytes, title: str, notes: list[str]) -> Iterator[Raw]:
    """The rows of a CSV file or of a workbook's sheet; Refused, on `sheet`, where there is no sheet of that title."""
    if is_workbook(content):
        return _rows_of_workbook(content, title, notes)
    if title:
        raise refuse_sheet(f"{filename[-60:]} has no sheets to choose from: only a workbook (XLSX) has.")
    return csv_rows(content, filename, notes)


def _rows_of_workbook(content: bytes, title: str, notes: list[str]) -> Iterator[Raw]:
    tabs = xlsx_tabs(content)
    if title:
        return _titled(tabs, title).rows()
    offered = _offered(tabs)
    if not offered:
        return _without_rows(tabs)
    if len(offered) > 1:
        others = listed([tab.title for tab in offered[1:]])
        notes.append(f"Read from the sheet “{offered[0].title[:60]}”. There are rows in {others} too.")
    return offered[0].rows()


def refuse_sheet(text: str) -> Refused:
    """The sheet that was named cannot be read."""
    return Refused([Breach("sheet", text, "sheet")])


def _titled(tabs: Sequence[Tab], title: str) -> Tab:
    wanted = title.strip().casefold()
    found = [tab for tab in tabs if tab.title.strip().casefold() == wanted]
    if not found:
        there = listed([tab.title for tab in tabs if not tab.hidden])
        raise refuse_sheet(f"The workbook has no sheet “{title[:60]}”. Its sheets are {there}.")
    if found[0].hidden:
        raise refuse_sheet(f"The sheet “{title[:60]}” is hidden in the workbook. Show it there, and send it again.")
    return found[0]


def _without_rows(tabs: Sequence[Tab]) -> Iterator[Raw]:
    """What the first sheet says for itself; unless there are rows that only hidden sheets have."""
    hidden = [tab.title for tab in tabs if tab.hidden and _has_rows(tab)]
    if hidden:
        raise refused(f"Only hidden sheets of this workbook have rows: {listed(hidden)}. Show the one to read, first.")
    return next((tab for tab in tabs if not tab.hidden), tabs[0]).rows()


def _offered(tabs: Sequence[Tab]) -> list[Tab]:
    return [tab for tab in tabs if not tab.hidden and _has_rows(tab) and not _explains(tab)]


def _has_rows(tab: Tab) -> bool:
    filled = (number for number, cells in islice(tab.rows(), FIRST_ROWS) if any(cells))
    return len(list(islice(filled, 2))) == 2


def _explains(tab: Tab) -> bool:
    """Whether it is the second sheet of our own templates and downloads, which says what the columns mean."""
    return tab.title == NOTES and NOTES_SAY in _head(tab)


def _head(tab: Tab) -> list[str]:
    return next((cells for _number, cells in islice(tab.rows(), FIRST_ROWS) if any(cells)), [])
