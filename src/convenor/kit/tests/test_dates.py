"""Dates say weekday, day, month, year, time and zone; distance is in words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from convenor.kit import dates
from convenor.kit.tests.drawing import draw

SYDNEY = "Australia/Sydney"
MEETS = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)


def test_a_day() -> None:
    assert dates.mark(date(2026, 11, 24)) == '<time class="day-said" datetime="2026-11-24">Tue 24 Nov 2026</time>'


def test_a_moment_on_the_clock_of_its_zone() -> None:
    html = dates.mark(MEETS, SYDNEY)
    assert html == '<time datetime="2026-11-24T10:00+11:00">Tue 24 Nov 2026, 10:00 AEDT</time>'
    assert "07:00 AWST" in dates.mark(MEETS, "Australia/Perth")
    assert "10:00 AEST" in dates.mark(datetime(2026, 6, 30, 0, 0, tzinfo=UTC), SYDNEY)


def test_a_naive_moment_is_read_on_the_clock_of_its_zone() -> None:
    assert "10:00 AEDT" in dates.mark(datetime(2026, 11, 24, 10, 0), SYDNEY)  # noqa: DTZ001 - the case itself


def test_nothing_for_none() -> None:
    assert dates.mark(None) == ""
    assert draw("{% when v %}", v=None) == ""


def test_a_span_within_a_day_and_over_midnight() -> None:
    short = dates.mark_span(MEETS, MEETS + timedelta(hours=2), SYDNEY)
    assert "Tue 24 Nov 2026, 10:00–12:00 AEDT" in short
    long = dates.mark_span(MEETS, MEETS + timedelta(hours=20), SYDNEY)
    assert "Tue 24 Nov 2026, 10:00 AEDT to Wed 25 Nov 2026, 06:00 AEDT" in long


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "today"), (1, "tomorrow"), (-1, "yesterday"), (2, "in 2 days"), (-13, "13 days ago"), (14, "in 2 weeks"),
        (-60, "8 weeks ago"), (61, "in 2 months"), (-365, "11 months ago"), (731, "in 2 years"),
        (-3_700, "10 years ago"),
    ],
)  # fmt: skip
def test_relative(days: int, words: str) -> None:
    today = date(2026, 11, 23)
    assert dates.relative(today + timedelta(days=days), today) == words


def test_tomorrow_is_counted_on_the_clock_of_the_zone() -> None:
    """At 12:30 UTC it is still the 23rd in London and almost the 24th in Sydney."""
    now = datetime(2026, 11, 23, 13, 30, tzinfo=UTC)
    assert dates.relative_words(MEETS, now, SYDNEY) == "today"
    assert dates.relative_words(MEETS + timedelta(hours=3), now, "Europe/London") == "tomorrow"


def test_the_tag_adds_relative_words_and_can_leave_them_out() -> None:
    now = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    assert "· tomorrow" in draw("{% when v zone='Australia/Sydney' now=now %}", v=MEETS, now=now)
    assert "tomorrow" not in draw("{% when v zone='Australia/Sydney' now=now relative=False %}", v=MEETS, now=now)


def test_months_follow_the_language() -> None:
    with translation.override("fr"):
        assert "2026" in dates.say_day(date(2026, 11, 24))
