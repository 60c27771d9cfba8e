"""What the shared parts need to know of groups: their kinds, what strangers may read."""

from __future__ import annotations

from typing import Final

from django.urls import reverse

from convenor.core.records.registry import Kind, registry
from convenor.domain.groups.models import Group, Initiative

GROUP: Final = "group"
INITIATIVE: Final = "initiative"


def register() -> None:
    """Called from AppConfig.ready()."""
    for kind in KINDS:
        registry.add_kind(kind)
    for model, names in PARTS.items():
        registry.add_public_fields(f"groups.{model}", *names)


def _group_url(row: Group) -> str:
    return reverse("groups:detail", args=[row.slug])


def _group_text(row: Group) -> str:
    return " ".join((row.acronym, row.purpose, row.deliverable))


def _initiative_url(row: Initiative) -> str:
    return reverse("groups:initiative", args=[row.slug])


KINDS: Final = (
    Kind(
        slug=GROUP,
        label="Group",
        label_plural="Groups",
        prefix="GRP",
        model="groups.Group",
        url=_group_url,
        public_fields=frozenset({"slug", "name", "acronym", "state", "purpose", "deliverable", "close_reason"}),
        list_url="/groups/",
        search_text=_group_text,
        icon="group",
    ),
    Kind(
        slug=INITIATIVE,
        label="Initiative",
        label_plural="Initiatives",
        prefix="INI",
        model="groups.Initiative",
        url=_initiative_url,
        public_fields=frozenset({"slug", "name", "summary"}),
        list_url="/groups/initiatives/",
        search_text=lambda row: str(row.summary),
    ),
)

PARTS: Final = {
    "Parent": ("approval_note",),
    "Seat": ("title", "basis", "constituency", "end_reason"),
    "Appointment": ("instrument",),
    "ChairRole": ("slug", "name"),
    "Chairing": (),
}
