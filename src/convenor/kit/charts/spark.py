"""A course at a glance, beside a number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from django.utils.translation import gettext as _

from convenor.kit.charts.base import said
from convenor.kit.charts.scale import Scale, path_of, runs_of
from convenor.kit.structs import struct

WIDTH, HEIGHT, EDGE = 96.0, 32.0, 4.0


@struct(slots=False)
class Sparkline:
    """Geometry of a sparkline. Its size is fixed, its table is the tile's own page."""

    template_name: ClassVar[str] = "kit/charts/spark.html"

    key: str
    title: str
    desc: str
    paths: list[str]
    last: tuple[float, float] | None


def sparkline(*, key: str, title: str, values: Sequence[float | None], unit: str = "", desc: str = "") -> Sparkline:
    """A small line without axes; gaps stay gaps and the last value is marked."""
    known = [value for value in values if value is not None]
    low, high = (min(known), max(known)) if known else (0, 1)
    x = Scale(0, max(len(values) - 1, 1), EDGE, WIDTH - EDGE)
    y = Scale(low, high, HEIGHT - EDGE, EDGE)
    places = [(round(x(index), 2), round(y(value), 2)) for index, value in enumerate(values) if value is not None]
    words = _("Lowest %(low)s, highest %(high)s.") % {"low": said(low, unit), "high": said(high, unit)}
    return Sparkline(
        key=key,
        title=title,
        desc=desc or (words if known else _("Not measured.")),
        paths=[path_of(run, x, y) for run in runs_of(values)],
        last=places[-1] if places else None,
    )
