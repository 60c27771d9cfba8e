"""Versions of terms of reference, as the viewer may read them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from django.http import Http404
from django.utils.timezone import localdate

from convenor.core.records.models import ScopedQuerySet, visible_filter
from convenor.core.records.rules import Viewer
from convenor.domain.groups.models import Group, TermsEndorsement, TermsOfReference
from convenor.domain.groups.queries.chairs import chairs_of, chairs_of_each
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
    found = rows.first() or _asked(viewer, group, number)
    if found is None:
        raise Http404
    return found


def _asked(viewer: Viewer, group: Group, number: int) -> TermsOfReference | None:
    """A version that whoever chairs was asked to endorse: they read it, and who assists them, other members do not."""
    if not viewer.signed_in:
        return None
    rows = TermsOfReference.objects.filter(group=group, number=number, sent_on__isnull=False, in_force_from=None)
    found = rows.select_related("group__record", "audience").prefetch_related("sections", "endorsements").first()
    chairs = chairs_of(group, localdate(viewer.now)) if found else {}
    return found if any(viewer.stands_for(person) for person in chairs) else None


def still_to_endorse(version: TermsOfReference, chairs: Mapping[int, str]) -> list[str]:
    """As what co-chairs have not endorsed it yet, who sit today; none where fewer than two lead. One query."""
    leading = _leading(chairs)
    if len(leading) < 2:
        return []
    said = set(TermsEndorsement.objects.filter(terms=version).values_list("endorsed_by", flat=True))
    return [title for title in leading if title not in said]


def _leading(chairs: Mapping[int, str]) -> list[str]:
    """As what they lead, each once, as it is kept with an endorsement."""
    return list(dict.fromkeys(title[:200] for title in chairs.values()))


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
    """What those who chair these groups, as the viewer does or whom they assist, were asked to endorse and have not."""
    if not groups:
        return []
    rows = TermsOfReference.objects.filter(group__in=list(groups), in_force_from=None, sent_on__isnull=False)
    rows = rows.filter(visible_filter(viewer, "group__record"))
    found = list(rows.live().select_related("group__record").order_by("sent_on", "pk"))
    waits = _waiting_for(viewer, [row for row in found if row.endorsed_on is not None])
    return [row for row in found if row.endorsed_on is None or row.pk in waits]


def _waiting_for(viewer: Viewer, partly: Collection[TermsOfReference]) -> set[int]:
    """Of versions that a chair has endorsed, those that wait for the viewer as another. Three queries, however many."""
    if not partly:
        return set()
    chairs = chairs_of_each({row.group_id for row in partly}, localdate(viewer.now))
    rows = TermsEndorsement.objects.filter(terms__in=[row.pk for row in partly])
    said = set(rows.values_list("terms_id", "endorsed_by"))
    found = set()
    for row in partly:
        here = chairs[row.group_id]
        mine = {title[:200] for person, title in here.items() if viewer.stands_for(person)}
        if len(_leading(here)) > 1 and any((row.pk, title) not in said for title in mine):
            found.add(row.pk)
    return found
