# ruff: noqa: DTZ001 - wall clocks have no zone
from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convenor.core.clock import rules
from convenor.core.records.rules import Refused

FIRST, LAST = date(2020, 1, 1), date(2031, 12, 31)
HOLIDAYS = frozenset({date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1), date(2027, 1, 26)})
ACT = rules.WorkingCalendar("Test", "Australia/Sydney", HOLIDAYS, FIRST, LAST)

days = st.dates(date(2021, 6, 1), date(2030, 6, 1))
counts = st.integers(-150, 150)
calendars = st.frozensets(days, max_size=60).map(
    lambda off: rules.WorkingCalendar("Test", "Australia/Sydney", off, FIRST, LAST)
)


@given(days, counts, calendars)
def test_adding_lands_on_a_working_day_that_many_away(day: date, count: int, calendar: rules.WorkingCalendar) -> None:
    found = rules.add_working_days(day, count, calendar)
    if count:
        assert calendar.is_working(found)
    if count >= 0 or calendar.is_working(day):
        assert rules.working_days_between(day, found, calendar) == count


@given(days, counts, counts, calendars)
def test_adding_in_two_steps_is_adding_once(day: date, one: int, two: int, calendar: rules.WorkingCalendar) -> None:
    if one * two < 0:
        two = -two
    at_once = rules.add_working_days(day, one + two, calendar)
    assert rules.add_working_days(rules.add_working_days(day, one, calendar), two, calendar) == at_once


@given(days, counts, calendars)
def test_there_and_back_from_a_working_day(day: date, count: int, calendar: rules.WorkingCalendar) -> None:
    start = rules.next_working_day(day, calendar)
    assert rules.add_working_days(rules.add_working_days(start, count, calendar), -count, calendar) == start


@given(days, days, days, calendars)
def test_spans_add_up_and_turn_round(a: date, b: date, c: date, calendar: rules.WorkingCalendar) -> None:
    between = rules.working_days_between
    assert between(a, b, calendar) + between(b, c, calendar) == between(a, c, calendar)
    assert between(a, b, calendar) == -between(b, a, calendar)


@pytest.mark.parametrize(
    ("start", "count", "due"),
    [
        (date(2026, 12, 24), 1, date(2026, 12, 29)),  # over Christmas, the weekend and Boxing Day's Monday
        (date(2026, 12, 24), 5, date(2027, 1, 5)),
        (date(2027, 1, 25), 1, date(2027, 1, 27)),  # over Australia Day
        (date(2026, 12, 26), 0, date(2026, 12, 26)),
        (date(2026, 12, 29), -1, date(2026, 12, 24)),
    ],
)
def test_working_days_by_hand(start: date, count: int, due: date) -> None:
    assert rules.add_working_days(start, count, ACT) == due


def test_a_day_nobody_knows_the_holidays_of_is_refused() -> None:
    with pytest.raises(Refused, match="knows public holidays from Wed 1 Jan 2020 to Wed 31 Dec 2031"):
        rules.add_working_days(date(2031, 12, 30), 5, ACT)


def test_a_deadline_in_days_ends_with_the_local_day() -> None:
    start = datetime(2026, 9, 30, 15, 30, tzinfo=UTC)  # already 1 October in Sydney
    assert rules.due_after(start, 3, ACT) == datetime(2026, 10, 6, 12, 59, 59, tzinfo=UTC)  # daylight saving began


def changes_of(zone: str, year: int) -> list[tuple[datetime, timedelta]]:
    """The instants at which a zone's clocks change, and by how much, found by walking the hours."""
    here, found = ZoneInfo(zone), []
    at = datetime(year, 1, 1, tzinfo=UTC)
    while at.year == year:
        after = at + timedelta(minutes=30)
        shift = (after.astimezone(here).utcoffset() or timedelta()) - (at.astimezone(here).utcoffset() or timedelta())
        if shift:
            found.append((after, shift))
        at = after
    return found


SAVES_DAYLIGHT = {"Sydney": 60, "Melbourne": 60, "Hobart": 60, "Adelaide": 60, "Lord_Howe": 30}


@pytest.mark.parametrize(("zone", "year"), list(product(rules.AUSTRALIAN_ZONES, range(2024, 2029))))
@pytest.mark.slow
def test_gaps_and_folds_of_every_zone_and_year(zone: str, year: int) -> None:
    found = changes_of(zone, year)
    minutes = SAVES_DAYLIGHT.get(zone.removeprefix("Australia/"))
    assert [shift.total_seconds() / 60 for _, shift in found] == ([-minutes, minutes] if minutes else [])
    for at, shift in found:
        wall = rules.local_of(at, zone)
        code = "clock-gap" if shift > timedelta() else "clock-fold"
        inside = wall - abs(shift) / 2 if code == "clock-gap" else wall + abs(shift) / 2
        assert [breach.code for breach in rules.clock_breaches(inside.replace(fold=0), zone)] == [code]
        for clear in (inside - abs(shift), inside + abs(shift)):
            instant = rules.instant_of(clear.replace(fold=0), zone)
            assert rules.local_of(instant, zone).replace(fold=0) == clear.replace(fold=0)


def test_the_sentence_names_time_day_and_zone() -> None:
    [gap] = rules.clock_breaches(datetime(2026, 10, 4, 2, 30), "Australia/Sydney")
    assert gap.text == "02:30 on Sun 4 Oct 2026 does not exist in Australia/Sydney: clocks go forward past it."
    with pytest.raises(Refused, match="happens twice in Australia/Lord_Howe"):
        rules.instant_of(datetime(2026, 4, 5, 1, 45), "Australia/Lord_Howe")


def test_the_nearest_instant_follows_rfc_5545() -> None:
    gap = rules.nearest_instant(datetime(2026, 10, 4, 2, 30), "Australia/Sydney")
    assert rules.local_of(gap, "Australia/Sydney") == datetime(2026, 10, 4, 3, 30)
    fold = rules.nearest_instant(datetime(2026, 4, 5, 2, 30), "Australia/Sydney")
    assert fold == datetime(2026, 4, 4, 15, 30, tzinfo=UTC)


def test_an_instant_is_no_local_time() -> None:
    with pytest.raises(ValueError, match="no zone of its own"):
        rules.instant_of(datetime(2026, 4, 5, 2, 30, tzinfo=UTC), "Australia/Sydney")


def test_ten_o_clock_stays_ten_o_clock_over_the_change() -> None:
    zone = "Australia/Sydney"
    since, until = datetime(2026, 3, 20, tzinfo=UTC), datetime(2026, 4, 20, tzinfo=UTC)
    found = list(rules.occurrences("FREQ=WEEKLY;INTERVAL=2", datetime(2026, 1, 2, 10), zone, since, until))
    assert [each.slot for each in found] == [datetime(2026, 3, 27, 10), datetime(2026, 4, 10, 10)]
    assert [each.at.hour for each in found] == [23, 0]


def clashes(found: list[rules.Occurrence], zone: str) -> list[rules.Occurrence]:
    """Occurrences whose clock shows another time than their slot, though no change of clocks explains it."""
    wrong = [each for each in found if rules.local_of(each.at, zone).replace(fold=0) != each.slot]
    return [each for each in wrong if not rules.clock_breaches(each.slot, zone)]


@given(
    zone=st.sampled_from(rules.AUSTRALIAN_ZONES),
    start=st.datetimes(datetime(2024, 1, 1), datetime(2025, 1, 1)),
    interval=st.integers(1, 9),
    freq=st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]),
    cut=st.integers(0, 200),
)
def test_a_window_holds_what_the_whole_holds(zone: str, start: datetime, interval: int, freq: str, cut: int) -> None:
    start = start.replace(microsecond=0)
    rule = f"FREQ={freq};INTERVAL={interval}"
    since = rules.nearest_instant(start, zone)
    until, middle = since + timedelta(days=200), since + timedelta(days=cut)
    whole = list(rules.occurrences(rule, start, zone, since, until))
    parts = [
        *rules.occurrences(rule, start, zone, since, middle),
        *rules.occurrences(rule, start, zone, middle + timedelta(microseconds=1), until),
    ]
    assert parts == whole
    assert all(each.slot.time() == start.time() for each in whole)
    assert not clashes(whole, zone)


@pytest.mark.parametrize("until", ["20260409T140000Z", "20260410T000000", "20260410"])
def test_until_in_utc_and_local_cut_at_the_same_meeting(until: str) -> None:
    window = (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC))
    rule = f"FREQ=WEEKLY;UNTIL={until}"
    found = list(rules.occurrences(rule, datetime(2026, 3, 26, 10), "Australia/Sydney", *window))
    assert [each.slot.date() for each in found] == [date(2026, 3, 26), date(2026, 4, 2), date(2026, 4, 9)]


def test_a_count_is_counted_from_the_start() -> None:
    window = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
    start = datetime(2026, 1, 5, 9)
    twice = list(rules.occurrences("FREQ=WEEKLY;COUNT=2", start, "Australia/Perth", *window))
    assert [each.slot.day for each in twice] == [5, 12]


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "WEEKLY",
        "FREQ=SECONDLY",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=DAILY;COUNT=x",
        "a;b",
        "FREQ=DAILY;BYMONTH=2,4;BYMONTHDAY=31",
    ],
)
def test_what_is_not_a_rule_is_refused_in_words(rule: str) -> None:
    with pytest.raises(Refused, match=r"recurrence rule|how often|do not exist"):
        list(rules.occurrences(rule, datetime(2026, 1, 5, 9), "UTC", datetime.now(UTC), datetime.now(UTC)))


def test_the_last_second_of_a_day() -> None:
    at = rules.end_of_day(date(2026, 11, 23), "Australia/Adelaide")
    assert rules.local_of(at, "Australia/Adelaide") == datetime.combine(date(2026, 11, 23), time(23, 59, 59))
