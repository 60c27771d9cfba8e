"""Calls as the outside sees them: API, downloads, data dictionary. Nothing of who applied is in it."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Q

from convenor.core.exchange.resources import Field, Filter, Resource, add, add_act, record_fields
from convenor.core.records.models import ScopedQuerySet
from convenor.core.records.rules import Viewer
from convenor.domain.expressions.models import Call
from convenor.domain.expressions.resources.acts import ANSWER
from convenor.domain.expressions.resources.acts_of_running import RUNNING

STATES: Final = {str(value): str(label) for value, label in Call.State.choices}
METHODS: Final = {str(value): str(label) for value, label in Call.Method.choices}


def _rows(viewer: Viewer) -> ScopedQuerySet[Call]:
    return Call.objects.select_related("record", "group__record").visible_to(viewer)


def _words(rows: ScopedQuerySet[Any], text: str) -> ScopedQuerySet[Any]:
    for word in text.split()[:10]:
        rows = rows.filter(Q(title__icontains=word) | Q(asked__icontains=word) | Q(group__name__icontains=word))
    return rows


CALLS: Final = Resource(
    kind="call",
    name="calls",
    label="Calls for expressions of interest",
    description="Groups that ask who would like to sit in them: what is asked, how it is decided, and the numbers.",
    queryset=_rows,
    key="slug",
    jsonld_type="schema:Demand",
    fields=(
        *record_fields("call"),
        Field("slug", "Address", "text", "slug", "The last part of its page's address.", required=True),
        Field("title", "Title", "text", "title", "What it is called.", required=True, term="schema:name"),
        Field("group", "Group", "ref", "group.record_id", "Whose places are filled."),
        Field("asked", "What is asked", "text", "asked", "In Markdown.", required=True, term="schema:description"),
        Field("seats", "Places", "integer", "seats", "How many are filled.", required=True),
        Field("method", "How it is decided", "text", "method", "Ranked or by lot.", required=True, choices=METHODS),
        Field("opens_at", "Opens", "datetime", "opens_at", "The instant it opens.", required=True,
              term="schema:availabilityStarts"),
        Field("closes_at", "Closes", "datetime", "closes_at", "The instant it closes.", required=True,
              term="schema:availabilityEnds"),
        Field("zone", "Zone", "text", "zone", "On whose clocks it opens and closes.", required=True),
        Field("term_starts_on", "Term from", "date", "term_starts_on", "First day of those who sit."),
        Field("term_ends_on", "Term to", "date", "term_ends_on", "Last day of those who sit."),
        Field("outcome_by", "Told by", "date", "outcome_by", "By when everybody is told.", required=True),
        Field("purge_on", "Erased after", "date", "purge_on", "After it nothing about who applied is left.",
              required=True),
        Field("contact", "Contact", "text", "contact", "Whom to ask.", required=True),
        Field("call_state", "State of the call", "text", "state", "Where it is in its life.", required=True,
              choices=STATES),
        Field("received", "Received", "integer", "received", "How many sent in; known when the call is purged."),
        Field("accepted", "Seated", "integer", "accepted", "How many sit; known when the call is purged."),
    ),
    filters=(
        Filter("q", "Words", "title", "Words of its title, text or group.", apply=_words),
        Filter("call_state", "State", "state", "Only in this state.", choices=STATES),
        Filter("method", "Method", "method", "Only decided this way.", choices=METHODS),
        Filter("group", "Group", "group__record_id", "Only of this group.", type="ref"),
    ),
)  # fmt: skip


def register() -> None:
    """Called from AppConfig.ready()."""
    add(CALLS)
    for act in (ANSWER, *RUNNING):
        add_act(act)
