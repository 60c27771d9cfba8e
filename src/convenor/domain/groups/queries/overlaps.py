"""Groups that are much alike, and who sits in most of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from django.db.models import F, Q, QuerySet
from django.utils.timezone import localdate

from convenor.core.journal.unchanged import while_unchanged
from convenor.core.records.models import visible_filter
from convenor.core.records.rules import Viewer, anonymous
from convenor.domain.directory.models import Organisation, Profile, Tenure
from convenor.domain.groups.models import Appointment, Group, Overlap, Seat
from convenor.domain.groups.queries.rosters import Holder, SeatLine, in_force, rosters, table_of
from convenor.domain.groups.queries.seen import readable
from convenor.domain.groups.rules import overlaps as rules
from convenor.domain.groups.rules.overlaps import Pair, Shared
from convenor.domain.groups.rules.states import CLOSED
from convenor.kit.structs import struct

PEOPLE, ORGANISATIONS, OFFICES, SUBJECT = "people", "organisations", "offices", "subject"
KINDS: Final = (PEOPLE, ORGANISATIONS, OFFICES, SUBJECT)
LEAST: Final = {PEOPLE: 2, ORGANISATIONS: 3, OFFICES: 2}
"""How many they must share, so that one busy person or a pair of big departments makes no duplicate."""
JACCARD, CONTAINED, ALIKE = 0.4, 0.6, 0.5
"""From where on a pair is listed."""


@struct
class Members:
    """Who and what sits in a group, as far as somebody may read it: person, organisation and office by key."""

    people: Mapping[int, Holder]
    organisations: Mapping[int, str]
    offices: Mapping[int, str]

    def keys(self, kind: str) -> frozenset[Hashable]:
        return frozenset(getattr(self, kind))


def members_of(lines: Iterable[SeatLine]) -> Members:
    """Of a roster: names that are withheld do not count."""
    found: tuple[dict[int, Holder], dict[int, str], dict[int, str]] = ({}, {}, {})
    for line in lines:
        seat = line.seat
        found[0].update((each.holding.person, each) for each in line.present if each.name and each.profile)
        if seat.organisation and seat.organisation_id is not None:
            found[1][seat.organisation_id] = seat.organisation
        if seat.facts.office is not None and seat.stands_for:
            found[2][seat.facts.office] = ", ".join(filter(None, (seat.stands_for, seat.organisation)))
    return Members(*found)


@struct
class Measured:
    """How alike a pair is, in percent, by each of KINDS."""

    pair: Pair
    percent: Mapping[str, int]


def measure(now: datetime) -> list[Measured]:
    """Every pair of living public groups that is much alike by what everybody may read. For the nightly job."""
    viewer, on = anonymous(now), localdate(now)
    living = visible_filter(viewer, "group__record") & Q(group__record__state="live") & ~Q(group__state=CLOSED)
    table = table_of(viewer, living, on=on)
    lines: dict[int, list[SeatLine]] = defaultdict(list)
    for seat in table.wanted():
        lines[seat.facts.group].append(table.line(seat, on))
    members = {group: members_of(own) for group, own in lines.items()}
    found: dict[Pair, dict[str, int]] = defaultdict(dict)
    for kind, least in LEAST.items():
        sets = {group: own.keys(kind) for group, own in members.items()}
        for pair, held in rules.overlapping(sets, least, JACCARD, CONTAINED).items():
            found[pair][kind] = held.percent
    for pair, close in rules.alike(_texts(viewer), ALIKE).items():
        found[pair][SUBJECT] = round(100 * close)
    return [Measured(pair, percent) for pair, percent in sorted(found.items())]


def _texts(viewer: Viewer) -> dict[int, Counter[str]]:
    rows = Group.objects.live().exclude(state=CLOSED).visible_to(viewer)
    return {
        key: rules.words_of(f"{name} {purpose}") for key, name, purpose in rows.values_list("pk", "name", "purpose")
    }


@struct
class OverlapFilter:
    """What the list of pairs is narrowed by: by what they are alike, how much at least, words of either name."""

    by: str = ""
    least: int = 0
    q: str = ""
    same_type: bool = False


def pairs(viewer: Viewer, asked: OverlapFilter) -> QuerySet[Overlap]:
    """The pairs of which the viewer may read both, the most alike first."""
    rows = Overlap.objects.select_related("first__record", "second__record")
    for side in ("first", "second"):
        live = Q(**{f"{side}__record__state": "live"}) & ~Q(**{f"{side}__state": CLOSED})
        rows = rows.filter(visible_filter(viewer, f"{side}__record") & live)
    measure_by = asked.by if asked.by in KINDS else "strength"
    rows = rows.filter(**{f"{measure_by}__gte": max(asked.least, 1)})
    for word in asked.q.split()[:5]:
        rows = rows.filter(Q(first__name__icontains=word) | Q(second__name__icontains=word))
    if asked.same_type:
        rows = rows.filter(first__type__isnull=False, first__type=F("second__type"))
    return rows.order_by(f"-{measure_by}", "-strength", "pk")


@struct
class PairShown:
    """A pair as this viewer may see it now: what both have, by kind, with names; and the words they share."""

    first: Group
    second: Group
    shared: Mapping[str, Shared]
    people: tuple[Holder, ...]
    organisations: tuple[str, ...]
    offices: tuple[str, ...]
    subject: int
    words: tuple[str, ...]


def shown(viewer: Viewer, rows: Sequence[Overlap], on: date) -> list[PairShown]:
    """These pairs with what they have in common today: two queries, however many."""
    keys = {key for row in rows for key in (row.first_id, row.second_id)}
    seated = rosters(viewer, keys, on) if keys else {}
    members = {key: members_of(lines) for key, lines in seated.items()}
    return [_shown(row, members[row.first_id], members[row.second_id]) for row in rows]


def _shown(row: Overlap, one: Members, other: Members) -> PairShown:
    held = {kind: rules.shared(one.keys(kind), other.keys(kind)) for kind in LEAST}
    told = {kind: each for kind, each in held.items() if each.both >= LEAST[kind] and each.contained >= JACCARD}
    both = one.people.keys() & other.people.keys()
    first, second = row.first, row.second
    words = (
        rules.common_words(f"{first.name} {first.purpose}", f"{second.name} {second.purpose}") if row.subject else []
    )
    return PairShown(
        first,
        second,
        told,
        tuple(sorted((one.people[key] for key in both), key=lambda each: each.name.casefold())),
        _names(one.organisations, other.organisations),
        _names(one.offices, other.offices),
        row.subject if words else 0,
        tuple(words),
    )


def _names(one: Mapping[int, str], other: Mapping[int, str]) -> tuple[str, ...]:
    return tuple(sorted((one[key] for key in one.keys() & other.keys()), key=str.casefold))


def compared_at() -> datetime | None:
    """When the pairs were last worked out; None when they never were, or nothing is alike."""
    return Overlap.objects.order_by("-at").values_list("at", flat=True).first()


@struct
class Sitter:
    """Somebody, or an organisation, who sits in several groups: name, page, and which groups."""

    name: str
    url_slug: str
    groups: tuple[tuple[str, str], ...]
    """Name and slug of each."""
    many: int


Busiest = list[tuple[int, list[int]]]
"""Who, and the groups; most groups first."""


def busiest(viewer: Viewer, *, people: bool) -> Busiest:
    """People or organisations in several groups today. All of them must be gone through, so it is kept."""
    of, on = (busiest_people if people else busiest_organisations), localdate(viewer.now)
    return while_unchanged(f"groups.busiest {people}", viewer, lambda: of(viewer, on))


def busiest_people(viewer: Viewer, on: date) -> Busiest:
    """People with a published name and the groups they hold a seat in, acting or not."""
    profile = readable(viewer, "person__profile__record") & Q(person__profile__record__state="live")
    appointed = Appointment.objects.filter(_here(viewer, "seat__", on), in_force(on), profile, named=True)
    office = readable(viewer, "office__record", "office__organisation__record")
    held = Tenure.objects.filter(_here(viewer, "office__seats__", on), in_force(on), profile, office)
    rows = appointed.values_list("person_id", "seat__group_id").union(
        held.values_list("person_id", "office__seats__group_id")
    )
    return _most(rows)


def busiest_organisations(viewer: Viewer, on: date) -> Busiest:
    """Organisations and the groups they have a seat in, by itself or by an office."""
    seats = Seat.objects.filter(_here(viewer, "", on))
    itself = seats.filter(readable(viewer, "organisation__record"), organisation__record__state="live")
    office = readable(viewer, "office__record", "office__organisation__record")
    by_office = seats.filter(office, office__organisation__record__state="live")
    rows = itself.values_list("organisation_id", "group_id").union(
        by_office.values_list("office__organisation_id", "group_id")
    )
    return _most(rows)


def _here(viewer: Viewer, seat: str, on: date) -> Q:
    """Seats there are today, in living groups that the viewer may read."""
    record = visible_filter(viewer, f"{seat}group__record") & Q(**{f"{seat}group__record__state": "live"})
    return record & ~Q(**{f"{seat}group__state": CLOSED}) & in_force(on, seat)


def _most(rows: Iterable[tuple[int, int]]) -> Busiest:
    found: dict[int, list[int]] = defaultdict(list)
    for who, group in rows:
        found[who].append(group)
    several = [(who, groups) for who, groups in found.items() if len(groups) > 1]
    return sorted(several, key=lambda each: (-len(each[1]), each[0]))


def sitters(rows: Sequence[tuple[int, list[int]]], *, people: bool, most: int = 12) -> list[Sitter]:
    """These with their names and those of the groups. Two queries. Only for what `busiest_…` has let through."""
    keys = [who for who, _groups in rows]
    wanted = {group for _who, groups in rows for group in groups}
    called: dict[int, tuple[str, str]] = {key: (name, slug) for key, name, slug in _called(keys, people=people)}
    listed = Group.objects.filter(pk__in=wanted).order_by("name", "pk").values_list("pk", "name", "slug")
    names = {key: (name, slug) for key, name, slug in listed}
    return [
        Sitter(*called[who], tuple(sorted((names[group] for group in groups), key=_folded)[:most]), len(groups))
        for who, groups in rows
        if who in called
    ]


def _called(keys: Sequence[int], *, people: bool) -> QuerySet[Any, Any]:
    if people:
        return Profile.objects.filter(person__in=keys).values_list("person_id", "record__title", "slug")
    return Organisation.objects.filter(pk__in=keys).values_list("pk", "name", "slug")


def _folded(named: tuple[str, str]) -> str:
    return named[0].casefold()
