"""Spans of days with a first and a last day, either of which may be open."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from django.utils.translation import gettext as _

from convenor.kit.dates import say_day
from convenor.kit.structs import struct

ONE_DAY: Final = timedelta(days=1)


@struct
class Span:
    """From `first` to `last`, both inclusive. `first` None: from a day not known; `last` None: still running."""

    first: date | None = None
    last: date | None = None

    def covers(self, day: date) -> bool:
        """Whether the day lies in it; an unknown beginning reaches back without end."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)

    def over(self, day: date) -> bool:
        """Whether it ended before the day."""
        return self.last is not None and self.last < day

    def ahead(self, day: date) -> bool:
        """Whether it begins after the day."""
        return self.first is not None and self.first > day

    def meets(self, other: Span) -> bool:
        """Whether the two certainly share a day.

        A span whose beginning is not known is certain of its last day only, or of every day from some day on
        when it is still running: it may well have begun after the other one ended.
        """
        if self.first is None and other.first is None:
            return self.last == other.last
        if self.first is None:
            return other.last is None if self.last is None else other.covers(self.last)
        if other.first is None:
            return other.meets(self)
        return not (self.over(other.first) or other.over(self.first))

    def within(self, outer: Span) -> bool:
        """Whether every day of it that is known lies in the outer span."""
        starts = self.first is None or not (outer.ahead(self.first) or outer.over(self.first))
        ends = outer.last is None if self.last is None else not (outer.over(self.last) or outer.ahead(self.last))
        return starts and ends

    def cut(self, outer: Span) -> Span:
        """The part of it that lies in the outer span (which it must meet)."""
        firsts = [day for day in (self.first, outer.first) if day is not None]
        lasts = [day for day in (self.last, outer.last) if day is not None]
        return Span(max(firsts, default=None), min(lasts, default=None))


def common(*spans: Span) -> Span | None:
    """The days that lie in all of them; None where there are none. Unknown beginnings reach back without end."""
    found = spans[0]
    for span in spans[1:]:
        if (span.first and found.over(span.first)) or (found.first and span.over(found.first)):
            return None
        found = found.cut(span)
    return found


def say_span(span: Span) -> str:
    """The span in words: “from … to …”, “since …”, “until …”, “for a time not known”."""
    first = say_day(span.first) if span.first else ""
    last = say_day(span.last) if span.last else ""
    if first and last:
        return _("from %(first)s to %(last)s") % {"first": first, "last": last}
    if first:
        return _("from %(first)s") % {"first": first}
    return _("until %(last)s") % {"last": last} if last else _("from a day not known")


def turning_days(spans: Iterable[Span], within: Span) -> list[date]:
    """The days inside `within` on which one of the spans begins: what held before holds until the next of them.

    The first day of `within` itself comes first. A count that is right on these days is right on every day.
    """
    days = {span.first for span in spans if span.first is not None and within.covers(span.first)}
    if within.first is not None:
        days.add(within.first)
    return sorted(days)
