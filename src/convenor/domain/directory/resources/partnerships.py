"""Partnerships, outside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.db.models import Prefetch, Q

from convenor.core.exchange.resources import Field, Filter, Resource, record_fields
from convenor.core.records.models import ScopedQuerySet
from convenor.core.records.rules import Viewer
from convenor.domain.directory.models import Partnership, PartnershipParty, StageChange
from convenor.domain.directory.queries.partnerships import with_stage

KINDS: Final = {str(value): str(label) for value, label in Partnership.Kind.choices}
STAGES: Final = {str(value): str(label) for value, label in Partnership.Stage.choices}


def _rows(viewer: Viewer) -> ScopedQuerySet[Partnership]:
    return with_stage(Partnership.objects.select_related("record", "host")).visible_to(viewer)


def _prefetch(viewer: Viewer) -> Sequence[str | Prefetch[Any]]:
    parties = PartnershipParty.objects.select_related("organisation").order_by("pk").visible_to(viewer)
    stages = StageChange.objects.order_by("pk").visible_to(viewer)
    return (Prefetch("parties", parties), Prefetch("stage_changes", stages))


def _words(rows: ScopedQuerySet[Any], text: str) -> ScopedQuerySet[Any]:
    for word in text.split():
        rows = rows.filter(Q(name__icontains=word) | Q(purpose__icontains=word))
    return rows


PARTNERSHIPS: Final = Resource(
    kind="partnership",
    name="partnerships",
    label="Partnerships",
    description="Formal partnerships, agency partnerships and international memberships, with how far each has come.",
    queryset=_rows,
    prefetch=_prefetch,
    key="slug",
    fields=(
        *record_fields("partnership"),
        Field("slug", "Address", "text", "slug", "The last part of its page's address.", required=True),
        Field("name", "Name", "text", "name", "What it is called.", required=True, term="schema:name"),
        Field("kind", "Kind", "text", "kind", "What kind it is.", required=True, choices=KINDS),
        Field("stage", "Stage", "text", "stage", "How far it has come.", required=True, choices=STAGES),
        Field("stage_on", "Since", "date", "stage_on", "The day it reached that stage.", required=True),
        Field("host", "Kept by", "ref", "host.record_id", "The organisation whose officers keep the record."),
        Field(
            "parties",
            "With",
            "refs",
            lambda row: [party.organisation.record_id for party in row.parties.all()],
            "The other organisations.",
        ),
        Field("purpose", "What it is for", "text", "purpose", "In Markdown.", required=True, term="schema:description"),
        Field("outcomes", "What came of it", "text", "outcomes", "In Markdown."),
        Field(
            "stages",
            "Stages",
            "texts",
            lambda row: [f"{stage.stage} {stage.on.isoformat()}" for stage in row.stage_changes.all()],
            "Every stage with the day it was reached, oldest first.",
            example="exploring 2026-10-14",
        ),
    ),
    filters=(
        Filter("q", "Words", "name", "Words of its name or what it is for.", apply=_words),
        Filter("kind", "Kind", "kind", "Only of this kind.", choices=KINDS),
        Filter("stage", "Stage", "stage", "Only at this stage.", choices=STAGES),
        Filter("with", "With", "parties__organisation__record_id", "Only with this organisation.", type="ref"),
    ),
)
