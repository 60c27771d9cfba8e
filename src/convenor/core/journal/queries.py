"""Reading the journal: the history of one record, and what changed lately."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils.translation import gettext as _

from convenor.core.journal import mentions
from convenor.core.journal.actors import office_names
from convenor.core.journal.models import Entry, Seal, Value
from convenor.core.records import rules
from convenor.core.records.models import Record, readable_filter
from convenor.core.records.rules import Viewer
from convenor.kit.structs import struct

REASON = "reason"


@struct
class ValueShown:
    """One field's change as this viewer may read it."""

    field: str
    before: str | None
    after: str | None
    erased: bool


@struct
class Happening:
    """One entry as this viewer may read it. `who` is a name for officers, an office for others, empty for Convenor."""

    entry_id: int
    verb: str
    at: datetime
    record: Record | None
    who: str
    reason: str
    values: Sequence[ValueShown]


def history(viewer: Viewer, record: Record) -> QuerySet[Entry]:
    """The entries of one record, newest first. Turn a page of them into words with `happenings`."""
    return _with_values(viewer, Entry.objects.filter(_told(viewer), record=record)).order_by("-id")


def recent(viewer: Viewer) -> QuerySet[Entry]:
    """What changed lately in anything live that the viewer may read, newest first."""
    return _with_values(viewer, Entry.objects.filter(_told(viewer, state=rules.LIVE))).order_by("-id")


def _told(viewer: Viewer, **of_record: str) -> Exists:
    """Entries of records the viewer may read; for outsiders, since those were first shown to who reads them now.

    Asked of each entry, and not joined: so a database walks the journal from its end and stops when it has enough.
    """
    records = Record.objects.filter(readable_filter(viewer), pk=OuterRef("record"), **of_record)
    return Exists(records if _reads_all(viewer) else records.filter(published_at__lte=OuterRef("at")))


def happenings(viewer: Viewer, entries: Iterable[Entry]) -> list[Happening]:
    """Entries as the viewer may read them: officers see who and everything, others the office and public values.

    A value that names another record is left out for those who may not read that record.
    """
    rows = list(entries)
    withheld = mentions.withheld(viewer, (value for entry in rows for value in _shown(entry)))
    if _reads_all(viewer):
        return [_happening(entry, entry.actor.name if entry.actor else "", withheld) for entry in rows]
    offices = office_names({entry.actor_id for entry in rows if entry.actor_id})
    return [_happening(entry, _office(entry.actor_id, offices), withheld) for entry in rows]


def _office(person_id: int | None, offices: Mapping[int, str]) -> str:
    return "" if person_id is None else offices.get(person_id) or _("An officer")


def latest_seals(limit: int = 100) -> QuerySet[Seal]:
    return Seal.objects.order_by("-number")[:limit]


def _reads_all(viewer: Viewer) -> bool:
    return viewer.is_system or viewer.reads_every_audience


def _with_values(viewer: Viewer, rows: QuerySet[Entry]) -> QuerySet[Entry]:
    """Outsiders get public values."""
    values = Value.objects.order_by("id")
    if not _reads_all(viewer):
        values = values.filter(public=True)
    return rows.select_related("record", "actor").prefetch_related(Prefetch("values", values, to_attr="shown"))


def _shown(entry: Entry) -> list[Value]:
    """The values that `_with_values` loaded."""
    found: list[Value] = entry.shown  # type: ignore[attr-defined]
    return found


def _happening(entry: Entry, who: str, withheld: Collection[int]) -> Happening:
    shown = [value for value in _shown(entry) if value.pk not in withheld]
    reason = next((value.after or "" for value in shown if value.field == REASON), "")
    values = [
        ValueShown(value.field, value.before, value.after, value.erased_at is not None)
        for value in shown
        if value.field != REASON
    ]
    return Happening(entry.pk, entry.verb, entry.at, entry.record, who, reason, values)
