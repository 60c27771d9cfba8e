"""An upload of which is asked what is read: put aside until somebody chose its sheet and its columns, then checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from convenor.core.exchange import rules
from convenor.core.exchange.columns import as_mapping, digest_of, is_table, lacks, wanted_of
from convenor.core.exchange.commands.loading import importer_of
from convenor.core.exchange.commands.mapped import LONGEST_NAME
from convenor.core.exchange.commands.trail import journal_batch
from convenor.core.exchange.commands.uploads import check_again, check_upload, kept_for, new_batch
from convenor.core.exchange.declare import Resource, loadable
from convenor.core.exchange.models import ImportBatch, ImportFile, KeptMapping
from convenor.core.exchange.permissions import may_go_on, may_load
from convenor.core.exchange.reading import MAX_ROWS, refuse_size, stop_at
from convenor.core.exchange.rules import Chosen
from convenor.core.exchange.several import SEVERAL
from convenor.core.exchange.sheets import headings_of, read_sheet
from convenor.core.exchange.workbooks import sheets_to_choose
from convenor.core.journal import commands as journal
from convenor.core.records.rules import Breach, Viewer, refuse_if


def take_in(
    *, by: Viewer, resource: Resource, source: str, filename: str, content: bytes, now: datetime
) -> ImportBatch:
    """Check an upload; or put it aside, where a sheet must be chosen, or a needed column has another name."""
    may_load(by, resource).require()
    given: dict[str, Any] = {"by": by, "resource": resource, "source": source, "now": now}
    given |= {"filename": filename, "content": content}
    if resource.name == SEVERAL or not source.strip():
        return check_upload(**given)
    if sheets_to_choose(content):
        return put_aside(**given, state=ImportBatch.State.SHEET)
    batch = new_batch(**given)
    return (put_aside if _wants_columns(batch, resource, content) else check_upload)(**given)


def _wants_columns(batch: ImportBatch, resource: Resource, content: bytes) -> bool:
    """Whether a needed column has another name and nothing is kept that says which it is."""
    if not is_table(batch.filename, content):
        return False
    sheet = read_sheet(batch.filename, content, batch.sheet)
    return lacks(importer_of(resource), sheet) and not kept_for(batch, resource, content)[0]


def put_aside(
    *,
    by: Viewer,
    resource: Resource,
    source: str,
    filename: str,
    content: bytes,
    now: datetime,
    state: ImportBatch.State = ImportBatch.State.COLUMNS,
) -> ImportBatch:
    """Keep the file until its columns are chosen, or first its sheet. Nothing of it is checked yet."""
    may_load(by, resource).require()
    refuse_size(content)
    if state == ImportBatch.State.COLUMNS:
        stop_at(len(read_sheet(filename, content).rows), MAX_ROWS)
    batch = new_batch(by=by, resource=resource, source=source, filename=filename, content=content, now=now)
    batch.state = state
    with transaction.atomic():
        batch.save()
        ImportFile.objects.create(batch=batch, content=content)
        journal_batch(by, batch, "put-aside", now)
    return batch


def choose_sheet(*, by: Viewer, batch: ImportBatch, title: str, now: datetime) -> ImportBatch:
    """Say which sheet of the workbook is read. Its rows are checked, or its columns are to be chosen first.

    Columns that were chosen for another sheet are asked for again, and what is the same for every row is shown there.
    """
    content = _still_open(by, batch, rules.may_choose_sheet)
    offered = {each.title for each in sheets_to_choose(content)}
    refuse_if([] if title in offered else [Breach("sheet", f"There is no sheet “{title[:60]}” to choose.", "sheet")])
    resource, batch.sheet = loadable(batch.resource), title
    stop_at(len(read_sheet(batch.filename, content, title).rows), MAX_ROWS)  # outside: others write meanwhile
    kept, told = kept_for(batch, resource, content)
    asks = bool(batch.mapping) or _wants_columns(batch, resource, content)
    with transaction.atomic():
        batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        _still_open(by, batch, rules.may_choose_sheet)
        batch.sheet, batch.checked_from = title, now
        batch.state = ImportBatch.State.COLUMNS if asks else ImportBatch.State.READING
        batch.mapping = batch.mapping if asks else kept
        batch.rows.all().delete()
        batch.save(update_fields=["sheet", "state", "mapping", "checked_from"])
        journal_batch(by, batch, "sheet-chosen", now)
    return batch if asks else check_again(batch=batch, now=now, told=told)


def choose_columns(*, by: Viewer, batch: ImportBatch, chosen: Chosen, keep_as: str, now: datetime) -> ImportBatch:
    """Say which column of the file is which of ours and what is the same for every row, and have every row checked so.

    keep_as: the name under which it is kept for the next file with the same headings; "": not kept. What is wrong with
    a value that all rows have stands in `wrong_values` of the upload; such a choice is not kept.
    """
    content = _still_open(by, batch, rules.may_choose)
    refuse_if(rules.same_sheet(chosen.sheet, batch.sheet))
    resource = loadable(batch.resource)
    headings = headings_of(batch.filename, content, chosen.sheet)  # outside: others write meanwhile
    refuse_if(rules.right_columns(wanted_of(importer_of(resource)), headings, chosen))
    with transaction.atomic():
        batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        _still_open(by, batch, rules.may_choose)
        refuse_if(rules.same_sheet(chosen.sheet, batch.sheet))
        batch.mapping = as_mapping(resource, batch.source, replace(chosen, sheet=""))
        batch.state, batch.checked_from = ImportBatch.State.READING, now
        batch.save(update_fields=["mapping", "state", "checked_from"])
        journal_batch(by, batch, "columns-chosen", now)
    batch = check_again(batch=batch, now=now)
    if keep_as.strip() and not batch.wrong_values:
        with transaction.atomic():
            _keep_columns(by, batch, digest_of(headings), keep_as.strip()[:LONGEST_NAME], now)
    return batch


def _still_open(by: Viewer, batch: ImportBatch, may: Callable[..., list[Breach]]) -> bytes:
    """The file of an upload of which the viewer may still choose; Refused where that is over."""
    may_go_on(by, loadable(batch.resource), batch).require()
    content = ImportFile.objects.filter(batch=batch).values_list("content", flat=True).first()
    refuse_if(may(state=batch.state, kept=content is not None))
    return bytes(content or b"")


def _keep_columns(by: Viewer, batch: ImportBatch, headings: str, name: str, now: datetime) -> None:
    """In place of what was kept for the same register and headings."""
    found, _new = KeptMapping.objects.update_or_create(
        source=batch.source,
        resource=batch.resource,
        headings=headings,
        defaults={"name": name, "text": batch.mapping, "by_id": by.person_id, "kept_at": now},
    )
    changes = {"source": (None, found.source), "list": (None, found.resource), "name": (None, name)}
    journal.write(by=by, verb="upload.mapping-kept", record=None, now=now, changes=changes)
