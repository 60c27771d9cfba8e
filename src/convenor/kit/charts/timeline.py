"""Spans of time on one calendar, with what was planned, what depends on what, and today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import ClassVar

from django.utils import dateformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from convenor.kit.charts.base import Chart, Label, lines_of
from convenor.kit.charts.scale import Scale, anchor_at, month_starts, percent
from convenor.kit.dates import say_day
from convenor.kit.parts import State
from convenor.kit.structs import struct
from convenor.kit.tables import Column, Table

HEAD, TEXT, THICK, GAP = 28.0, 18.0, 10.0, 18.0


@struct(slots=False)
class Span:
    """A piece of work from start to end; the same day twice is a milestone.

    planned_start and planned_end are the frozen baseline; `after` holds the keys it waits for.
    """

    key: str
    label: str
    start: date
    end: date
    planned_start: date | None = None
    planned_end: date | None = None
    state: State | None = None
    after: tuple[str, ...] = ()
    url: str = ""

    @property
    def slip(self) -> int:
        """Days late against the plan; negative when early, 0 without a plan."""
        return (self.end - self.planned_end).days if self.planned_end else 0


@struct(slots=False)
class DrawnSpan:
    """Geometry of one row."""

    lines: list[tuple[float, str]]
    slip: str
    slip_y: float
    late: bool
    tone: str
    x: str
    width: str
    y: float
    milestone: bool
    planned: tuple[str, str] | None
    words: str


@struct(slots=False)
class Wait:
    """An elbow from the end of one span to the start of another."""

    x1: str
    y1: float
    x2: str
    y2: float


@struct(slots=False)
class Timeline(Chart):
    """Geometry of a timeline, ready for its template."""

    template_name: ClassVar[str] = "kit/charts/timeline.html"

    ticks: list[Label]
    today: Label | None
    spans: list[DrawnSpan]
    waits: list[Wait]


def timeline(
    *, key: str, title: str, spans: Sequence[Span], today: date | None = None, subtitle: str = "", desc: str = ""
) -> Timeline:
    """Rows in the order given; the calendar runs from the first day named to the last."""
    first, last = _extent(spans, today)
    x = Scale(first.toordinal(), last.toordinal(), 1, 99)
    drawn, places, height = _rows(spans, x)
    return Timeline(
        key=key,
        title=title,
        subtitle=subtitle,
        desc=desc or _described(spans, first, last),
        table=_table(title, spans),
        height=height,
        ticks=_ticks(month_starts(first, last), x),
        today=_tick(today, x, _("Today")) if today and first <= today <= last else None,
        spans=drawn,
        waits=_waits(spans, places, x),
    )


def slip_words(days: int) -> str:
    """`41 days late`, `3 days early`, or nothing."""
    if days > 0:
        return ngettext("%(n)d day late", "%(n)d days late", days) % {"n": days}
    return ngettext("%(n)d day early", "%(n)d days early", -days) % {"n": -days} if days else ""


def _extent(spans: Sequence[Span], today: date | None) -> tuple[date, date]:
    named = [
        day for span in spans for day in (span.start, span.end, span.planned_start, span.planned_end) if day is not None
    ]
    first, last = min(named, default=today or date.min), max(named, default=today or date.min)
    return first, max(last, first + timedelta(days=1)) if last < date.max else last


def _ticks(days: Sequence[date], x: Scale) -> list[Label]:
    """Months named above; every other one only where there is room."""
    crowded = len(days) > 3
    return [
        replace(_tick(day, x), css="chart__tick--wide" if crowded and number % 2 else "")
        for number, day in enumerate(days)
    ]


def _tick(day: date, x: Scale, words: str = "") -> Label:
    place = x(day.toordinal())
    return Label(words or dateformat.format(day, "M Y"), percent(place), 14, anchor_at(place))


def _rows(spans: Sequence[Span], x: Scale) -> tuple[list[DrawnSpan], Mapping[str, float], float]:
    drawn, places, y = [], {}, HEAD
    for span in spans:
        texts, slip = lines_of(span.label, most=3), slip_words(span.slip)
        lines = [(y + TEXT * (number + 1) - 3, text) for number, text in enumerate(texts)]
        slip_y = y + TEXT * (len(texts) + 1) - 3
        y += TEXT * (len(texts) + bool(slip)) + 4
        places[span.key] = y + THICK / 2
        drawn.append(_row(span, x, lines, slip, slip_y, y))
        y += THICK + GAP
    return drawn, places, y


def _row(span: Span, x: Scale, lines: list[tuple[float, str]], slip: str, slip_y: float, y: float) -> DrawnSpan:
    start, end = x(span.start.toordinal()), x(span.end.toordinal())
    return DrawnSpan(
        lines=lines,
        slip=slip,
        slip_y=slip_y,
        late=span.slip > 0,
        tone=span.state.tone if span.state else "neutral",
        x=percent(start),
        width=percent(max(end - start, 0.4)),
        y=y,
        milestone=span.start == span.end,
        planned=_planned(span, x),
        words=f"{span.label}: {say_day(span.start)} – {say_day(span.end)}",
    )


def _planned(span: Span, x: Scale) -> tuple[str, str] | None:
    if not span.planned_end:
        return None
    if span.start == span.end:  # a milestone is planned for one day
        return percent(x(span.planned_end.toordinal())), ""
    start = x((span.planned_start or min(span.start, span.planned_end)).toordinal())
    return percent(start), percent(max(x(span.planned_end.toordinal()) - start, 0.4))


def _waits(spans: Sequence[Span], places: Mapping[str, float], x: Scale) -> list[Wait]:
    named = {span.key: span for span in spans}
    return [
        Wait(percent(x(named[key].end.toordinal())), places[key], percent(x(span.start.toordinal())), places[span.key])
        for span in spans
        for key in span.after
        if key in named
    ]


def _described(spans: Sequence[Span], first: date, last: date) -> str:
    late = sum(span.slip > 0 for span in spans)
    count = ngettext("%(n)d piece of work", "%(n)d pieces of work", len(spans)) % {"n": len(spans)}
    words = _("%(count)s from %(first)s to %(last)s.")
    told = words % {"count": count, "first": say_day(first), "last": say_day(last)}
    return told + (" " + ngettext("%(n)d is late.", "%(n)d are late.", late) % {"n": late} if late else "")


def _table(title: str, spans: Sequence[Span]) -> Table[Span]:
    columns = [
        Column[Span]("label", _("Name"), "label", link=lambda span: span.url or None),
        Column[Span]("start", _("Start"), "start"),
        Column[Span]("end", _("End"), "end"),
        Column[Span]("planned", _("Planned end"), "planned_end"),
        Column[Span]("slip", _("Against plan"), lambda span: slip_words(span.slip) or None),
        Column[Span]("state", _("State"), "state"),
    ]
    return Table(columns, spans, title, caption_hidden=True)
