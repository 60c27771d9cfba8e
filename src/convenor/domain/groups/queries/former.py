"""Former members whose days are not known, with their names as the viewer may read them."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse

from convenor.core.records.models import visible_filter
from convenor.core.records.rules import Viewer
from convenor.domain.groups.models import FormerMember
from convenor.domain.groups.queries.seen import named, text
from convenor.domain.groups.rules.partial import say_time
from convenor.kit.structs import struct


@struct
class FormerShown:
    """A former member as this viewer may see them; `name` is "" where it is withheld."""

    role: str
    began: str
    ended: str
    name: str
    slug: str
    group_name: str = ""
    group_slug: str = ""

    @property
    def time(self) -> str:
        return say_time(self.began, self.ended)

    @property
    def url(self) -> str:
        return reverse("directory:person", args=[self.slug]) if self.slug else ""

    @property
    def group_url(self) -> str:
        return reverse("groups:detail", args=[self.group_slug])


def former_of_person(viewer: Viewer, person: int) -> list[FormerShown]:
    """Where somebody sat, in groups the viewer may read. One query."""
    which = Q(person=person) & visible_filter(viewer, "group__record") & Q(group__record__state="live")
    name, slug = former_name(viewer)
    rows = FormerMember.objects.filter(which).values_list(
        "role", "began", "ended", name, slug, F("group__name"), F("group__slug")
    )
    return sorted((FormerShown(*row) for row in rows), key=lambda row: (row.name.casefold(), row.role, row.began))


def former_name(viewer: Viewer, *, officer: bool = False) -> tuple[Any, Any]:
    """The columns of a former member's name and of their page; "" where the viewer may not read them."""
    profile = "person__profile__record"
    slug = named(viewer, "person__profile__slug", profile)
    if officer or viewer.is_system or viewer.reads_every_audience:
        return text(Coalesce(f"{profile}__title", "person__name")), slug
    return named(viewer, f"{profile}__title", profile), slug
