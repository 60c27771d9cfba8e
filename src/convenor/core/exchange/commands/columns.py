"""An upload whose columns are called otherwise: put aside until somebody says which is which, then checked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from convenor.core.exchange import rules
from convenor.core.exchange.columns import as_mapping, digest_of, is_table, lacks, wanted_of
from convenor.core.exchange.commands.loading import importer_of
from convenor.core.exchange.commands.mapped import LONGEST_NAME
from convenor.core.exchange.commands.trail import journal_batch
from convenor.core.exchange.commands.uploads import check_again, check_upload, new_batch
from convenor.core.exchange.declare import Resource, loadable
from convenor.core.exchange.models import ImportBatch, ImportFile, KeptMapping
from convenor.core.exchange.permissions import may_go_on, may_load
from convenor.core.exchange.queries import kept_columns
from convenor.core.exchange.reading import MAX_ROWS, stop_at
from convenor.core.exchange.several import SEVERAL
from convenor.core.exchange.sheets import read_sheet
from convenor.core.journal import commands as journal
from convenor.core.records.rules import Viewer, refuse_if


def take_in(
    *, by: Viewer, resource: Resource, source: str, filename: str, content: bytes, now: datetime
) -> ImportBatch:
    """Check an upload; or, where a needed column has another name and nothing is kept for it, put it aside."""
    may_load(by, resource).require()
    wants = _wants_columns(resource, source, filename, content)
    take = put_aside if wants else check_upload
    return take(by=by, resource=resource, source=source, filename=filename, content=content, now=now)


def _wants_columns(resource: Resource, source: str, filename: str, content: bytes) -> bool:
    if resource.name == SEVERAL or not source.strip() or not is_table(filename, content):
        return False
    sheet = read_sheet(filename, content)
    return lacks(importer_of(resource), sheet) and not kept_columns(resource.name, source, digest_of(sheet.headings))


def put_aside(
    *, by: Viewer, resource: Resource, source: str, filename: str, content: bytes, now: datetime
) -> ImportBatch:
    """Keep the file until its columns are chosen. Nothing of it is checked yet."""
    may_load(by, resource).require()
    stop_at(len(read_sheet(filename, content).rows), MAX_ROWS)
    batch = new_batch(by=by, resource=resource, source=source, filename=filename, content=content, now=now)
    batch.state = ImportBatch.State.COLUMNS
    with transaction.atomic():
        batch.save()
        ImportFile.objects.create(batch=batch, content=content)
        journal_batch(by, batch, "put-aside", now)
    return batch


def choose_columns(
    *, by: Viewer, batch: ImportBatch, chosen: Mapping[str, str], keep_as: str, now: datetime
) -> ImportBatch:
    """Say which column of the file is which of ours (ours → its heading), and have every row checked so.

    keep_as: the name under which it is kept for the next file with the same headings; "": not kept.
    """
    with transaction.atomic():
        batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        resource = loadable(batch.resource)
        may_go_on(by, resource, batch).require()
        content = ImportFile.objects.filter(batch=batch).values_list("content", flat=True).first()
        refuse_if(rules.may_choose(state=batch.state, kept=content is not None))
        headings = read_sheet(batch.filename, bytes(content or b"")).headings
        refuse_if(rules.right_columns(wanted_of(importer_of(resource)), headings, chosen))
        batch.mapping = as_mapping(resource, batch.source, chosen)
        batch.state, batch.checked_from = ImportBatch.State.READING, now
        batch.save(update_fields=["mapping", "state", "checked_from"])
        journal_batch(by, batch, "columns-chosen", now)
        if keep_as.strip():
            _keep_columns(by, batch, digest_of(headings), keep_as.strip()[:LONGEST_NAME], now)
    return check_again(batch=batch, now=now)


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
