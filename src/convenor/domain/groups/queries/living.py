"""What engagement asks of whoever keeps the groups (convenor.domain.engagement.living)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse

from convenor.core.records.rules import Viewer
from convenor.domain.engagement.living import LivingGroup
from convenor.domain.engagement.rules import Override, ParentValue
from convenor.domain.groups.models import Group, Parent, RuleOverride
from convenor.domain.groups.queries.rosters import in_force
from convenor.domain.groups.queries.ruling import as_override
from convenor.domain.groups.queries.values import not_over, parent_value, sittings
from convenor.domain.groups.rules.states import CLOSED, PROPOSED


def counts(viewer: Viewer, types: Sequence[int]) -> Mapping[int, int]:
    """How many living groups of each type the viewer may see. One query."""
    rows = Group.objects.live().filter(type__in=list(types)).exclude(state=CLOSED).visible_to(viewer)
    return dict(rows.order_by().values_list("type").annotate(n=Count("pk")))


def hold(types: Sequence[int]) -> None:
    """Hold the rows under which seats are counted, until the transaction ends."""
    rows = Group.objects.filter(type__in=list(types)).exclude(state=CLOSED)
    list(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))


def groups(viewer: Viewer, types: Sequence[int], on: date) -> Iterable[LivingGroup]:
    """Every living group of these types from a day on, as the rules look at it: eight queries.

    Those the viewer may not see are there too, without their name.
    """
    rows = Group.objects.live().filter(type__in=list(types)).exclude(state=CLOSED).select_related("record")
    found = list(rows.order_by("name", "pk"))
    keys = [row.pk for row in found]
    seen = set(Group.objects.filter(pk__in=keys).visible_to(viewer).values_list("pk", flat=True))
    parents, own, seated = _parents(keys, on), _overrides(keys, on), sittings(keys, on)
    for row in found:
        name, url, ref = row.name, reverse("groups:detail", args=[row.slug]), row.record.ref
        shown = (name, url, ref) if row.pk in seen else ("", "", "")
        (_today, now), *later = seated[row.pk]
        yield LivingGroup(
            row.type_id or 0, shown[0], shown[1], now, tuple(parents[row.pk]), shown[2], tuple(later), own[row.pk]
        )


def _parents(keys: Sequence[int], on: date) -> dict[int, list[ParentValue]]:
    parents: dict[int, list[ParentValue]] = defaultdict(list)
    for link in Parent.objects.filter(in_force(on), group__in=keys).select_related("parent__type", "group"):
        waits = link.group.state == PROPOSED  # that its parent has not approved it yet breaks no rule
        value = parent_value(link.parent, approved=waits or link.approved_on is not None)
        parents[link.group_id].append(value)
    return parents


def _overrides(keys: Sequence[int], on: date) -> dict[int, tuple[Override, ...]]:
    own: dict[int, list[Override]] = defaultdict(list)
    for row in RuleOverride.objects.filter(not_over(on), group__in=keys).order_by("number"):
        own[row.group_id].append(as_override(row))
    return defaultdict(tuple, {group: tuple(some) for group, some in own.items()})


def list_url(model: str, group_type: str) -> str:
    """Where the groups of a type are listed."""
    return f"{reverse('groups:list')}?{urlencode({'model': model, 'type': group_type})}"
