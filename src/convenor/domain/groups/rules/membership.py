"""Since when somebody belongs to a group: from the beginning of an unbroken run of holding a seat in it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from convenor.domain.groups.rules.spans import ONE_DAY, Span


def unbroken(spans: Iterable[Span], today: date) -> Span | None:
    """The run of spans, each beginning before or on the day after the last one's end, that covers today.

    None when nothing covers today. A run whose first beginning is not known reaches back without end: what was
    shown to the group before somebody took a seat in it stays closed to them (CVE-2022-31017 of our peers).
    """
    held = [span for span in spans if not span.ahead(today)]
    now = [span for span in held if span.covers(today)]
    if not now:
        return None
    first = _earliest(now)
    grown = True
    while grown and first is not None:
        reaching = [span for span in held if span.last is None or span.last >= first - ONE_DAY]
        earlier = _earliest(reaching)
        grown = earlier is None or earlier < first
        first = earlier if grown else first
    last = None if any(span.last is None for span in now) else max(span.last for span in now if span.last)
    return Span(first, last)


def _earliest(spans: Iterable[Span]) -> date | None:
    firsts = [span.first for span in spans]
    return None if None in firsts else min(day for day in firsts if day is not None)
