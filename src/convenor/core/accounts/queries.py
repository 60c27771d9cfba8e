"""Turning a person into a Viewer."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from convenor.core.accounts.models import AccessRow, Assistance, DutyAssignment, Person
from convenor.core.records.registry import registry
from convenor.core.records.rules import DutyHeld, Viewer, anonymous


def in_force(now: datetime) -> Q:
    """Rows with starts_at and ends_at that hold at this instant; the end itself is outside."""
    return Q(starts_at__lte=now) & (Q(ends_at__isnull=True) | Q(ends_at__gt=now))


def viewer_for(person: Person | None, now: datetime) -> Viewer:
    """Who is asking, with everything that decides what they see. Three queries, plus one per audience source."""
    if person is None or not person.is_active:
        return anonymous(now)
    principals = _principals(person, now)
    rows = list(AccessRow.objects.filter(in_force(now), person=person).values_list("record_id", "allow"))
    return Viewer(
        now=now,
        person_id=person.pk,
        name=person.name,
        duties=_duties(person, now),
        memberships=registry.memberships([person.pk, *principals], now),
        allowed=frozenset(pk for pk, allow in rows if allow),
        denied=frozenset(pk for pk, allow in rows if not allow),
        principals=principals,
    )


def viewer_by_id(person_id: int, now: datetime) -> Viewer:
    """For the worker, which must ask again at send time. A person who is gone or inactive is anybody."""
    return viewer_for(Person.objects.filter(pk=person_id).first(), now)


def _duties(person: Person, now: datetime) -> frozenset[DutyHeld]:
    held = DutyAssignment.objects.filter(in_force(now), person=person).values_list("duty", "over_id")
    return frozenset(DutyHeld(duty, over) for duty, over in held)


def _principals(person: Person, now: datetime) -> frozenset[int]:
    rows: QuerySet[Assistance, int] = Assistance.objects.filter(
        in_force(now), assistant=person, principal__is_active=True
    ).values_list("principal_id", flat=True)
    return frozenset(rows)
