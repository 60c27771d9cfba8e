"""What waits for those who look after groups, each as a queryset or a list to count and to show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.utils.timezone import localdate

from convenor.core.records.rules import Viewer
from convenor.domain.directory.models import Tenure
from convenor.domain.engagement.rules import ParentValue, TypeRulesValue, broken_by, check_occupied, shortfalls
from convenor.domain.groups.models import Appointment, Chairing, Group, Parent, Seat
from convenor.domain.groups.queries.people import groups_looked_after
from convenor.domain.groups.queries.rosters import in_force
from convenor.domain.groups.queries.ruling import chairs_overridden, effective_rules_of
from convenor.domain.groups.queries.types import types_in_force
from convenor.domain.groups.queries.values import compositions, parent_value
from convenor.domain.groups.rules.rosters import CHAIR_OF, FOLLOWS
from convenor.domain.groups.rules.states import ACTIVE, CLOSED, RECRUITING
from convenor.kit.structs import struct

NINETY_DAYS: Final = 90


def my_groups(viewer: Viewer) -> QuerySet[Group]:
    """The groups that the viewer's duties reach, neither closed nor withdrawn."""
    rows = Group.objects.live().filter(groups_looked_after(viewer)).exclude(state=CLOSED)
    return rows.select_related("record").visible_to(viewer)


def vacancies(viewer: Viewer) -> QuerySet[Seat]:
    """Seats nobody sits in today, not even acting, in active and recruiting groups; the longest there first."""
    return vacant_seats(my_groups(viewer), localdate(viewer.now))


def vacant_seats(groups: QuerySet[Group], on: date) -> QuerySet[Seat]:
    """Of these groups, the seats nobody sits in on a day; groups that do not meet have none to fill."""
    meeting = groups.filter(state__in=(ACTIVE, RECRUITING)).values("pk")
    rows = Seat.objects.filter(in_force(on), group__in=meeting).exclude(_filled(on))
    return rows.select_related("group__record", "group__host__record", "group__type__model").order_by(
        "starts_on", "group__name", "order", "number", "pk"
    )


def _filled(on: date) -> Q:
    """Sets of keys, not a look per seat: with 30,000 seats less than half the time."""
    here = Appointment.objects.filter(in_force(on)).values("seat")
    held = Tenure.objects.filter(in_force(on)).values("office")
    return (
        Q(pk__in=here.filter(acting=True))
        | (~Q(basis__in=FOLLOWS) & Q(pk__in=here.filter(acting=False)))
        | Q(office__in=held)
        | (Q(basis=CHAIR_OF) & Q(Exists(_sitting_chair(on))))
    )


def _sitting_chair(on: date) -> QuerySet[Chairing]:
    """A chair of the other group in whose seat somebody sits; one step down is looked at."""
    chairs = Chairing.objects.filter(in_force(on), in_force(on, "seat__"), seat__group=OuterRef("chair_of"))
    appointed = Appointment.objects.filter(in_force(on), seat=OuterRef("seat"))
    held = Tenure.objects.filter(in_force(on), office=OuterRef("seat__office"))
    return chairs.filter(Q(Exists(appointed)) | Q(Exists(held)) | Q(seat__basis=CHAIR_OF), role__leads=True)


@struct
class TermEnding:
    """A seat whose holder's time ends soon. `by_office` is not empty where their time in the office does.

    key: of the appointment, or of the tenure where it is by office.
    """

    seat: int
    seat_number: int
    seat_title: str
    group: int
    group_name: str
    group_slug: str
    person: str
    ends_on: date
    by_office: str
    holder: int = 0
    key: int = 0


def terms_ending(viewer: Viewer, days: int = NINETY_DAYS) -> list[TermEnding]:
    """Seats whose substantive holder's time ends within so many days, with no successor recorded; soonest first."""
    today = localdate(viewer.now)
    until = today + timedelta(days=days)
    mine = my_groups(viewer).values("pk")
    soon = Q(ends_on__gte=today, ends_on__lte=until, acting=False) & in_force(today)
    here = Q(seat__ends_on__isnull=True) | Q(seat__ends_on__gt=F("ends_on"))
    follows = Appointment.objects.filter(seat=OuterRef("seat"), acting=False, starts_on__gt=OuterRef("ends_on"))
    appointed = Appointment.objects.filter(soon, here, seat__group__in=mine).exclude(Q(Exists(follows)))
    there = Q(office__seats__ends_on__isnull=True) | Q(office__seats__ends_on__gt=F("ends_on"))
    next_holder = Tenure.objects.filter(office=OuterRef("office"), acting=False, starts_on__gt=OuterRef("ends_on"))
    held = Tenure.objects.filter(soon, there, office__seats__group__in=mine).exclude(Q(Exists(next_holder)))
    rows = _ending(appointed, "seat", "").union(_ending(held, "office__seats", "office"), all=True)
    found = [TermEnding(*row) for row in rows]
    return sorted(found, key=lambda term: (term.ends_on, term.group_name.casefold(), term.seat))


def _ending(rows: QuerySet[Any], seat: str, office: str) -> QuerySet[Any, Any]:
    return rows.values_list(
        F(f"{seat}__pk"),
        f"{seat}__number",
        f"{seat}__title",
        f"{seat}__group_id",
        f"{seat}__group__name",
        f"{seat}__group__slug",
        "person__name",
        "ends_on",
        Value(office, output_field=CharField()),
        "person_id",
        "pk",
    )


def reviews_due(viewer: Viewer, days: int = NINETY_DAYS) -> QuerySet[Group]:
    """Groups whose review is due within so many days or overdue, the soonest first."""
    until = localdate(viewer.now) + timedelta(days=days)
    return my_groups(viewer).filter(review_due_on__lte=until).order_by("review_due_on", "name", "pk")


def sunsets_due(viewer: Viewer, days: int = NINETY_DAYS) -> QuerySet[Group]:
    """Groups that were to end within so many days, or should have, and are still open."""
    until = localdate(viewer.now) + timedelta(days=days)
    return my_groups(viewer).filter(sunset_on__lte=until).order_by("sunset_on", "name", "pk")


def without_chair(viewer: Viewer) -> QuerySet[Group]:
    """Active groups that must have a chair or co-chairs and have nobody leading."""
    today = localdate(viewer.now)
    types = [shown.key for shown in types_in_force(viewer, today).values() if shown.needs_chair]
    needs = chairs_overridden(today)
    must = (Q(type__in=types) & ~Q(pk__in=list(needs))) | Q(pk__in=[pk for pk, need in needs.items() if need])
    leading = Chairing.objects.filter(in_force(today), in_force(today, "seat__"), role__leads=True)
    rows = my_groups(viewer).filter(must, state=ACTIVE)
    return rows.exclude(Exists(leading.filter(seat__group=OuterRef("pk")))).order_by("name", "pk")


def proposed(viewer: Viewer) -> QuerySet[Group]:
    """Groups that have been proposed and wait to be set going, the oldest first."""
    return my_groups(viewer).filter(state=Group.State.PROPOSED).order_by("record__created_at", "pk")


@struct
class Judged:
    """A group held against its model's rules today, in the rules' own words."""

    group: Group
    broken: tuple[str, ...]
    missing: tuple[str, ...]


def ruled(viewer: Viewer) -> QuerySet[Group]:
    """Active groups that follow a model, by name."""
    return my_groups(viewer).filter(state=ACTIVE, type__isnull=False).select_related("type").order_by("name", "pk")


def held_against_rules(groups: Sequence[Group], on: date) -> list[Judged]:
    """What each of these breaks (its rules changed since) or falls short of on a day: constant queries."""
    return judged(groups, effective_rules_of(groups, on), on)


def judged(
    rows: Sequence[Group], rules: Mapping[int, TypeRulesValue], on: date, links: Sequence[Parent] | None = None
) -> list[Judged]:
    """The groups that have rules (by the group's key), and what they break or fall short of: at most four queries.

    links: their links to all their parents on that day, with the parents' types, where they were read before.
    """
    covering = any(its.segments or its.segments_minimum for its in rules.values())
    seated = compositions([row.pk for row in rows], on, segments=covering)
    bound = [row for row in rows if row.pk in rules and _minds_parents(rules[row.pk])]
    parents = _parents(bound, on, links) if bound else {}
    found = []
    for row in rows:
        its = rules.get(row.pk)
        if its is not None:
            broken = tuple(breach.text for breach in broken_by(its, seated[row.pk], parents.get(row.pk, [])))
            missing = tuple(breach.text for breach in shortfalls(its, seated[row.pk]))
            found.append(Judged(row, broken, missing))
    return found


def _minds_parents(rules: TypeRulesValue) -> bool:
    return bool(rules.parent_required or rules.parent_types or rules.parent_approval)


def _parents(rows: list[Group], on: date, links: Sequence[Parent] | None) -> dict[int, list[ParentValue]]:
    found: dict[int, list[ParentValue]] = {}
    if links is None:
        links = list(Parent.objects.filter(in_force(on), group__in=rows).select_related("parent__type"))
    for link in links:
        value = parent_value(link.parent, approved=link.approved_on is not None)
        found.setdefault(link.group_id, []).append(value)
    return found


def groups_over_their_caps(groups: QuerySet[Group], on: date) -> list[str]:
    """Of these groups, those with more places taken on a day than their rules allow: its name, the rule, the number."""
    rows = list(groups.exclude(state=CLOSED).filter(type__isnull=False).select_related("type").order_by("name", "pk"))
    rules = effective_rules_of(rows, on)
    seated = compositions([row.pk for row in rows], on, segments=False)
    return [
        f"{row.name}: {breach.text}"
        for row in rows
        if row.pk in rules
        for breach in check_occupied(rules[row.pk], seated[row.pk])
    ]
