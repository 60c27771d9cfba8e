"""The few numbers an operator watches. Read from the database when asked, so every process says the same."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db.models import Min, Q
from prometheus_client import Gauge

from convenor.core.journal.models import ChainLink, Entry, OutboxItem

WAITING: Final = Q(done_at=None, failed_at=None)

OUTBOX_WAITING: Final = Gauge("convenor_outbox_waiting", "Outbox items not delivered yet.", ["consumer"])
OUTBOX_OLDEST: Final = Gauge("convenor_outbox_oldest_seconds", "Age of the oldest outbox item not delivered yet.")
OUTBOX_FAILED: Final = Gauge("convenor_outbox_failed", "Outbox items that were given up.")
JOURNAL_UNSEALED: Final = Gauge("convenor_journal_unsealed", "Journal entries not in the chain yet.")


def refresh(now: datetime) -> None:
    """Set every gauge from the database: four small queries."""
    waiting = OutboxItem.objects.filter(WAITING)
    OUTBOX_WAITING.clear()
    for consumer in waiting.values_list("consumer", flat=True).distinct():
        OUTBOX_WAITING.labels(consumer).set(waiting.filter(consumer=consumer).count())
    oldest = waiting.aggregate(oldest=Min("run_after"))["oldest"]
    OUTBOX_OLDEST.set((now - oldest).total_seconds() if oldest else 0)
    OUTBOX_FAILED.set(OutboxItem.objects.exclude(failed_at=None).count())
    JOURNAL_UNSEALED.set(Entry.objects.count() - ChainLink.objects.count())
