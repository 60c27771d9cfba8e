"""Who sits where on a day: the truth table, chairing by seat, and the law that the past stays as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from convenor.domain.groups.rules.rosters import (
    CHAIR_OF,
    INDIVIDUAL,
    OFFICE,
    VACANT,
    ChairFacts,
    Facts,
    Holding,
    SeatFacts,
    Sitting,
    chairs_on,
    roster,
    sitting,
)
from convenor.domain.groups.rules.spans import Span

DAY = date(2023, 6, 29)
LONG = Span(date(2020, 1, 1), None)
SECRETARY, TAX = 11, 12
"""Offices."""


def office_seat(key: int = 1, office: int = SECRETARY, group: int = 1, life: Span = LONG) -> SeatFacts:
    return SeatFacts(key, group, OFFICE, life, office=office)


def own_seat(key: int = 1, group: int = 1, life: Span = LONG) -> SeatFacts:
    return SeatFacts(key, group, INDIVIDUAL, life)


def facts(*seats: SeatFacts, **more: object) -> Facts:
    return Facts({seat.key: seat for seat in seats}, **more)  # type: ignore[arg-type]


def test_the_holder_of_an_office_seat_is_the_tenure_on_the_day() -> None:
    first = Holding(1, 100, Span(None, date(2022, 5, 31)), how="tenure")
    second = Holding(2, 101, Span(date(2022, 6, 1)), how="tenure")
    table = facts(office_seat(), tenures={SECRETARY: [first, second]})
    assert sitting(table, table.seats[1], date(2022, 5, 31)) == Sitting((first,))
    assert sitting(table, table.seats[1], date(2022, 6, 1)) == Sitting((second,))


def test_one_tenure_moves_every_seat_of_the_office() -> None:
    new = Holding(2, 101, Span(date(2022, 6, 1)), how="tenure")
    seats = [office_seat(key, group=key) for key in (1, 2, 3)]
    table = facts(*seats, tenures={SECRETARY: [new]})
    assert [sitting(table, seat, DAY).present for seat in seats] == [(new,)] * 3


def test_an_acting_holder_of_the_office_sits_and_the_substantive_one_is_away() -> None:
    """29 June 2023: the secretary an apology, the acting secretary present as member and co-chair."""
    holder = Holding(1, 100, Span(date(2021, 1, 1)), how="tenure")
    acting = Holding(2, 101, Span(date(2023, 6, 20), date(2023, 7, 7)), acting=True, how="tenure")
    table = facts(office_seat(), tenures={SECRETARY: [holder, acting]}, chairs={1: [ChairFacts(1, 1, LONG)]})
    assert sitting(table, table.seats[1], DAY) == Sitting((acting,), (holder,))
    assert [chair.seat for chair in chairs_on(table, 1, DAY)] == [1]
    assert sitting(table, table.seats[1], date(2023, 7, 8)) == Sitting((holder,))


def test_acting_in_this_group_goes_before_acting_in_the_office() -> None:
    holder = Holding(1, 100, LONG, how="tenure")
    in_office = Holding(2, 101, LONG, acting=True, how="tenure")
    in_group = Holding(3, 102, LONG, acting=True)
    table = facts(office_seat(), tenures={SECRETARY: [holder, in_office]}, appointments={1: [in_group]})
    assert sitting(table, table.seats[1], DAY) == Sitting((in_group,), (in_office, holder))


def test_a_seat_for_a_chair_is_held_by_whoever_chairs_the_other_group() -> None:
    """Co-chairs Finance and Social Services to March 2024, then Finance and Taxation: chairing is the seat's."""
    finance, taxation = Holding(1, 100, LONG, how="tenure"), Holding(2, 101, LONG, how="tenure")
    other = [office_seat(1, SECRETARY, group=1), office_seat(2, TAX, group=1)]
    ex_officio = SeatFacts(3, 2, CHAIR_OF, LONG, chair_of=1)
    chairs = [ChairFacts(1, 1, Span(date(2020, 1, 1), date(2024, 3, 31))), ChairFacts(2, 1, Span(date(2024, 4, 1)))]
    table = facts(*other, ex_officio, tenures={SECRETARY: [finance], TAX: [taxation]}, chairs={1: chairs})
    assert sitting(table, ex_officio, date(2024, 3, 31)) == Sitting((finance,))
    assert sitting(table, ex_officio, date(2024, 4, 1)) == Sitting((taxation,))


def test_a_deputy_does_not_sit_for_the_chair() -> None:
    deputy = ChairFacts(1, 3, LONG, leads=False)
    ex_officio = SeatFacts(3, 2, CHAIR_OF, LONG, chair_of=1)
    table = facts(own_seat(1), ex_officio, appointments={1: [Holding(1, 100, LONG)]}, chairs={1: [deputy]})
    assert sitting(table, ex_officio, DAY) == VACANT


def test_chairs_that_sit_for_each_other_seat_nobody() -> None:
    first, second = SeatFacts(1, 1, CHAIR_OF, LONG, chair_of=2), SeatFacts(2, 2, CHAIR_OF, LONG, chair_of=1)
    table = facts(first, second, chairs={1: [ChairFacts(1, 1, LONG)], 2: [ChairFacts(2, 1, LONG)]})
    assert sitting(table, first, DAY) == VACANT


def test_a_seat_is_vacant_without_a_holder_and_absent_outside_its_life() -> None:
    brief = own_seat(2, life=Span(date(2023, 1, 1), date(2023, 12, 31)))
    table = facts(own_seat(1), brief)
    assert roster(table, 1, DAY) == {1: VACANT, 2: VACANT}
    assert roster(table, 1, date(2024, 1, 1)) == {1: VACANT}
    assert roster(table, 9, DAY) == {}


def test_a_known_span_goes_before_one_whose_beginning_is_not_known() -> None:
    unknown = Holding(1, 100, Span(None, date(2022, 12, 31)))
    known = Holding(2, 101, Span(date(2021, 1, 1), date(2021, 12, 31)))
    table = facts(own_seat(), appointments={1: [unknown, known]})
    assert sitting(table, table.seats[1], date(2021, 6, 1)).present == (known,)
    assert sitting(table, table.seats[1], date(2020, 6, 1)).present == (unknown,)
    assert sitting(table, table.seats[1], date(2022, 6, 1)).present == (unknown,)


days = st.integers(0, 400).map(lambda number: date(2022, 1, 1) + timedelta(days=number))
edits = st.lists(st.tuples(st.integers(1, 3), st.integers(1, 6), st.booleans(), days), max_size=25)


@given(edits)
def test_a_later_edit_never_changes_the_roster_of_an_earlier_day(history: list[tuple[int, int, bool, date]]) -> None:
    """Each edit ends whoever sits and seats somebody else from its day on: all days before stay as they were."""
    table = facts(
        own_seat(1), office_seat(2), SeatFacts(3, 2, CHAIR_OF, LONG, chair_of=1), chairs={1: [ChairFacts(1, 1, LONG)]}
    )
    for number, (seat, person, acting, on) in enumerate(sorted(history, key=lambda edit: edit[3])):
        before = {day: roster_of_all(table, day) for day in days_before(on)}
        table = succeed(table, seat, Holding(number, person, Span(on), acting), on)
        assert {day: roster_of_all(table, day) for day in days_before(on)} == before


def days_before(on: date) -> list[date]:
    return [on - timedelta(days=number) for number in (1, 2, 30, 200)]


def roster_of_all(table: Facts, day: date) -> list[dict[int, tuple[tuple[int, ...], tuple[int, ...]]]]:
    """Who sits and who is away, by person: spans may get their ends later."""
    return [
        {
            key: (tuple(each.person for each in found.present), tuple(each.person for each in found.away))
            for key, found in roster(table, group, day).items()
        }
        for group in (1, 2)
    ]


def succeed(table: Facts, seat: int, new: Holding, on: date) -> Facts:
    """The open holding of the same sort ends the day before; the new one begins. Seat 2 follows its office."""
    held, key = (table.tenures, SECRETARY) if seat == 2 and not new.acting else (table.appointments, seat)
    rows = [ended(each, on) if each.acting == new.acting else each for each in held.get(key, ())]
    after = {**held, key: [*rows, new]}
    return replace(table, tenures=after) if held is table.tenures else replace(table, appointments=after)


def ended(holding: Holding, on: date) -> Holding:
    last = on - timedelta(days=1)
    if holding.span.last is not None or holding.span.ahead(last):
        return holding
    return replace(holding, span=Span(holding.span.first, last))
