"""What one working process does, round after round. Imported once the apps are ready."""

from __future__ import annotations

import os
import secrets
import socket
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import structlog
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import InterfaceError, OperationalError, connections

from convenor.core.clock import schedules
from convenor.core.clock.commands import sync_schedules
from convenor.core.exchange.commands import run_chunk
from convenor.core.exchange.models import ImportBatch
from convenor.core.journal import commands, exported, jobs
from convenor.core.notify.jobs import send_due
from convenor.core.notify.transport import Transport, transport_for
from convenor.web.cli import export

POLL: Final = 0.2
"""Seconds between looks at the outbox (prototypes B: 65 ms to pick up, median)."""
SEAL_EVERY: Final = 2.0
SCHEDULE_EVERY: Final = 20.0
BEAT_EVERY: Final = 5.0
EXPORT_EVERY: Final = 60.0
"""How soon what was taken back leaves the site's export; until then nobody is given the old one."""
LONGEST_PAUSE: Final = 30.0

log = structlog.get_logger(__name__)


def clock() -> datetime:
    return datetime.now(UTC)


def forget_ended_sessions(now: datetime) -> None:  # noqa: ARG001 - a job takes the time it runs at
    SessionStore.clear_expired()


def load_next_chunk(now: datetime) -> bool:
    """The next rows of an upload that somebody confirmed and then left the page of."""
    moving = ImportBatch.objects.filter(state__in=(ImportBatch.State.RUNNING, ImportBatch.State.UNDOING))
    batch_id = moving.order_by("id").values_list("id", flat=True).first()
    if batch_id is None:
        return False
    run_chunk(batch_id=batch_id, now=now)
    return True


def make_export(now: datetime) -> None:
    export.make(settings.DATA / exported.FILE, now)


schedules.register_round("uploads", load_next_chunk)
schedules.register(schedules.Job("export.daily", schedules.daily(3, 10), make_export))
schedules.register(schedules.Job("sessions.tidy", schedules.daily(2, 30), forget_ended_sessions))


class Worker:
    """Each round does one batch of everything that waits; between rounds it rests for POLL seconds."""

    def __init__(self, stop: threading.Event, transport: Transport | None = None) -> None:
        self.stop = stop
        self.name = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(3)}"
        self.started_at = clock()
        self.parent = os.getppid()
        self.transport = transport or transport_for(settings.SMTP_URL, clock)
        self.due: dict[str, float] = {}

    def run(self) -> int:
        """Until told to stop, or until the supervisor is gone. A database that goes away is waited for."""
        pause = 1.0
        while not self.stop.is_set() and os.getppid() == self.parent:
            try:
                busy = self.round()
            except (OperationalError, InterfaceError) as error:
                log.warning("worker.database_lost", error=str(error).strip(), again_in=pause)
                connections.close_all()
                self.stop.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
                continue
            pause = 1.0
            if not busy:
                self.stop.wait(POLL)
        self._end()
        return 0

    def run_once(self) -> int:
        """Until nothing waits; for tests and for a machine without a standing worker."""
        while not self.stop.is_set() and self.round():
            pass
        self._end()
        return 0

    def round(self) -> bool:
        """One batch of each kind of work; whether there was any."""
        self._every("beat", BEAT_EVERY, lambda: jobs.beat(self.name, self.started_at, clock()))
        self._every("sync", float("inf"), lambda: sync_schedules(clock()))
        self._every("seal", SEAL_EVERY, lambda: commands.seal(clock()))
        self._every("export", EXPORT_EVERY, lambda: self._step("export", export.keep))
        self._every("schedules", SCHEDULE_EVERY, lambda: jobs.queue_due(clock()))
        stopping = self.stop.is_set
        handed = jobs.deliver(worker=self.name, clock=clock, stopping=stopping)
        sent = send_due(self.transport, worker=self.name, clock=clock, stopping=stopping)
        ran = jobs.run_due(worker=self.name, clock=clock, stopping=stopping)
        steps = [self._step(name, step) for name, step in schedules.rounds.items()]
        return handed + sent + ran > 0 or any(steps)

    def _step(self, name: str, step: schedules.Round) -> bool:
        """A step that is broken is tried again after a while, and stops nothing else."""
        if time.monotonic() < self.due.get(name, 0):
            return False
        try:
            return step(clock())
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            log.exception("worker.step_failed", step=name)
            self.due[name] = time.monotonic() + LONGEST_PAUSE
            return False

    def _every(self, name: str, seconds: float, act: Callable[[], object]) -> None:
        if time.monotonic() >= self.due.get(name, 0):
            act()
            self.due[name] = time.monotonic() + seconds

    def _end(self) -> None:
        self.transport.close()
        jobs.stop_beating(self.name)
