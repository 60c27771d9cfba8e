"""How the groups of a model stand: what engagement's page of a model's health asks. Constant queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse

from convenor.core.records.rules import Viewer
from convenor.domain.engagement.living import Exceptional, GroupHealth
from convenor.domain.groups.models import Appointment, Group, RuleOverride, Seat
from convenor.domain.groups.queries.desk import Judged, held_against_rules, vacant_seats
from convenor.domain.groups.queries.rosters import in_force
from convenor.domain.groups.rules.spans import Span, say_span
from convenor.domain.groups.rules.states import CLOSED

DAYS: Final = 90


def health_of(viewer: Viewer, types: Sequence[int], on: date, judged: bool) -> list[GroupHealth]:
    """Every living group of these types that the viewer may see: five queries, and those of the rules if `judged`."""
    rows = Group.objects.live().filter(type__in=list(types)).exclude(state=CLOSED).visible_to(viewer)
    found = list(rows.select_related("record", "type").order_by("name", "pk"))
    mine = rows.order_by().values("pk")
    seats = _counted(Seat.objects.filter(in_force(on), group__in=mine))
    vacant = _counted(vacant_seats(rows.order_by(), on))
    ending, own = _ending(mine, on), _overrides(mine, on)
    held = {each.group.pk: each for each in held_against_rules(found, on)} if judged else {}
    return [
        GroupHealth(
            type_id=row.type_id or 0,
            name=row.name,
            url=reverse("groups:detail", args=[row.slug]),
            ref=row.record.ref,
            state=row.state,
            state_word=row.get_state_display(),
            seats=seats.get(row.pk, 0),
            vacant=vacant.get(row.pk, 0),
            terms_ending=ending.get(row.pk, 0),
            review_due_on=row.review_due_on,
            sunset_on=row.sunset_on,
            overrides=tuple(own[row.pk]),
            **_held(held.get(row.pk)),
        )
        for row in found
    ]


def _held(found: Judged | None) -> dict[str, tuple[str, ...]]:
    return {"broken": found.broken, "missing": found.missing} if found else {}


def _counted(seats: QuerySet[Seat]) -> Mapping[int, int]:
    return dict(seats.order_by().values_list("group").annotate(n=Count("pk")))


def _ending(groups: QuerySet[Group, Any], on: date) -> Mapping[int, int]:
    """Appointments that end soon, in seats that go on and for which nobody is appointed after."""
    follows = Appointment.objects.filter(seat=OuterRef("seat"), acting=False, starts_on__gt=OuterRef("ends_on"))
    goes_on = Q(seat__ends_on__isnull=True) | Q(seat__ends_on__gt=F("ends_on"))
    soon = Q(ends_on__gte=on, ends_on__lte=on + timedelta(days=DAYS), acting=False)
    rows = Appointment.objects.filter(soon, goes_on, in_force(on), seat__group__in=groups).exclude(Exists(follows))
    return dict(rows.order_by().values_list("seat__group").annotate(n=Count("pk")))


def _overrides(groups: QuerySet[Group, Any], on: date) -> dict[int, list[Exceptional]]:
    found: dict[int, list[Exceptional]] = defaultdict(list)
    for row in RuleOverride.objects.filter(in_force(on), group__in=groups).order_by("number"):
        found[row.group_id].append(Exceptional(row.rule, say_span(Span(row.starts_on, row.ends_on)), row.reason))
    return found
