"""What the worker does for groups by the clock."""

from __future__ import annotations

from convenor.core.clock.schedules import Job, daily
from convenor.core.clock.schedules import register as register_job
from convenor.domain.groups import jobs


def register() -> None:
    """Called from AppConfig.ready()."""
    register_job(Job("groups.purge", daily(2, 30), jobs.purge))
    register_job(Job("groups.places", "FREQ=HOURLY;BYMINUTE=0,10,20,30,40,50;BYSECOND=0", jobs.tell_of_places))
    register_job(Job("groups.terms", daily(6, 30), jobs.warn_of_ends))
