"""Former members whose days are not known, with their names as the viewer may read them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse

from convenor.core.records.models import visible_filter
from convenor.core.records.rules import Viewer
from convenor.domain.groups.models import FormerMember
from convenor.domain.groups.queries.seen import named, text
from convenor.domain.groups.rules.partial import say_time


@dataclass(frozen=True, slots=True)
class FormerShown:
    """A former member as this viewer may see them; `name` is "" where it is withheld."""

    role: str
    began: str
    ended: str
    name: str
    slug: str
    group_name: str
    group_slug: str

    @property
    def time(self) -> str:
        return say_time(self.began, self.ended)

    @property
    def url(self) -> str:
        return reverse("directory:person", args=[self.slug]) if self.slug else ""

    @property
    def group_url(self) -> str:
        return reverse("groups:detail", args=[self.group_slug])


def former_of_group(viewer: Viewer, group: int, *, officer: bool = False) -> list[FormerShown]:
    """Those of a group, by name. One query."""
    return _shown(viewer, Q(group=group), officer=officer)


def former_of_person(viewer: Viewer, person: int) -> list[FormerShown]:
    """Where somebody sat, in groups the viewer may read. One query."""
    return _shown(viewer, Q(person=person) & visible_filter(viewer, "group__record") & Q(group__record__state="live"))


def _shown(viewer: Viewer, which: Q, *, officer: bool = False) -> list[FormerShown]:
    profile = "person__profile__record"
    every_name = officer or viewer.is_system or viewer.reads_every_audience
    name = (
        text(Coalesce(f"{profile}__title", "person__name"))
        if every_name
        else named(viewer, f"{profile}__title", profile)
    )
    slug = named(viewer, "person__profile__slug", profile)
    rows = FormerMember.objects.filter(which).values_list(
        "role", "began", "ended", name, slug, F("group__name"), F("group__slug")
    )
    return sorted((FormerShown(*row) for row in rows), key=lambda row: (row.name.casefold(), row.role, row.began))
