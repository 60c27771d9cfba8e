"""The typed rules of an engagement model as plain values that mirror the tables.

None, "", () and the like mean "the model does not say". Nothing here knows of the database.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from convenor.kit.structs import struct

PERSONS: Final = "persons"
ORGANISATIONS: Final = "organisations"

LIFESPANS: Final = ("standing", "initiative", "task")
FORMATIONS: Final = ("appointed", "invitation", "expression-of-interest", "nomination", "open")
IN_PUBLIC: Final = frozenset({"expression-of-interest", "nomination"})
"""Formations in which members are looked for in public once the group stands; a call may do it."""
CHAIRINGS: Final = ("none", "chair", "co-chairs")
COUNTS: Final = (PERSONS, ORGANISATIONS)
QUORUMS: Final = ("none", "filled", "all")
PUBLICATIONS: Final = ("public", "members")
COLOURS: Final = ("strategic", "operational", "tactical", "informative")
SECTORS: Final = ("government", "private", "non-government", "international", "academic")
LEFT_OPEN: Final = "left-open"
VACANCY_WAYS: Final = ("reserve-list", "nomination", "call", LEFT_OPEN)
OUTPUTS: Final = ("advice", "guidance", "recommendation", "decision", "design", "information")


def tone_of(colour: str) -> int:
    """The number by which screens know the colour of a level, from 1."""
    return COLOURS.index(colour) + 1


@struct
class Named:
    """Something a rule refers to: another type, a role class, a kind of organisation, a segment."""

    slug: str
    name: str
    plural: str = ""
    only_one: bool = False
    """A type of which there is one group only is “the Digital 10”, not “a Digital 10”."""


@struct
class Role:
    """A class of offices that the model declares: Chief Information Officer, Deputy Secretary …"""

    slug: str
    name: str


@struct
class OrganisationKindValue:
    """A kind of organisation that the model declares."""

    slug: str
    name: str
    plural: str
    sector: str


@struct
class SegmentValue:
    """A market or community segment that the model declares."""

    slug: str
    name: str
    description: str = ""


@struct
class Vocabulary:
    """Words that rules may use. A model declares its own, so that one file is enough to share it."""

    roles: tuple[Role, ...] = ()
    kinds: tuple[OrganisationKindValue, ...] = ()
    segments: tuple[SegmentValue, ...] = ()


@struct
class ConstituencyValue:
    """A side of the table. A cap counts places of people, or the organisations that have places."""

    slug: str
    name: str
    minimum: int | None = None
    maximum: int | None = None
    counts: str = PERSONS
    chairs: bool = False


@struct
class NamedPlaceValue:
    """A place the model itself names, such as a portfolio."""

    title: str
    organisation: str = ""
    constituency: str = ""


@struct
class Overriding:
    """That a group's own override stands behind a rule: from when to when (last day inclusive), and why."""

    rule: str
    first: date
    last: date | None = None
    reason: str = ""


@struct
class TypeRulesValue:
    """Everything a version of a model says of one type of group. Spans are in the unit of their name.

    `overrides` is empty but for the rules of one group that has overrides of its own.
    """

    slug: str
    name: str
    name_plural: str
    purpose: str
    level: str = ""
    membership: str = ""
    examples: str = ""

    only_one: bool = False
    lifespan: str = ""
    formation: str = ""
    parent_required: bool = False
    parent_types: tuple[Named, ...] = ()
    parent_approval: bool = False
    consults: tuple[Named, ...] = ()
    consults_about: str = ""
    refers_to: tuple[Named, ...] = ()

    total_minimum: int | None = None
    total_maximum: int | None = None
    total_counts: str = PERSONS
    constituencies: tuple[ConstituencyValue, ...] = ()
    one_seat_per_organisation: bool = False
    eligible_roles: tuple[Named, ...] = ()
    eligible_kinds: tuple[Named, ...] = ()
    eligible_constituency: str = ""
    segments: tuple[Named, ...] = ()
    segments_minimum: int | None = None
    named_places: tuple[NamedPlaceValue, ...] = ()

    must_deliver: bool = False
    closes_on_delivery: bool = False
    chairing: str = ""

    cadence_as_required: bool = False
    cadence_months: int | None = None
    cadence_weeks: int | None = None
    cadence_tolerance_days: int = 0
    longest_gap_months: int | None = None

    quorum_of: str = ""
    quorum_number: int | None = None
    quorum_percent: int | None = None
    quorum_includes_chair: bool = False
    proxy_counts: bool = False

    call_for_items_days: int | None = None
    papers_due_days: int | None = None
    papers_out_days: int | None = None
    draft_minutes_days: int | None = None
    outcomes_published_days: int | None = None

    outputs: tuple[str, ...] = ()
    publishes: str = ""
    highest_marking: str = ""
    review_months: int | None = None
    sunset_months: int | None = None
    term_months: int | None = None
    casual_vacancies: tuple[str, ...] = ()
    """In which ways a seat is filled that falls vacant before its term ends; LEFT_OPEN stands alone."""

    overrides: tuple[Overriding, ...] = ()

    def constituency(self, slug: str) -> ConstituencyValue | None:
        """The side of the table with this slug, if the rules name it."""
        return next((side for side in self.constituencies if side.slug == slug), None)

    @property
    def chairing_sides(self) -> tuple[ConstituencyValue, ...]:
        """The sides that a chair or co-chair comes from; empty when the model does not say."""
        return tuple(side for side in self.constituencies if side.chairs)


@struct
class LevelValue:
    """A band of the model with its types, in the order they are drawn."""

    slug: str
    name: str
    colour: str
    motto: str = ""
    purpose: str = ""
    types: tuple[TypeRulesValue, ...] = ()

    @property
    def tone(self) -> int:
        """Which of the four colours, from the highest level."""
        return tone_of(self.colour)


@struct
class ModelValue:
    """A whole engagement model, as one YAML file says it. `owner` is an organisation's slug or name."""

    slug: str
    name: str
    owner: str
    calendar: str = ""
    summary: str = ""
    source: str = ""
    vocabulary: Vocabulary = Vocabulary()
    levels: tuple[LevelValue, ...] = ()

    def types(self) -> Iterator[TypeRulesValue]:
        """Every type of group, level by level."""
        for level in self.levels:
            yield from level.types

    def type(self, slug: str) -> TypeRulesValue | None:
        """The type with this slug, if the model has it."""
        return next((each for each in self.types() if each.slug == slug), None)


@struct
class SeatValue:
    """A seat as the rules look at it: facts of the day it is judged on.

    organisation: id of the organisation it stands for, None where there is none (it then counts as one of its own).
    organisation_kind, role: slugs of the organisation's kind and the office's role class; "" where not known.
    segments: slugs of the segments it covers. leads: whether it is chair or co-chair.
    counts: whether its role is bound by the rules of members (caps, one seat, who may sit); an observer's is not.
    """

    constituency: str = ""
    organisation: int | None = None
    organisation_kind: str = ""
    role: str = ""
    segments: frozenset[str] = frozenset()
    leads: bool = False
    counts: bool = True


@struct
class Composition:
    """Who sits in a group, as the rules look at it."""

    seats: tuple[SeatValue, ...] = ()

    def side(self, constituency: str) -> Composition:
        """Only the seats of one constituency."""
        return Composition(tuple(seat for seat in self.seats if seat.constituency == constituency))

    def with_seat(self, seat: SeatValue) -> Composition:
        """The same with one seat more."""
        return Composition((*self.seats, seat))

    def count(self, counts: str) -> int:
        """How many places are taken: seats, or the organisations that have one. Only those whose role counts."""
        counted = [seat for seat in self.seats if seat.counts]
        if counts == PERSONS:
            return len(counted)
        known = {seat.organisation for seat in counted if seat.organisation is not None}
        return len(known) + sum(seat.organisation is None for seat in counted)


@struct
class ParentValue:
    """A group that is to be (or is) the parent: its type's slug ("" for a group without a type), and its approval."""

    type_slug: str
    name: str = ""
    approved: bool = False
