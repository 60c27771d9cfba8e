"""Checking, confirming and taking back an upload."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.db import transaction

from convenor.core.accounts.queries import viewer_by_id
from convenor.core.exchange import rules
from convenor.core.exchange.checking import Checked, Fault, check_lines, check_lists
from convenor.core.exchange.columns import LONGEST_SOURCE, chosen_in, digest_of, fits, is_table, lines_by
from convenor.core.exchange.commands.loading import CHUNK_SECONDS, breathe, importer_of, rehearse
from convenor.core.exchange.commands.trail import MADE, journal_batch, touched_since
from convenor.core.exchange.declare import Resource, lists, loadable, resources
from convenor.core.exchange.models import ImportBatch, ImportFile, ImportRow
from convenor.core.exchange.permissions import may_go_on, may_load
from convenor.core.exchange.queries import kept_columns, outcomes
from convenor.core.exchange.several import SEVERAL, read_lists
from convenor.core.exchange.sheets import headings_of, read_sheet, read_table
from convenor.core.exchange.workbooks import refuse_sheet
from convenor.core.records import caretaker
from convenor.core.records.queries import frozen_kinds
from convenor.core.records.rules import Breach, Refused, Viewer, refuse_if, system

ROWS_AT_ONCE: Final = 100
"""Checked rows that one statement stores."""


def check_upload(
    *, by: Viewer, resource: Resource, source: str, filename: str, content: bytes, now: datetime, sheet: str = ""
) -> ImportBatch:
    """Dry run: keep the file, check every row, load nothing. Refused when the file is no table of these columns.

    sheet: of a workbook; "": the first that has rows.
    """
    may_load(by, resource).require()
    if not source.strip():
        raise Refused([Breach("source", "Say which register or list the file comes from.", "source")])
    batch = new_batch(by=by, resource=resource, source=source, filename=filename, content=content, now=now)
    batch.sheet = sheet
    batch.mapping, told = kept_for(batch, resource, content)
    lines, notes = _read(batch, resource, content, by, now)
    batch.notes = [*told, *notes]
    rows = [_row(batch, item) for item in _rehearsed(batch, lines, by, now)]  # outside: others write meanwhile
    with transaction.atomic():
        batch.save()
        ImportFile.objects.create(batch=batch, content=content)
        left = _kept_some(batch, rows, by, now)
    _keep(batch, left, by, now)
    return batch


def new_batch(
    *, by: Viewer, resource: Resource, source: str, filename: str, content: bytes, now: datetime
) -> ImportBatch:
    """An upload that is not stored yet."""
    return ImportBatch(
        token=secrets.token_hex(16),
        resource=resource.name,
        source=source.strip()[:LONGEST_SOURCE],
        filename=filename[-200:],
        file_hash=hashlib.sha256(content).hexdigest(),
        by_id=by.person_id,
        caretaker_reason=caretaker.reason_given(),
        created_at=now,
    )


def kept_for(batch: ImportBatch, resource: Resource, content: bytes) -> tuple[str, list[str]]:
    """The mapping that somebody kept for files with these headings, and a note that says so; "" where there is none."""
    if resource.name == SEVERAL or not is_table(batch.filename, content):
        return "", []
    headings = headings_of(batch.filename, content, batch.sheet)
    kept = kept_columns(resource.name, batch.source, digest_of(headings))
    if kept is None or not fits(kept, resource, batch.source):
        return "", []
    return kept.text, [f"The columns are read as chosen before, kept as “{kept.name}”."]


def check_again(*, batch: ImportBatch, now: datetime, told: Sequence[str] = ()) -> ImportBatch:
    """Check an upload from its kept file: it is said now how to read it, or the check was cut off.

    told: what its notes begin with.
    """
    by = viewer_by_id(batch.by_id, now) if batch.by_id else system(now)
    try:
        resource = loadable(batch.resource)
        may_load(by, resource).require()
        lines, batch.notes = _read(batch, resource, bytes(batch.file.content), by, now)
    except Refused as no:
        lines, batch.notes = [], [breach.text for breach in no.breaches]
    batch.notes = [*told, *batch.notes]
    with caretaker.overriding(batch.caretaker_reason):
        rows = [_row(batch, item) for item in _rehearsed(batch, lines, by, now)]
    with transaction.atomic():
        there = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if there.state != ImportBatch.State.READING:
            return there
        there.rows.all().delete()
    _keep(batch, rows, by, now)
    return batch


def _keep(batch: ImportBatch, rows: Sequence[ImportRow], by: Viewer, now: datetime) -> None:
    """Store rows a little at a time, so that others write meanwhile; the last of them make the upload a checked one."""
    while batch.state == ImportBatch.State.READING:
        breathe()
        with transaction.atomic():
            rows = _kept_some(batch, rows, by, now)


def _kept_some(batch: ImportBatch, rows: Sequence[ImportRow], by: Viewer, now: datetime) -> Sequence[ImportRow]:
    """Store rows until the transaction has lasted long enough; what is left of them."""
    until, at = time.monotonic() + CHUNK_SECONDS / 2, 0
    while at < len(rows) and (at == 0 or time.monotonic() < until):
        ImportRow.objects.bulk_create(rows[at : at + ROWS_AT_ONCE])
        at += ROWS_AT_ONCE
    if at >= len(rows):
        batch.state = ImportBatch.State.CHECKED
        batch.save(update_fields=["state", "notes", "wrong_values"])
        journal_batch(by, batch, "checked", now)
    return rows[at:]


def _read(
    batch: ImportBatch, resource: Resource, content: bytes, by: Viewer, now: datetime
) -> tuple[list[Checked], list[str]]:
    """Every row of the file, checked, and what its reader had to decide."""
    if batch.mapping:
        importer = importer_of(resource)
        lines = lines_by(batch.mapping, resource, importer, batch.filename, content, batch.sheet)
        return check_lines(importer, lines, by, now), read_sheet(batch.filename, content, batch.sheet).notes
    if resource.name != SEVERAL:
        table = read_table(batch.filename, content, importer_of(resource).columns, batch.sheet)
        return check_lines(importer_of(resource), table.lines, by, now), list(table.notes)
    if batch.sheet:
        raise refuse_sheet("Of several lists in one workbook every sheet is read: leave out which one.")
    book = read_lists(batch.filename, content)
    for name in book.lists:
        may_load(by, loadable(name)).require()
    return check_lists(book, by, now), list(book.notes)


def tidy(now: datetime) -> None:
    """Forget the file, the cells and the undo data of uploads older than rules.KEPT; what they made stays.

    Not of uploads that hold rows of a frozen kind.
    """
    held = _frozen_lists(now)
    old = ImportBatch.objects.filter(created_at__lt=now - rules.KEPT, file__isnull=False)
    old = old.exclude(resource__in=held).exclude(pk__in=ImportRow.objects.filter(resource__in=held).values("batch"))
    for batch in old.exclude(state__in=(ImportBatch.State.RUNNING, ImportBatch.State.UNDOING)):
        with transaction.atomic():
            batch.rows.update(data={}, undo={})
            ImportFile.objects.filter(batch=batch).delete()


def _frozen_lists(now: datetime) -> list[str]:
    frozen = frozen_kinds(now)
    return [name for name, resource in {**resources, **lists}.items() if resource.kind in frozen]


def _rehearsed(batch: ImportBatch, checked: list[Checked], by: Viewer, now: datetime) -> list[Checked]:
    """The rows with what the commands would refuse, and a note of what loading would do."""
    good = [_row(batch, item) for item in checked if not item.faults]
    found = rehearse(batch, good, by, now)
    if good:
        batch.notes.append(_forecast(found.outcomes))
    if found.asked < len(good):
        batch.notes.append(
            f"All rows were checked; the rules were tried on the first {found.asked:,}. "
            "A later row may still be refused when it is loaded, and is then named."
        )
    said = [
        replace(
            item, faults=(*item.faults, *(Fault(column, text) for column, text in found.faults.get(item.number, ())))
        )
        for item in checked
    ]
    untried = {row.number for row in good[found.asked :]}
    batch.wrong_values = _wrong_values(batch, [item for item in said if item.number not in untried])
    return said


def _wrong_values(batch: ImportBatch, tried: Sequence[Checked]) -> list[list[str]]:
    """What is wrong with the values that all rows have, if every row says it: it is mended in one place."""
    if not batch.mapping:
        return []
    same = chosen_in(loadable(batch.resource), batch.mapping).same
    faults = ([(fault.column, fault.text) for fault in item.faults] for item in tried)
    return [list(fault) for fault in rules.wrong_in_every_row(faults, same)]


def _forecast(counts: dict[str, int]) -> str:
    made, changed, same = (counts.get(name, 0) for name in ("created", "changed", "unchanged"))
    return f"Loading it would make {made:,} new, change {changed:,} and leave {same:,} as they are."


def confirm(*, by: Viewer, batch: ImportBatch, without_bad: bool, now: datetime) -> ImportBatch:
    """Start loading a checked batch. `advance` (a request, or the worker) does the loading."""
    with transaction.atomic():
        batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        may_go_on(by, loadable(batch.resource), batch).require()
        counts = outcomes(batch)
        refuse_if(
            rules.may_confirm(state=batch.state, waiting=counts["waiting"], bad=counts["bad"], without_bad=without_bad)
        )
        batch.state, batch.acting_id = ImportBatch.State.RUNNING, by.person_id
        batch.save(update_fields=["state", "acting"])
        journal_batch(by, batch, "confirmed", now)
    return batch


def undo(*, by: Viewer, batch: ImportBatch, now: datetime) -> ImportBatch:
    """Start taking back what a batch made. Refused, naming it, when any of it was touched since."""
    rows = list(batch.rows.filter(outcome__in=MADE).select_related("record").defer("data", "undo"))
    touched = touched_since(batch, rows).values()  # for the sentence; each row is asked again when it is taken back
    with transaction.atomic():
        batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        may_go_on(by, loadable(batch.resource), batch).require()
        age = now - batch.created_at
        refuse_if(rules.may_undo(state=batch.state, loaded=len(rows), touched=touched, age=age))
        batch.state, batch.acting_id = ImportBatch.State.UNDOING, by.person_id
        batch.save(update_fields=["state", "acting"])
        journal_batch(by, batch, "undo-confirmed", now)
    return batch


def _row(batch: ImportBatch, item: Checked) -> ImportRow:
    outcome = ImportRow.Outcome.BAD if item.faults else ImportRow.Outcome.WAITING
    faults = [[fault.column, fault.text] for fault in item.faults]
    return ImportRow(
        batch=batch,
        number=item.number,
        resource=item.resource,
        place=item.place[:200],
        source_id=item.source_id[:200],
        content_hash=item.content_hash,
        data=item.cells,
        outcome=outcome,
        faults=faults,
        error=" ".join(fault.text for fault in item.faults),
    )
