"""Who sits in a group on a day, from plain facts.

The holder of an office seat is the office's tenure on the day; the holder of a seat for the chair of another
group is whoever chairs that group; every other seat is held by appointment. Somebody acting sits, whoever holds
the seat: an acting appointment in this group goes before an acting tenure of the office, and both go before the
substantive holder, who is shown as away (research groups-and-meetings section 5, truth table).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from datetime import date
from typing import Final

from convenor.domain.groups.rules.spans import ONE_DAY, Span, turning_days
from convenor.kit.structs import struct

OFFICE: Final = "office"
ORGANISATION: Final = "organisation"
SEGMENT: Final = "segment"
INDIVIDUAL: Final = "individual"
CHAIR_OF: Final = "chair-of"
FOLLOWS: Final = (OFFICE, CHAIR_OF)
"""Bases whose holder follows from elsewhere: nobody is appointed to them, except to act."""


@struct
class Holding:
    """A person in a seat or an office for a time. `key` is the row's; `how` says which table it is from."""

    key: int
    person: int
    span: Span
    acting: bool = False
    how: str = "appointment"


@struct
class SeatFacts:
    """A seat as far as it matters for who sits in it. `life` is from its first to its last day."""

    key: int
    group: int
    basis: str
    life: Span
    office: int | None = None
    chair_of: int | None = None


@struct
class ChairFacts:
    """That a seat chairs its group for a time. `leads`: as its chair or co-chair. `key` is the row's."""

    seat: int
    key: int
    span: Span
    leads: bool = True


@struct(slots=False)
class Facts:
    """All that is needed to say who sits in some groups on any day."""

    seats: Mapping[int, SeatFacts]
    appointments: Mapping[int, Sequence[Holding]] = field(default_factory=dict)
    """By seat."""
    tenures: Mapping[int, Sequence[Holding]] = field(default_factory=dict)
    """By office."""
    chairs: Mapping[int, Sequence[ChairFacts]] = field(default_factory=dict)
    """By group."""


@struct
class Sitting:
    """Who sits in a seat on a day (several only where co-chairs share an ex officio seat), and who is away."""

    present: tuple[Holding, ...] = ()
    away: tuple[Holding, ...] = ()

    @property
    def vacant(self) -> bool:
        """Nobody sits here, not even acting."""
        return not self.present


VACANT: Final = Sitting()


def sitting(facts: Facts, seat: SeatFacts, on: date) -> Sitting:
    """Who sits in the seat on the day; vacant outside the seat's life."""
    return _sitting(facts, seat, on, frozenset())


def roster(facts: Facts, group: int, on: date) -> dict[int, Sitting]:
    """Every seat the group has on the day, by key, with who sits in it."""
    seats = (seat for seat in facts.seats.values() if seat.group == group and seat.life.covers(on))
    return {seat.key: sitting(facts, seat, on) for seat in seats}


def chairs_on(facts: Facts, group: int, on: date) -> list[ChairFacts]:
    """The seats that chair the group on the day, those that lead first."""
    held = [
        chair
        for chair in facts.chairs.get(group, ())
        if chair.span.covers(on) and chair.seat in facts.seats and facts.seats[chair.seat].life.covers(on)
    ]
    return sorted(held, key=lambda chair: (not chair.leads, chair.span.first or date.min, chair.seat))


def sat_during(facts: Facts, seat: SeatFacts, during: Span) -> bool:
    """Whether anybody is known to have sat in the seat on a day of the span, by appointment or by what it follows."""
    held = (each for kept in (facts.appointments, facts.tenures) for some in kept.values() for each in some)
    chairs = (each for some in facts.chairs.values() for each in some)
    spans = [*(each.span for each in held), *(each.span for each in chairs), seat.life]
    days = turning_days(spans, Span(during.first or date.min, during.last))
    return any(sitting(facts, seat, day).present for day in days)


def vacant_since(facts: Facts, seat: SeatFacts, today: date) -> date | None:
    """The first day of the present vacancy: the day after somebody last sat, else the seat's own first day."""
    held = (each.span for kept in (facts.appointments, facts.tenures) for some in kept.values() for each in some)
    chairs = (each.span for some in facts.chairs.values() for each in some)
    ends = {span.last + ONE_DAY for span in (*held, *chairs) if span.last is not None and span.last < today}
    for day in sorted(ends, reverse=True):
        if not sitting(facts, seat, day - ONE_DAY).vacant:
            return day
    return seat.life.first


def _sitting(facts: Facts, seat: SeatFacts, on: date, seen: frozenset[int]) -> Sitting:
    if seat.key in seen or not seat.life.covers(on):  # a ring of chairs that sit for each other seats nobody
        return VACANT
    here = facts.appointments.get(seat.key, ())
    acting_here = current(here, on, acting=True)
    if seat.basis == OFFICE:
        return _acted(acting_here, _office(facts, seat, on))
    if seat.basis == CHAIR_OF:
        return _acted(acting_here, _chair(facts, seat, on, seen | {seat.key}))
    return _acted(acting_here, Sitting(_some(current(here, on, acting=False))))


def _office(facts: Facts, seat: SeatFacts, on: date) -> Sitting:
    tenures = facts.tenures.get(seat.office or 0, ())
    return _acted(current(tenures, on, acting=True), Sitting(_some(current(tenures, on, acting=False))))


def _chair(facts: Facts, seat: SeatFacts, on: date, seen: frozenset[int]) -> Sitting:
    leading = [chair for chair in chairs_on(facts, seat.chair_of or 0, on) if chair.leads]
    found = [_sitting(facts, facts.seats[chair.seat], on, seen) for chair in leading]
    present = dict.fromkeys(holding for each in found for holding in each.present)
    away = dict.fromkeys(holding for each in found for holding in each.away)
    return Sitting(tuple(present), tuple(away))


def _acted(acting: Holding | None, substantive: Sitting) -> Sitting:
    """Acting beats substantive for who sits; both are shown."""
    if acting is None:
        return substantive
    others = (holding for holding in (*substantive.present, *substantive.away) if holding.person != acting.person)
    return Sitting((acting,), tuple(others))


def _some(holding: Holding | None) -> tuple[Holding, ...]:
    return () if holding is None else (holding,)


def current(holdings: Iterable[Holding], on: date, *, acting: bool) -> Holding | None:
    """The one that holds on the day. Where a beginning is not known, a span that is known goes before it."""
    held = [holding for holding in holdings if holding.acting == acting and holding.span.covers(on)]
    return min(held, key=_certainty, default=None)


def _certainty(holding: Holding) -> tuple[bool, int, date, int]:
    first, last = holding.span.first, holding.span.last
    return first is None, -(first or date.min).toordinal(), last or date.max, holding.key
