"""Reading resources (pages, streams, single rows) and finding one's own uploads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final

from django.conf import settings
from django.db.models import Count, Model, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import Http404
from django.shortcuts import get_object_or_404

from convenor.core.exchange import rules
from convenor.core.exchange.declare import Filter, Loaded, Resource, lists, resources, words
from convenor.core.exchange.models import ImportBatch, ImportRow, KeptMapping, Origin
from convenor.core.exchange.permissions import may_load, may_see_batches_of_others
from convenor.core.exchange.present import Values, present
from convenor.core.exchange.several import SEVERAL
from convenor.core.records.models import Record, ScopedQuerySet
from convenor.core.records.queries import former_address
from convenor.core.records.rules import Breach, Refused, Viewer
from convenor.kit.once import known
from convenor.kit.structs import struct

CHUNK: Final = 1000
LONGEST_ID: Final = 200
TRUE_WORDS: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}

Chosen = Mapping[str, Any]
"""filter name → its value, already read by `choose`."""


@struct
class Slice:
    """One page of a list; `next` is the cursor of the following one."""

    items: list[Values]
    next: str | None


def choose(resource: Resource, asked: Mapping[str, str]) -> dict[str, Any]:
    """The filters that were asked for, read and checked. Refused names the one that is wrong."""
    known = {item.name: item for item in resource.filters}
    wrong = [
        Breach("unknown", f"There is no filter called “{name[:60]}” here.", name) for name in asked if name not in known
    ]
    chosen: dict[str, Any] = {}
    for name, text in asked.items():
        if name in known and text != "":
            try:
                chosen[name] = _read(known[name], text)
            except ValueError as error:
                wrong.append(Breach("filter", str(error), name))
    if wrong:
        raise Refused(wrong)
    return chosen


def listed(resource: Resource, viewer: Viewer, chosen: Chosen) -> ScopedQuerySet[Any]:
    """What stands in lists and exports: visible to this viewer, not withdrawn, as the filters say."""
    rows = resource.queryset(viewer).live()
    for item in resource.filters:
        if item.name in chosen:
            rows = _narrowed(rows, item, chosen[item.name], viewer)
    return rows


def page(resource: Resource, viewer: Viewer, chosen: Chosen, after: str = "", limit: int = 50) -> Slice:
    """At most `limit` rows after the cursor, in the order they were made. Refused for a cursor not ours.

    Complete under concurrent inserts: no row that is there throughout is missed or given twice.
    """
    rows = _after(listed(resource, viewer, chosen), _opened(resource, after))
    found = list(rows.prefetch_related(*resource.prefetch(viewer))[: limit + 1])
    more = len(found) > limit
    found = found[:limit]
    following = rules.seal_cursor(found[-1].pk, resource.name, settings.SECRET_KEY) if more else None
    return Slice(present(resource, found, viewer), following)


def stream(resource: Resource, viewer: Viewer, chosen: Chosen) -> Iterator[Values]:
    """Every row, read CHUNK at a time, so that neither memory nor a read transaction grows with the list."""
    last = 0
    while True:
        rows = _after(listed(resource, viewer, chosen), last)
        found = list(rows.prefetch_related(*resource.prefetch(viewer))[:CHUNK])
        yield from present(resource, found, viewer)
        if len(found) < CHUNK:
            return
        last = found[-1].pk


def find(resource: Resource, viewer: Viewer, key: str) -> Values | None:
    """One row by its public key, withdrawn ones too; None when there is none the viewer may read."""
    if not resource.key or "\x00" in key:
        return None
    rows = resource.queryset(viewer).filter(**{resource.key: key}).prefetch_related(*resource.prefetch(viewer))
    found = list(rows[:1])
    return present(resource, found, viewer)[0] if found else None


def moved_to(resource: Resource, viewer: Viewer, key: str) -> str:
    """The present key of a row that used to have this one; "" when there is none."""
    kind = "ref" if resource.key == "record__ref" else resource.kind
    record = former_address(viewer, kind, key) if resource.key and "\x00" not in key else None
    row = resource.queryset(viewer).filter(record=record).first() if record else None
    return resource.key_of(row) if row else ""


def access_batch(viewer: Viewer, token: str) -> ImportBatch:
    """An upload by its address, for the person who made it or an administrator; else 404."""
    batch = ImportBatch.objects.filter(token=token).select_related("by").first()
    if batch is None or not (batch.by_id == viewer.person_id or may_see_batches_of_others(viewer)):
        raise Http404
    return batch


def batches_of(viewer: Viewer) -> QuerySet[ImportBatch]:
    """The viewer's own uploads, newest first; administrators see everybody's."""
    rows = ImportBatch.objects.select_related("by").order_by("-id")
    return rows if may_see_batches_of_others(viewer) else rows.filter(by_id=viewer.person_id)


def moving_batch() -> ImportBatch | None:
    """The upload that has been under way longest; None when none is."""
    moving = (ImportBatch.State.RUNNING, ImportBatch.State.UNDOING)
    return ImportBatch.objects.filter(state__in=moving).order_by("id").first()


def kept_mappings() -> list[KeptMapping]:
    """The mappings of several lists, by the name of their register; for those who may load several lists."""
    return list(KeptMapping.objects.filter(resource="").select_related("by").order_by("source", "pk"))


def mappings_of(viewer: Viewer) -> QuerySet[KeptMapping]:
    """Every mapping that the viewer may use, by its register and list."""
    every = [name for name, resource in (*resources.items(), *lists.items()) if may_load(viewer, resource)]
    names = ["" if name == SEVERAL else name for name in every]
    rows = KeptMapping.objects.filter(resource__in=names).select_related("by")
    return rows.order_by("source", "resource", "name", "pk")


def access_mapping(viewer: Viewer, pk: int) -> KeptMapping:
    """A kept mapping that the viewer may use; else 404."""
    return get_object_or_404(mappings_of(viewer), pk=pk)


def kept_columns(resource: str, source: str, headings: str) -> KeptMapping | None:
    """What was chosen for a file of these headings (their digest): for the same register first, else the newest."""
    there = KeptMapping.objects.filter(resource=resource, headings=headings)
    return there.annotate(same=Q(source=source)).order_by("-same", "-kept_at", "-pk").first()


def sheet_before(batch: ImportBatch) -> str:
    """The sheet that was read of the last workbook from the same register for the same list; "" where there is none."""
    before = ImportBatch.objects.filter(resource=batch.resource, source=batch.source, pk__lt=batch.pk)
    return before.exclude(sheet="").order_by("-pk").values_list("sheet", flat=True).first() or ""


def unread_batch(now: datetime) -> ImportBatch | None:
    """An upload whose check was cut off; None when there is none."""
    since = now - rules.CHECK_ENDS
    reading = ImportBatch.objects.filter(state=ImportBatch.State.READING)
    began = reading.annotate(began=Coalesce("checked_from", "created_at"))
    return began.filter(began__lt=since).order_by("id").first()


def record_of(viewer: Viewer, resource: str, source: str, source_id: str) -> Record | None:
    """What a row of a source's list stands for here, as far as the viewer may read it; None when nothing does."""
    if not source_id or len(source_id) > LONGEST_ID or "\x00" in source_id:
        return None
    there = Origin.objects.filter(resource=resource, source=source, source_id=source_id).values("record")
    return Record.objects.visible_to(viewer).filter(pk__in=there).first()


def records_of(viewer: Viewer, resource: str, source: str, source_ids: Iterable[str]) -> dict[str, int]:
    """What several rows of a source's list stand for, as keys of records by the row's id: those the viewer may read."""
    wanted = {said for said in source_ids if said and len(said) <= LONGEST_ID and "\x00" not in said}
    there = Origin.objects.filter(resource=resource, source=source, source_id__in=wanted, record__isnull=False)
    found = dict(there.values_list("source_id", "record_id"))
    seen = set(Record.objects.visible_to(viewer).filter(pk__in=found.values()).values_list("pk", flat=True))
    return {said: record for said, record in found.items() if record in seen}


def kept_row(rows: QuerySet[Any], loaded: Loaded, name: str) -> Any:
    """What `undo` is to take back, by the key that `apply` kept under the name; None when there is none any more.

    What `recall` read of the next rows is taken from there.
    """
    key = loaded.undo.get(name)
    if not key:
        return None
    there = known(kept_key(rows.model, key))
    return there if there is not None else rows.filter(pk=key).first()


def kept_key(model: type[Model], key: int) -> tuple[type[Model], int]:
    """Under which `recall` puts a row for `kept_row`."""
    return model, key


def outcomes(batch: ImportBatch) -> dict[str, int]:
    """How many rows stand at each outcome; every outcome has its number."""
    counted = ImportRow.objects.filter(batch=batch).values_list("outcome").annotate(n=Count("id"))
    return dict.fromkeys(ImportRow.Outcome.values, 0) | dict(counted)


def worst_first(rows: QuerySet[ImportRow]) -> QuerySet[ImportRow]:
    """Rows of a checked upload: what is wrong before what is right."""
    return rows.annotate(right=~Q(outcome=ImportRow.Outcome.BAD)).order_by("right", "number")


def wrong_rows(batch: ImportBatch) -> QuerySet[ImportRow]:
    """What could not be loaded, in the order of the file."""
    wrong = (ImportRow.Outcome.BAD, ImportRow.Outcome.FAILED)
    return batch.rows.filter(outcome__in=wrong).order_by("number")


def _opened(resource: Resource, after: str) -> int:
    if not after:
        return 0
    key = rules.open_cursor(after, resource.name, settings.SECRET_KEY)
    if key is None:
        raise Refused([Breach("cursor", "This is not a cursor of this list. Start again without “after”.", "after")])
    return key


def _after(rows: ScopedQuerySet[Any], last: int) -> ScopedQuerySet[Any]:
    return rows.filter(pk__gt=last).order_by("pk")


def _narrowed(rows: ScopedQuerySet[Any], item: Filter, value: Any, viewer: Viewer) -> ScopedQuerySet[Any]:
    if item.type == "ref":
        value = Record.objects.visible_to(viewer).filter(ref=value).values_list("pk", flat=True).first()
        if value is None:
            return rows.none()
    return item.apply(rows, value) if item.apply else rows.filter(**{item.lookup: value})


LONGEST_TEXT: Final = 300
"""Characters of a filter: no name is longer, and databases refuse to look for tens of thousands."""


def _read(item: Filter, text: str) -> Any:
    """The value of a filter; ValueError with a sentence."""
    allowed = words(item.choices)
    if allowed and text not in allowed:
        raise ValueError(f"“{text[:60]}” is not one of: {', '.join(allowed)}.")
    if "\x00" in text:
        raise ValueError("Text cannot hold a NUL character.")
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"Text to look for has at most {LONGEST_TEXT} characters.")
    if item.type == "integer":
        return _whole(text)
    if item.type == "boolean":
        return _truth(text)
    return _day(text) if item.type == "date" else text


def _whole(text: str) -> int:
    if not (text.removeprefix("-").isascii() and text.removeprefix("-").isdigit() and len(text) < 15):
        raise ValueError(f"“{text[:60]}” is not a whole number.")
    return int(text)


def _truth(text: str) -> bool:
    if text.casefold() not in TRUE_WORDS:
        raise ValueError(f"“{text[:60]}” is neither true nor false.")
    return TRUE_WORDS[text.casefold()]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"“{text[:60]}” is not a day: write 2026-11-24.") from None
