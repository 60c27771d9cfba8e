"""Keeping the index: one record, or all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final

from django.apps import apps
from django.db import connection, transaction

from convenor.core.records.models import Record
from convenor.core.records.registry import Kind, registry
from convenor.core.search import rules
from convenor.core.search.models import Document

BATCH: Final = 500
COLUMNS: Final = ["ref", "kind", "title", "body", "url"]


def index_record(record_id: int) -> None:
    """Index one record as it is now; forget it when its kind or its row is gone. Idempotent."""
    with transaction.atomic():
        record = Record.objects.select_for_update().filter(pk=record_id).first()
        kind = registry.kinds.get(record.kind) if record else None
        rows = list(_rows(kind, [record_id])) if kind else []
        if rows and kind:
            _store([_document(kind, row) for row in rows])
        else:
            Document.objects.filter(pk=record_id).delete()


def rebuild() -> int:
    """Index everything anew and let the database settle. Returns how many documents there are."""
    number = index_all()
    _settle()
    return number


def index_all() -> int:
    """Index everything anew, in batches; what is no longer there leaves. Returns how many documents there are."""
    number = 0
    for kind in registry.kinds.values():
        ids = Record.objects.filter(kind=kind.slug).order_by("pk").values_list("pk", flat=True)
        for batch in _batches(ids.iterator(chunk_size=5000)):
            with transaction.atomic():
                found = [_document(kind, row) for row in _rows(kind, batch)]
                _store(found)
                Document.objects.filter(pk__in=set(batch) - {item.pk for item in found}).delete()
            number += len(found)
    Document.objects.exclude(kind__in=list(registry.kinds)).delete()
    return number


def _rows(kind: Kind, record_ids: Sequence[int]) -> Iterator[Any]:
    model = apps.get_model(kind.model)
    path = "pk" if model is Record else "record_id"
    related = kind.related if model is Record else ("record", *kind.related)
    rows = model._default_manager.filter(**{f"{path}__in": record_ids})
    yield from rows.select_related(*related) if related else rows


def _document(kind: Kind, row: Any) -> Document:
    record = row if isinstance(row, Record) else row.record
    return Document(
        pk=record.pk,
        ref=record.ref,
        kind=record.kind,
        title=rules.clean(record.title),
        body=rules.clean(kind.search_text(row)),
        url=kind.url(row),
    )


def _store(documents: Sequence[Document]) -> None:
    Document.objects.bulk_create(
        documents, update_conflicts=True, update_fields=COLUMNS, unique_fields=["record"], batch_size=100
    )


def _batches(ids: Iterator[int]) -> Iterator[list[int]]:
    while batch := list(islice(ids, BATCH)):
        yield batch


def _settle() -> None:
    """Merge the index and let the planner count (aesthetics 4.5: SQLite guesses badly after a load otherwise)."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("INSERT INTO search_index(search_index) VALUES ('optimize')")
        cursor.execute("ANALYZE search_document")
