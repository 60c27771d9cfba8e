"""Rosters: who sits in which seats, of one group or of many, on a day or over all time, in two queries.

(A third and fourth only where a seat is held by the chair of a group that is itself chaired from such a seat.)
Names are the public ones of people's profiles; where the viewer may not read them the seat is filled, and its
holder's name withheld. Officers of the group read every name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from functools import cache
from typing import Any, Final

from django.db.models import BooleanField, Case, ExpressionWrapper, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse

from convenor.core.records.prepared import PreparedRowsFor
from convenor.core.records.rules import Viewer
from convenor.domain.directory.models import Tenure
from convenor.domain.groups.models import Appointment, Chairing, Seat
from convenor.domain.groups.queries.seen import named, text, word
from convenor.domain.groups.rules.rosters import (
    CHAIR_OF,
    INDIVIDUAL,
    OFFICE,
    ORGANISATION,
    SEGMENT,
    ChairFacts,
    Facts,
    Holding,
    SeatFacts,
    chairs_on,
    sitting,
)
from convenor.domain.groups.rules.spans import Span
from convenor.kit.prepared import padded
from convenor.kit.structs import struct

TENURE, APPOINTMENT, CHAIRING = "tenure", "appointment", "chairing"
MOST_PREPARED: Final = 512
"""Groups, or seats, that a prepared query asks about; where there are more, Django writes the query each time."""
PAGES = {OFFICE: "directory:office", CHAIR_OF: "groups:detail"}
Rows = QuerySet[Any, Any]


@struct
class SeatShown:
    """A seat as this viewer may see it. `stands_for` is "" where its office or organisation may not be named."""

    facts: SeatFacts
    group_name: str
    slug: str
    number: int
    title: str
    constituency: str
    votes: bool
    counts_to_quorum: bool
    order: int
    end_reason: str
    role: str
    """As what somebody sits here, in words."""
    role_is_plain: bool
    """Whether it is the role that seats have when nothing is said: rosters do not repeat it."""
    counts: bool
    """Whether its role counts under caps."""
    stands_for: str = ""
    stands_for_slug: str = ""
    organisation: str = ""
    organisation_id: int | None = None
    wanted: bool = True
    """False for seats that were only fetched because they chair a group."""

    @property
    def key(self) -> int:
        return self.facts.key

    @property
    def basis(self) -> str:
        return str(Seat.Basis(self.facts.basis).label)

    @property
    def role_in_words(self) -> str:
        """The role where it is worth saying beside the title: an observer's, not a member's."""
        return "" if self.role_is_plain or self.role.casefold() in self.title.casefold() else self.role

    @property
    def stands_in_words(self) -> str:
        """What it stands for, as far as its title does not say so already."""
        told = dict.fromkeys(part for part in (self.stands_for, self.organisation) if part)
        return ", ".join(part for part in told if part.casefold() not in self.title.casefold())

    @property
    def url(self) -> str:
        return reverse("groups:seat", args=[self.slug, self.number])

    @property
    def stands_for_url(self) -> str:
        """The page of what it stands for, where the viewer may read it."""
        page = PAGES.get(self.facts.basis, "directory:organisation")
        return reverse(page, args=[self.stands_for_slug]) if self.stands_for_slug else ""


@struct
class Holder:
    """Somebody in a seat. `name` is "" where it is withheld from this viewer."""

    holding: Holding
    name: str
    slug: str
    profile: int | None
    """Id of the record of their profile, where the viewer may read it."""
    instrument: str = ""
    confirmed: bool = False

    @property
    def url(self) -> str:
        return reverse("directory:person", args=[self.slug]) if self.slug else ""

    @property
    def acting(self) -> bool:
        return self.holding.acting

    @property
    def span(self) -> Span:
        return self.holding.span


@struct
class ChairShown:
    """That the seat chairs, in which role, when."""

    key: int
    role: str
    leads: bool
    span: Span


@struct
class SeatLine:
    """A line of a roster: the seat, who sits, who is away, and as what it chairs."""

    seat: SeatShown
    present: tuple[Holder, ...]
    away: tuple[Holder, ...]
    chairs: tuple[ChairShown, ...]

    @property
    def vacant(self) -> bool:
        return not self.present

    @property
    def leads(self) -> bool:
        return any(chair.leads for chair in self.chairs)


@struct(slots=False)
class Table:
    """Seats and everybody who sat in them, as far as was asked for."""

    seats: dict[int, SeatShown]
    facts: Facts
    holders: dict[tuple[str, int], Holder]
    chairs: dict[tuple[int, int], ChairShown]
    """By seat and chairing."""

    def wanted(self) -> list[SeatShown]:
        """The seats that were asked for, in their groups' order."""
        return [seat for seat in self.seats.values() if seat.wanted]

    def line(self, seat: SeatShown, on: date) -> SeatLine:
        """The seat's line on a day."""
        found = sitting(self.facts, seat.facts, on)
        chairing = [chair for chair in chairs_on(self.facts, seat.facts.group, on) if chair.seat == seat.key]
        return SeatLine(
            seat,
            tuple(self.holders[each.how, each.key] for each in found.present),
            tuple(self.holders[each.how, each.key] for each in found.away),
            tuple(self.chairs[each.seat, each.key] for each in chairing),
        )

    def roster(self, group: int, on: date) -> list[SeatLine]:
        """The seats of a group on a day: chairs first, then in the group's own order."""
        seats = [seat for seat in self.seats.values() if seat.facts.group == group and seat.facts.life.covers(on)]
        lines = [self.line(seat, on) for seat in seats]
        return sorted(lines, key=lambda line: (not line.leads, line.seat.order, line.seat.number))


def rosters(viewer: Viewer, groups: Collection[int], on: date) -> dict[int, list[SeatLine]]:
    """The rosters of many groups on one day, by group."""
    table = table_of_groups(viewer, list(groups), on)
    return {group: table.roster(group, on) for group in groups}


def roster(viewer: Viewer, group: int, on: date) -> list[SeatLine]:
    """The roster of one group on a day."""
    return table_of_groups(viewer, [group], on).roster(group, on)


def table_of(viewer: Viewer, which: Q, on: date | None = None, officer: bool = False) -> Table:
    """The seats that match, the seats that chair groups they sit for, and who holds them.

    on: only what is in force that day; None for all time. officer: reads every name.
    """
    return _table(viewer, _seat_rows(viewer, which, _chairing_for(which), on), on, officer)


def table_of_groups(viewer: Viewer, groups: list[int], on: date | None = None, officer: bool = False) -> Table:
    """The same of all the seats of these groups."""
    if not groups:
        return _table(viewer, [], on, officer)
    if len(groups) > MOST_PREPARED:
        return table_of(viewer, Q(group__in=groups), on, officer)
    asked = {f"group_{place}": pk for place, pk in enumerate(padded(groups))}
    prepared = _prepared_seats(len(asked), dated=on is not None)
    found = prepared.rows(viewer, **asked, **_day(on))
    return _table(viewer, [_seat_row(row) for row in found], on, officer)


def _day(on: date | None) -> dict[str, date]:
    return {} if on is None else {"on": on}


def _table(viewer: Viewer, found: list[dict[str, Any]], on: date | None, officer: bool) -> Table:
    rows = {row["pk"]: row for row in found}
    asked: set[int] = set()
    while waiting := _further_chairs(rows.values()) - asked:
        asked |= waiting
        further = _seat_rows(viewer, Q(pk=None), _chairing(waiting), on)
        rows.update((row["pk"], row) for row in further if row["pk"] not in rows)
    seats = {key: _seat(row) for key, row in rows.items()}
    return _filled(viewer, seats, on, officer or _reads_every_name(viewer))


def _chairing_for(which: Q) -> Q:
    """Seats that chair a group for whose chair one of these seats is."""
    return _chairing(Seat.objects.filter(which, basis=CHAIR_OF).values("chair_of"))


def _chairing(groups: Any) -> Q:
    return Q(pk__in=Chairing.objects.filter(seat__group__in=groups).values("seat"))


def _further_chairs(rows: Iterable[dict[str, Any]]) -> set[int]:
    """Groups whose chair sits in one of the seats that were fetched for chairing, not asked for themselves."""
    return {row["chair_of_id"] for row in rows if row["basis"] == CHAIR_OF and not row["wanted"]}


def in_force(on: Any, path: str = "") -> Q:
    """Rows with starts_on and ends_on that hold on the day; all where no day is asked for."""
    if on is None:
        return Q()
    begun = Q(**{f"{path}starts_on__isnull": True}) | Q(**{f"{path}starts_on__lte": on})
    return begun & (Q(**{f"{path}ends_on__isnull": True}) | Q(**{f"{path}ends_on__gte": on}))


SEAT_COLUMNS = (
    "pk", "group_id", "group__name", "group__slug", "number", "title", "basis", "office_id", "chair_of_id",
    "segment_id", "role__name", "role__default_for", "role__counts_under_caps", "constituency", "votes",
    "counts_to_quorum", "order", "starts_on", "ends_on", "end_reason",
)  # fmt: skip
SEAT_NAMES = (
    "wanted", "segment_name", "office_name", "office_slug", "office_of", "office_of_id", "organisation_name",
    "organisation_slug", "organisation_pk", "chair_of_name", "chair_of_slug",
)  # fmt: skip
"""What _seat_columns adds."""


def _seat_rows(viewer: Viewer, wanted: Q, also: Q, on: date | None) -> list[dict[str, Any]]:
    return [_seat_row(row) for row in _seats(viewer, wanted, also, on)]


def _seats(viewer: Viewer, wanted: Q, also: Q, on: Any) -> Rows:
    rows = Seat.objects.filter(wanted | also, in_force(on)).annotate(**_seat_columns(viewer, wanted))
    return rows.order_by("order", "number", "pk").values_list(*SEAT_COLUMNS, *SEAT_NAMES)


def _seat_columns(viewer: Viewer, wanted: Q) -> dict[str, Any]:
    office = ("office__record", "office__organisation__record")
    return {
        "wanted": Case(When(wanted, then=Value(True)), default=Value(False)),
        "segment_name": F("segment__name"),
        "office_name": named(viewer, "office__title", *office),
        "office_slug": named(viewer, "office__slug", *office),
        "office_of": named(viewer, "office__organisation__name", *office),
        "office_of_id": F("office__organisation_id"),
        "organisation_name": named(viewer, "organisation__name", "organisation__record"),
        "organisation_slug": named(viewer, "organisation__slug", "organisation__record"),
        "organisation_pk": F("organisation_id"),
        "chair_of_name": named(viewer, "chair_of__name", "chair_of__record"),
        "chair_of_slug": named(viewer, "chair_of__slug", "chair_of__record"),
    }


def _seat_row(row: Sequence[Any]) -> dict[str, Any]:
    return dict(zip((*SEAT_COLUMNS, *SEAT_NAMES), row, strict=True))


@cache
def _prepared_seats(groups: int, *, dated: bool) -> PreparedRowsFor:
    """On the way of a group's page, of the register, of each command that asks who chairs."""

    def build(viewer: Viewer, **given: Any) -> Rows:
        which = Q(group__pk__in=[given[f"group_{place}"] for place in range(groups)])
        return _seats(viewer, which, _chairing_for(which), given["on"] if dated else None)

    return PreparedRowsFor(build)


def _seat(row: dict[str, Any]) -> SeatShown:
    name, slug = _stands_for(row)
    life = Span(row["starts_on"], row["ends_on"])
    return SeatShown(
        SeatFacts(row["pk"], row["group_id"], row["basis"], life, row["office_id"], row["chair_of_id"]),
        row["group__name"],
        row["group__slug"],
        row["number"],
        row["title"],
        row["constituency"],
        row["votes"],
        row["counts_to_quorum"],
        row["order"],
        row["end_reason"],
        row["role__name"] or "",
        row["role__default_for"] != "",
        row["role__counts_under_caps"] is not False,
        name,
        slug,
        row["office_of"] or row["organisation_name"],
        row["office_of_id"] or row["organisation_pk"],
        row["wanted"],
    )


def _stands_for(row: dict[str, Any]) -> tuple[str, str]:
    """What the seat stands for, and the slug of its page; both "" where the viewer may not know."""
    basis = row["basis"]
    if basis == SEGMENT:
        return row["segment_name"], ""
    columns = {OFFICE: "office", ORGANISATION: "organisation", INDIVIDUAL: "organisation", CHAIR_OF: "chair_of"}
    return row[f"{columns[basis]}_name"], row[f"{columns[basis]}_slug"]


def _reads_every_name(viewer: Viewer) -> bool:
    return viewer.is_system or viewer.reads_every_audience


def _filled(viewer: Viewer, seats: dict[int, SeatShown], on: date | None, officer: bool) -> Table:
    offices = {seat.facts.office for seat in seats.values() if seat.facts.office is not None}
    held: dict[str, dict[int, list[Any]]] = {how: defaultdict(list) for how in (TENURE, APPOINTMENT, CHAIRING)}
    holders: dict[tuple[str, int], Holder] = {}
    chairs: dict[tuple[int, int], ChairShown] = {}
    for row in _sittings(viewer, list(seats), list(offices), on, officer):
        if row.how == CHAIRING:
            held[CHAIRING][seats[row.place].facts.group].append(row.chair())
            chairs[row.place, row.key] = ChairShown(row.key, row.name, row.acting, row.span)
        else:
            holders[row.how, row.key] = row.holder()
            held[row.how][row.place].append(row.holding())
    facts = Facts({key: seat.facts for key, seat in seats.items()}, held[APPOINTMENT], held[TENURE], held[CHAIRING])
    return Table(seats, facts, holders, chairs)


@struct
class _Row:
    """A line of the union: a tenure of an office, or an appointment to or chairing by a seat."""

    how: str
    key: int
    place: int
    person: int
    starts_on: date | None
    ends_on: date | None
    acting: bool
    name: str
    slug: str
    instrument: str
    confirmed: bool
    profile: int | None

    @property
    def span(self) -> Span:
        return Span(self.starts_on, self.ends_on)

    def holding(self) -> Holding:
        return Holding(self.key, self.person, self.span, bool(self.acting), self.how)

    def holder(self) -> Holder:
        seen = self.profile if self.slug else None
        return Holder(self.holding(), self.name, self.slug, seen, self.instrument, bool(self.confirmed))

    def chair(self) -> ChairFacts:
        return ChairFacts(self.place, self.key, self.span, bool(self.acting))


def _sittings(viewer: Viewer, seats: list[int], offices: list[int], on: date | None, officer: bool) -> list[_Row]:
    """Tenures, appointments and chairings in one query, each column of one type on both databases."""
    if not seats:
        return []
    if len(seats) > MOST_PREPARED or not _reads_as_others(viewer, officer):
        return [_Row(*row) for row in _held(viewer, seats, offices, on, officer)]
    at = {f"seat_{place}": pk for place, pk in enumerate(padded(seats))}
    held = {f"office_{place}": pk for place, pk in enumerate(padded(offices))}
    prepared = _prepared_sittings(len(at), len(held), dated=on is not None, officer=officer)
    return [_Row(*row) for row in prepared.rows(viewer, **at, **held, **_day(on))]


def _reads_as_others(viewer: Viewer, officer: bool) -> bool:
    """Whether nothing that only this viewer reads stands in a roster: their own name where they did not agree to it."""
    return officer or viewer.is_system or not (viewer.signed_in or viewer.principals)


@cache
def _prepared_sittings(seats: int, offices: int, *, dated: bool, officer: bool) -> PreparedRowsFor:
    def build(viewer: Viewer, **given: Any) -> Rows:
        at = [given[f"seat_{place}"] for place in range(seats)]
        held = [given[f"office_{place}"] for place in range(offices)]
        return _held(viewer, at, held, given["on"] if dated else None, officer)

    return PreparedRowsFor(build)


def _held(viewer: Viewer, seats: list[Any], offices: list[Any], on: Any, officer: bool) -> Rows:
    appointments = Appointment.objects.filter(in_force(on), seat__pk__in=seats)
    parts = [
        _people(viewer, appointments, APPOINTMENT, "seat_id", F("instrument"), officer, ()),
        Chairing.objects.filter(in_force(on), seat__pk__in=seats).values_list(
            word(Value(CHAIRING)), "pk", "seat_id", "pk", "starts_on", "ends_on", "role__leads",
            text(F("role__name")), text(Value("")), text(Value("")), Value(False), "seat__group__record_id",
        ),
    ]  # fmt: skip
    if offices:
        tenures = Tenure.objects.filter(in_force(on), office__pk__in=offices)
        seen = ("office__record", "office__organisation__record")
        parts.append(_people(viewer, tenures, TENURE, "office_id", Value(""), officer, seen))
    return parts[0].union(*parts[1:], all=True)


def _people(
    viewer: Viewer, rows: QuerySet[Any], how: str, place: str, instrument: Any, officer: bool, also: Sequence[str]
) -> Rows:
    profile = ("person__profile__record", *also)
    agreed = _agreed(viewer) if how == APPOINTMENT and not officer and not viewer.is_system else Q()
    name: Any = _where(agreed, named(viewer, "person__profile__record__title", *profile))
    if officer:
        name = text(Coalesce("person__profile__record__title", "person__name"))
    confirmed: Any = Value(False)
    if how == APPOINTMENT:
        confirmed = ExpressionWrapper(Q(confirmed_at__isnull=False), output_field=BooleanField())
    return rows.values_list(
        word(Value(how)), "pk", place, "person_id", "starts_on", "ends_on", "acting", name,
        _where(agreed, named(viewer, "person__profile__slug", *profile)), text(instrument),
        confirmed, "person__profile__record_id",
    )  # fmt: skip


def _agreed(viewer: Viewer) -> Q:
    """Who agreed to be named in this seat, or is the reader themselves or whom they assist."""
    own = [person for person in (viewer.person_id, *viewer.principals) if person is not None]
    return Q(named=True) | Q(person__in=own)


def _where(condition: Q, column: Any) -> Any:
    return Case(When(condition, then=column), default=text(Value(""))) if condition else column
