"""Loading and taking back, a little at a time: what a row did and that it is done commit together.

A transaction lasts about CHUNK_SECONDS, however many rows that is; between two of them others get their turn.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from convenor.core.accounts.queries import viewer_by_id
from convenor.core.exchange import rules
from convenor.core.exchange.commands.trail import MADE, journal_batch, moment_of, touched_since
from convenor.core.exchange.declare import Importer, Loaded, Loading, Resource, loadable
from convenor.core.exchange.models import ImportBatch, ImportRow, Origin
from convenor.core.journal.commands import Written, gathering
from convenor.core.journal.models import Entry
from convenor.core.records import caretaker
from convenor.core.records.models import Record
from convenor.core.records.rules import Breach, Refused, Viewer, refuse_if, system
from convenor.kit.once import forget, remembering
from convenor.kit.structs import struct

CHUNK: Final = 40
"""Rows that are read and written together within a transaction: what time runs out for is read in vain."""

CHUNK_SECONDS: Final = 0.45
"""How long a transaction lasts: long enough to be quick, short enough that other writers hardly wait."""

ROWS_SHARE: Final = 0.8
"""How much of that the rows get; the rest goes to their history and to what became of them."""

PATIENCE: Final = 1.2
"""On a busy machine a transaction may last so many times as long: each begins by reading what the last one knew."""

BREATH: Final = 0.02
"""Pause after a transaction on SQLite, where who is first of those who wait looks every millisecond (kit.sqlite)."""

REHEARSAL_SECONDS: Final = 0.2
"""How long a dry run may hold a transaction to ask the commands themselves."""

CLASH: Final = "The database would not take this row: something like it is there already."

CHANGED: Final = ("outcome", "record", "error", "faults", "undo", "hash_before", "last_entry")


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
        steps: dict[str, Step] = {ImportBatch.State.RUNNING: _load_some, ImportBatch.State.UNDOING: _undo_some}
        if batch.state not in steps:
            return False
        work = Work(batch, by, now, Turn(CHUNK_SECONDS * ROWS_SHARE))
        _remember(batch, now)  # first: what one chunk writes is not somebody else's to the next
        with remembering(), caretaker.overriding(batch.caretaker_reason):
            done = _until_time_is_up(steps[batch.state], work)
        if done:
            _finish(batch, by, now)
    if not done:
        breathe()
    return not done


def breathe() -> None:
    """Let others have their turn between two transactions."""
    if connection.vendor == "sqlite":
        time.sleep(BREATH)


def importer_of(resource: Resource) -> Importer:
    """The resource's importer; LookupError when it has none (permission to load was not asked for)."""
    if resource.importer is None:
        raise LookupError(f"{resource.name} has no importer.")
    return resource.importer


@struct
class Turn:
    """The time of a transaction: so many seconds of processor, and at most PATIENCE times that by the clock."""

    seconds: float
    worked: float = field(default_factory=time.thread_time)
    began: float = field(default_factory=time.monotonic)

    @property
    def lasts(self) -> bool:
        waited = time.monotonic() - self.began
        return time.thread_time() - self.worked < self.seconds and waited < self.seconds * PATIENCE


@dataclass(slots=True)
class Work:
    """A batch at work for one transaction, and what its rows share."""

    batch: ImportBatch
    by: Viewer
    now: datetime
    turn: Turn
    prepared: dict[str, Any] = field(default_factory=dict)
    made: set[int] = field(default_factory=set)

    @property
    def in_time(self) -> bool:
        return self.turn.lasts

    def resource(self, row: ImportRow) -> Resource:
        """Of which list the row is."""
        return loadable(row.resource or self.batch.resource)

    def prepared_for(self, resource: Resource) -> Any:
        """What the importer looks up once."""
        if resource.name not in self.prepared:
            self.prepared[resource.name] = importer_of(resource).prepare(self.by, self.now)
        return self.prepared[resource.name]


Step = Callable[[Work], bool]
"""Does some rows; whether none are left."""


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
    with transaction.atomic():
        work = Work(batch, by, now, Turn(REHEARSAL_SECONDS))
        with remembering():
            for at in range(0, len(rows), CHUNK):
                for row in _load_rows(work, rows[at : at + CHUNK]):
                    found.asked += 1
                    found.outcomes[row.outcome] = found.outcomes.get(row.outcome, 0) + 1
                    if row.outcome == ImportRow.Outcome.FAILED:
                        found.faults[row.number] = [(column, text) for column, text in row.faults]
                if not work.in_time:
                    break
        transaction.set_rollback(True)
    return found


def _until_time_is_up(step: Step, work: Work) -> bool:
    done = step(work)
    while not done and work.in_time:
        done = step(work)
    return done


# loading


def _load_some(work: Work) -> bool:
    rows = list(work.batch.rows.filter(outcome=ImportRow.Outcome.WAITING).order_by("number")[:CHUNK])
    done = _load_rows(work, rows)
    _write(done, CHANGED)
    return len(done) == len(rows) < CHUNK


def _load_rows(work: Work, rows: Sequence[ImportRow]) -> list[ImportRow]:
    """Load rows until the time is up, at least one of them; those that were tried."""
    origins = _origins(work, rows)
    unseen = _unseen(origins.values(), work.by)
    _foresee(work, [row for row in rows if origins[_place(work, row)].content_hash != row.content_hash])
    tried: list[ImportRow] = []
    with gathering() as written:
        for row in rows:
            _try_row(work, row, origins[_place(work, row)], unseen, written)
            tried.append(row)
            if not work.in_time:
                break
    _settle(tried)
    return tried


def _foresee(work: Work, rows: Sequence[ImportRow]) -> None:
    """Let each list read at once what its rows will ask for."""
    for name, those in _by_list(work, rows).items():
        foresee = importer_of(loadable(name)).foresee
        if foresee is not None:
            foresee([row.data for row in those], Loading(work.by, work.now, None, work.batch.source, ""))


def _by_list(work: Work, rows: Sequence[ImportRow]) -> dict[str, list[ImportRow]]:
    found: dict[str, list[ImportRow]] = {}
    for row in rows:
        found.setdefault(row.resource or work.batch.resource, []).append(row)
    return found


def _try_row(work: Work, row: ImportRow, origin: Origin, unseen: set[int], written: list[Written]) -> None:
    """Load one row in its own savepoint; what refuses it is written on the row."""
    before = len(written)
    try:
        refuse_if([_not_yours()] if origin.record_id in unseen else [])
        with transaction.atomic():
            _load_row(work, row, origin)
    except Refused as no:
        _fail(row, [(breach.field, breach.text) for breach in no.breaches])
    except (IntegrityError, DataError):
        _fail(row, [("", CLASH)])
    if row.outcome == ImportRow.Outcome.FAILED:
        del written[before:]
        forget()


def _load_row(work: Work, row: ImportRow, origin: Origin) -> None:
    if origin.content_hash == row.content_hash:
        row.outcome, row.record = ImportRow.Outcome.UNCHANGED, origin.record
        return
    batch, resource = work.batch, work.resource(row)
    importer = importer_of(resource)
    parsed = importer.parse(row.data, work.prepared_for(resource))
    if isinstance(parsed, list):
        raise Refused(parsed)
    reason = f"Loaded from {batch.source}, {row.place or f'row {row.number}'} of {batch.filename}."
    loaded = importer.apply(parsed, Loading(work.by, work.now, origin.record, batch.source, reason))
    row.outcome, row.record, row.undo = loaded.outcome, loaded.record, dict(loaded.undo)
    row.hash_before = origin.content_hash
    if loaded.record is not None and loaded.outcome == "created":
        work.made.add(loaded.record.pk)
    origin.record, origin.content_hash = loaded.record, row.content_hash
    origin.save(update_fields=["record", "content_hash"])  # at once: the next row may name this one by its id


def _place(work: Work, row: ImportRow) -> tuple[str, str]:
    return row.resource or work.batch.resource, row.source_id


def _origins(work: Work, rows: Sequence[ImportRow]) -> dict[tuple[str, str], Origin]:
    """The locked rows that say what these source rows stand for; whoever comes second waits here.

    A source id that is the reference of a record of this kind stands for that record, so that a download can be
    mended and loaded again; but not for one that this very upload made, which only happens to be called so.
    """
    places = sorted({_place(work, row) for row in rows})
    source = work.batch.source
    wanted = (Origin(resource=name, source=source, source_id=said) for name, said in places)
    Origin.objects.bulk_create(wanted, ignore_conflicts=True)
    found: dict[tuple[str, str], Origin] = {}
    for name in dict.fromkeys(name for name, _said in places):
        ids = [said for of, said in places if of == name]
        locked = Origin.objects.select_for_update(of=("self",)).select_related("record")
        rows_of = locked.filter(resource=name, source=source, source_id__in=ids).order_by("pk")
        found.update({(name, origin.source_id): origin for origin in rows_of})
        _by_reference(work, [origin for origin in found.values() if origin.record_id is None], loadable(name).kind)
    return found


def _by_reference(work: Work, origins: Sequence[Origin], kind: str) -> None:
    rows = Record.objects.visible_to(work.by).filter(kind=kind, ref__in=[origin.source_id for origin in origins])
    created = ImportRow.objects.filter(batch=work.batch.pk, outcome=ImportRow.Outcome.CREATED, record__isnull=False)
    rows = rows.exclude(pk__in=work.made).exclude(pk__in=created.values("record"))
    named = {record.ref: record for record in rows} if origins and kind else {}
    for origin in origins:
        origin.record = named.get(origin.source_id)


def _unseen(origins: Iterable[Origin], by: Viewer) -> set[int]:
    """Records that a source id stands for and that the loader may not read."""
    keys = {origin.record_id for origin in origins if origin.record_id is not None}
    return keys - set(Record.objects.visible_to(by).filter(pk__in=keys).values_list("pk", flat=True))


def _not_yours() -> Breach:
    """Sources and ids may be guessed: what they stand for is not named to somebody who may not read it."""
    text = _("This id of this source stands for something you may not read. Give your list a source name of its own.")
    return Breach("origin-unseen", text, "id")


def _settle(rows: Sequence[ImportRow]) -> None:
    """Keep the newest entry of each record: whoever writes a later one has touched it."""
    made = [row for row in rows if row.outcome in MADE and row.record_id is not None]
    entries = Entry.objects.filter(record__in={row.record_id for row in made}).values_list("record")
    newest = dict(entries.annotate(newest=Max("id")))
    for row in made:
        row.last_entry = newest.get(row.record_id)


def _fail(row: ImportRow, faults: Iterable[tuple[str, str]]) -> None:
    row.outcome, row.record, row.undo = ImportRow.Outcome.FAILED, None, {}
    row.hash_before, row.last_entry = "", None
    row.faults = [list(fault) for fault in faults]
    row.error = " ".join(text for _, text in row.faults)


# taking back


def _undo_some(work: Work) -> bool:
    made = work.batch.rows.filter(outcome__in=MADE, error="")
    rows = list(made.select_related("record").order_by("-number")[:CHUNK])
    touched = touched_since(work.batch, rows)
    _recall(work, rows)
    tried: list[ImportRow] = []
    with gathering() as written:
        for row in rows:
            before = len(written)
            try:
                with transaction.atomic():
                    _undo_row(work, row, touched)
            except Refused as no:
                row.error = " ".join(breach.text for breach in no.breaches)
                del written[before:]
                forget()
            tried.append(row)
            if not work.in_time:
                break
    _write(tried, ("outcome", "error"))
    _unload(work, [row for row in tried if row.outcome == ImportRow.Outcome.UNDONE])
    return len(tried) == len(rows) < CHUNK


def _undo_row(work: Work, row: ImportRow, touched: dict[int, str]) -> None:
    refuse_if(rules.may_undo(state="done", loaded=1, touched=[touched[row.pk]] if row.pk in touched else []))
    batch, resource = work.batch, work.resource(row)
    reason = f"The upload {batch.filename} was taken back."
    loaded = Loaded(row.record, "created" if row.outcome == ImportRow.Outcome.CREATED else "changed", row.undo)
    importer_of(resource).undo(loaded, Loading(work.by, work.now, row.record, batch.source, reason))
    row.outcome = ImportRow.Outcome.UNDONE


def _recall(work: Work, rows: Sequence[ImportRow]) -> None:
    """Let each list read at once what taking back its rows will ask for."""
    for name, those in _by_list(work, rows).items():
        recall = importer_of(loadable(name)).recall
        if recall is not None:
            recall([row.undo for row in those])


def _unload(work: Work, rows: Sequence[ImportRow]) -> None:
    """What the source said of these rows is again what it said before the upload."""
    alike: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        alike.setdefault((row.resource or work.batch.resource, row.hash_before), []).append(row.source_id)
    for (name, before), ids in alike.items():
        said = Origin.objects.filter(resource=name, source=work.batch.source, source_id__in=ids)
        said.update(content_hash=before)


# both


def _write(rows: Sequence[ImportRow], columns: Sequence[str]) -> None:
    """Write these columns of rows that are there: an upsert costs a fifth of what `bulk_update` makes of them."""
    ImportRow.objects.bulk_create(rows, update_conflicts=True, unique_fields=["id"], update_fields=columns)


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
