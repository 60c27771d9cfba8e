"""Finding records by their words. Who may read them is decided inside the query, before rank and limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connection
from django.utils.safestring import SafeString

from convenor.core.records.models import Record, readable_filter
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
    """What this viewer may read and is not withdrawn, best first; PAGE a page. Two queries, whatever is found.

    text: words, all of which must be found, and "phrases in quotes". Anything may be typed.
    kind: only this kind; `counts` still says how many there are of each.
    """
    terms = rules.read_query(text)
    page = min(max(page, 1), MAX_PAGE)
    counted, ids = _found(viewer, terms, kind, page) if terms else ([], [])
    total = sum(number for found, number in counted if kind in ("", found))
    pages = max(1, -(-total // PAGE))
    if page > pages:
        return search(viewer, text, kind, pages)
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


def _found(viewer: Viewer, terms: list[Term], kind: str, page: int) -> tuple[list[tuple[str, int]], list[int]]:
    """How many there are of each kind, most first, and the record ids of one page, best first.

    One pass over the index: what matches and may be read is ranked once, then counted and cut.
    """
    hits, params = _hits(viewer, terms)
    chosen, chosen_params = ("WHERE kind = %s", [kind]) if kind else ("", [])
    sql = f"""
        WITH hit(id, kind, rank) AS MATERIALIZED ({hits}),
        best AS (SELECT id, rank FROM hit {chosen} ORDER BY rank, id DESC LIMIT %s OFFSET %s)
        SELECT 1, CAST(id AS text), rank, id FROM best
        UNION ALL SELECT 2, kind, 0, count(*) FROM hit GROUP BY kind
        ORDER BY 1, 3, 4 DESC"""  # noqa: S608 - our own words; everything asked is a parameter
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, *chosen_params, PAGE, (page - 1) * PAGE])
        rows = cursor.fetchall()
    counts = [(str(name), int(number)) for part, name, _, number in rows if part == 2]
    return counts, [int(pk) for part, _, _, pk in rows if part == 1]


def _hits(viewer: Viewer, terms: list[Term]) -> Sql:
    """Everything that matches, is visible to the viewer and not withdrawn: id, kind, rank (least is best).

    On PostgreSQL the documents carry what decides access (migration 0002) and stand in for the records here,
    under their name, so that the condition is the same one.
    """
    visible, visible_params = _visible_sql(viewer)
    if connection.vendor == "sqlite":
        sql = f"""
            SELECT records_record.id, records_record.kind, bm25(search_index, 8.0, 1.0, 8.0)
            FROM search_index CROSS JOIN records_record ON records_record.id = search_index.rowid
            WHERE search_index MATCH %s AND {visible}"""  # noqa: S608 - as in _found
        return sql, [rules.fts5(terms), *visible_params]
    query, params = rules.tsquery(terms)
    sql = f"""
        SELECT id, kind, -ts_rank(words, {query})
        FROM (SELECT record_id AS id, kind, visibility, audience_id, published_at, state, words
              FROM search_document) AS records_record
        WHERE words @@ ({query}) AND {visible}"""  # noqa: S608 - as in _found
    return sql, [*params, *params, *visible_params]


def _visible_sql(viewer: Viewer) -> Sql:
    """The very condition of visible_to and live, as SQL over records_record."""
    query = Record.objects.filter(readable_filter(viewer)).live().query
    try:
        sql, params = query.where.as_sql(query.get_compiler(connection=connection), connection)
    except FullResultSet:
        return "1 = 1", []
    except EmptyResultSet:
        return "1 = 0", []
    return sql, list(params)
