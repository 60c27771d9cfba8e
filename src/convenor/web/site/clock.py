"""Local days, for pages that change by the clock alone."""

from __future__ import annotations

from datetime import datetime, time, timedelta


def next_midnight(now: datetime) -> datetime:
    """The start of the next day in the zone of `now`; the zone's own rules decide which instant that is."""
    return datetime.combine(now.date() + timedelta(days=1), time(), tzinfo=now.tzinfo)
