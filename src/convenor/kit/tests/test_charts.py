"""Charts are named, described, escaped, and honest about gaps."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from convenor.kit import charts
from convenor.kit.charts.base import lines_of, said
from convenor.kit.parts import State
from convenor.kit.tests.drawing import HOSTILE, draw

DAY = date(2026, 1, 1)


def line(values: list[float | None], **extra: object) -> charts.LineChart:
    points = [charts.Point(f"P{number}", value) for number, value in enumerate(values)]
    return charts.line_chart(key="k", title=HOSTILE, points=points, **extra)  # type: ignore[arg-type]


DRAWN: dict[str, Callable[[], object]] = {
    "line": lambda: line([1, None, 3], target=charts.Mark(HOSTILE, 5), benchmark=charts.Band(HOSTILE, 2, 4)),
    "line empty": lambda: line([]),
    "line one": lambda: line([5.0]),
    "line nothing known": lambda: line([None, None]),
    "line flat": lambda: line([0, 0, 0]),
    "bar": lambda: charts.bar_chart(key="k", title="T", bars=[charts.Bar(HOSTILE, 3), charts.Bar("B", None, HOSTILE)]),
    "bar empty": lambda: charts.bar_chart(key="k", title="T", bars=[]),
    "bullet": lambda: charts.bullet_chart(key="k", title="T", bullets=[charts.Bullet(HOSTILE, 3, 4, (1, 2))]),
    "spark": lambda: charts.sparkline(key="k", title=HOSTILE, values=[1, None, 2]),
    "spark empty": lambda: charts.sparkline(key="k", title="T", values=[]),
    "timeline": lambda: charts.timeline(
        key="k",
        title="T",
        today=DAY,
        spans=[
            charts.Span("a", HOSTILE, DAY, DAY + timedelta(days=90), DAY, DAY + timedelta(days=60), State("x", "good")),
            charts.Span("b", "M", DAY + timedelta(days=99), DAY + timedelta(days=99), after=("a", "unknown")),
        ],
    ),
    "timeline empty": lambda: charts.timeline(key="k", title="T", spans=[]),
    "timeline one day": lambda: charts.timeline(key="k", title="T", spans=[charts.Span("a", "A", DAY, DAY)]),
}


@pytest.mark.parametrize("name", DRAWN)
def test_every_chart_is_wellformed_named_and_free_of_style_and_script(name: str) -> None:
    html = draw("{% chart c %}", c=DRAWN[name]())
    root = ET.fromstring(html.strip())  # noqa: S314 - our own output
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-labelledby"] == "k-title k-desc"
    assert (root[0].tag, root[1].tag) == ("title", "desc")
    assert root[0].text
    assert root[1].text
    assert "style=" not in html
    assert "<script" not in html


@pytest.mark.parametrize("name", [name for name in DRAWN if "spark" not in name])
def test_every_chart_has_the_table_of_its_data(name: str) -> None:
    html = draw("{% chart_with_table c %}", c=DRAWN[name]())
    assert "<table" in html
    assert "<script" not in html


def test_a_gap_breaks_the_line_and_is_no_zero() -> None:
    chart = line([4, 5, None, 7])
    assert len(chart.paths) == 2
    assert len(chart.dots) == 3
    assert "1 period not measured." in chart.desc


def test_the_latest_known_value_is_named() -> None:
    chart = line([61.2, 81.4, None], unit="%")
    assert [label.text for label in chart.beside] == ["81.4%"]
    assert "Latest 81.4%, P1." in chart.desc


def test_target_and_benchmark_are_labelled_in_place_and_kept_apart() -> None:
    chart = line([80, 80], unit="%", target=charts.Mark("Target", 80), benchmark=charts.Band("Benchmark", 79, 81))
    assert [label.text for label in chart.beside] == ["80%", "Target 80%", "Benchmark 79–81%"]
    places = sorted(label.y for label in chart.beside)
    assert min(after - before for before, after in pairwise(places)) >= 18 - 0.2


def test_bars_start_at_zero_and_missing_is_said() -> None:
    chart = charts.bar_chart(
        key="k", title="T", unit="%", bars=[charts.Bar("A", 50), charts.Bar("B", 100), charts.Bar("C", None)]
    )
    assert [bar.width for bar in chart.bars] == ["50.00%", "100.00%", "0.00%"]
    assert chart.bars[2].words == "Not measured"
    assert 'class="chart__bar"' not in draw(
        "{% chart c %}", c=charts.bar_chart(key="k", title="T", bars=[charts.Bar("C", None)])
    )


def test_slip_is_told_in_days() -> None:
    span = charts.Span("a", "A", DAY, DAY + timedelta(days=50), DAY, DAY + timedelta(days=9))
    chart = charts.timeline(key="k", title="T", spans=[span])
    assert chart.spans[0].slip == "41 days late"
    assert "1 is late." in chart.desc


def test_today_is_drawn_only_within_the_calendar() -> None:
    spans = [charts.Span("a", "A", DAY, DAY + timedelta(days=50))]
    inside = charts.timeline(key="k", title="T", spans=spans, today=DAY + timedelta(days=5))
    assert inside.today
    assert re.search(r"chart__today", draw("{% chart c %}", c=inside))


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (81.4, "%", "81.4%"), (90, "%", "90%"), (1204, "", "1,204"), (3.3, "$", "$3.30"), (12, "$", "$12"),
        (0.125, "", "0.13"), (12, "days", "12 days"), (-4.5, "%", "-4.5%"),
    ],
)  # fmt: skip
def test_values_read_with_their_unit(value: float, unit: str, words: str) -> None:
    assert said(value, unit) == words


def test_long_labels_wrap_and_end_in_an_ellipsis() -> None:
    assert lines_of("short") == ["short"]
    assert lines_of("word " * 40)[-1].endswith("…")
    assert len(lines_of("word " * 40, 20, 3)) == 3
    assert lines_of("") == [""]
