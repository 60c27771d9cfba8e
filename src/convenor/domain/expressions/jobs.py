"""What calls do by the clock: let offers lapse, purge on the promised day, forget drafts nobody proved."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from django.utils.timezone import localdate

from convenor.core.clock.schedules import HOURLY, Job, daily
from convenor.core.clock.schedules import register as schedule
from convenor.core.records.rules import Frozen, system
from convenor.domain.expressions.commands.offering import lapse_offers
from convenor.domain.expressions.commands.telling import purge_call, tidy_drafts
from convenor.domain.expressions.models import Call


def register() -> None:
    """Called from AppConfig.ready()."""
    schedule(Job("expressions.lapse", HOURLY, lapse))
    schedule(Job("expressions.purge", daily(2, 30), purge))


def lapse(now: datetime) -> None:
    """Offers whose time has passed."""
    lapse_offers(by=system(now), now=now)


def purge(now: datetime) -> None:
    """Calls whose purge date has passed, and drafts nobody proved. What is frozen waits for the lift."""
    for call in Call.objects.filter(purged_at=None, purge_on__lt=localdate(now)).order_by("pk"):
        with suppress(Frozen):
            purge_call(by=system(now), call=call, now=now)
    tidy_drafts(by=system(now), now=now)
