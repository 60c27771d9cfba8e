"""Finding records by their words. Who may read them is decided inside the query, before rank and limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connection
from django.utils.safestring import SafeString

from convenor.core.records.models import Record, visible_filter
from convenor.core.records.registry import registry
from convenor.core.records.rules import Viewer
from convenor.core.search import rules
from convenor.core.search.models import Document
from convenor.core.search.rules import Term

PAGE: Final = 20
MAX_PAGE: Final = 500

Sql = tuple[str, list[Any]]


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class KindCount:
    """How many of one kind were found, for the filter."""

    kind: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
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
    """What this viewer may read and is not withdrawn, best first; PAGE a page. Three queries, whatever is found.

    text: words, all of which must be found, and "phrases in quotes". Anything may be typed.
    kind: only this kind; `counts` still says how many there are of each.
    """
    terms = rules.read_query(text)
    if not terms:
        return Results((), kind, [], 0, [], 1, 1)
    counted = _counts(viewer, terms)
    total = sum(number for found, number in counted if kind in ("", found))
    pages = max(1, -(-total // PAGE))
    page = min(max(page, 1), pages, MAX_PAGE)
    ids = _ranked(viewer, terms, kind, page) if total else []
    counts = [KindCount(found, _plural(found), number) for found, number in counted]
    return Results(tuple(terms), kind, _results(viewer, ids, terms), total, counts, page, pages)


def _results(viewer: Viewer, ids: Sequence[int], terms: list[Term]) -> list[Result]:
    rows = Document.objects.visible_to(viewer).select_related("record").in_bulk(ids)
    return [_result(rows[pk], terms) for pk in ids if pk in rows]


def _result(document: Document, terms: list[Term]) -> Result:
    return Result(
        record_id=document.pk,
        ref=document.ref,
        kind=document.kind,
        kind_label=registry.kind(document.kind).label if document.kind in registry.kinds else document.kind,
        title=rules.marked(document.title, terms),
        snippet=rules.snippet(document.body, terms),
        url=document.url,
        published_at=document.record.published_at,
    )


def _plural(kind: str) -> str:
    return registry.kind(kind).label_plural if kind in registry.kinds else kind


def _counts(viewer: Viewer, terms: list[Term]) -> list[tuple[str, int]]:
    matching, params = _matching(viewer, terms, "")
    sql = f"SELECT records_record.kind, count(*) {matching} GROUP BY records_record.kind ORDER BY 2 DESC, 1"
    return [(str(kind), int(number)) for kind, number in _rows(sql, params)]


def _ranked(viewer: Viewer, terms: list[Term], kind: str, page: int) -> list[int]:
    matching, params = _matching(viewer, terms, kind)
    rank_params: list[str] = []
    rank, order = "bm25(search_index, 8.0, 1.0, 8.0)", "ASC"
    if connection.vendor != "sqlite":
        query, rank_params = rules.tsquery(terms)
        rank, order = f"ts_rank(search_document.words, {query})", "DESC"
    sql = f"SELECT records_record.id, {rank} AS rank {matching} ORDER BY rank {order}, 1 DESC LIMIT %s OFFSET %s"
    found = _rows(sql, [*rank_params, *params, PAGE, (page - 1) * PAGE])
    return [int(pk) for pk, _ in found]


def _matching(viewer: Viewer, terms: list[Term], kind: str) -> Sql:
    """FROM … WHERE: what matches, is visible to the viewer and not withdrawn."""
    visible, visible_params = _visible_sql(viewer, kind)
    if connection.vendor == "sqlite":
        source = "search_index CROSS JOIN records_record ON records_record.id = search_index.rowid"
        match, params = "search_index MATCH %s", [rules.fts5(terms)]
    else:
        source = "search_document JOIN records_record ON records_record.id = search_document.record_id"
        query, params = rules.tsquery(terms)
        match = f"search_document.words @@ ({query})"
    return f"FROM {source} WHERE {match} AND {visible}", [*params, *visible_params]


def _visible_sql(viewer: Viewer, kind: str) -> Sql:
    """The very condition of visible_to and live, as SQL over records_record."""
    asked = Record.objects.filter(visible_filter(viewer)).live()
    query = (asked.filter(kind=kind) if kind else asked).query
    try:
        sql, params = query.where.as_sql(query.get_compiler(connection=connection), connection)
    except FullResultSet:
        return "1 = 1", []
    except EmptyResultSet:
        return "1 = 0", []
    return sql, list(params)


def _rows(sql: str, params: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found
