"""Dates in words: weekday, day, month, year, time, zone; relative words beside, never instead."""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo

from django.utils import dateformat, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

DAY = "D j M Y"  # Tue 24 Nov 2026
TIME = "H:i"


def zone_of(zone: str | tzinfo | None) -> tzinfo:
    """A zone from its name, itself, or the one in force for this request."""
    if isinstance(zone, str) and zone:
        return ZoneInfo(zone)
    return zone if isinstance(zone, tzinfo) else timezone.get_current_timezone()


def local(moment: datetime, zone: str | tzinfo | None = None) -> datetime:
    """The moment on that zone's clock; a naive one is taken to be on it already."""
    here = zone_of(zone)
    return moment.replace(tzinfo=here) if moment.tzinfo is None else moment.astimezone(here)


def say_day(day: date) -> str:
    """`Tue 24 Nov 2026`."""
    return dateformat.format(day, DAY)


def say_moment(moment: datetime) -> str:
    """`Tue 24 Nov 2026, 10:00 AEDT`, on the moment's own clock."""
    return f"{say_day(moment)}, {dateformat.format(moment, TIME)} {moment.tzname() or ''}".rstrip()


def say_span(start: datetime, end: datetime) -> str:
    """`Tue 24 Nov 2026, 10:00–12:00 AEDT`; two full moments when the day changes on the way."""
    if start.date() != end.date():
        return _("%(start)s to %(end)s") % {"start": say_moment(start), "end": say_moment(end)}
    hours = f"{dateformat.format(start, TIME)}–{dateformat.format(end, TIME)}"
    return f"{say_day(start)}, {hours} {end.tzname() or ''}".rstrip()


def relative(day: date, today: date) -> str:
    """Distance in words: today, tomorrow, in 5 days, 3 weeks ago, in 2 years."""
    days = (day - today).days
    near = {0: _("today"), 1: _("tomorrow"), -1: _("yesterday")}
    return near.get(days) or _direction(_distance(abs(days)), ahead=days > 0)


def _distance(days: int) -> str:
    if days < 14:
        return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
    if days < 61:
        return ngettext("%(n)d week", "%(n)d weeks", days // 7) % {"n": days // 7}
    if days < 730:
        return ngettext("%(n)d month", "%(n)d months", days // 30) % {"n": int(days / 30.44)}
    return ngettext("%(n)d year", "%(n)d years", days // 365) % {"n": int(days / 365.25)}


def _direction(distance: str, *, ahead: bool) -> str:
    words = _("in %(distance)s") if ahead else _("%(distance)s ago")
    return words % {"distance": distance}


def mark_day(day: date) -> SafeString:
    """The day in a <time> element."""
    return format_html('<time class="day-said" datetime="{}">{}</time>', day.isoformat(), say_day(day))


def mark_moment(moment: datetime, zone: str | tzinfo | None = None) -> SafeString:
    """The moment in a <time> element, on the clock of `zone`."""
    there = local(moment, zone)
    return format_html('<time datetime="{}">{}</time>', there.isoformat(timespec="minutes"), say_moment(there))


def mark_span(start: datetime, end: datetime, zone: str | tzinfo | None = None) -> SafeString:
    """From start to end in a <time> element that carries the start."""
    first, last = local(start, zone), local(end, zone)
    return format_html('<time datetime="{}">{}</time>', first.isoformat(timespec="minutes"), say_span(first, last))


def mark(value: date | datetime | None, zone: str | tzinfo | None = None) -> SafeString:
    """Whatever date it is, in a <time> element; nothing for None."""
    if value is None:
        return SafeString("")
    return mark_moment(value, zone) if isinstance(value, datetime) else mark_day(value)


def relative_words(value: date | datetime, now: datetime | None = None, zone: str | tzinfo | None = None) -> str:
    """`relative` for a date or a moment, both read on the clock of `zone`."""
    today = local(now or datetime.now(UTC), zone).date()
    day = local(value, zone).date() if isinstance(value, datetime) else value
    return relative(day, today)
