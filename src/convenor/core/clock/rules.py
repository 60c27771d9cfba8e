"""Working days, local time against zones, and recurrence. Pure: no ORM.

A meeting keeps its local time, its zone and its rule; instants are computed (ARCHITECTURE section 6), since
UTC plus fourteen days turns 10:00 in Sydney into 9:00 when daylight saving ends on the way.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

from convenor.core.records.rules import Breach, Refused, refuse_if
from convenor.kit.dates import say_day
from convenor.kit.structs import struct

AUSTRALIAN_ZONES: Final = (
    "Australia/Sydney", "Australia/Melbourne", "Australia/Brisbane", "Australia/Adelaide",
    "Australia/Darwin", "Australia/Hobart", "Australia/Perth", "Australia/Lord_Howe",
)  # fmt: skip

SATURDAY: Final = 5
ONE_DAY: Final = timedelta(days=1)
ANY_START: Final = datetime(2020, 1, 1)  # noqa: DTZ001 - a wall clock has no zone
LAST_SECOND: Final = time(23, 59, 59)
FREQUENCIES: Final = frozenset({"YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY"})
UNTIL: Final = re.compile(r"UNTIL=(\d{8}(?:T\d{6})?)(Z?)")


@struct
class WorkingCalendar:
    """A place's week: Monday to Friday without its public holidays. Sure of itself from `first` to `last` only."""

    name: str
    zone: str
    holidays: frozenset[date]
    first: date
    last: date

    def is_working(self, day: date) -> bool:
        """Whether offices are open on that day. Refused outside the years whose holidays are loaded."""
        if not self.first <= day <= self.last:
            raise Refused([_outside(self, day)])
        return day.weekday() < SATURDAY and day not in self.holidays


def _outside(calendar: WorkingCalendar, day: date) -> Breach:
    return Breach(
        "calendar-ends",
        f"The calendar {calendar.name} knows public holidays from {say_day(calendar.first)} to "
        f"{say_day(calendar.last)}, not on {say_day(day)}.",
    )


def next_working_day(day: date, calendar: WorkingCalendar) -> date:
    """The day itself when it is a working day, else the next one (Acts Interpretation Act 1901, s 36(2))."""
    while not calendar.is_working(day):
        day += ONE_DAY
    return day


def add_working_days(day: date, count: int, calendar: WorkingCalendar) -> date:
    """The working day that lies `count` working days after `day`, or before it when `count` is negative.

    The day itself is not counted, and may be any day. Nought gives the day back, even a Sunday.
    """
    step = ONE_DAY if count > 0 else -ONE_DAY
    left = abs(count)
    while left:
        day += step
        left -= calendar.is_working(day)
    return day


def working_days_between(start: date, end: date, calendar: WorkingCalendar) -> int:
    """How many working days lie after `start`, up to and with `end`; the negative of the way back."""
    if end < start:
        return -working_days_between(end, start, calendar)
    return sum(calendar.is_working(start + ONE_DAY * (i + 1)) for i in range((end - start).days))


def clock_breaches(local: datetime, zone: str) -> list[Breach]:
    """Why this local time (naive) is not one instant on the clocks of `zone`: it is skipped, or happens twice."""
    earlier, later = _both(local, zone)
    if earlier == later:
        return []
    said = f"{local:%H:%M} on {say_day(local.date())}"
    if _wall(earlier, zone) != local:
        text = f"{said} does not exist in {zone}: clocks go forward past it."
        return [Breach("clock-gap", text)]
    return [Breach("clock-fold", f"{said} happens twice in {zone}: clocks go back over it. Choose another time.")]


def instant_of(local: datetime, zone: str) -> datetime:
    """The UTC instant of a local time (naive). Refused when clocks skip it or show it twice."""
    refuse_if(clock_breaches(local, zone))
    return nearest_instant(local, zone)


def nearest_instant(local: datetime, zone: str) -> datetime:
    """The UTC instant of a local time, as RFC 5545 section 3.3.5 resolves it.

    A time that happens twice means the first; a time that is skipped is read with the offset from before
    the gap, so that 02:30 becomes 03:30.
    """
    return _both(local, zone)[0]


def _both(local: datetime, zone: str) -> tuple[datetime, datetime]:
    """The local time read with the offset from before a change of clocks, and from after it."""
    if local.tzinfo is not None:
        raise ValueError("A local time carries no zone of its own.")
    here = ZoneInfo(zone)
    before, after = (local.replace(tzinfo=here, fold=fold).astimezone(UTC) for fold in (0, 1))
    return before, after


def _wall(at: datetime, zone: str) -> datetime:
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def local_of(at: datetime, zone: str) -> datetime:
    """What the clocks of `zone` show at an instant (naive; the second pass of a repeated hour has fold 1)."""
    return _wall(at, zone)


def end_of_day(day: date, zone: str) -> datetime:
    """The last second of a local day, as an instant: when a deadline set in days falls due."""
    return nearest_instant(datetime.combine(day, LAST_SECOND), zone)


def due_after(start: datetime, count: int, calendar: WorkingCalendar) -> datetime:
    """The end of the working day that lies `count` working days after the local day of `start` (an instant)."""
    day = add_working_days(local_of(start, calendar.zone).date(), count, calendar)
    return end_of_day(day, calendar.zone)


@struct
class Occurrence:
    """One time of a recurring thing: as the rule gives it (local, naive), and the instant it happens."""

    slot: datetime
    at: datetime


def rule_breaches(rule: str) -> list[Breach]:
    """Why this is not a recurrence rule (RFC 5545 section 3.3.10) that we can follow."""
    parts = dict(part.partition("=")[::2] for part in rule.split(";"))
    if parts.get("FREQ") not in FREQUENCIES:
        return [
            Breach("recurrence", f"“{rule}” does not say how often: it needs FREQ=DAILY, WEEKLY, MONTHLY …", "rule")
        ]
    try:
        _parse(rule, ANY_START, "UTC")
        never = _never(parts)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        return [Breach("recurrence", f"“{rule}” is not a recurrence rule: {error}.", "rule")]
    return [Breach("recurrence", f"“{rule}” names days that do not exist.", "rule")] if never else []


def occurrences(rule: str, start: datetime, zone: str, since: datetime, until: datetime) -> Iterator[Occurrence]:
    """The occurrences at instants from `since` up to and with `until`, of a rule that starts at a local time.

    The rule runs on the wall clock of `zone`: ten o'clock stays ten o'clock whatever the season.
    """
    refuse_if(rule_breaches(rule))
    margin = timedelta(days=1)
    first, last = _wall(since, zone) - margin, _wall(until, zone) + margin
    for slot in _parse(rule, start, zone).xafter(first, inc=True):
        if slot > last:
            return
        at = nearest_instant(slot, zone)
        if since <= at <= until:
            yield Occurrence(slot, at)


def _never(parts: dict[str, str]) -> bool:
    """Whether the rule asks for days that no month of it has, such as 30 February."""
    if not (parts.get("BYMONTH") and parts.get("BYMONTHDAY")):
        return False
    longest = max(monthrange(2024, int(month))[1] for month in parts["BYMONTH"].split(","))
    return all(abs(int(day)) > longest for day in parts["BYMONTHDAY"].split(","))


def _parse(rule: str, start: datetime, zone: str) -> rrule:
    """The rule on a naive clock; an UNTIL in UTC (RFC 5545 asks for it beside a zone) is read on the same clock."""

    def local_until(match: re.Match[str]) -> str:
        stamp, utc = match.groups()
        if not utc:
            return match.group()
        at = datetime.strptime(stamp, "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
        return f"UNTIL={_wall(at, zone):%Y%m%dT%H%M%S}"

    parsed = rrulestr(UNTIL.sub(local_until, rule), dtstart=start)
    if not isinstance(parsed, rrule):
        raise ValueError("one rule, please")  # noqa: TRY004 - what is wrong is the text
    return parsed
