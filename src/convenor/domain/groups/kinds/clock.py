"""What the worker does for groups by the clock."""

from __future__ import annotations

from convenor.core.clock.schedules import Job, daily
from convenor.core.clock.schedules import register as register_job
from convenor.domain.groups import jobs


def register() -> None:
    """Called from AppConfig.ready()."""
    register_job(Job("groups.purge", daily(2, 30), jobs.purge))
    register_job(Job("groups.places", "FREQ=MINUTELY;INTERVAL=10;BYSECOND=0", jobs.tell_of_places))
