"""Pure arithmetic of charts."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convenor.kit.charts.scale import Scale, anchor_at, month_starts, runs_of, spread, thin, ticks_of

numbers = st.floats(-1e6, 1e6).map(lambda number: round(number, 4))


def test_scale_maps_ends_and_middle_and_may_run_down() -> None:
    y = Scale(0, 100, 200, 0)
    assert [y(0), y(50), y(100)] == [200, 100, 0]
    assert Scale(5, 5, 0, 100)(5) == 50


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 100, [0, 25, 50, 75, 100]),
        (61.2, 90, [60, 70, 80, 90]),
        (0, 1, [0, 0.25, 0.5, 0.75, 1]),
        (-3, 4, [-4, -2, 0, 2, 4]),
        (7, 7, [7, 8]),
    ],
)
def test_ticks(low: float, high: float, ticks: list[float]) -> None:
    assert ticks_of(low, high) == ticks


@given(numbers, numbers)
def test_ticks_cover_the_range_and_rise(one: float, other: float) -> None:
    low, high = sorted((one, other))
    ticks = ticks_of(low, high)
    slack = (high - low) * 1e-6 + 1e-6
    assert ticks[0] <= low + slack
    assert ticks[-1] >= high - slack
    assert ticks == sorted(set(ticks))
    assert 2 <= len(ticks) <= 7


def test_runs_break_at_none_and_zero_is_a_value() -> None:
    assert runs_of([1, 0, None, None, 3]) == [[(0, 1), (1, 0)], [(4, 3)]]
    assert runs_of([None, None]) == []
    assert runs_of([]) == []


@given(st.lists(st.one_of(st.none(), numbers)))
def test_runs_keep_every_value_in_place(values: list[float | None]) -> None:
    flat = [pair for run in runs_of(values) for pair in run]
    assert flat == [(index, value) for index, value in enumerate(values) if value is not None]


@given(st.integers(0, 500), st.integers(2, 12))
def test_thin_keeps_both_ends(count: int, most: int) -> None:
    shown = thin(count, most)
    assert len(shown) <= max(most, 0)
    if count:
        assert shown[0] == 0
        assert shown[-1] == count - 1


@given(st.lists(st.floats(0, 200), max_size=6))
def test_spread_keeps_labels_apart_and_inside(wanted: list[float]) -> None:
    placed = spread(wanted, 18, 0, 200)
    ordered = sorted(placed)
    assert all(after - before >= 18 - 1e-6 for before, after in pairwise(ordered))
    assert all(place <= 200 + 1e-9 for place in placed)


def test_spread_leaves_alone_what_is_apart() -> None:
    assert spread([100, 10, 50], 18, 0, 200) == [100, 10, 50]


def test_anchor_keeps_words_inside() -> None:
    assert [anchor_at(share) for share in (0, 50, 100)] == ["start", "middle", "end"]


def test_month_starts_fall_on_quarters_and_years() -> None:
    assert month_starts(date(2026, 1, 12), date(2026, 4, 24)) == [date(2026, month, 1) for month in (2, 3, 4)]
    assert month_starts(date(2026, 1, 12), date(2027, 8, 2)) == [date(2026, 7, 1), date(2027, 1, 1), date(2027, 7, 1)]
    assert month_starts(date(2020, 5, 1), date(2024, 6, 1)) == [date(year, 1, 1) for year in range(2021, 2025)]


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_month_starts_are_few_and_inside(one: date, other: date) -> None:
    first, last = sorted((one, other))
    days = month_starts(first, last)
    assert len(days) <= 6
    assert all(first <= day <= last and day.day == 1 for day in days)
