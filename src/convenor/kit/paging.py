"""A page of a list, and its order, from what the address asks for. Bad asks fall back; they never fail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

from django.db.models import QuerySet

from convenor.kit.query import Params, params_of
from convenor.kit.structs import struct

Row = TypeVar("Row")


@struct(slots=False)
class Page(Generic[Row]):
    """One page: its rows and where it stands. `first` and `last` count rows from 1 (0 when there are none)."""

    rows: Sequence[Row]
    number: int
    total: int
    pages: int
    first: int
    last: int

    def around(self, reach: int = 1) -> list[int | None]:
        """Page numbers to offer: both ends and the neighbours; None marks a gap."""
        wanted = {1, self.pages, *range(self.number - reach, self.number + reach + 1)}
        shown: list[int | None] = []
        before = 0
        for number in sorted(n for n in wanted if 1 <= n <= self.pages):
            if number == before + 2:
                shown.append(number - 1)  # a gap of one is not worth a mark
            elif number > before + 2:
                shown.append(None)
            shown.append(number)
            before = number
        return shown


@struct(slots=False)
class Sort:
    """An order that was asked for and is allowed. `str(sort)` is how the address writes it."""

    key: str
    descending: bool
    order_by: tuple[str, ...]

    def __str__(self) -> str:
        return f"-{self.key}" if self.descending else self.key


def page_of(source: QuerySet[Any, Row] | Sequence[Row], asked: Params, size: int = 50) -> Page[Row]:
    """The page that `?page=` asks for, or the nearest there is. Costs one count and one slice."""
    total = source.count() if isinstance(source, QuerySet) else len(source)
    pages = max(1, -(-total // size))
    number = min(max(_whole(params_of(asked).get("page")), 1), pages)
    start = (number - 1) * size
    rows = list(source[start : start + size])
    return Page(rows, number, total, pages, min(start + 1, total), start + len(rows))


def sort_key(asked: Params, allowed: Mapping[str, str | Sequence[str]], default: str) -> Sort:
    """The order that `?sort=` asks for when it is on the list, else the default; ties end with the key.

    `allowed` maps the word in the address to one or more order_by terms: {"due": ["due_on", "title"]}.
    """
    word = params_of(asked).get("sort") or default
    if word.removeprefix("-") not in allowed:
        word = default
    key, descending = word.removeprefix("-"), word.startswith("-")
    terms = allowed[key]
    fields = [terms] if isinstance(terms, str) else terms
    return Sort(key, descending, (*(_turned(field) if descending else field for field in fields), "pk"))


def _turned(field: str) -> str:
    return field.removeprefix("-") if field.startswith("-") else f"-{field}"


def _whole(text: object) -> int:
    """The number in the text, or 1. Very long digits are a hostile ask, not a page."""
    written = str(text).strip()
    body = written.removeprefix("-")
    if not (body.isascii() and body.isdigit() and len(body) < 10):
        return 10**9 if body.isascii() and body.isdigit() and not written.startswith("-") else 1
    return int(written)
