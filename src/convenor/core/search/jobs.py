"""What the worker does for the index."""

from __future__ import annotations

from convenor.core.journal.models import Entry
from convenor.core.search.commands import index_record


def index_entry(entry_id: int) -> None:
    """Index anew the record an entry is about. Idempotent: it reads what is there now."""
    record_id = Entry.objects.filter(pk=entry_id).values_list("record_id", flat=True).first()
    if record_id is not None:
        index_record(record_id)
