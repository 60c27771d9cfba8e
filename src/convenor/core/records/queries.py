"""Reading records: by ref, and the whole line that runs through one of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connection
from django.db.models import QuerySet
from django.http import Http404
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from convenor.core.records import permissions, rules
from convenor.core.records.models import Address, CaretakerPeriod, Freeze, Record, readable_filter
from convenor.core.records.registry import registry
from convenor.core.records.rules import Breach, Frozen, Viewer
from convenor.kit.dates import say_day
from convenor.kit.structs import struct

LINE_DEPTH = 8
LINE_LIMIT = 500


def access_record(viewer: Viewer, ref: str) -> Record:
    """The record with this ref (present or former), or 404: never a hint that it exists."""
    visible = Record.objects.visible_to(viewer)
    found = visible.filter(ref=ref).first()
    if found is None:
        former = Address.objects.filter(kind="ref", slug=ref).values_list("record_id", flat=True).first()
        found = visible.filter(pk=former).first() if former else None
    if found is None:
        raise Http404
    return found


def former_address(viewer: Viewer, kind: str, slug: str) -> Record | None:
    """The record that once stood at this address, if the viewer may read it."""
    pk = Address.objects.filter(kind=kind, slug=slug).values_list("record_id", flat=True).first()
    return Record.objects.visible_to(viewer).filter(pk=pk).first() if pk else None


@struct
class Step:
    """One step of a line. `record` is None for a step the viewer may not read but may know of."""

    record: Record | None
    depth: int
    title: str = ""
    withheld_reason: str = ""


def line(viewer: Viewer, start: Record, *, forward: bool) -> list[Step]:
    """All that follows from a record (or led to it), nearest first, filtered inside the walk.

    A hidden step shows as its disclosure allows, and the walk does not go past it.
    """
    rows = _walk(viewer, start.pk, forward=forward)
    records = Record.objects.in_bulk([pk for pk, _, _ in rows])
    steps = []
    for pk, depth, shown in rows:
        record = records[pk]
        if shown:
            steps.append(Step(record, depth, record.title))
        elif record.disclosure != rules.DISCLOSE_NOTHING:
            title = record.title if record.disclosure == rules.DISCLOSE_TITLE else ""
            steps.append(Step(None, depth, title, record.withheld_reason))
    return steps


def _walk(viewer: Viewer, start: int, *, forward: bool) -> list[tuple[int, int, int]]:
    near, far = ("source_id", "target_id") if forward else ("target_id", "source_id")
    visible, params = visible_sql(viewer)
    sql = f"""
        WITH RECURSIVE walk(id, depth, shown) AS (
          SELECT id, 0, 1 FROM records_record WHERE id = %s
          UNION
          SELECT l.{far}, w.depth + 1,
                 (SELECT CASE WHEN {visible} THEN 1 ELSE 0 END FROM records_record WHERE records_record.id = l.{far})
          FROM walk w JOIN records_link l ON l.{near} = w.id
          WHERE w.depth < {LINE_DEPTH} AND w.shown = 1)
        SELECT id, min(depth), max(shown) FROM walk WHERE depth > 0 AND id <> %s
        GROUP BY id ORDER BY 2, 1 LIMIT {LINE_LIMIT}"""  # noqa: S608 - only our own column names and a compiled condition are put in
    with connection.cursor() as cursor:
        cursor.execute(sql, [start, *params, start])
        return [(int(pk), int(depth), int(shown)) for pk, depth, shown in cursor.fetchall()]


def visible_sql(viewer: Viewer) -> tuple[str, Sequence[Any]]:
    """The WHERE clause over records_record that visible_to compiles to, so that no list can differ."""
    query = Record.objects.filter(readable_filter(viewer)).query
    try:
        return query.where.as_sql(query.get_compiler(connection=connection), connection)
    except FullResultSet:
        return "1 = 1", ()


def counted(parts: Mapping[str, QuerySet[Any, Any]]) -> dict[str, int]:
    """How many rows each has: one query for all of them, so that the page's number stays fixed."""
    if not parts:
        return {}
    made = [_pick(rows) for rows in parts.values()]
    columns = ", ".join(f"(SELECT COUNT(*) FROM ({sql}) AS part)" for sql, _values in made)  # noqa: S608 - the ORM's own text; values apart
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns}", [value for _sql, values in made for value in values])
        return dict(zip(parts, cursor.fetchone() or (), strict=True))


def _pick(rows: QuerySet[Any, Any]) -> tuple[str, tuple[Any, ...]]:
    try:
        return rows.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return "SELECT 1 WHERE 1 = 0", ()


def caretaker_periods(viewer: Viewer) -> QuerySet[CaretakerPeriod]:
    """Every caretaker period there is or was, newest first. Nothing for those who may not see the list."""
    rows = CaretakerPeriod.objects.order_by("-begins_on", "-id")
    return rows if permissions.may_see_keeping(viewer) else rows.none()


def access_caretaker(viewer: Viewer, pk: int) -> CaretakerPeriod:
    """One of them, for those who may see the list; 404 for everybody else."""
    found = caretaker_periods(viewer).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


# -- disposal freezes ---------------------------------------------------------------------------------------------


def freezes_in_force(now: datetime) -> QuerySet[Freeze]:
    """The one place that decides what may not be destroyed now."""
    return Freeze.objects.filter(starts_on__lte=localdate(now), lifted_at=None).order_by("kind")


def frozen_kinds(now: datetime) -> frozenset[str]:
    """The kinds of record under a disposal freeze: whatever purges passes over what belongs to these."""
    return frozenset(freezes_in_force(now).values_list("kind", flat=True))


def refuse_if_frozen(now: datetime, *kinds: str) -> None:
    """Raise Frozen, in words, when something that belongs to records of one of these kinds was to be destroyed."""
    found = freezes_in_force(now).filter(kind__in=kinds)
    breaches = [Breach("frozen", _frozen_words(freeze)) for freeze in found]
    if breaches:
        raise Frozen(breaches)


def _frozen_words(freeze: Freeze) -> str:
    text = _(
        "Records of the kind “%(kind)s” are under a disposal freeze since %(day)s (%(authority)s): nothing that "
        "belongs to them is destroyed until an administrator lifts it."
    )
    said = {"kind": kind_label(freeze.kind), "day": say_day(freeze.starts_on), "authority": freeze.authority}
    return text % said


def kind_label(slug: str) -> str:
    """What a kind is called; the word itself where the kind is no more."""
    kind = registry.kinds.get(slug)
    return kind.label_plural if kind else slug


def freezes(viewer: Viewer) -> QuerySet[Freeze]:
    """Every freeze there is or was, newest first. Nothing for those who may not see how the record is kept."""
    rows = Freeze.objects.order_by("-id")
    return rows if permissions.may_see_keeping(viewer) else rows.none()


def access_freeze(viewer: Viewer, pk: int) -> Freeze:
    """One freeze, for those who may see them; 404 for everybody else."""
    found = freezes(viewer).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def open_freezes(kinds: Collection[str]) -> list[str]:
    """Which of these kinds are under a freeze, or will be: there is one at a time."""
    return list(Freeze.objects.filter(kind__in=kinds, lifted_at=None).values_list("kind", flat=True))
