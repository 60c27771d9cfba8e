"""A small table typed row by row: the sides of a table, the places a model names. Works without JavaScript."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from convenor.kit.structs import struct

SPARE: Final = 2
"""Empty rows under those there are; saving gives two more."""
MOST: Final = 62

Text = str | Promise
Row = Mapping[str, Any]


@struct
class Cell:
    """One column: its key in the YAML, its heading, and how it is typed: text, number, tick, or one of `choices`.

    "choice" leaves its first choice out, as what is meant anyway; "words" states every choice.
    """

    key: str
    label: Text
    kind: str = "text"
    choices: Sequence[tuple[str, Text]] = ()


class RowsWidget(forms.Widget):
    """Inputs in a table; on narrow screens each row is a card. A row whose first cell is empty is left out."""

    template_name = "engagement/rows.html"

    def __init__(self, cells: Sequence[Cell]) -> None:
        super().__init__()
        self.cells = cells

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Django's context, with a cell for every input."""
        context = super().get_context(name, value, attrs)
        rows = [*(value or []), *({} for _spare in range(SPARE))]
        context["rows"] = [self._row(name, at, row, attrs or {}) for at, row in enumerate(rows[:MOST])]
        context["heads"] = [cell.label for cell in self.cells]
        return context

    def _row(self, name: str, at: int, row: Row, attrs: Mapping[str, Any]) -> list[dict[str, Any]]:
        first = {"id": attrs.get("id", name)} if at == 0 else {}
        return [
            {
                "name": f"{name}-{at}-{cell.key}",
                "label": _("%(column)s, row %(n)d") % {"column": cell.label, "n": at + 1},
                "head": cell.label,
                "kind": cell.kind,
                "choices": cell.choices,
                "value": "" if row.get(cell.key) is None else row[cell.key],
                **(first if number == 0 else {}),
            }
            for number, cell in enumerate(self.cells)
        ]

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[Row]:  # noqa: ARG002 - Django's shape
        """The rows with anything in them, as they were typed."""
        rows = [
            {cell.key: _typed(cell, data.get(f"{name}-{at}-{cell.key}")) for cell in self.cells} for at in range(MOST)
        ]
        typed = [cell.key for cell in self.cells if cell.kind in {"text", "number"}]
        return [_stated(row) for row in rows if any(row[key] not in ("", None) for key in typed)]

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:  # noqa: ARG002 - Django's shape
        """Never: no row is a value too."""
        return False

    def id_for_label(self, id_: str) -> str:
        """The first input."""
        return id_


def _typed(cell: Cell, said: Any) -> Any:
    """A cell as JSON; what is no number stays as it was typed, for the schema to name."""
    text = str(said or "").strip()
    if cell.kind == "tick":
        return bool(said)
    if cell.kind == "choice" and text == cell.choices[0][0]:
        return ""
    if cell.kind == "number" and text.isdigit() and len(text) < 7:
        return int(text)
    return text


def _stated(row: Row) -> Row:
    """Without what is empty; a zero is stated."""
    return {key: value for key, value in row.items() if value not in (None, "") and value is not False}


class RowsField(forms.Field):
    """A list of dictionaries with the keys of the YAML."""

    def __init__(self, cells: Sequence[Cell], **kwargs: Any) -> None:
        super().__init__(widget=RowsWidget(cells), required=False, **kwargs)
