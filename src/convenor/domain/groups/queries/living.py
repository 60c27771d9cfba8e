"""What engagement asks of whoever keeps the groups (convenor.domain.engagement.living)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse

from convenor.core.records.rules import Viewer
from convenor.domain.engagement.living import LivingGroup
from convenor.domain.engagement.rules import ParentValue
from convenor.domain.groups.models import Group, Parent
from convenor.domain.groups.queries.desk import groups_over_their_caps
from convenor.domain.groups.queries.rosters import in_force
from convenor.domain.groups.queries.values import compositions, parent_value
from convenor.domain.groups.rules.states import CLOSED, PROPOSED


def counts(viewer: Viewer, types: Sequence[int]) -> Mapping[int, int]:
    """How many living groups of each type the viewer may see. One query."""
    rows = Group.objects.live().filter(type__in=list(types)).exclude(state=CLOSED).visible_to(viewer)
    return dict(rows.order_by().values_list("type").annotate(n=Count("pk")))


def groups(viewer: Viewer, types: Sequence[int], on: date) -> Iterable[LivingGroup]:
    """Every living group of these types, as the rules look at it: five queries."""
    rows = Group.objects.live().filter(type__in=list(types)).exclude(state=CLOSED).visible_to(viewer)
    found = list(rows.order_by("name", "pk"))
    keys = [row.pk for row in found]
    seated = compositions(keys, on)
    parents: dict[int, list[ParentValue]] = {}
    for link in Parent.objects.filter(in_force(on), group__in=keys).select_related("parent__type", "group"):
        waits = link.group.state == PROPOSED  # that its parent has not approved it yet breaks no rule
        value = parent_value(link.parent, approved=waits or link.approved_on is not None)
        parents.setdefault(link.group_id, []).append(value)
    for row in found:
        url = reverse("groups:detail", args=[row.slug])
        yield LivingGroup(row.type_id or 0, row.name, url, seated[row.pk], tuple(parents.get(row.pk, ())))


def over_caps(types: Sequence[int], on: date) -> Iterable[str]:
    """Living groups of these types over their caps on a day, each in a sentence. Holds their rows: who counts waits."""
    rows = Group.objects.filter(type__in=list(types)).exclude(state=CLOSED)
    list(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    return groups_over_their_caps(rows, on)


def list_url(model: str, group_type: str) -> str:
    """Where the groups of a type are listed."""
    return f"{reverse('groups:list')}?{urlencode({'model': model, 'type': group_type})}"
