"""The index listens to the journal; what it holds is read as its record is."""

from __future__ import annotations

from convenor.core.journal.consumers import Consumer
from convenor.core.journal.consumers import register as register_consumer
from convenor.core.records.registry import registry
from convenor.core.search.jobs import index_entry


def register() -> None:
    """Ask for every entry that is about a record."""
    registry.add_public_fields("search.Document", "ref", "kind", "title", "body", "url")
    register_consumer(Consumer("index", wants=lambda _verb, kind: bool(kind), handle=index_entry))
