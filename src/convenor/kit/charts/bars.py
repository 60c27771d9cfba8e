"""Bars from zero, one a row, and bullets: bars against a target and a benchmark."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from django.utils.translation import gettext as _

from convenor.kit.charts.base import Chart, Label, lines_of, said
from convenor.kit.charts.scale import Scale, anchor_at, percent, ticks_of
from convenor.kit.structs import struct
from convenor.kit.tables import Column, Table

ROW, TEXT, THICK, AIM = 22.0, 18.0, 10.0, 12.0
NARROW = 24  # characters that leave room for the value on a narrow screen


@struct(slots=False)
class Bar:
    """One bar, from zero up. A value of None is not measured; the note says why."""

    label: str
    value: float | None
    note: str = ""
    tone: str = ""


@struct(slots=False)
class Bullet:
    """A value against a target and a benchmark range."""

    label: str
    value: float | None
    target: float | None = None
    benchmark: tuple[float, float] | None = None
    note: str = ""


@struct(slots=False)
class DrawnBar:
    """Geometry of one row: words over a bar."""

    lines: list[tuple[float, str]]
    words: str
    y: float
    width: str
    missing: bool
    tone: str = ""
    aim: Label | None = None
    band: tuple[str, str] | None = None


@struct(slots=False)
class BarChart(Chart):
    """Geometry of a bar chart, ready for its template."""

    template_name: ClassVar[str] = "kit/charts/bar.html"

    bars: list[DrawnBar]


class BulletChart(BarChart):
    """Geometry of a bullet chart; the template is the bars' with marks."""


def bar_chart(
    *, key: str, title: str, bars: Sequence[Bar], unit: str = "", subtitle: str = "", desc: str = ""
) -> BarChart:
    """Horizontal bars on one scale from zero."""
    rows = [Bullet(bar.label, bar.value, note=bar.note) for bar in bars]
    drawn, height = _drawn(rows, [bar.tone for bar in bars], unit)
    table = Table(_columns(unit, with_marks=False), rows, title, caption_hidden=True)
    return BarChart(key, title, desc or _described(rows, unit), table, subtitle, height, drawn)


def bullet_chart(
    *, key: str, title: str, bullets: Sequence[Bullet], unit: str = "", subtitle: str = "", desc: str = ""
) -> BulletChart:
    """Bars with the target as a tick and the benchmark as a band, on one scale from zero."""
    drawn, height = _drawn(bullets, ["" for _bullet in bullets], unit)
    table = Table(_columns(unit, with_marks=True), bullets, title, caption_hidden=True)
    return BulletChart(key, title, desc or _described(bullets, unit), table, subtitle, height, drawn)


def _drawn(rows: Sequence[Bullet], tones: Sequence[str], unit: str) -> tuple[list[DrawnBar], float]:
    x = Scale(0, _reach(rows), 0, 100)
    drawn, y = [], 0.0
    for row, tone in zip(rows, tones, strict=True):
        texts = lines_of(row.label, NARROW, 3)
        lines = [(y + TEXT * (number + 1) - 3, text) for number, text in enumerate(texts)]
        y += TEXT * len(texts) + 4
        drawn.append(_bar(row, tone, unit, x, lines, y))
        y += THICK + ROW + (AIM if row.target is not None else 0)
    return drawn, y


def _bar(row: Bullet, tone: str, unit: str, x: Scale, lines: list[tuple[float, str]], y: float) -> DrawnBar:
    band = row.benchmark
    return DrawnBar(
        lines=lines,
        words=_("Not measured") if row.value is None else said(row.value, unit),
        y=y,
        width=percent(x(max(row.value or 0, 0))),
        missing=row.value is None,
        tone=tone,
        aim=_aim(row.target, unit, x, y),
        band=None if band is None else (percent(x(band[0])), percent(x(band[1]) - x(band[0]))),
    )


def _aim(target: float | None, unit: str, x: Scale, y: float) -> Label | None:
    """The target's stroke, and its words under it."""
    if target is None:
        return None
    place = x(target)
    words = _("Target %(value)s") % {"value": said(target, unit)}
    return Label(words, percent(place), y, anchor_at(place))


def _reach(rows: Sequence[Bullet]) -> float:
    known = [number for row in rows for number in (row.value, row.target, *(row.benchmark or ())) if number is not None]
    return ticks_of(0, max([*known, 0]) or 1)[-1]


def _described(rows: Sequence[Bullet], unit: str) -> str:
    told = [
        f"{row.label}: {_('not measured') if row.value is None else said(row.value, unit)}"
        + (f" ({_('target')} {said(row.target, unit)})" if row.target is not None else "")
        for row in rows
    ]
    return "; ".join(told) + "."


def _columns(unit: str, *, with_marks: bool) -> list[Column[Bullet]]:
    def number(value: float | None) -> str | None:
        return None if value is None else said(value, unit)

    def band(row: Bullet) -> str | None:
        return f"{said(row.benchmark[0])}–{said(row.benchmark[1], unit)}" if row.benchmark else None

    columns = [
        Column[Bullet]("label", _("Name"), "label"),
        Column[Bullet]("value", _("Value"), lambda row: number(row.value), numeric=True),
    ]
    if with_marks:
        columns.append(Column[Bullet]("target", _("Target"), lambda row: number(row.target), numeric=True))
        columns.append(Column[Bullet]("benchmark", _("Benchmark"), band, numeric=True))
    return [*columns, Column[Bullet]("note", _("Note"), "note", priority=3)]
