"""What strangers may read of the journal, and its own work by the clock."""

from __future__ import annotations

from convenor.core.accounts import jobs as accounts_jobs
from convenor.core.clock.schedules import HOURLY, Job, daily, register
from convenor.core.journal import jobs
from convenor.core.records.registry import registry


def register_all() -> None:
    registry.add_public_fields("journal.Entry", "verb", "digest")
    registry.add_public_fields("journal.Value", "field", "digest")
    registry.add_public_fields("journal.ChainLink", "hash")
    registry.add_public_fields("journal.Seal", "hash")
    for working in ("OutboxItem", "ScheduledRun", "Heartbeat"):
        registry.add_public_fields(f"journal.{working}")
    register(Job("journal.publish-seals", HOURLY, jobs.publish_seals))
    register(Job("journal.seal-late", daily(4), jobs.seal_everything))
    register(Job("journal.tidy", daily(3, 30), jobs.tidy))
    register(Job("accounts.tidy", daily(3, 45), accounts_jobs.tidy))
