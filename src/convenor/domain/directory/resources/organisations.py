"""Organisations and machinery-of-government changes, outside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.db.models import Prefetch
from django.utils import timezone

from convenor.core.exchange.resources import Field, Filter, Resource, record_fields
from convenor.core.records.models import Link, ScopedQuerySet
from convenor.core.records.rules import Viewer
from convenor.domain.directory import rules
from convenor.domain.directory.models import ChangeParty, Organisation, OrganisationChange, OrganisationKind, Segment
from convenor.domain.directory.queries.organisations import CURRENT, ENDED, worded
from convenor.domain.directory.resources.uploads_of_organisations import IMPORTER

SECTORS: Final = dict(OrganisationKind._meta.get_field("sector").choices or ())
STANDINGS: Final = {CURRENT: "Present", ENDED: "Ended"}


def kind_words() -> dict[str, str]:
    """The kinds there are: slug → name."""
    return dict(OrganisationKind.objects.order_by("order").values_list("slug", "name"))


def segment_words() -> dict[str, str]:
    """The market segments there are: slug → name."""
    return dict(Segment.objects.order_by("name").values_list("slug", "name"))


def _rows(viewer: Viewer) -> ScopedQuerySet[Organisation]:
    return Organisation.objects.select_related("record", "kind", "parent").visible_to(viewer)


def _prefetch(viewer: Viewer) -> Sequence[str | Prefetch[Any]]:  # noqa: ARG001 - refs are checked for the viewer
    became = Link.objects.filter(relation__slug=rules.SUCCEEDED_BY).order_by("pk")
    return ("segments", Prefetch("record__links_out", became, to_attr="became"))


def _standing(rows: ScopedQuerySet[Any], value: str) -> ScopedQuerySet[Any]:
    today = timezone.localdate()
    return rows.filter(ended_on__lt=today) if value == ENDED else rows.exclude(ended_on__lt=today)


def _became(row: Organisation) -> Iterable[int]:
    links: list[Link] = getattr(row.record, "became", [])
    return [link.target_id for link in links]


ORGANISATIONS: Final = Resource(
    kind="organisation",
    name="organisations",
    label="Organisations",
    description="Agencies, companies, associations, groups of citizens and international bodies that take part.",
    queryset=_rows,
    prefetch=_prefetch,
    key="slug",
    jsonld_type="org:Organization",
    fields=(
        *record_fields("organisation"),
        Field("slug", "Address", "text", "slug", "The last part of its page's address.", required=True),
        Field("name", "Name", "text", "name", "What it is called today.", required=True, term="schema:name"),
        Field("short_name", "Short name", "text", "short_name", "As people say it.", term="schema:alternateName"),
        Field("kind", "Kind", "text", "kind.slug", "What kind of body it is.", required=True, choices=kind_words),
        Field("sector", "Sector", "text", "kind.sector", "The sector of that kind.", required=True, choices=SECTORS),
        Field("part_of", "Part of", "ref", "parent.record_id", "The body above it.", term="schema:parentOrganization"),
        Field(
            "segments",
            "Segments",
            "texts",
            lambda row: [segment.slug for segment in row.segments.all()],
            "Market segments it stands for.",
            choices=segment_words,
        ),
        Field("abn", "ABN", "text", "abn", "Australian Business Number, 11 digits.", example="51824753556"),
        Field("website", "Website", "url", lambda row: row.website or None, "Its own site.", term="schema:sameAs"),
        Field("summary", "What it does", "text", "summary", "In Markdown.", term="schema:description"),
        Field(
            "established_on",
            "Established",
            "date",
            "established_on",
            "Where that is known.",
            term="schema:foundingDate",
        ),
        Field("ended_on", "Last day", "date", "ended_on", "Empty while it exists.", term="schema:dissolutionDate"),
        Field("succeeded_by", "Succeeded by", "refs", _became, "What became of it, or of a part of it."),
    ),
    filters=(
        Filter(
            "q", "Words", "name", "Words of its name, or its ABN.", apply=lambda rows, text: rows.filter(worded(text))
        ),
        Filter("kind", "Kind", "kind__slug", "Only of this kind.", choices=kind_words),
        Filter("sector", "Sector", "kind__sector", "Only of this sector.", choices=SECTORS),
        Filter("segment", "Segment", "segments__slug", "Only in this market segment.", choices=segment_words),
        Filter("part_of", "Part of", "parent__record_id", "Only directly under this body.", type="ref"),
        Filter("standing", "Standing", "ended_on", "Present today, or ended.", choices=STANDINGS, apply=_standing),
    ),
    importer=IMPORTER,
)


def _changes(viewer: Viewer) -> ScopedQuerySet[OrganisationChange]:
    return OrganisationChange.objects.select_related("record").visible_to(viewer)


def _change_parties(viewer: Viewer) -> Sequence[str | Prefetch[Any]]:
    parties = ChangeParty.objects.select_related("organisation").order_by("pk").visible_to(viewer)
    return (Prefetch("parties", parties, to_attr="shown"),)


def _side(row: OrganisationChange, side: str) -> list[ChangeParty]:
    parties: list[ChangeParty] = getattr(row, "shown", [])
    return [party for party in parties if party.side == side]


CHANGES: Final = Resource(
    kind="organisation-change",
    name="organisation-changes",
    label="Machinery-of-government changes",
    description="Organisations that were renamed, merged, split, moved or abolished, with what was and what became.",
    queryset=_changes,
    prefetch=_change_parties,
    fields=(
        *record_fields("organisation-change"),
        Field(
            "kind",
            "Kind",
            "text",
            "kind",
            "What happened.",
            required=True,
            choices={str(value): str(label) for value, label in OrganisationChange.Kind.choices},
        ),
        Field("title", "What happened", "text", "record.title", "In one line.", required=True, term="schema:name"),
        Field("on", "From", "date", "on", "The day from which it holds.", required=True, term="schema:startDate"),
        Field("note", "Note", "text", "note", "What readers should know.", term="schema:description"),
        Field("source", "Announced", "url", lambda row: row.source or None, "The order or announcement."),
        Field(
            "before",
            "Before",
            "refs",
            lambda row: [party.organisation.record_id for party in _side(row, "before")],
            "The organisations before it.",
        ),
        Field(
            "after",
            "After",
            "refs",
            lambda row: [party.organisation.record_id for party in _side(row, "after")],
            "The organisations after it.",
        ),
        Field(
            "names_before",
            "Names before",
            "texts",
            lambda row: [party.name for party in _side(row, "before")],
            "What they were called then.",
        ),
    ),
    filters=(
        Filter(
            "kind",
            "Kind",
            "kind",
            "Only of this kind.",
            choices={str(value): str(label) for value, label in OrganisationChange.Kind.choices},
        ),
        Filter("since", "Since", "on__gte", "Only from this day on.", type="date"),
        Filter("organisation", "Organisation", "parties__organisation__record_id", "Only of this one.", type="ref"),
    ),
)
