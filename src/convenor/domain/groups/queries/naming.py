"""Whom and what an officer means by a name they type."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.utils.timezone import localdate

from convenor.core.records.rules import Viewer
from convenor.domain.directory.models import Office, Organisation
from convenor.domain.groups.models import Group
from convenor.domain.groups.queries.seen import text, word
from convenor.domain.groups.rules.states import CLOSED
from convenor.kit.query import may_be_named

OFFICES: Final = "office-names"
ORGANISATIONS: Final = "organisation-names"
GROUPS: Final = "group-names"
"""The lists of names that a page offers while somebody types; also their ids (groups/names.html)."""

MOST_COMMAS: Final = 20
"""In how many places a text is cut into an office and its organisation."""


def find_offices(viewer: Viewer, said: str) -> list[Office]:
    """An office by its title with its organisation (“Chief Information Officer, Department of Health”), or its ref."""
    if not may_be_named(said):
        return []
    rows = Office.objects.live().current(localdate(viewer.now)).select_related("organisation__record", "record")
    means = Q(record__ref__iexact=said) | Q(title__iexact=said)
    for place in [at for at, sign in enumerate(said) if sign == ","][:MOST_COMMAS]:  # titles have commas of their own
        title, organisation = said[:place].strip(), said[place + 1 :].strip()
        means |= Q(title__iexact=title, organisation__name__iexact=organisation)
        means |= Q(title__iexact=title, organisation__short_name__iexact=organisation)
    return list(rows.filter(means).order_by("pk").visible_to(viewer)[:10])


def find_groups(viewer: Viewer, said: str) -> list[Group]:
    """A group by its name, acronym, address or ref."""
    if not may_be_named(said):
        return []
    rows = Group.objects.live().filter(group_called(said)).select_related("record", "type")
    found = list(rows.order_by("pk").visible_to(viewer)[:10])
    return [row for row in found if row.state != CLOSED] or found


def group_called(said: str) -> Q:
    """A group whose name, acronym, address or ref this is."""
    return Q(name__iexact=said) | Q(acronym__iexact=said) | Q(slug=said.lower()) | Q(record__ref__iexact=said)


def name_choices(viewer: Viewer, wanted: Collection[str], most: int = 3000) -> dict[str, list[str]]:
    """Names of offices, organisations and groups to offer while an officer types one. One query, or none."""
    today = localdate(viewer.now)
    offices = Office.objects.live().current(today).visible_to(viewer)
    organisations = Organisation.objects.live().current(today).visible_to(viewer)
    groups = Group.objects.live().exclude(state=CLOSED).visible_to(viewer)
    parts: dict[str, QuerySet[Any, Any]] = {
        OFFICES: offices.values_list(word(Value(OFFICES)), text(Concat("title", Value(", "), "organisation__name"))),
        ORGANISATIONS: organisations.values_list(word(Value(ORGANISATIONS)), text(F("name"))),
        GROUPS: groups.values_list(word(Value(GROUPS)), text(F("name"))),
    }
    asked = [parts[each] for each in parts if each in wanted]
    found: dict[str, list[str]] = {each: [] for each in parts}
    for kind, name in asked[0].union(*asked[1:])[:most] if asked else ():
        found[kind].append(name)
    return {kind: sorted(names, key=str.casefold) for kind, names in found.items()}
