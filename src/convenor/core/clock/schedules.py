"""Jobs that run by the clock. Registered from AppConfig.ready by the apps that own them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from convenor.kit.structs import struct


@struct
class Job:
    """Recurring work. `run` takes the time it runs at; it must be idempotent, since it runs at least once a slot."""

    name: str
    rule: str
    """When, unless its Schedule row says otherwise (RFC 5545, on the site's own wall clock)."""
    run: Callable[[datetime], None]


jobs: dict[str, Job] = {}

Round = Callable[[datetime], bool]
"""A step of long work that waits in a table of its own (an upload's next chunk). Returns whether there was any."""
rounds: dict[str, Round] = {}
"""Done once in every round of the worker."""


def register(job: Job) -> None:
    jobs[job.name] = job


def register_round(name: str, step: Round) -> None:
    rounds[name] = step


def daily(hour: int, minute: int = 0) -> str:
    """The rule for once a day at this local time."""
    return f"FREQ=DAILY;BYHOUR={hour};BYMINUTE={minute};BYSECOND=0"


HOURLY = "FREQ=HOURLY;BYMINUTE=0;BYSECOND=0"
