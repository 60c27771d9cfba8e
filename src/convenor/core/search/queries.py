"""Finding records by their words. Who may read them is decided inside the query, before rank and limit."""

from __future__ import annotations

from collections.abc import Collection, Sequence
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
    """What this viewer may read and is not withdrawn, best first; PAGE a page. Three queries, whatever is found.

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

    One pass over the index: what matches and may be read is ranked once, then counted and cut. Words that stand
    nowhere are looked up first, since the condition for access costs more than that.
    """
    if not _anywhere(terms):
        return [], []
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


def _anywhere(terms: list[Term]) -> bool:
    """Whether anything at all matches, whoever may read it. Nobody is told."""
    if connection.vendor == "sqlite":
        sql, params = "SELECT 1 FROM search_index WHERE search_index MATCH %s LIMIT 1", [rules.fts5(terms)]
    else:
        query, params = rules.tsquery(terms)
        sql = f"SELECT 1 FROM search_document WHERE words @@ ({query}) LIMIT 1"  # noqa: S608 - as in _found
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchone() is not None


def _hits(viewer: Viewer, terms: list[Term]) -> Sql:
    """Everything that matches, is visible to the viewer and not withdrawn: id, kind, rank (least is best).

    On PostgreSQL the documents carry what decides access (migration 0002) and stand in for the records here,
    under their name, so that the condition is the same one. On SQLite a small table says what is certain
    (migration 0003); only where that is not enough is the record itself asked, by the same condition.
    """
    visible, visible_params = _visible_sql(viewer)
    if connection.vendor == "sqlite":
        (certain, certain_params), (possible, possible_params) = _certain(viewer), _possible(viewer)
        sql = f"""
            SELECT search_access.record_id, search_access.kind, bm25(search_index, 8.0, 1.0, 8.0)
            FROM search_index CROSS JOIN search_access ON search_access.record_id = search_index.rowid
            WHERE search_index MATCH %s AND (({certain}) OR (({possible}) AND EXISTS (
                SELECT 1 FROM records_record WHERE records_record.id = search_access.record_id AND {visible})))"""  # noqa: S608 - as in _found
        return sql, [rules.fts5(terms), *certain_params, *possible_params, *visible_params]
    query, params = rules.tsquery(terms)
    sql = f"""
        SELECT id, kind, -ts_rank(words, {query})
        FROM (SELECT record_id AS id, kind, visibility, audience_id, published_at, state, words
              FROM search_document) AS records_record
        WHERE words @@ ({query}) AND {visible}"""  # noqa: S608 - as in _found
    return sql, [*params, *params, *visible_params]


def _certain(viewer: Viewer) -> Sql:
    """What the small table alone says this viewer may read: records.models.visible_filter and live, for the kinds that
    ask nothing more of their own rows and the audiences the viewer reads from their beginning."""
    whole = [0, *sorted(m.audience_id for m in viewer.memberships if m.since is None)]
    if viewer.is_system or viewer.reads_every_audience:
        seen, params = "search_access.audience >= 0", []
    else:
        seen, params = f"search_access.audience IN ({_marks(whole)})", whole
    strict, denied = _strict(), sorted(viewer.denied)
    parts = [
        seen,
        f"search_access.kind NOT IN ({_marks(strict)})",
        f"search_access.record_id NOT IN ({_marks(denied)})",
    ]
    return " AND ".join(parts), [*params, *strict, *denied]


def _possible(viewer: Viewer) -> Sql:
    """Where the record itself must be asked: strict kinds, audiences joined later, what a person was let into."""
    later = [m.audience_id for m in viewer.memberships if m.since is not None]
    asked: dict[str, Collection[object]] = {
        "kind": _strict(),
        "audience": [*later, *([-1] if viewer.is_system else [])],
        "record_id": viewer.allowed,
    }
    parts = [f"search_access.{name} IN ({_marks(those)})" for name, those in asked.items()]
    return " OR ".join(parts), [each for those in asked.values() for each in those]


def _strict() -> list[str]:
    return [kind.slug for kind in registry.kinds.values() if kind.strict]


def _marks(values: Collection[object]) -> str:
    return ", ".join(["%s"] * len(values))


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
