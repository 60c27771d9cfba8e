"""The register of groups: what it is narrowed by, and the choices it offers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Final

from django.db.models import Case, Count, OuterRef, Q, QuerySet, Subquery, When

from convenor.core.records.models import ScopedQuerySet, visible_filter
from convenor.core.records.rules import Viewer
from convenor.domain.directory.models import Organisation
from convenor.domain.groups.models import Group, Initiative, Seat
from convenor.domain.groups.queries.access import groups
from convenor.domain.groups.queries.rosters import in_force
from convenor.domain.groups.queries.types import TypeShown
from convenor.domain.groups.rules.states import CLOSED
from convenor.kit.structs import struct

OURS: Final = "ours"
OTHERS: Final = "others"
OPEN: Final = "open"
ALL: Final = "all"
HOSTS_OFFERED: Final = 50
"""More would make every page of the register longer; any other is reached from its own page."""


@struct
class GroupFilter:
    """What a register of groups is narrowed by; empty means not at all.

    state: a state's word, `open` for all but closed, `all` for all. whose: `ours` or `others`.
    model, level, type: slugs; a level or type without a model means that of any model.
    host, initiative, organisation: slugs; organisation: seated, by itself or by one of its offices.
    """

    q: str = ""
    model: str = ""
    level: str = ""
    type: str = ""
    state: str = OPEN
    host: str = ""
    initiative: str = ""
    organisation: str = ""
    whose: str = ""


def register(viewer: Viewer, asked: GroupFilter, types: Mapping[int, TypeShown], on: date) -> ScopedQuerySet[Group]:
    """The groups asked for that the viewer may read. Not ordered."""
    rows = groups(viewer).live()
    for condition in (
        worded(asked.q),
        _typed(asked, types.values()),
        _in_state(asked.state),
        _seating(viewer, asked.organisation, on),
        _whose(asked.whose),
        _at(viewer, "host", asked.host),
        _at(viewer, "initiative", asked.initiative),
    ):
        rows = rows.filter(condition)
    return rows


def worded(text: str) -> Q:
    """Every word stands in the name, the acronym or the purpose."""
    found = Q()
    for word in text.split()[:10]:
        found &= Q(name__icontains=word) | Q(acronym__icontains=word) | Q(purpose__icontains=word)
    return found


def _typed(asked: GroupFilter, types: Collection[TypeShown]) -> Q:
    if not (asked.model or asked.level or asked.type):
        return Q()
    wanted = [
        each.key
        for each in types
        if (asked.model in {"", each.model_slug})
        and (asked.level in {"", each.level_slug})
        and (asked.type in {"", each.slug})
    ]
    return Q(type__in=wanted)


def _in_state(state: str) -> Q:
    if state == ALL:
        return Q()
    return Q(state=state) if state in Group.State.values else ~Q(state=CLOSED)


def _seating(viewer: Viewer, slug: str, on: date) -> Q:
    """A group in which the organisation has a seat on the day, as far as the viewer may know that it has."""
    if not slug:
        return Q()
    office = Q(office__organisation__slug=slug) & visible_filter(viewer, "office__record")
    office &= visible_filter(viewer, "office__organisation__record")
    itself = Q(organisation__slug=slug) & visible_filter(viewer, "organisation__record")
    return Q(pk__in=Seat.objects.filter(office | itself).filter(in_force(on)).values("group"))


def _whose(whose: str) -> Q:
    return Q(is_ours=whose == OURS) if whose in {OURS, OTHERS} else Q()


def _at(viewer: Viewer, path: str, slug: str) -> Q:
    return Q(**{f"{path}__slug": slug}) & visible_filter(viewer, f"{path}__record") if slug else Q()


def hosts(viewer: Viewer, asked: str = "") -> list[tuple[str, str]]:
    """Slug and name of the organisations that host most of the groups the viewer may read, and the one asked for."""
    mine = Group.objects.live().visible_to(viewer).filter(host=OuterRef("pk")).order_by().values("host")
    hosting = mine.annotate(many=Count("pk")).values("many")
    rows = Organisation.objects.visible_to(viewer).annotate(many=Subquery(hosting)).filter(many__gt=0)
    first = Case(When(slug=asked, then=0), default=1)
    found = rows.order_by(first, "-many", "name", "pk").values_list("slug", "name")[:HOSTS_OFFERED]
    return sorted(found, key=lambda row: row[1].casefold())


def initiatives(viewer: Viewer) -> QuerySet[Initiative]:
    """The initiatives the viewer may read, by name."""
    return Initiative.objects.live().select_related("record").visible_to(viewer).order_by("name", "pk")
