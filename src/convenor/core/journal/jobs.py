"""What the worker does for the journal: deliver, run what is due, seal, publish seals, show that it lives."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings

from convenor.core.clock.models import Schedule
from convenor.core.clock.queries import latest_slot
from convenor.core.clock.schedules import jobs
from convenor.core.journal import commands, rules
from convenor.core.journal.consumers import consumers
from convenor.core.journal.models import Heartbeat, OutboxItem, ScheduledRun, Seal
from convenor.core.journal.outbox import Never, drain
from convenor.core.records.rules import Refused

KEEP_DONE: Final = timedelta(days=30)
DEAD_AFTER: Final = timedelta(minutes=5)
RUN_LEASE: Final = timedelta(minutes=15)

log = logging.getLogger(__name__)


def deliver(*, worker: str, clock: Callable[[], datetime], stopping: Callable[[], bool]) -> int:
    """Hand one batch of outbox items to their consumers; how many."""
    return drain(OutboxItem, _hand_over, worker=worker, clock=clock, stopping=stopping)


def _hand_over(item: OutboxItem) -> None:
    consumer = consumers.get(item.consumer)
    if consumer is None:
        raise Never(f"Nothing is called {item.consumer} any more.")
    consumer.handle(item.entry_id)


def queue_due(now: datetime) -> None:
    """A row for the latest slot of each schedule, once, whoever looks. Slots missed while down are not made up."""
    for schedule in Schedule.objects.filter(is_active=True, job__in=list(jobs)):
        slot = _slot(schedule, now)
        if slot and not ScheduledRun.objects.filter(schedule=schedule, slot__gte=slot).exists():
            ScheduledRun.objects.get_or_create(schedule=schedule, slot=slot, defaults={"run_after": now})


def _slot(schedule: Schedule, now: datetime) -> datetime | None:
    """Its latest slot; none for a rule that somebody broke, so that the others still run."""
    try:
        return latest_slot(schedule, now)
    except Refused:
        log.exception("The schedule of %s has no rule that can be followed.", schedule.job)
        return None


def run_due(*, worker: str, clock: Callable[[], datetime], stopping: Callable[[], bool]) -> int:
    """Run one scheduled job that is waiting."""

    def run(item: ScheduledRun) -> None:
        job = jobs.get(item.schedule.job)
        if job is None:
            raise Never("This job is not part of the product any more.")
        job.run(clock())

    return drain(ScheduledRun, run, worker=worker, clock=clock, stopping=stopping, lease=RUN_LEASE, limit=1)


def beat(worker: str, started_at: datetime, now: datetime) -> None:
    """This worker lives."""
    Heartbeat.objects.update_or_create(worker=worker, defaults={"started_at": started_at, "beat_at": now})


def stop_beating(worker: str) -> None:
    """This worker ended as it should."""
    Heartbeat.objects.filter(worker=worker).delete()


def seal_everything(now: datetime) -> None:
    """Number and seal all that is not, wherever it is."""
    while commands.seal(now, whole=True):
        pass


def seals_path() -> Path:
    """The file to which seals are published: copy it elsewhere, and a rewrite of the history shows against it."""
    return Path(settings.DATA) / "seals.txt"


def publish_seals(now: datetime) -> None:  # noqa: ARG001 - a job takes the time it runs at
    """Append the newest seal to the file, unless it stands there already. Never rewrites a line.

    Raises RuntimeError when the file holds a seal that the chain does not: then `./convenor verify` says what.
    """
    newest = Seal.objects.order_by("-number").first()
    if newest is None:
        return
    path = seals_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    published = rules.parse_seals(path.read_text(), str(path)) if path.exists() else []
    last = published[-1] if published else None
    if last and last.number > newest.number:
        raise RuntimeError(f"{path} holds a seal over {last.number} entries, and the chain has {newest.number}.")
    if last is None or last.number < newest.number:
        with path.open("a") as lines:
            lines.write(rules.seal_line(newest.number, newest.hash, newest.at) + "\n")


def tidy(now: datetime) -> None:
    """Forget what was delivered a month ago, and workers that are no more."""
    OutboxItem.objects.filter(done_at__lt=now - KEEP_DONE).delete()
    ScheduledRun.objects.filter(done_at__lt=now - KEEP_DONE).delete()
    Heartbeat.objects.filter(beat_at__lt=now - DEAD_AFTER).delete()
