"""Groups and initiatives, outside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.db.models import Prefetch, Q
from django.utils.timezone import localdate

from convenor.core.exchange.resources import Field, Filter, Resource, record_fields
from convenor.core.records.models import ScopedQuerySet
from convenor.core.records.rules import PUBLIC, Viewer
from convenor.domain.engagement.queries import in_force as version_in_force
from convenor.domain.groups.models import Group, Initiative, Parent, Seat
from convenor.domain.groups.queries.register import OTHERS, OURS, worded
from convenor.domain.groups.queries.rosters import in_force
from convenor.domain.groups.queries.seen import named
from convenor.domain.groups.resources.uploads_of_groups import IMPORTER

STATES: Final = {str(value): str(label) for value, label in Group.State.choices}
WHOSE: Final = {OURS: "Ours", OTHERS: "Of other bodies"}


def _rows(viewer: Viewer) -> ScopedQuerySet[Group]:
    """Each with the codes of its type and its model, where the viewer may read the model: `…_told`."""
    rows = Group.objects.select_related("record", "type__model", "host", "initiative").annotate(
        type_told=named(viewer, "type__slug", "type__model__record"),
        model_told=named(viewer, "type__model__slug", "type__model__record"),
    )
    return rows.visible_to(viewer)


def _prefetch(viewer: Viewer) -> Sequence[str | Prefetch[Any]]:
    links = Parent.objects.filter(in_force(localdate(viewer.now))).select_related("parent").order_by("pk")
    return (Prefetch("parents", links, to_attr="current_parents"),)


def _parents(row: Group) -> Iterable[int]:
    links: list[Parent] = getattr(row, "current_parents", [])
    return [link.parent.record_id for link in links]


def _words(rows: ScopedQuerySet[Any], text: str) -> ScopedQuerySet[Any]:
    return rows.filter(worded(text))


def _whose(rows: ScopedQuerySet[Any], value: str) -> ScopedQuerySet[Any]:
    return rows.filter(is_ours=value == OURS)


def _level(rows: ScopedQuerySet[Any], value: str) -> ScopedQuerySet[Any]:
    version = version_in_force(localdate(), "type__rules__version")
    return rows.filter(version, type__rules__level__level__slug=value).exclude(type_told="").distinct()


def _seating(rows: ScopedQuerySet[Any], record: int) -> ScopedQuerySet[Any]:
    """Only what anybody may know: by the organisation itself, or by an office of it that is public."""
    own = Q(organisation__record=record) | Q(office__organisation__record=record, office__record__visibility=PUBLIC)
    return rows.filter(pk__in=Seat.objects.filter(own, in_force(localdate())).values("group"))


GROUPS: Final = Resource(
    kind="group",
    name="groups",
    label="Groups",
    description="Forums, working groups, communities: what each is for, its type, who runs it, its parents.",
    queryset=_rows,
    prefetch=_prefetch,
    key="slug",
    jsonld_type="org:OrganizationalCollaboration",
    fields=(
        *record_fields("group"),
        Field("slug", "Address", "text", "slug", "The last part of its page's address.", required=True),
        Field("name", "Name", "text", "name", "What it is called today.", required=True, term="schema:name"),
        Field("acronym", "Acronym", "text", "acronym", "As people say it.", term="schema:alternateName"),
        Field("model", "Engagement model", "ref", "type.model.record_id", "The model its type belongs to."),
        Field("type", "Type", "text", "type_told", "The code of its type in that model."),
        Field("ours", "Ours", "boolean", "is_ours", "False: another body runs it and we hold a seat.", required=True),
        Field("host", "Run by", "ref", "host.record_id", "The organisation that convenes it.", term="schema:organizer"),
        Field("initiative", "Initiative", "ref", "initiative.record_id", "The reform it is set up for."),
        Field("parents", "Stands under", "refs", _parents, "Its parents today.", term="schema:parentOrganization"),
        Field("purpose", "Purpose", "text", "purpose", "In Markdown.", required=True, term="schema:description"),
        Field("deliverable", "What it is to deliver", "text", "deliverable", "Where it is to deliver something."),
        Field("group_state", "State of the group", "text", "state", "Where it is in its life.", required=True,
              choices=STATES),
        Field("started_on", "Started", "date", "started_on", "Where that is known.", term="schema:foundingDate"),
        Field("closed_on", "Last day", "date", "closed_on", "Empty while it is open.", term="schema:dissolutionDate"),
        Field("close_reason", "Why it closed", "text", "close_reason", "In one sentence."),
        Field("review_due_on", "Review due", "date", "review_due_on", "When it is to be reviewed next."),
        Field("sunset_on", "Ends by", "date", "sunset_on", "When it is to end."),
    ),
    filters=(
        Filter("q", "Words", "name", "Words of its name, acronym or purpose.", apply=_words),
        Filter("model", "Engagement model", "model_told", "Only of this model, by its code."),
        Filter("level", "Level", "type", "Only of this level today, by its code.", apply=_level),
        Filter("type", "Type", "type_told", "Only of this type, by its code."),
        Filter("group_state", "State", "state", "Only in this state.", choices=STATES),
        Filter("whose", "Whose", "is_ours", "Ours, or of other bodies.", choices=WHOSE, apply=_whose),
        Filter("host", "Run by", "host__record_id", "Only run by this organisation.", type="ref"),
        Filter("initiative", "Initiative", "initiative__record_id", "Only set up for this initiative.", type="ref"),
        Filter("seating", "Seating", "pk", "Only where this organisation has a seat.", type="ref", apply=_seating),
    ),
    importer=IMPORTER,
)  # fmt: skip


def _initiatives(viewer: Viewer) -> ScopedQuerySet[Initiative]:
    return Initiative.objects.select_related("record").visible_to(viewer)


INITIATIVES: Final = Resource(
    kind="initiative",
    name="initiatives",
    label="Initiatives",
    description="Named reforms and projects that groups are set up for.",
    queryset=_initiatives,
    key="slug",
    jsonld_type="schema:Project",
    fields=(
        *record_fields("initiative"),
        Field("slug", "Address", "text", "slug", "The last part of its page's address.", required=True),
        Field("name", "Name", "text", "name", "What it is called.", required=True, term="schema:name"),
        Field("summary", "What it is about", "text", "summary", "In Markdown.", term="schema:description"),
        Field("started_on", "Started", "date", "started_on", "Where that is known.", term="schema:foundingDate"),
        Field("ended_on", "Ended", "date", "ended_on", "Empty while it goes on.", term="schema:dissolutionDate"),
        Field("end_reason", "Why it ended", "text", "end_reason", "In one sentence."),
        Field("outcome", "What came of it", "text", "outcome", "In Markdown."),
    ),
)
