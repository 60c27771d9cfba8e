"""What uploads and their loading share: their journal entries, and who touched what they made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from convenor.core.exchange.models import ImportBatch, ImportRow
from convenor.core.exchange.queries import outcomes
from convenor.core.journal import commands as journal
from convenor.core.journal.models import Entry
from convenor.core.journal.rules import instant
from convenor.core.records.rules import Viewer

MADE: Final = (ImportRow.Outcome.CREATED, ImportRow.Outcome.CHANGED)


def journal_batch(by: Viewer, batch: ImportBatch, what: str, now: datetime) -> None:
    counts = {name: number for name, number in outcomes(batch).items() if number}
    said = {
        "upload": batch.token,
        "resource": batch.resource,
        "source": batch.source,
        "file": batch.filename,
        "sha256": batch.file_hash,
        "rows": counts,
    }
    if batch.sheet:
        said["sheet"] = batch.sheet
    changes = {name: (None, value) for name, value in said.items()}
    journal.write(by=by, verb=f"upload.{what}", record=None, now=now, changes=changes)


def touched_since(batch: ImportBatch, rows: Sequence[ImportRow]) -> dict[int, str]:
    """row key → title of its record, for each that has a journal entry since which this batch did not write."""
    since: dict[int, list[ImportRow]] = {}
    for row in rows:
        since.setdefault(row.record_id or 0, []).append(row)
    oldest = min((row.last_entry or 0 for row in rows), default=0)
    entries = Entry.objects.filter(record_id__in=since, id__gt=oldest).values_list("id", "record_id", "actor_id", "at")
    ours = set(batch.moments)
    found: dict[int, str] = {}
    for entry, record, actor, at in entries:
        if moment_of(actor, at) in ours:
            continue
        for row in since[record or 0]:
            if entry > (row.last_entry or 0) and row.record is not None:
                found[row.pk] = row.record.title
    return found


def moment_of(actor: int | None, at: datetime) -> str:
    return f"{actor or 'Convenor'} at {instant(at)}"
