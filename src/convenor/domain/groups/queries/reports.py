"""Reports back, as the viewer may read them."""

from __future__ import annotations

from django.http import Http404

from convenor.core.records.models import ScopedQuerySet
from convenor.core.records.rules import Viewer
from convenor.domain.groups.models import ReportBack
from convenor.domain.groups.queries.seen import named


def reports(viewer: Viewer) -> ScopedQuerySet[ReportBack]:
    """Each with `who` went and `page`, where their name may be read."""
    profile = "delegate__profile__record"
    rows = ReportBack.objects.select_related("record", "group__record", "seat", "delegate__profile")
    return rows.annotate(
        who=named(viewer, f"{profile}__title", profile), page=named(viewer, "delegate__profile__slug", profile)
    ).visible_to(viewer)


def access_report(viewer: Viewer, ref: str) -> ReportBack:
    """The report with this ref, or 404."""
    found = reports(viewer).filter(record__ref=ref).first()
    if found is None:
        raise Http404
    return found
