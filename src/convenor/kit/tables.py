"""A table as a typed declaration; the tag `{% data_table table %}` draws it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import Generic, TypeVar

from django.utils.html import format_html
from django.utils.safestring import SafeString

from convenor.kit.cells import show
from convenor.kit.paging import Page, Sort, page_of, sort_key
from convenor.kit.parts import Action
from convenor.kit.query import Params, with_params
from convenor.kit.structs import struct

__all__ = ["Cell", "Column", "Head", "Line", "Page", "Sort", "Table", "page_of", "sort_key"]

Row = TypeVar("Row")


@struct(slots=False)
class Column(Generic[Row]):
    """One column.

    cell: a function of the row, or a dotted attribute path ("group.title").
    sort: the word for `?sort=`, when the list may be ordered by it.
    priority: 1 leads the card on narrow screens, 2 is ordinary, 3 is supporting (quieter, never hidden).
    link: the row's address, where this cell should lead.
    """

    key: str
    label: str
    cell: Callable[[Row], object] | str
    sort: str | None = None
    numeric: bool = False
    priority: int = 2
    link: Callable[[Row], str | None] | None = None

    def value(self, row: Row) -> object:
        """What the row holds for this column."""
        return attrgetter(self.cell)(row) if isinstance(self.cell, str) else self.cell(row)

    def shown(self, row: Row) -> SafeString:
        """The value as safe HTML, as a link where the column has one for this row."""
        html = show(self.value(row))
        url = self.link(row) if self.link else None
        return format_html('<a href="{}">{}</a>', url, html) if url else html

    @property
    def css(self) -> str:
        """Classes of the column's cells."""
        return " ".join(filter(None, ["num" if self.numeric else "", f"p{self.priority}"]))


@struct(slots=False)
class Head:
    """A column heading, with its sort link and the direction in force."""

    label: str
    css: str
    url: str = ""
    direction: str = ""  # ascending, descending, none, or empty where one cannot sort


@struct(slots=False)
class Cell:
    """One drawn cell; its label is shown where rows become cards."""

    label: str
    css: str
    html: SafeString


@struct(slots=False)
class Line:
    """One drawn row; the first cell is its heading."""

    first: Cell
    rest: list[Cell]
    actions: Sequence[Action]


@struct(slots=False)
class Table(Generic[Row]):
    """Columns over rows. `sort` is the order in force and `asked` the request whose query the links keep."""

    columns: Sequence[Column[Row]]
    rows: Iterable[Row]
    caption: str
    sort: Sort | str = ""
    asked: Params | None = None
    actions: Callable[[Row], Sequence[Action]] | None = None
    caption_hidden: bool = False
    empty: str = ""

    @property
    def has_actions(self) -> bool:
        """Whether rows carry ways on (templates would call `actions` itself)."""
        return self.actions is not None

    def heads(self) -> list[Head]:
        """The headings, in order."""
        return [self._head(column) for column in self.columns]

    def lines(self) -> list[Line]:
        """The rows, drawn."""
        return [self._line(row) for row in self.rows]

    def _head(self, column: Column[Row]) -> Head:
        if not column.sort:
            return Head(column.label, column.css)
        asked: Params = {} if self.asked is None else self.asked
        direction = {column.sort: "ascending", f"-{column.sort}": "descending"}.get(str(self.sort), "none")
        turned = f"-{column.sort}" if direction == "ascending" else column.sort
        return Head(column.label, column.css, with_params(asked, sort=turned, page=None), direction)

    def _line(self, row: Row) -> Line:
        cells = [Cell(column.label, column.css, column.shown(row)) for column in self.columns]
        return Line(cells[0], cells[1:], self.actions(row) if self.actions else ())
