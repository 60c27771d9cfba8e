"""Pure arithmetic of charts: scales, ticks, gaps, labels that keep apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from itertools import groupby
from math import ceil, floor, log10

from convenor.kit.structs import struct


@struct(slots=False)
class Scale:
    """A straight mapping from values to positions; the range may run downwards, as on a screen."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Position of a value. A scale without extent puts everything in the middle."""
        if self.high == self.low:
            return (self.start + self.end) / 2
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def step_of(extent: float, most: int) -> float:
    """The smallest of 1, 2, 2.5, 5 times a power of ten that crosses the extent in at most `most` steps."""
    if extent <= 0:
        return 1
    rough = extent / most
    power = 10.0 ** floor(log10(rough))
    return next(power * nice for nice in (1, 2, 2.5, 5, 10) if power * nice >= rough * (1 - 1e-9))


def ticks_of(low: float, high: float, most: int = 4) -> list[float]:
    """Round values from at or below `low` to at or above `high`."""
    step = step_of(high - low, most)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return [round(number * step, 10) for number in range(first, max(last, first + 1) + 1)]


def runs_of(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """The unbroken stretches of a series, each as (index, value); a None breaks the line."""
    pairs = groupby(enumerate(values), key=lambda pair: pair[1] is None)
    return [[(index, value) for index, value in run if value is not None] for missing, run in pairs if not missing]


def thin(count: int, most: int) -> list[int]:
    """At most `most` indices of `count`, evenly apart, always with the first and the last."""
    if count <= most:
        return list(range(count))
    return sorted({round(place * (count - 1) / (most - 1)) for place in range(most)})


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places at least `gap` apart and within low..high where there is room, in the order of what was wanted."""
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    placed = [0.0] * len(wanted)
    floor_ = low
    for index in order:
        placed[index] = max(wanted[index], floor_)
        floor_ = placed[index] + gap
    ceiling = high
    for index in reversed(order):
        placed[index] = min(placed[index], ceiling)
        ceiling = placed[index] - gap
    return placed


def percent(share: float) -> str:
    """A position across, as SVG writes it."""
    return f"{share:.2f}%"


def anchor_at(share: float) -> str:
    """How words at this share of the width should hang, so that they stay inside."""
    return "start" if share < 12 else "end" if share > 88 else "middle"


def months_between(first: date, last: date) -> int:
    """Whole months from the month of one day to the month of another."""
    return (last.year - first.year) * 12 + last.month - first.month


def month_starts(first: date, last: date, most: int = 5) -> list[date]:
    """First days of months within the span, one, two, three, six or a multiple of twelve months apart."""
    extent = months_between(first, last)
    step = next((size for size in (1, 2, 3, 6, 12) if extent / size <= most), 12 * ceil(extent / 12 / most))
    begin = first.year * 12 + first.month - 1
    aligned = [_month(number) for number in range(ceil(begin / step) * step, begin + extent + 1, step)]
    return [day for day in aligned if first <= day <= last]


def _month(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)


def path_of(run: Sequence[tuple[int, float]], x: Callable[[int], float], y: Callable[[float], float]) -> str:
    """An SVG path through one unbroken stretch."""
    places = [f"{x(index):.2f} {y(value):.2f}" for index, value in run]
    return "M" + "L".join(places)
