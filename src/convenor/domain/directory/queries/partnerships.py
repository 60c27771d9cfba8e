"""Partnerships with their stage, parties, agreements and challenges."""

from __future__ import annotations

from django.db.models import OuterRef, Prefetch, Q, Subquery
from django.http import Http404
from django.urls import reverse

from convenor.core.files.models import FileVersion
from convenor.core.records.models import ScopedQuerySet, visible_filter
from convenor.core.records.rules import Viewer
from convenor.domain.directory.models import Agreement, Organisation, Partnership, PartnershipParty, StageChange
from convenor.kit.parts import Link
from convenor.kit.structs import struct


@struct
class PartnershipFilter:
    """What the register of partnerships is narrowed by; empty means not at all."""

    q: str = ""
    kind: str = ""
    stage: str = ""
    organisation: str = ""


def partnerships(viewer: Viewer, asked: PartnershipFilter | None = None) -> ScopedQuerySet[Partnership]:
    """The register: each with `stage` and `stage_on`, host and parties where they may be read. Not ordered."""
    asked = asked or PartnershipFilter()
    rows = with_stage(Partnership.objects.live().select_related("record"))
    rows = rows.prefetch_related(*_bodies(viewer))
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.stage:
        rows = rows.filter(Q(stage=asked.stage))
    if asked.organisation:
        rows = rows.filter(pk__in=_named(viewer, asked.organisation))
    for word in asked.q.split():
        rows = rows.filter(Q(name__icontains=word) | Q(purpose__icontains=word))
    return rows.visible_to(viewer)


def partnerships_of(viewer: Viewer, organisation: Organisation) -> ScopedQuerySet[Partnership]:
    """Those an organisation keeps or is named in, each with its stage."""
    named = PartnershipParty.objects.filter(organisation=organisation).values("partnership")
    rows = with_stage(Partnership.objects.live().filter(Q(host=organisation) | Q(pk__in=named)))
    return rows.select_related("record").order_by("name", "pk").visible_to(viewer)


def access_partnership(viewer: Viewer, slug: str) -> Partnership:
    """The partnership at this address with host and parties where they may be read, or 404."""
    rows = with_stage(Partnership.objects.filter(slug=slug).select_related("record"))
    found = rows.prefetch_related(*_bodies(viewer)).visible_to(viewer).first()
    if found is None:
        raise Http404
    return found


def parties_of(partnership: Partnership) -> list[PartnershipParty]:
    """The parties the viewer may read, of a row of access_partnership or partnerships."""
    return list(getattr(partnership, "parties_shown", ()))


def host_of(partnership: Partnership) -> Organisation | None:
    """The host where the viewer may read it; for rows of access_partnership or partnerships."""
    found: Organisation | None = getattr(partnership, "host_shown", None)
    return found


def stages_of(viewer: Viewer, partnership: Partnership) -> list[StageChange]:
    """Every stage a partnership has been at, oldest first."""
    challenger = Prefetch("challenger", queryset=Organisation.objects.visible_to(viewer))
    rows = StageChange.objects.filter(partnership=partnership).prefetch_related(challenger)
    return list(rows.order_by("pk").visible_to(viewer))


def agreements_of(viewer: Viewer, partnership: Partnership) -> list[Agreement]:
    """The versions of the agreement, newest first."""
    newest = Prefetch("file__versions", FileVersion.objects.order_by("-number"), to_attr="newest_first")
    rows = Agreement.objects.filter(partnership=partnership).select_related("file").prefetch_related(newest)
    return list(rows.order_by("-version", "-pk").visible_to(viewer))


def agreement_link(agreement: Agreement) -> Link | None:
    """Where the text of an agreement is read; for rows of agreements_of."""
    versions: list[FileVersion] = getattr(agreement.file, "newest_first", [])
    if not versions:
        return None
    newest = versions[0]
    return Link(newest.original_name, reverse("files:serve", args=[newest.pk, newest.original_name]))


def open_challenges(viewer: Viewer) -> ScopedQuerySet[StageChange]:
    """Challenges that wait for an answer, oldest first."""
    rows = StageChange.objects.filter(
        challenged_at__isnull=False, challenge_answered_at=None, partnership__record__state="live"
    )
    rows = rows.select_related("partnership__record", "partnership__host")
    return rows.order_by("challenged_at", "pk").visible_to(viewer)


def with_stage(rows: ScopedQuerySet[Partnership]) -> ScopedQuerySet[Partnership]:
    """Annotate `stage` and `stage_on`: the latest StageChange."""
    latest = StageChange.objects.filter(partnership=OuterRef("pk")).order_by("-pk")
    return rows.annotate(stage=Subquery(latest.values("stage")[:1]), stage_on=Subquery(latest.values("on")[:1]))


def _bodies(viewer: Viewer) -> tuple[Prefetch[str], ...]:
    """Host and parties, but for those the viewer may not read. Two queries."""
    parties = PartnershipParty.objects.filter(visible_filter(viewer, "organisation__record"))
    parties = parties.select_related("organisation").order_by("organisation__name", "pk").visible_to(viewer)
    return (
        Prefetch("host", queryset=Organisation.objects.visible_to(viewer), to_attr="host_shown"),
        Prefetch("parties", queryset=parties, to_attr="parties_shown"),
    )


def _named(viewer: Viewer, slug: str) -> ScopedQuerySet[Partnership]:
    body = Organisation.objects.filter(slug=slug).visible_to(viewer)
    named = PartnershipParty.objects.filter(organisation__in=body).values("partnership")
    return Partnership.objects.filter(Q(host__in=body) | Q(pk__in=named))
