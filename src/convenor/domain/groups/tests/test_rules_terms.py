"""Spans, terms, states and parents."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convenor.domain.groups.rules import states, terms
from convenor.domain.groups.rules.rosters import CHAIR_OF, INDIVIDUAL, OFFICE, Facts, Holding, SeatFacts, sitting
from convenor.domain.groups.rules.spans import Span, say_span, turning_days

D = date(2026, 3, 2)
LIFE = Span(date(2026, 1, 1), date(2026, 12, 31))
NAMES = {each: each.title() for each in states.MOVES}

some_day = st.integers(0, 60).map(lambda number: date(2026, 1, 1) + timedelta(days=number))


@st.composite
def spans(draw: st.DrawFn) -> Span:
    first, last = draw(st.none() | some_day), draw(st.none() | some_day)
    if first is not None and last is not None and last < first:
        first, last = last, first
    return Span(first, last)


def known(span: Span, day: date) -> bool:
    """Whether it certainly covers the day: with an unknown beginning, on its last day, or at the end of time."""
    return span.covers(day) and (span.first is not None or day == span.last or (span.last is None and day == date.max))


@given(spans(), spans())
def test_spans_meet_when_they_certainly_share_a_day(one: Span, other: Span) -> None:
    every = [date(2026, 1, 1) + timedelta(days=number) for number in range(61)] + [date.max]
    shared = any(known(one, day) and known(other, day) for day in every)
    assert one.meets(other) == other.meets(one)
    assert one.meets(other) == shared


@given(spans(), spans())
@pytest.mark.slow
def test_a_span_within_another_has_no_known_day_outside(one: Span, outer: Span) -> None:
    if one.within(outer):
        assert all(outer.covers(day) for day in (one.first, one.last) if day is not None)


@given(st.lists(spans(), max_size=6), spans().filter(lambda span: span.first is not None))
def test_what_covers_changes_upwards_on_turning_days_only(many: list[Span], within: Span) -> None:
    turns = turning_days(many, within)
    counts = {day: sum(span.covers(day) for span in many) for day in turns}
    for number in range(61):
        day = date(2026, 1, 1) + timedelta(days=number)
        if within.covers(day):
            assert sum(span.covers(day) for span in many) <= max(counts.values())


def test_spans_in_words() -> None:
    assert say_span(LIFE) == "from Thu 1 Jan 2026 to Thu 31 Dec 2026"
    assert say_span(Span(D)) == "from Mon 2 Mar 2026"
    assert say_span(Span(None, D)) == "until Mon 2 Mar 2026"
    assert say_span(Span()) == "from a day not known"


def test_nobody_is_appointed_to_a_seat_that_follows_an_office() -> None:
    for basis in (OFFICE, CHAIR_OF):
        seat = SeatFacts(1, 1, basis, LIFE)
        assert [breach.code for breach in terms.basis_breaches(seat, acting=False)] == ["seat-follows"]
        assert terms.basis_breaches(seat, acting=True) == []
    assert terms.basis_breaches(SeatFacts(1, 1, INDIVIDUAL, LIFE), acting=False) == []


def test_one_substantive_appointee_at_a_time_and_one_acting() -> None:
    sits = Holding(1, 100, Span(D, None))
    text = (
        "This seat already has Ada Marsh in it, from Mon 2 Mar 2026. "
        "End that appointment first, or appoint somebody to act."
    )
    found = terms.overlap([sits], Holding(2, 101, Span(D + timedelta(days=9))), "Ada Marsh")
    assert [breach.text for breach in found] == [text]
    assert terms.overlap([sits], Holding(2, 101, Span(D), acting=True)) == []
    assert terms.overlap([sits], Holding(2, 101, Span(date(2025, 1, 1), date(2026, 3, 1)))) == []
    assert terms.overlap([sits], Holding(1, 101, Span(D))) == []


@given(st.lists(st.tuples(spans(), st.booleans()), max_size=8), some_day)
def test_who_passes_the_overlap_rule_never_doubles_a_seat(wanted: list[tuple[Span, bool]], on: date) -> None:
    """Whatever is appointed in whatever order, on each day one substantive holder sits or is away, never two."""
    held: list[Holding] = []
    for number, (span, acting) in enumerate(wanted):
        new = Holding(number, number, span, acting)
        if not terms.overlap(held, new):
            held.append(new)
    seat = SeatFacts(1, 1, INDIVIDUAL, Span(date(2020, 1, 1)))
    found = sitting(Facts({1: seat}, appointments={1: held}), seat, on)
    assert len(found.present) <= 1
    assert len(found.away) <= 1
    assert all(sum(known(each.span, on) for each in held if each.acting == acting) <= 1 for acting in (True, False))


def test_an_appointment_lies_within_its_seat() -> None:
    seat = SeatFacts(1, 1, INDIVIDUAL, LIFE)
    text = "The seat exists from Thu 1 Jan 2026 to Thu 31 Dec 2026: the appointment must lie within that time."
    assert [breach.text for breach in terms.outside_seat(seat, Span(date(2025, 12, 31), D))] == [text]
    assert terms.outside_seat(seat, Span(D, None)) != []
    assert terms.outside_seat(seat, Span(None, D)) == []
    assert terms.outside_seat(seat, Span(D, date(2026, 12, 31))) == []


def test_naming_somebody_else_on_a_day_gone_by_is_a_correction() -> None:
    sat = Holding(1, 100, Span(date(2026, 1, 1), date(2026, 1, 31)))
    acting = Holding(2, 101, Span(date(2026, 1, 10), date(2026, 1, 12)), acting=True)
    assert terms.rewrites([sat], acting, today=D)
    assert not terms.rewrites([sat], acting, today=date(2026, 1, 10))
    assert not terms.rewrites([sat], Holding(2, 101, Span(date(2026, 2, 1), date(2026, 2, 2))), today=D)
    assert not terms.rewrites([], acting, today=D)
    assert not terms.rewrites([sat], Holding(2, 101, Span(D)), today=D)
    assert terms.rewrites([sat], Holding(2, 101, Span(None, None)), today=D)


def test_ends() -> None:
    assert terms.end_breaches(Span(D), D) == []
    assert [breach.code for breach in terms.end_breaches(Span(D), date(2026, 3, 1))] == ["ends-before-start"]
    assert [breach.code for breach in terms.end_breaches(Span(D, D), D)] == ["ended-already"]
    assert terms.end_breaches(Span(D, date(2026, 12, 31)), date(2026, 6, 30)) == []
    assert [breach.code for breach in terms.late_end(date(2026, 2, 28), D, " ")] == ["reason-needed"]
    assert terms.late_end(date(2026, 2, 28), D, "She left; the letter came late.") == []
    assert terms.late_end(date(2026, 3, 1), D, "") == []


@given(spans(), some_day, st.integers(0, 120))
def test_ending_within_some_days_means_running_today_with_the_end_in_reach(
    span: Span, today: date, within: int
) -> None:
    expected = (
        (span.first is None or span.first <= today)
        and span.last is not None
        and today <= span.last <= today + timedelta(days=within)
    )
    assert terms.ends_within(span, today, within) == expected


def test_the_life_of_a_group() -> None:
    allowed = {(was, to) for was in states.MOVES for to in states.MOVES if not states.move_breaches(was, to, NAMES)}
    assert allowed == {
        ("proposed", "recruiting"),
        ("proposed", "active"),
        ("recruiting", "active"),
        ("active", "dormant"),
        ("dormant", "active"),
    }
    text = "A group that is dormant cannot become recruiting. From here it can become: active."
    assert [breach.text for breach in states.move_breaches("dormant", "recruiting", NAMES)] == [text]
    assert [breach.code for breach in states.move_breaches("closed", "active", NAMES)] == ["closed"]
    assert [breach.code for breach in states.move_breaches("active", "closed", NAMES)] == ["close-apart"]


def test_closing_asks_why_and_ends_nothing_that_has_not_begun() -> None:
    assert states.close_breaches("active", D, "Its work is done.", [date(2026, 1, 1)], today=D) == []
    codes = [
        breach.code for breach in states.close_breaches("active", D, " ", [date(2026, 4, 1)], today=date(2026, 1, 5))
    ]
    assert codes == ["reason-needed", "not-yet", "closes-before-start"]
    assert [breach.code for breach in states.close_breaches("closed", D, "Again", [], today=D)] == ["closed"]


def test_closed_is_final_but_for_a_reasoned_reopening() -> None:
    assert states.reopen_breaches("closed", D, date(2026, 3, 3), "Closed by mistake.") == []
    assert [breach.code for breach in states.reopen_breaches("closed", D, D, "")] == [
        "reason-needed",
        "reopens-before-close",
    ]
    assert [breach.code for breach in states.reopen_breaches("dormant", None, D, "Why not")] == ["not-closed"]


def test_parents_run_in_no_ring() -> None:
    links = {1: [2], 2: [3]}
    assert states.cycle_breaches(4, 1, links) == []
    assert [breach.code for breach in states.cycle_breaches(1, 1, links)] == ["parent-itself"]
    assert [breach.text for breach in states.cycle_breaches(3, 1, links, "The forum")] == [
        "The forum stands under this group itself, so it cannot be its parent."
    ]


@given(st.lists(st.tuples(st.integers(1, 8), st.integers(1, 8)), max_size=30))
def test_links_that_pass_never_make_a_ring(wanted: list[tuple[int, int]]) -> None:
    links: dict[int, list[int]] = {}
    for child, parent in wanted:
        if not states.cycle_breaches(child, parent, links):
            links.setdefault(child, []).append(parent)
    assert all(group not in states.above(group, links) for group in links)


@pytest.mark.parametrize("state", [each for each in states.MOVES if each != "closed"])
def test_only_a_closed_group_takes_no_changes(state: str) -> None:
    assert states.open_breaches(state) == []
    assert [breach.code for breach in states.open_breaches("closed")] == ["closed"]
