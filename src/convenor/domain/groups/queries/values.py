"""Groups as the engagement rules look at them: plain values of a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import Q

from convenor.domain.directory.models import Organisation
from convenor.domain.engagement.models import GroupType
from convenor.domain.engagement.rules import Composition, ParentValue, SeatValue, TypeRulesValue
from convenor.domain.groups.models import Chairing, Group, Parent, Seat
from convenor.domain.groups.queries.rosters import in_force
from convenor.domain.groups.queries.ruling import effective_rules, rules_over_time
from convenor.domain.groups.rules.spans import Span, turning_days
from convenor.domain.groups.rules.states import CLOSED
from convenor.kit.once import once
from convenor.kit.structs import struct

SEAT = (
    "pk", "group_id", "constituency", "starts_on", "ends_on", "segment__slug", "office__role_class__slug",
    "role__counts_under_caps",
    "office__organisation_id", "office__organisation__kind__slug", "organisation_id", "organisation__kind__slug",
)  # fmt: skip


def rules_of(group: Group, on: date) -> TypeRulesValue | None:
    """What the group must be on a day, its overrides with it."""
    return (
        once(("rules of", group.pk, on), lambda: effective_rules(group, on)) if group.pk else effective_rules(group, on)
    )


@struct(slots=False)
class Course:
    """Every seat a group ever had, when each led it, and the rules as they changed: to judge it on any day."""

    seats: tuple[tuple[int, Span, SeatValue], ...] = ()
    leads: tuple[tuple[int, Span], ...] = ()
    rules: tuple[tuple[Span, TypeRulesValue], ...] = ()

    def composition(self, on: date) -> Composition:
        """Who has a seat on the day."""
        leading = {seat for seat, span in self.leads if span.covers(on)}
        return Composition(
            tuple(replace(value, leads=key in leading) for key, span, value in self.seats if span.covers(on))
        )

    def rules_on(self, on: date) -> TypeRulesValue | None:
        """The rules in force on the day."""
        return next((rules for span, rules in self.rules if span.covers(on)), None)

    def days(self, within: Span) -> list[date]:
        """The days on which what holds may change for the worse: a seat, a chair or a rule begins."""
        spans = (
            [span for _, span, _ in self.seats] + [span for _, span in self.leads] + [span for span, _ in self.rules]
        )
        return turning_days(spans, within)

    def without(self, key: int) -> Course:
        """The same without one seat."""
        return replace(self, seats=tuple(each for each in self.seats if each[0] != key))

    def with_seat(self, key: int, span: Span, value: SeatValue) -> Course:
        """The same with one seat more."""
        return replace(self, seats=(*self.seats, (key, span, value)))

    def with_lead(self, seat: int, span: Span) -> Course:
        """The same with one seat leading for a time."""
        return replace(self, leads=(*self.leads, (seat, span)))


def course_of(group: Group) -> Course:
    """The group's course; read once in a chunk of an upload, as long as nothing but seats is added."""
    return once(course_key(group), lambda: _course(group))


def course_key(group: Group) -> tuple[str, int]:
    """Under which a chunk of an upload keeps the group's course; `steps.note` drops it."""
    return "course", group.record_id


def _course(group: Group) -> Course:
    """Two queries for its seats, two for its overrides and versions, five for each version."""
    rows = Seat.objects.filter(group=group).order_by("pk").values(*SEAT)
    seats = tuple((row["pk"], Span(row["starts_on"], row["ends_on"]), _value(row, {})) for row in rows)
    leads = Chairing.objects.filter(seat__group=group, role__leads=True).order_by("pk")
    spans = tuple(
        (seat, Span(first, last)) for seat, first, last in leads.values_list("seat_id", "starts_on", "ends_on")
    )
    return Course(seats, spans, rules_over_time(group))


def seat_value(seat: Seat) -> SeatValue:
    """A seat that is not in the table yet. Its office and organisation must be loaded with their words."""
    organisation = seat.office.organisation if seat.office else seat.organisation
    role = seat.office.role_class if seat.office else None
    return SeatValue(
        constituency=seat.constituency,
        organisation=organisation.pk if organisation else None,
        organisation_kind=organisation.kind.slug if organisation else "",
        role=role.slug if role else "",
        segments=frozenset({seat.segment.slug} if seat.segment else ()),
        counts=seat.role.counts_under_caps if seat.role else True,
    )


def compositions(
    groups: Collection[int], on: date, *, segments: bool = True, leads: bool = True
) -> dict[int, Composition]:
    """Who has a seat in each group on a day: three queries, however many groups.

    segments: also those that the seats' organisations cover; leads: which seats lead. A query less without each.
    """
    seats = list(Seat.objects.filter(in_force(on), group__in=list(groups)).order_by("pk").values(*SEAT))
    leading = _leading(groups, on) if leads else set()
    covered = _segments({_organisation(row) for row in seats} - {None}) if segments else {}
    found: dict[int, list[SeatValue]] = defaultdict(list)
    for row in seats:
        found[row["group_id"]].append(replace(_value(row, covered), leads=row["pk"] in leading))
    return {group: Composition(tuple(found[group])) for group in groups}


def not_over(on: date) -> Q:
    """Rows that have not ended before the day."""
    return Q(ends_on__isnull=True) | Q(ends_on__gte=on)


def sittings(groups: Collection[int], on: date) -> dict[int, list[tuple[date, Composition]]]:
    """Who has a seat in each group on a day, and on each later day on which a seat or a chair begins: three queries."""
    rows = list(Seat.objects.filter(not_over(on), group__in=list(groups)).order_by("pk").values(*SEAT))
    leads = Chairing.objects.filter(not_over(on), seat__group__in=list(groups), role__leads=True)
    led = defaultdict(list)
    for group, seat, first, last in leads.values_list("seat__group_id", "seat_id", "starts_on", "ends_on"):
        led[group].append((seat, Span(first, last)))
    covered = _segments({_organisation(row) for row in rows} - {None})
    seats: dict[int, list[tuple[int, Span, SeatValue]]] = defaultdict(list)
    for row in rows:
        seats[row["group_id"]].append((row["pk"], Span(row["starts_on"], row["ends_on"]), _value(row, covered)))
    courses = {group: Course(tuple(seats[group]), tuple(led[group])) for group in groups}
    return {group: [(day, each.composition(day)) for day in each.days(Span(on))] for group, each in courses.items()}


def parent_values(group: Group, on: date) -> list[ParentValue]:
    """The group's parents on a day, as the rules look at them."""
    rows = Parent.objects.filter(in_force(on), group=group).select_related("parent__type")
    return [parent_value(row.parent, approved=row.approved_on is not None) for row in rows]


def parent_value(parent: Group, *, approved: bool) -> ParentValue:
    return ParentValue(parent.type.slug if parent.type else "", parent.name, approved)


def others_alive(group_type: GroupType, but: Group | None = None) -> int:
    """How many groups of the type are neither closed nor withdrawn."""
    rows = Group.objects.live().filter(type=group_type).exclude(state=CLOSED)
    return (rows.exclude(pk=but.pk) if but else rows).count()


def _leading(groups: Collection[int], on: date) -> Collection[int]:
    rows = Chairing.objects.filter(in_force(on), seat__group__in=list(groups), role__leads=True)
    return set(rows.values_list("seat_id", flat=True))


def _organisation(row: Mapping[str, Any]) -> int | None:
    found: int | None = row["office__organisation_id"] or row["organisation_id"]
    return found


def _segments(organisations: Collection[int | None]) -> dict[int, set[str]]:
    covered: dict[int, set[str]] = defaultdict(set)
    links = Organisation.segments.through._default_manager.filter(Q(organisation__in=organisations))
    for organisation, slug in links.values_list("organisation_id", "segment__slug"):
        covered[organisation].add(slug)
    return covered


def _value(row: Mapping[str, Any], covered: Mapping[int, set[str]]) -> SeatValue:
    organisation = _organisation(row)
    own = {row["segment__slug"]} - {None}
    return SeatValue(
        constituency=row["constituency"],
        organisation=organisation,
        organisation_kind=row["office__organisation__kind__slug"] or row["organisation__kind__slug"] or "",
        role=row["office__role_class__slug"] or "",
        segments=frozenset(own | covered.get(organisation or 0, set())),
        counts=row["role__counts_under_caps"] is not False,
    )
