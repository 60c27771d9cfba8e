"""Loading and taking back, a few rows at a time: what a row did and that it is done commit together."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import DataError, IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from convenor.core.accounts.queries import viewer_by_id
from convenor.core.exchange import rules
from convenor.core.exchange.commands.trail import MADE, journal_batch, moment_of, touched_since
from convenor.core.exchange.declare import Importer, Loaded, Loading, Resource, resources
from convenor.core.exchange.models import ImportBatch, ImportRow, Origin
from convenor.core.journal.models import Entry
from convenor.core.records.models import Record
from convenor.core.records.rules import Breach, Refused, Viewer, refuse_if, system

CHUNK: Final = 50
"""Rows per transaction: long enough to be quick, short enough that other writers hardly wait."""

REHEARSAL_SECONDS: Final = 2.0
"""How long a dry run may hold a transaction to ask the commands themselves."""

CLASH: Final = "The database would not take this row: something like it is there already."


def advance(*, batch: ImportBatch, now: datetime, seconds: float) -> ImportBatch:
    """Load or take back chunk by chunk until it is finished or the time is up."""
    until = time.monotonic() + seconds
    while run_chunk(batch_id=batch.pk, now=now) and time.monotonic() < until:
        pass
    batch.refresh_from_db()
    return batch


def run_chunk(*, batch_id: int, now: datetime) -> bool:
    """One short transaction of a running batch; True while there is more to do.

    What the rows did and that they are done commit together, so a kill repeats and loses nothing; two
    runners take turns, because the batch's row is locked.
    """
    with transaction.atomic():
        batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
        by = viewer_by_id(batch.acting_id, now) if batch.acting_id else system(now)
        if batch.state == ImportBatch.State.RUNNING:
            done = _load_chunk(batch, by, now)
        elif batch.state == ImportBatch.State.UNDOING:
            done = _undo_chunk(batch, by, now)
        else:
            return False
        _remember(batch, now)
        if done:
            _finish(batch, by, now)
    return not done


def importer_of(resource: Resource) -> Importer:
    """The resource's importer; LookupError when it has none (permission to load was not asked for)."""
    if resource.importer is None:
        raise LookupError(f"{resource.name} has no importer.")
    return resource.importer


@dataclass(slots=True)
class Rehearsal:
    """What the commands said when they were asked and then rolled back."""

    faults: dict[int, list[tuple[str, str]]] = field(default_factory=dict)
    outcomes: dict[str, int] = field(default_factory=dict)
    asked: int = 0


def rehearse(batch: ImportBatch, rows: Sequence[ImportRow], by: Viewer, now: datetime) -> Rehearsal:
    """Load the rows for real, in one transaction that is rolled back: the rules' own answers, row by row.

    Stops after REHEARSAL_SECONDS, so that nobody waits longer than that for the database.
    """
    found = Rehearsal()
    until = time.monotonic() + REHEARSAL_SECONDS
    with transaction.atomic():
        importer = importer_of(resources[batch.resource])
        prepared = importer.prepare(by, now)
        for row in rows:
            _try_row(batch, row, importer, prepared, by, now)
            found.asked += 1
            found.outcomes[row.outcome] = found.outcomes.get(row.outcome, 0) + 1
            if row.outcome == ImportRow.Outcome.FAILED:
                found.faults[row.number] = [(column, text) for column, text in row.faults]
            if time.monotonic() > until:
                break
        transaction.set_rollback(True)
    return found


# loading


def _load_chunk(batch: ImportBatch, by: Viewer, now: datetime) -> bool:
    rows = list(batch.rows.filter(outcome=ImportRow.Outcome.WAITING).order_by("number")[:CHUNK])
    importer = importer_of(resources[batch.resource])
    prepared = importer.prepare(by, now)
    for row in rows:
        _try_row(batch, row, importer, prepared, by, now)
        row.save()
    return len(rows) < CHUNK


def _try_row(batch: ImportBatch, row: ImportRow, importer: Importer, prepared: Any, by: Viewer, now: datetime) -> None:
    """Load one row in its own savepoint; what refuses it is written on the row."""
    try:
        with transaction.atomic():
            _load_row(batch, row, importer, prepared, by, now)
    except Refused as no:
        _fail(row, [(breach.field, breach.text) for breach in no.breaches])
    except (IntegrityError, DataError):
        _fail(row, [("", CLASH)])


def _load_row(batch: ImportBatch, row: ImportRow, importer: Importer, prepared: Any, by: Viewer, now: datetime) -> None:
    origin = _origin(batch, row, by)
    refuse_if(_unseen(origin, by))
    if origin.content_hash == row.content_hash:
        row.outcome, row.record = ImportRow.Outcome.UNCHANGED, origin.record
        return
    parsed = importer.parse(row.data, prepared)
    if isinstance(parsed, list):
        raise Refused(parsed)
    reason = f"Loaded from {batch.source}, row {row.number} of {batch.filename}."
    loaded = importer.apply(parsed, Loading(by, now, origin.record, batch.source, reason))
    row.outcome, row.record, row.undo = loaded.outcome, loaded.record, dict(loaded.undo)
    row.hash_before, row.last_entry = origin.content_hash, _newest_entry(loaded.record)
    origin.record, origin.content_hash = loaded.record, row.content_hash
    origin.save()


def _origin(batch: ImportBatch, row: ImportRow, by: Viewer) -> Origin:
    """The locked row that says what this source row stands for; whoever comes second waits here.

    A source id that is the reference of a record of this kind stands for that record, so that a download can be
    mended and loaded again.
    """
    key = {"resource": batch.resource, "source": batch.source, "source_id": row.source_id}
    made, is_new = Origin.objects.get_or_create(defaults={}, **key)
    origin = Origin.objects.select_for_update(of=("self",)).select_related("record").get(pk=made.pk)
    if is_new:
        kind = resources[batch.resource].kind
        origin.record = Record.objects.visible_to(by).filter(ref=row.source_id, kind=kind).first()
    return origin


def _unseen(origin: Origin, by: Viewer) -> list[Breach]:
    """Sources and ids may be guessed: what they stand for is not named to somebody who may not read it."""
    if origin.record_id is None or Record.objects.visible_to(by).filter(pk=origin.record_id).exists():
        return []
    text = _("This id of this source stands for something you may not read. Give your list a source name of its own.")
    return [Breach("origin-unseen", text, "id")]


def _newest_entry(record: Record) -> int | None:
    newest: int | None = Entry.objects.filter(record=record).aggregate(newest=Max("id"))["newest"]
    return newest


def _fail(row: ImportRow, faults: Iterable[tuple[str, str]]) -> None:
    row.outcome, row.record, row.undo = ImportRow.Outcome.FAILED, None, {}
    row.hash_before, row.last_entry = "", None
    row.faults = [list(fault) for fault in faults]
    row.error = " ".join(text for _, text in row.faults)


# taking back


def _undo_chunk(batch: ImportBatch, by: Viewer, now: datetime) -> bool:
    made = batch.rows.filter(outcome__in=MADE, error="")
    rows = list(made.select_related("record").order_by("-number")[:CHUNK])
    touched = touched_since(batch, rows)
    importer = importer_of(resources[batch.resource])
    for row in rows:
        try:
            with transaction.atomic():
                _undo_row(batch, row, importer, touched, by, now)
        except Refused as no:
            row.error = " ".join(breach.text for breach in no.breaches)
        row.save()
    return len(rows) < CHUNK


def _undo_row(
    batch: ImportBatch, row: ImportRow, importer: Importer, touched: dict[int, str], by: Viewer, now: datetime
) -> None:
    if row.record is None:
        raise LookupError(f"Row {row.number} made nothing.")
    refuse_if(rules.may_undo(state="done", loaded=1, touched=[touched[row.pk]] if row.pk in touched else []))
    reason = f"The upload {batch.filename} was taken back."
    loaded = Loaded(row.record, "created" if row.outcome == ImportRow.Outcome.CREATED else "changed", row.undo)
    importer.undo(loaded, Loading(by, now, row.record, batch.source, reason))
    row.outcome = ImportRow.Outcome.UNDONE
    Origin.objects.filter(resource=batch.resource, source=batch.source, source_id=row.source_id).update(
        content_hash=row.hash_before
    )


# both


def _remember(batch: ImportBatch, now: datetime) -> None:
    moment = moment_of(batch.acting_id, now)
    if moment not in batch.moments:
        batch.moments = [*batch.moments, moment]
        batch.save(update_fields=["moments"])


def _finish(batch: ImportBatch, by: Viewer, now: datetime) -> None:
    undoing = batch.state == ImportBatch.State.UNDOING
    batch.state = ImportBatch.State.UNDONE if undoing else ImportBatch.State.DONE
    batch.finished_at = now
    batch.save(update_fields=["state", "finished_at"])
    journal_batch(by, batch, "undone" if undoing else "loaded", now)
