"""Versions of terms of reference, as the viewer may read them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.http import Http404

from convenor.core.records.models import ScopedQuerySet
from convenor.core.records.rules import Viewer
from convenor.domain.groups.models import Group, TermsOfReference
from convenor.domain.groups.rules.tor import OUTLINE, Section

DRAFT = "draft"
ENDORSED = "endorsed"
IN_FORCE = "in-force"
AHEAD = "ahead"
EARLIER = "earlier"


def versions(viewer: Viewer, group: Group) -> ScopedQuerySet[TermsOfReference]:
    """A group's versions, the newest first."""
    rows = TermsOfReference.objects.filter(group=group).select_related("group__record", "audience")
    return rows.order_by("-number").visible_to(viewer)


def access_version(viewer: Viewer, group: Group, number: int) -> TermsOfReference:
    """One version with its endorsements and sections, or 404."""
    rows = versions(viewer, group).filter(number=number).prefetch_related("sections", "endorsements")
    found = rows.first()
    if found is None:
        raise Http404
    return found


def texts_of(version: TermsOfReference) -> dict[str, str]:
    """The text of each section by its key."""
    return {section.key: section.text for section in version.sections.all()}


def outline_of(version: TermsOfReference) -> list[tuple[Section, str]]:
    """The sections that say something, in the order of the outline."""
    texts = texts_of(version)
    return [(section, texts[section.key]) for section in OUTLINE if texts.get(section.key)]


def standing(version: TermsOfReference, today: date) -> str:
    """Whether it is a draft, endorsed, in force, in force later, or an earlier one."""
    if version.endorsed_on is None:
        return DRAFT
    if version.in_force_from is None:
        return ENDORSED
    if version.in_force_from > today:
        return AHEAD
    return EARLIER if version.in_force_to is not None and version.in_force_to < today else IN_FORCE


def to_endorse(viewer: Viewer, groups: Collection[int]) -> list[TermsOfReference]:
    """Drafts that those who chair these groups were asked to endorse."""
    if not groups:
        return []
    rows = TermsOfReference.objects.filter(group__in=list(groups), endorsed_on=None, sent_on__isnull=False)
    return list(rows.live().select_related("group__record").order_by("sent_on", "pk").visible_to(viewer))
