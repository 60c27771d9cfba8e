"""Groups side by side: what is recorded of each, who sits, and who sits in more than one of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import Any, Final

from django.db.models import Case, Value, When

from convenor.core.records.rules import Viewer
from convenor.domain.directory.models import Organisation
from convenor.domain.engagement.models import TypeRules
from convenor.domain.engagement.rules import Override
from convenor.domain.groups import permissions
from convenor.domain.groups.models import Group, Parent
from convenor.domain.groups.queries.access import groups
from convenor.domain.groups.queries.desk import NINETY_DAYS, Judged, judged
from convenor.domain.groups.queries.naming import group_called
from convenor.domain.groups.queries.rosters import Holder, SeatLine, in_force, rosters
from convenor.domain.groups.queries.ruling import effective_rules_of, overrides_of
from convenor.domain.groups.queries.seen import flag
from convenor.domain.groups.queries.types import TypeShown, rows_of, types_in_force
from convenor.domain.groups.rules.states import CLOSED
from convenor.kit.query import may_be_named
from convenor.kit.structs import struct

MOST: Final = 6
"""Groups side by side: more do not fit a page, on paper either."""


@struct(slots=False)
class Compared:
    """A group as it is compared. `judged` is None for those who look after no groups."""

    group: Group
    type: TypeShown | None
    lines: tuple[SeatLine, ...]
    parents: tuple[Group, ...]
    segments: tuple[str, ...]
    overridden: int
    judged: Judged | None

    @property
    def vacant(self) -> int:
        return sum(line.vacant for line in self.lines)

    def holders(self) -> dict[int, Holder]:
        """Who sits, by their key, as far as the viewer may read their names."""
        return {each.holding.person: each for line in self.lines for each in line.present if each.name}

    def organisations(self) -> dict[int, str]:
        """Whose seats they are, by key, as far as the viewer may know."""
        found = {line.seat.organisation_id: line.seat.organisation for line in self.lines if line.seat.organisation}
        return {key: name for key, name in found.items() if key is not None}

    def ending(self, on: date) -> list[tuple[SeatLine, date]]:
        """Seats whose holder's time ends within ninety days, the soonest first."""
        until = on + timedelta(days=NINETY_DAYS)
        found = [(line, _last(line)) for line in self.lines]
        return sorted(
            ((line, last) for line, last in found if last is not None and last <= until), key=lambda each: each[1]
        )


def _last(line: SeatLine) -> date | None:
    days = [each.span.last for each in line.present if each.span.last is not None]
    return min(days, default=None)


def chosen(viewer: Viewer, said: Sequence[str]) -> list[Group]:
    """The groups at these addresses that the viewer may read, in that order; at most MOST. One query.

    What is no address may be the name, acronym or reference of one group.
    """
    wanted = list(dict.fromkeys(filter(may_be_named, said)))[:MOST]
    if not wanted:
        return []
    means = reduce(or_, map(group_called, wanted))
    first = Case(When(slug__in=wanted, then=Value(0)), default=Value(1))  # however many others are called alike
    found = list(groups(viewer).filter(means).order_by(first, "pk")[: MOST * MOST])
    return list(dict.fromkeys(row for row in (_meant(each, found) for each in wanted) if row is not None))


def _meant(said: str, found: Sequence[Group]) -> Group | None:
    """The group at this address, else the only one called so: of those that are not closed, where there are any."""
    at = [row for row in found if row.slug == said.lower()]
    called = [row for row in found if said.casefold() in _names(row) and row.record.state == "live"]
    rows = at or [row for row in called if row.state != CLOSED] or called
    return rows[0] if len(rows) == 1 else None


def _names(row: Group) -> set[str]:
    return {row.name.casefold(), row.acronym.casefold(), row.record.ref.casefold()} - {""}


def compared(viewer: Viewer, rows: Sequence[Group], on: date) -> list[Compared]:
    """The groups with all that is compared: constant queries, however many they are."""
    if not rows:
        return []
    types = types_in_force(viewer, on)
    seated = rosters(viewer, [row.pk for row in rows], on)
    links = _links(viewer, rows, on)
    above, covered = _parents(links), _segments(seated.values())
    own = overrides_of([row.pk for row in rows], on)
    held = _judged(viewer, rows, on, own, links, rows_of(types))
    return [
        Compared(
            row,
            types.get(row.type_id or 0),
            tuple(seated[row.pk]),
            tuple(above.get(row.pk, ())),
            tuple(sorted(_covered(seated[row.pk], covered))),
            len(own.get(row.pk, ())),
            held.get(row.pk),
        )
        for row in rows
    ]


def _links(viewer: Viewer, rows: Sequence[Group], on: date) -> list[Any]:
    """To all their parents, each saying whether the viewer may read of it."""
    links = Parent.objects.filter(in_force(on), group__in=rows).select_related("parent__record", "parent__type")
    return list(links.annotate(seen=flag(viewer, "parent__record")).order_by("parent__name", "pk"))


def _parents(links: Sequence[Any]) -> dict[int, list[Group]]:
    found: dict[int, list[Group]] = defaultdict(list)
    for link in links:
        if link.seen and link.parent.record.state == "live":
            found[link.group_id].append(link.parent)
    return found


def _segments(rosters_of_all: Iterable[Sequence[SeatLine]]) -> dict[int, set[str]]:
    """The segments that each organisation with a seat covers, by its key. One query."""
    lines = [line for lines in rosters_of_all for line in lines]
    keys = {line.seat.organisation_id for line in lines if line.seat.organisation} - {None}
    found: dict[int, set[str]] = defaultdict(set)
    links = Organisation.segments.through._default_manager.filter(organisation__in=keys)
    for organisation, name in links.values_list("organisation_id", "segment__name"):
        found[organisation].add(name)
    return found


def _covered(lines: Sequence[SeatLine], of_organisations: dict[int, set[str]]) -> set[str]:
    own = {line.seat.stands_for for line in lines if line.seat.facts.basis == "segment" and line.seat.stands_for}
    theirs = (of_organisations.get(line.seat.organisation_id or 0, set()) for line in lines if line.seat.organisation)
    return own.union(*theirs)


def _judged(
    viewer: Viewer,
    rows: Sequence[Group],
    on: date,
    own: Mapping[int, list[Override]],
    links: Sequence[Parent],
    at_hand: Mapping[int, TypeRules],
) -> dict[int, Judged]:
    """For officers: what each breaks or falls short of; others find that on the group's page of rules."""
    if not permissions.is_officer(viewer):
        return {}
    living = [row for row in rows if row.type is not None and row.state != CLOSED and getattr(row, "type_seen", False)]
    rules = effective_rules_of(living, on, own, at_hand)
    return {each.group.pk: each for each in judged(living, rules, on, links)}


def in_common(found: Sequence[Compared]) -> tuple[list[tuple[Any, list[Compared]]], list[tuple[Any, list[Compared]]]]:
    """People, then organisations (key, name), who sit in more than one of them, with the groups they sit in."""
    people: dict[int, list[Compared]] = defaultdict(list)
    bodies: dict[tuple[int, str], list[Compared]] = defaultdict(list)
    named: dict[int, Holder] = {}
    for each in found:
        for key, holder in each.holders().items():
            people[key].append(each)
            named[key] = holder
        for body in each.organisations().items():
            bodies[body].append(each)
    several = [(named[key], among) for key, among in people.items() if len(among) > 1]
    shared = [(body[1], among) for body, among in bodies.items() if len(among) > 1]
    by_many = [sorted(rows, key=lambda row: (-len(row[1]), _name(row[0]))) for rows in (several, shared)]
    return by_many[0], by_many[1]


def _name(of: Any) -> str:
    return str(getattr(of, "name", of)).casefold()
