"""One group, one seat, one initiative: or 404, never a hint that it exists."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404
from django.utils.timezone import localdate

from convenor.core.records.models import ScopedQuerySet
from convenor.core.records.prepared import PreparedFor
from convenor.core.records.queries import former_address
from convenor.core.records.rules import Viewer
from convenor.domain.groups.models import (
    Admission,
    Appointment,
    Chairing,
    Delivery,
    Group,
    Initiative,
    Parent,
    RuleOverride,
    Seat,
)
from convenor.domain.groups.queries.rosters import in_force
from convenor.domain.groups.queries.seen import flag

GROUP = "group"
INITIATIVE = "initiative"


def groups(viewer: Viewer) -> ScopedQuerySet[Group]:
    """The groups this viewer may read, each saying whether its host, initiative and model may be named."""
    rows = Group.objects.select_related("record", "type__model__record", "host__record", "initiative__record")
    return rows.annotate(
        host_seen=flag(viewer, "host__record"),
        initiative_seen=flag(viewer, "initiative__record"),
        type_seen=flag(viewer, "type__model__record"),
    ).visible_to(viewer)


def access_group(viewer: Viewer, slug: str) -> Group:
    """The group at this address, or 404."""
    found = ONE_GROUP.rows(viewer, slug=slug, on=localdate(viewer.now))
    if not found:
        raise Http404
    return found[0]


def _at(viewer: Viewer, slug: Any, on: Any) -> QuerySet[Group]:
    chosen = Admission.objects.filter(in_force(on), group=OuterRef("pk"))
    way = Subquery(chosen.order_by("-starts_on", "-pk").values("way")[:1])  # how it is joined, without asking again
    return groups(viewer).annotate(own_way=way).filter(slug=slug)[:1]


ONE_GROUP: Final = PreparedFor(_at)


def moved_group(viewer: Viewer, slug: str) -> Group | None:
    """The group that once stood at this address."""
    record = former_address(viewer, GROUP, slug)
    return Group.objects.visible_to(viewer).filter(record=record).first() if record else None


def access_seat(viewer: Viewer, group: Group, number: int) -> Seat:
    """The seat with this number in a group that the viewer may read already, or 404."""
    rows = Seat.objects.filter(group=group, number=number).visible_to(viewer)
    found = rows.select_related("group__record", "office__organisation", "organisation", "segment", "chair_of").first()
    if found is None:
        raise Http404
    return found


def access_term(viewer: Viewer, group: Group, key: int) -> Appointment:
    """An appointment to a seat of the group, or 404."""
    rows = Appointment.objects.filter(seat__group=group, pk=key).select_related("seat__group__record", "person")
    found = rows.visible_to(viewer).first()
    if found is None:
        raise Http404
    return found


def access_chairing(viewer: Viewer, group: Group, key: int) -> Chairing:
    """A chairing of the group, or 404."""
    rows = Chairing.objects.filter(seat__group=group, pk=key).select_related("seat__group__record", "role")
    found = rows.visible_to(viewer).first()
    if found is None:
        raise Http404
    return found


def access_parent(viewer: Viewer, group: Group, key: int) -> Parent:
    """A link of the group to a parent, or 404."""
    rows = Parent.objects.filter(group=group, pk=key).select_related("group__record", "parent__record")
    found = rows.visible_to(viewer).first()
    if found is None:
        raise Http404
    return found


def access_override(viewer: Viewer, group: Group, number: int) -> RuleOverride:
    """An override of the group by its number, or 404."""
    rows = RuleOverride.objects.filter(group=group, number=number).select_related("group__record")
    found = rows.visible_to(viewer).first()
    if found is None:
        raise Http404
    return found


def access_delivery(viewer: Viewer, group: Group, key: int) -> Delivery:
    """Something the group delivered, or 404."""
    found = Delivery.objects.filter(group=group, pk=key).select_related("group__record").visible_to(viewer).first()
    if found is None:
        raise Http404
    return found


def access_initiative(viewer: Viewer, slug: str) -> Initiative:
    """The initiative at this address, or 404."""
    found = Initiative.objects.filter(slug=slug).select_related("record").visible_to(viewer).first()
    if found is None:
        raise Http404
    return found
