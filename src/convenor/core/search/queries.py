"""Finding records by their words. Who may read them is decided inside the query, before rank and limit."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.utils.safestring import SafeString

from convenor.core.records.registry import registry
from convenor.core.records.rules import Viewer
from convenor.core.search import hits, rules
from convenor.core.search.rules import Term
from convenor.kit.structs import struct

PAGE: Final = 20
MAX_PAGE: Final = 500


@struct
class Result:
    """One record that was found. `title` and `snippet` are safe HTML with <mark> around what was found."""

    record_id: int
    ref: str
    kind: str
    kind_label: str
    title: SafeString
    snippet: SafeString
    url: str
    published_at: datetime


@struct
class KindCount:
    """How many of one kind were found, for the filter."""

    kind: str
    label: str
    count: int


@struct
class Results:
    """One page of what was found. `asked` is empty when the text held no words."""

    asked: tuple[Term, ...]
    kind: str
    items: list[Result]
    total: int
    counts: list[KindCount]
    page: int
    pages: int


def search(viewer: Viewer, text: str, kind: str = "", page: int = 1) -> Results:
    """What this viewer may read and is not withdrawn, best first; PAGE a page.

    One query, whatever is found; up to two more where something of a strict kind matches.

    text: words, all of which must be found, and "phrases in quotes". Anything may be typed.
    kind: only this kind; `counts` still says how many there are of each.
    """
    terms = rules.read_query(text)
    page = min(max(page, 1), MAX_PAGE)
    asked = slice((page - 1) * PAGE, page * PAGE)
    found, counted = hits.found(viewer, terms, kind, asked) if terms else ([], {})
    total = sum(number for each, number in counted.items() if kind in ("", each))
    pages = max(1, -(-total // PAGE))
    if page > pages:
        return search(viewer, text, kind, pages)
    most_first = sorted(counted.items(), key=lambda each: (-each[1], each[0]))
    counts = [KindCount(each, _plural(each), number) for each, number in most_first]
    return Results(tuple(terms), kind, [_result(each, terms) for each in found], total, counts, page, pages)


def _result(document: hits.Shown, terms: list[Term]) -> Result:
    return Result(
        record_id=document.record_id,
        ref=document.ref,
        kind=document.kind,
        kind_label=registry.kind(document.kind).label if document.kind in registry.kinds else document.kind,
        title=rules.marked(document.title, terms),
        snippet=rules.snippet(document.body, terms),
        url=document.url,
        published_at=document.published_at,
    )


def _plural(kind: str) -> str:
    return registry.kind(kind).label_plural if kind in registry.kinds else kind
