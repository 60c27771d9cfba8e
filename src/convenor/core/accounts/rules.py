"""The rules of people, duties, sessions and links. Pure: no ORM."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long a sign-in lasts: at most `absolute` in all, and `idle` without a request."""

    absolute: timedelta
    idle: timedelta

    @property
    def step(self) -> timedelta:
        """How coarse the last-seen time is: a sixth of the idle limit, so that it is seldom written."""
        return self.idle / 6


def session_over(*, now: datetime, signed_in_at: datetime | None, seen_at: datetime | None, limits: SessionLimits) -> bool:
    """Whether a sign-in has ended by age or by idleness (ASVS 5.0 7.3.1 and 7.3.2).

    A session that does not say when it began is over. Without a valid last-seen time the sign-in itself counts
    as the last request, so leaving that cookie out gains nothing.
    """
    if signed_in_at is None or now - signed_in_at >= limits.absolute:
        return True
    return now - max(signed_in_at, seen_at or signed_in_at) >= limits.idle
