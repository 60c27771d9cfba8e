"""What strangers may read of messages (nothing), and what runs by the clock and by the outbox."""

from __future__ import annotations

from convenor.core.clock.schedules import HOURLY, Job, daily, register
from convenor.core.journal import consumers
from convenor.core.notify import jobs
from convenor.core.records.registry import registry


def register_all() -> None:
    registry.add_public_fields("notify.Message")
    registry.add_public_fields("notify.Subscription")
    consumers.register(consumers.Consumer("mail", lambda _verb, kind: bool(kind), jobs.on_entry))
    register(Job("notify.remind", daily(7), jobs.remind))
    register(Job("notify.mail-seals", HOURLY, jobs.mail_seals))
    register(Job("notify.tidy", daily(2), jobs.tidy))
