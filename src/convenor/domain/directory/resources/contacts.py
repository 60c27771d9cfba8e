"""The engagement log, outside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.db.models import Prefetch, Q

from convenor.core.exchange.resources import Field, Filter, Resource, record_fields
from convenor.core.records.models import ScopedQuerySet
from convenor.core.records.rules import Viewer
from convenor.domain.directory.models import Contact, Organisation

NATURES: Final = {str(value): str(label) for value, label in Contact.Nature.choices}


def _rows(viewer: Viewer) -> ScopedQuerySet[Contact]:
    return Contact.objects.select_related("record", "host", "officer__profile").visible_to(viewer)


def _prefetch(viewer: Viewer) -> Sequence[str | Prefetch[Any]]:
    return (Prefetch("organisations", Organisation.objects.order_by("pk").visible_to(viewer)),)


def _words(rows: ScopedQuerySet[Any], text: str) -> ScopedQuerySet[Any]:
    for word in text.split():
        rows = rows.filter(Q(subject__icontains=word) | Q(about__icontains=word) | Q(outcome__icontains=word))
    return rows


CONTACTS: Final = Resource(
    kind="contact",
    name="contacts",
    label="Engagement log",
    description="Contacts, visits and advice outside meetings: with whom, about what, what came of it.",
    queryset=_rows,
    prefetch=_prefetch,
    fields=(
        *record_fields("contact"),
        Field("subject", "Subject", "text", "subject", "In one line.", required=True, term="schema:name"),
        Field("nature", "What it was", "text", "nature", "Contact, visit or advice.", required=True, choices=NATURES),
        Field("formal", "Formal", "boolean", "formal", "Formal or informal.", required=True),
        Field("on", "When", "date", "on", "The day.", required=True, term="schema:startDate"),
        Field("host", "For", "ref", "host.record_id", "Whose engagement it was."),
        Field(
            "organisations",
            "With",
            "refs",
            lambda row: [body.record_id for body in row.organisations.all()],
            "The organisations it was with.",
        ),
        Field("officer", "Officer", "ref", "officer.profile.record_id", "Who took part, where that is published."),
        Field(
            "about", "What was said or done", "text", "about", "In Markdown.", required=True, term="schema:description"
        ),
        Field("outcome", "What came of it", "text", "outcome", "In Markdown; empty while nothing is recorded."),
    ),
    filters=(
        Filter("q", "Words", "subject", "Words of the entry.", apply=_words),
        Filter("nature", "What it was", "nature", "Only of this nature.", choices=NATURES),
        Filter("formal", "Formal", "formal", "Only formal, or only informal.", type="boolean"),
        Filter("since", "Since", "on__gte", "Only from this day on.", type="date"),
        Filter("until", "Until", "on__lte", "Only up to this day.", type="date"),
        Filter("with", "With", "organisations__record_id", "Only with this organisation.", type="ref"),
    ),
)
