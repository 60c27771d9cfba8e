"""What stands around a group: its parents, what stands under it, whom it consults. Two queries at most."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.urls import reverse

from convenor.core.records.prepared import PreparedFor
from convenor.core.records.rules import DISCLOSE_NOTHING, DISCLOSE_TITLE, Viewer
from convenor.domain.groups.models import Group, Parent
from convenor.domain.groups.queries.seen import flag
from convenor.domain.groups.queries.types import TypeShown
from convenor.domain.groups.rules.spans import Span
from convenor.domain.groups.rules.states import CLOSED
from convenor.kit.structs import struct

MOST_CONSULTED: Final = 12


@struct
class Near:
    """A group beside this one, as far as the viewer may know of it. `reason`: why it is withheld."""

    key: int
    name: str
    url: str
    type: TypeShown | None
    state: str
    span: Span
    link: int = 0
    approved_on: date | None = None
    approval_note: str = ""
    reason: str = ""

    @property
    def withheld(self) -> bool:
        return not self.url


@struct(slots=False)
class Around:
    """Above, below and beside, on a day; and what stood above before."""

    parents: tuple[Near, ...] = ()
    children: tuple[Near, ...] = ()
    consulted: tuple[Near, ...] = ()
    former_parents: tuple[Near, ...] = ()


def around(viewer: Viewer, group: Group, types: Mapping[int, TypeShown], on: date) -> Around:
    """What stands around the group on a day. A group the viewer may not read shows as its disclosure allows."""
    links = LINKS.rows(viewer, group=group.pk)
    shown = types.get(group.type_id or 0)
    current = [link for link in links if Span(link.starts_on, link.ends_on).covers(on)]
    return Around(
        parents=_near(current, group, types, above=True),
        children=_near([link for link in current if link.group.state != CLOSED], group, types, above=False),
        consulted=_consulted(viewer, shown, types) if shown and shown.consults else (),
        former_parents=_near([link for link in links if link.ends_on and link.ends_on < on], group, types, above=True),
    )


def _links(viewer: Viewer, group: Any) -> QuerySet[Parent]:
    rows = Parent.objects.filter(Q(group=group) | Q(parent=group)).select_related("group__record", "parent__record")
    seen = rows.annotate(child_seen=flag(viewer, "group__record"), parent_seen=flag(viewer, "parent__record"))
    return seen.order_by("starts_on", "pk")


LINKS: Final = PreparedFor(_links)


def _near(links: list[Any], group: Group, types: Mapping[int, TypeShown], *, above: bool) -> tuple[Near, ...]:
    found = []
    for link in links:
        mine, other = (link.group_id, link.parent) if above else (link.parent_id, link.group)
        seen = link.parent_seen if above else link.child_seen
        if mine == group.pk and (seen or other.record.disclosure != DISCLOSE_NOTHING) and other.record.state == "live":
            found.append(_one(link, other, types.get(other.type_id or 0), seen=seen))
    return tuple(found)


def _one(link: Parent, other: Group, shown: TypeShown | None, *, seen: bool) -> Near:
    span = Span(link.starts_on, link.ends_on)
    if seen:
        url = _address(other)
        note = link.approval_note
        return Near(other.pk, other.name, url, shown, other.state, span, link.pk, link.approved_on, note)
    name = other.name if other.record.disclosure == DISCLOSE_TITLE else ""
    return Near(other.pk, name, "", None, "", span, link.pk, reason=other.record.withheld_reason)


def _consulted(viewer: Viewer, shown: TypeShown, types: Mapping[int, TypeShown]) -> tuple[Near, ...]:
    """The living groups of the types that the rules say it consults."""
    rows = Group.objects.live().filter(type__consulted_by_rules=shown.stated).exclude(state=CLOSED)
    seen = rows.visible_to(viewer).order_by("name", "pk")[:MOST_CONSULTED]
    return tuple(Near(row.pk, row.name, _address(row), types.get(row.type_id or 0), row.state, Span()) for row in seen)


def _address(group: Group) -> str:
    return reverse("groups:detail", args=[group.slug])
