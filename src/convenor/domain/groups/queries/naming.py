"""Whom and what an officer means by a name they type."""

from __future__ import annotations

from django.db.models import Q
from django.utils.timezone import localdate

from convenor.core.records.rules import Viewer
from convenor.domain.directory.models import Office
from convenor.domain.groups.models import Group
from convenor.domain.groups.rules.states import CLOSED


def find_offices(viewer: Viewer, said: str) -> list[Office]:
    """An office by its title with its organisation (“Chief Information Officer, Department of Health”), or its ref."""
    rows = Office.objects.live().current(localdate(viewer.now)).select_related("organisation__record", "record")
    means = Q(record__ref__iexact=said) | Q(title__iexact=said)
    for place in (at for at, sign in enumerate(said) if sign == ","):  # titles have commas of their own
        title, organisation = said[:place].strip(), said[place + 1 :].strip()
        means |= Q(title__iexact=title, organisation__name__iexact=organisation)
        means |= Q(title__iexact=title, organisation__short_name__iexact=organisation)
    return list(rows.filter(means).order_by("pk").visible_to(viewer)[:10])


def office_choices(viewer: Viewer, most: int = 1000) -> list[str]:
    """Offices to offer while an officer types one."""
    rows = Office.objects.live().current(localdate(viewer.now)).select_related("organisation")
    return [str(row) for row in rows.order_by("organisation__name", "title", "pk").visible_to(viewer)[:most]]


def find_groups(viewer: Viewer, said: str) -> list[Group]:
    """A group by its name, acronym, address or ref."""
    means = Q(name__iexact=said) | Q(acronym__iexact=said) | Q(slug=said.lower()) | Q(record__ref__iexact=said)
    rows = Group.objects.live().filter(means).select_related("record", "type")
    found = list(rows.order_by("pk").visible_to(viewer)[:10])
    return [row for row in found if row.state != CLOSED] or found


def group_choices(viewer: Viewer, most: int = 1000) -> list[str]:
    """Groups to offer while an officer types one."""
    rows = Group.objects.live().exclude(state=CLOSED).order_by("name", "pk").visible_to(viewer)
    return list(rows.values_list("name", flat=True)[:most])
