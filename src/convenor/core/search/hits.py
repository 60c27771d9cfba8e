"""Which documents match, and may be read: the SQL of search, which each database's index has in its own way.

Beside the words stands what decides who may read a record (migration 0004), so that most searches ask nothing else.
Only a record of a strict kind has more to ask, of its own rows: it is doubtful until visible_to has answered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from django.db import connection
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from convenor.core.records.models import Record
from convenor.core.records.queries import visible_sql
from convenor.core.records.registry import registry
from convenor.core.records.rules import Viewer
from convenor.core.records.since import since_sql
from convenor.core.search import rules
from convenor.core.search.models import Document
from convenor.core.search.rules import Term

MOST_DOUBTFUL: Final = 200
"""Doubtful ones that are asked about by their ids; where more match, each is asked inside the search."""

BEST, COUNT, DOUBTFUL = 1, 2, 3
NOTHING: Final = "NULL, NULL, NULL, NULL, NULL"
"""For what is shown of a document, where there is none."""

Sql = tuple[str, list[Any]]
ALL: Final[Sql] = ("1 = 1", [])
NONE: Final[Sql] = ("1 = 0", [])


class Shown(NamedTuple):
    """What a result shows of a document."""

    record_id: int
    kind: str
    ref: str
    title: str
    body: str
    url: str
    published_at: datetime


class Row(NamedTuple):
    """What a search answers: one of the best, how many there are of a kind, or one that is doubtful.

    Of the best, those on the page that was asked for come with what is shown of them.
    """

    part: int
    kind: str
    number: float
    """Its rank (least is best), or how many there are."""
    record_id: int
    ref: str | None
    title: str
    body: str
    url: str
    published_at: Any

    @property
    def shown(self) -> Shown:
        at = self.published_at
        told = datetime.fromisoformat(at).replace(tzinfo=UTC) if isinstance(at, str) else at  # SQLite's are texts
        return Shown(self.record_id, self.kind, self.ref or "", self.title, self.body, self.url, told)


class Index(NamedTuple):
    """How a database ranks (least is best) and matches; `found` is what stands beside the words.

    published: since when a `document` is shown; beside: the join that this needs, if any.
    """

    rank: Sql
    rows: str
    match: Sql
    published: str
    beside: str


def found(viewer: Viewer, terms: list[Term], kind: str, page: slice) -> tuple[list[Shown], Counter[str]]:
    """A page of what matches and may be read (of one kind, if named), best first; and how many there are of each."""
    rows = _search(viewer, terms, kind, page)
    doubtful = [row for row in rows if row.part == DOUBTFUL]
    if len(doubtful) > MOST_DOUBTFUL:
        rows, doubtful = _search(viewer, terms, kind, page, settled=True), []
    cleared = _cleared(viewer, doubtful)
    counts = Counter({row.kind: int(row.number) for row in rows if row.part == COUNT})
    counts.update(row.kind for row in cleared)
    best = [row for row in rows if row.part == BEST] + [row for row in cleared if kind in ("", row.kind)]
    best.sort(key=lambda row: (row.number, -row.record_id))
    return _shown(viewer, best[page]), counts


def _shown(viewer: Viewer, rows: list[Row]) -> list[Shown]:
    """What there is to show of these; asked for where a doubtful one moved the page on."""
    shown = {row.record_id: row.shown for row in rows if row.ref is not None}
    missing = [row.record_id for row in rows if row.ref is None]
    shown |= {each.record_id: each for each in _documents(viewer, missing)}
    return [shown[row.record_id] for row in rows if row.record_id in shown]


def _documents(viewer: Viewer, ids: Sequence[int]) -> list[Shown]:
    """These, if what stands beside the words still says that they may be read."""
    if not ids:
        return []
    readable, params = _readable(viewer)
    beside = "search_access" if connection.vendor == "sqlite" else "search_document"
    own = f"EXISTS (SELECT 1 FROM {beside} AS found WHERE found.record_id = search_document.record_id AND {readable})"  # noqa: S608 - our own words; what is asked is a parameter
    allowed = RawSQL(own, params, BooleanField())  # noqa: S611 - as above
    columns = ("pk", "kind", "ref", "title", "body", "url", "record__published_at")
    return [Shown(*row) for row in Document.objects.filter(allowed, pk__in=ids).values_list(*columns)]


def _cleared(viewer: Viewer, doubtful: list[Row]) -> list[Row]:
    if not doubtful:
        return []
    ids = [row.record_id for row in doubtful]
    seen = set(Record.objects.visible_to(viewer).live().filter(pk__in=ids).values_list("pk", flat=True))
    return [row for row in doubtful if row.record_id in seen]


def _search(viewer: Viewer, terms: list[Term], kind: str, page: slice, *, settled: bool = False) -> list[Row]:
    """One pass over the index: what matches and may be read is ranked once, then counted and cut."""
    index, readable = _index(terms), _readable(viewer)
    doubtful, also = (NONE, _settled(viewer)) if settled else (_doubtful(viewer), ALL)
    chosen: Sql = ("AND kind = %s", [kind]) if kind else ("", [])
    sql = f"""
        WITH hit(id, kind, rank, doubtful) AS MATERIALIZED (
            SELECT found.record_id, found.kind, {index.rank[0]}, {doubtful[0]}
            FROM {index.rows} WHERE {index.match[0]} AND {readable[0]} AND {also[0]}),
        best AS (SELECT id, kind, rank FROM hit WHERE NOT doubtful {chosen[0]} ORDER BY rank, id DESC LIMIT %s),
        placed AS (SELECT id, kind, rank, row_number() OVER (ORDER BY rank, id DESC) AS place FROM best),
        asked AS (SELECT id, kind, rank FROM hit WHERE doubtful LIMIT {MOST_DOUBTFUL + 1})
        SELECT {BEST}, placed.kind, rank, id, document.ref, title, body, url, {index.published}
        FROM placed LEFT JOIN search_document AS document ON document.record_id = id AND place > %s {index.beside}
        UNION ALL SELECT {COUNT}, kind, count(*), 0, {NOTHING} FROM hit WHERE NOT doubtful GROUP BY kind
        UNION ALL SELECT {DOUBTFUL}, kind, rank, id, {NOTHING} FROM asked"""  # noqa: S608 - our own words; what is asked is a parameter
    parts = (index.rank, doubtful, index.match, readable, also, chosen)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*(value for _, values in parts for value in values), page.stop, page.start])
        return [Row(*row) for row in cursor.fetchall()]


def _index(terms: list[Term]) -> Index:
    if connection.vendor == "sqlite":
        rows = "search_index CROSS JOIN search_access AS found ON found.record_id = search_index.rowid"
        match = ("search_index MATCH %s", [rules.fts5(terms)])
        beside = "LEFT JOIN search_access AS kept ON kept.record_id = document.record_id"
        return Index(("bm25(search_index, 8.0, 1.0, 8.0)", []), rows, match, "kept.published_at", beside)
    query, params = rules.tsquery(terms)
    rank, match = (f"-ts_rank(words, {query})", params), (f"words @@ ({query})", params)
    return Index(rank, "search_document AS found", match, "document.published_at", "")


def _readable(viewer: Viewer) -> Sql:
    """What records.models.visible_filter and live() ask, of what stands beside the words."""
    if viewer.is_system:
        return "found.audience >= -1", []
    seen, params = ("found.audience >= 0", []) if viewer.reads_every_audience else _of_audiences(viewer)
    if viewer.allowed:
        seen = f"{seen} OR found.audience >= -1 AND found.record_id IN ({_marks(viewer.allowed)})"
    denied = f"AND found.record_id NOT IN ({_marks(viewer.denied)})" if viewer.denied else ""
    return f"({seen}) {denied}", [*params, *sorted(viewer.allowed), *sorted(viewer.denied)]


def _of_audiences(viewer: Viewer) -> Sql:
    whole, later = [0, *viewer.reads_whole], viewer.reads_since
    seen = f"found.audience IN ({_marks(whole)})"
    if not later:
        return seen, whole
    since, params = since_sql("found.audience", later, connection)
    seen = f"{seen} OR found.audience IN ({_marks(later)}) AND found.published_at >= {since}"
    return seen, [*whole, *(pk for pk, _ in later), *params]


def _doubtful(viewer: Viewer) -> Sql:
    strict = [] if viewer.is_system else _strict()
    return (f"found.kind IN ({_marks(strict)})", strict) if strict else NONE


def _settled(viewer: Viewer) -> Sql:
    """The same, asked of each record inside the search: the very condition of visible_to."""
    (visible, params), strict = visible_sql(viewer), _strict()
    sql = f"""(found.kind NOT IN ({_marks(strict)}) OR EXISTS (
        SELECT 1 FROM records_record WHERE records_record.id = found.record_id AND {visible}))"""  # noqa: S608 - as above
    return sql, [*strict, *params]


def _strict() -> list[str]:
    return [kind.slug for kind in registry.kinds.values() if kind.strict]


def _marks(values: Collection[object]) -> str:
    return ", ".join(["%s"] * len(values))
