"""A line over periods, with target and benchmark drawn and labelled in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from convenor.kit.charts.base import Chart, Label, said
from convenor.kit.charts.scale import Scale, path_of, percent, runs_of, spread, thin, ticks_of
from convenor.kit.structs import struct
from convenor.kit.tables import Column, Table

TOP, BOTTOM, FOOT = 24.0, 224.0, 252.0


@struct(slots=False)
class Point:
    """One period. A value of None is a gap; the note says why."""

    label: str
    value: float | None
    note: str = ""


@struct(slots=False)
class Mark:
    """A value to reach."""

    label: str
    value: float


@struct(slots=False)
class Band:
    """A range to compare with."""

    label: str
    low: float
    high: float


@struct(slots=False)
class Dot:
    """A drawn point, with the words that the pointer shows."""

    x: str
    y: float
    words: str


@struct(slots=False)
class LineChart(Chart):
    """Geometry of a line chart, ready for its template."""

    template_name: ClassVar[str] = "kit/charts/line.html"

    grid: list[Label]
    paths: list[str]
    dots: list[Dot]
    across: list[Label]
    beside: list[Label]
    target_y: float | None
    band: tuple[float, float] | None


def line_chart(
    *,
    key: str,
    title: str,
    points: Sequence[Point],
    unit: str = "",
    target: Mark | None = None,
    benchmark: Band | None = None,
    subtitle: str = "",
    desc: str = "",
) -> LineChart:
    """A line over `points` in order, equally apart. The axis starts at zero only where the values come near it."""
    ticks = _ticks([point.value for point in points], target, benchmark)
    y = Scale(ticks[0], ticks[-1], BOTTOM, TOP)
    x = Scale(0, max(len(points) - 1, 1), 2, 98)
    return LineChart(
        key=key,
        title=title,
        subtitle=subtitle,
        desc=desc or _described(points, unit, target, benchmark),
        table=_table(title, points, unit),
        height=FOOT,
        grid=[Label(said(tick, unit if tick == ticks[-1] else ""), "0", round(y(tick), 1)) for tick in ticks],
        paths=[path_of(run, x, y) for run in runs_of([point.value for point in points])],
        dots=[
            Dot(percent(x(index)), round(y(point.value), 2), f"{point.label}: {said(point.value, unit)}")
            for index, point in enumerate(points)
            if point.value is not None
        ],
        across=_across(points, x),
        beside=_beside(points, x, y, unit, target, benchmark),
        target_y=None if target is None else round(y(target.value), 2),
        band=None
        if benchmark is None
        else (round(y(benchmark.high), 2), round(y(benchmark.low) - y(benchmark.high), 2)),
    )


def _ticks(values: Sequence[float | None], target: Mark | None, benchmark: Band | None) -> list[float]:
    known = [value for value in values if value is not None]
    known += [target.value] if target else []
    known += [benchmark.low, benchmark.high] if benchmark else []
    if not known:
        return [0, 1]
    low, high = min(known), max(known)
    # A range that reaches most of the way to zero is shown from zero.
    return ticks_of(0 if 0 <= low <= high * 0.4 else low, high if high != low else low + 1)


def _across(points: Sequence[Point], x: Scale) -> list[Label]:
    """Five periods named, three on narrow screens."""
    last = len(points) - 1
    shown = thin(len(points), 5)
    anchors = {0: "start", last: "end"}
    return [
        Label(
            points[index].label,
            percent(x(index)),
            BOTTOM + 20,
            anchors.get(index, "middle"),
            "chart__tick--wide" if place % 2 and len(shown) > 2 else "",
        )
        for place, index in enumerate(shown)
    ]


def _beside(
    points: Sequence[Point], x: Scale, y: Scale, unit: str, target: Mark | None, benchmark: Band | None
) -> list[Label]:
    """Latest value, target and benchmark at the right end, kept apart."""
    labels = []
    known = [(index, point.value) for index, point in enumerate(points) if point.value is not None]
    if known:
        index, value = known[-1]
        labels.append(Label(said(value, unit), percent(x(index)), y(value) - 9, "end", "chart__latest"))
    if target:
        labels.append(
            Label(f"{target.label} {said(target.value, unit)}", "100%", y(target.value) - 6, "end", "chart__aim")
        )
    if benchmark:
        words = f"{benchmark.label} {said(benchmark.low)}–{said(benchmark.high, unit)}"
        taken = [y(value) for index, value in known if index >= len(points) * 0.4] + [label.y - 5 for label in labels]
        labels.append(Label(words, "100%", _clear(benchmark, y, taken), "end", "chart__compare"))
    places = spread([label.y for label in labels], 18, 14, BOTTOM - 4)
    return [replace(old, y=round(place, 1)) for old, place in zip(labels, places, strict=True)]


def _clear(benchmark: Band, y: Scale, taken: Sequence[float]) -> float:
    """Where the band's words are furthest from the line and other words: inside its foot or head, below or above it."""
    low, high = y(benchmark.low), y(benchmark.high)
    places = [place for place in (low - 6, high + 15, low + 15, high - 6) if TOP - 10 <= place <= BOTTOM - 4]
    return max(places, key=lambda place: min((abs(place - 5 - other) for other in taken), default=0), default=low - 6)


def _described(points: Sequence[Point], unit: str, target: Mark | None, benchmark: Band | None) -> str:
    known = [point for point in points if point.value is not None]
    missing = len(points) - len(known)
    words = []
    if points:
        words.append(_("%(first)s to %(last)s.") % {"first": points[0].label, "last": points[-1].label})
    if known and known[-1].value is not None:
        latest = said(known[-1].value, unit)
        words.append(_("Latest %(value)s, %(period)s.") % {"value": latest, "period": known[-1].label})
    if target:
        words.append(f"{target.label} {said(target.value, unit)}.")
    if benchmark:
        words.append(f"{benchmark.label} {said(benchmark.low, unit)}–{said(benchmark.high, unit)}.")
    if missing:
        words.append(ngettext("%(n)d period not measured.", "%(n)d periods not measured.", missing) % {"n": missing})
    return " ".join(words) or _("Nothing measured yet.")


def _table(title: str, points: Sequence[Point], unit: str) -> Table[Point]:
    columns = [
        Column[Point]("period", _("Period"), "label"),
        Column[Point](
            "value", _("Value"), lambda point: None if point.value is None else said(point.value, unit), numeric=True
        ),
    ]
    if any(point.note for point in points):
        columns.append(Column[Point]("note", _("Note"), "note", priority=3))
    return Table(columns, points, title, caption_hidden=True)
