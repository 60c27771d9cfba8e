"""What is dated in a group's life, outside: places under parents, proposals, deliveries, closings."""

from __future__ import annotations

from typing import Any, Final

from convenor.core.exchange.resources import Field, Filter, Resource, record_fields
from convenor.core.records.models import ScopedQuerySet
from convenor.core.records.rules import Viewer
from convenor.domain.groups.models import Closure, Delivery, Parent, Proposal, TermsOfReference
from convenor.domain.groups.queries.reports import reports
from convenor.domain.groups.resources.uploads_of_parents import IMPORTER as PARENT_IMPORTER
from convenor.domain.groups.rules.tor import as_markdown

CLOSURES_BY: Final = {str(value): str(label) for value, label in Closure.Kind.choices}
STATES: Final = {str(value): str(label) for value, label in Proposal.State.choices}
ID: Final = Field("id", "Id", "integer", "pk", "What acts on it call it.", required=True)
OF_GROUP: Final = Filter("group", "Group", "group__record_id", "Only of this group.", type="ref")


def _group(term: str = "") -> Field:
    return Field("group", "Group", "ref", "group.record_id", "The group.", required=True, term=term)


def _with_parent(model: Any) -> Any:
    def rows(viewer: Viewer) -> ScopedQuerySet[Any]:
        found: ScopedQuerySet[Any] = model.objects.select_related("group", "parent")
        return found.visible_to(viewer)

    return rows


PARENTS: Final = Resource(
    kind="group",
    name="group-parents",
    label="Places under parents",
    description="Which group stood under which other one, from when to when, and when and where that was approved.",
    queryset=_with_parent(Parent),
    key="",
    jsonld_type="org:ChangeEvent",
    fields=(
        _group("org:subOrganizationOf"),
        Field("parent", "Stands under", "ref", "parent.record_id", "The parent.", term="org:hasSubOrganization"),
        ID,
        Field("starts_on", "From", "date", "starts_on", "Its first day.", required=True, term="schema:startDate"),
        Field("ends_on", "Last day", "date", "ends_on", "Empty while it goes on.", term="schema:endDate"),
        Field("approved_on", "Approved", "date", "approved_on", "When the parent approved the group."),
        Field("approval_note", "Where", "text", "approval_note", "Where the approval is recorded."),
    ),
    filters=(OF_GROUP, Filter("parent", "Stands under", "parent__record_id", "Only under this group.", type="ref")),
    importer=PARENT_IMPORTER,
)

PROPOSALS: Final = Resource(
    kind="group",
    name="group-proposals",
    label="Proposals of groups",
    description="Who proposed which group to which other one, why, and where the proposal stands.",
    queryset=_with_parent(Proposal),
    key="",
    jsonld_type="schema:AskAction",
    fields=(
        _group("schema:object"),
        Field("asked", "Group asked", "ref", "parent.record_id", "Empty: its own officers decide."),
        ID,
        Field("proposed_by", "Proposed by", "text", "proposed_by", "The office, body or group.", term="schema:agent"),
        Field("why", "Why", "text", "why", "In Markdown.", term="schema:description"),
        Field("proposed_on", "Proposed", "date", "proposed_on", "The day.", required=True, term="schema:startTime"),
        Field(
            "proposal_state", "Where it stands", "text", "state", "By the last answer.", required=True, choices=STATES
        ),
    ),
    filters=(
        OF_GROUP,
        Filter("asked", "Group asked", "parent__record_id", "Only put to this group.", type="ref"),
        Filter("proposal_state", "Where it stands", "state", "Only in this state.", choices=STATES),
    ),
)


def _deliveries(viewer: Viewer) -> ScopedQuerySet[Delivery]:
    return Delivery.objects.select_related("group").visible_to(viewer)


DELIVERIES: Final = Resource(
    kind="group",
    name="deliveries",
    label="Deliveries",
    description="What each group delivered, when, and where it can be read.",
    queryset=_deliveries,
    key="",
    jsonld_type="schema:DigitalDocument",
    fields=(
        _group("schema:creator"),
        ID,
        Field("what", "What", "text", "what", "In Markdown.", required=True, term="schema:description"),
        Field("on", "Day", "date", "on", "When it was delivered.", required=True, term="schema:datePublished"),
        Field("link", "Where", "url", "link", "Where it can be read.", term="schema:url"),
        Field("note", "Note", "text", "note", "In one sentence."),
        Field("completes", "All of it", "boolean", "completes", "Whether all was delivered with it.", required=True),
    ),
    filters=(OF_GROUP,),
)


def _closures(viewer: Viewer) -> ScopedQuerySet[Closure]:
    return Closure.objects.select_related("group").visible_to(viewer)


CLOSURES: Final = Resource(
    kind="group",
    name="closures",
    label="Closings of groups",
    description="How, when and why each group closed; and when it went on again, where it did.",
    queryset=_closures,
    key="",
    jsonld_type="org:ChangeEvent",
    fields=(
        _group("org:originalOrganization"),
        Field("how", "How", "text", "kind", "How it ended.", required=True, choices=CLOSURES_BY),
        Field("on", "Last day", "date", "on", "The last day it existed.", required=True, term="schema:endDate"),
        Field("reason", "Why", "text", "reason", "In one sentence.", required=True, term="schema:description"),
        Field("reopened_on", "Open again from", "date", "reopened_on", "Empty while it is closed."),
        Field("reopen_reason", "Why it went on", "text", "reopen_reason", "Where it did."),
    ),
    filters=(OF_GROUP, Filter("how", "How", "kind", "Only those that ended so.", choices=CLOSURES_BY)),
)


def _versions(viewer: Viewer) -> ScopedQuerySet[TermsOfReference]:
    return TermsOfReference.objects.select_related("group").visible_to(viewer)


def _text(row: TermsOfReference) -> str:
    return as_markdown(row.group.name, f"Version {row.number}", {part.key: part.text for part in row.sections.all()})


TERMS: Final = Resource(
    kind="group",
    name="terms-of-reference",
    label="Terms of reference",
    description="Every version of each group's terms of reference: its text, who endorsed it, when it was in force.",
    queryset=_versions,
    prefetch=lambda _viewer: ("sections", "endorsements"),
    key="",
    jsonld_type="schema:DigitalDocument",
    fields=(
        _group("schema:about"),
        Field("number", "Version", "integer", "number", "In the group.", required=True, term="schema:version"),
        Field("change_note", "What is different", "text", "change_note", "From the version before."),
        Field("text", "Text", "text", _text, "In Markdown.", required=True, term="schema:text"),
        Field("endorsed_on", "Endorsed", "date", "endorsed_on", "Empty: a draft, which few read."),
        Field("endorsed_by", "Endorsed by", "texts",
              lambda row: [made.endorsed_by for made in row.endorsements.all()], "Bodies, offices, seats."),
        Field("in_force_from", "In force from", "date", "in_force_from", "Where it has been put in force."),
        Field("in_force_to", "In force until", "date", "in_force_to", "Empty: it still is."),
        Field("review_due_on", "To be reviewed by", "date", "review_due_on", "Where that is set."),
    ),
    filters=(OF_GROUP,),
)  # fmt: skip

REPORTS: Final = Resource(
    kind="report-back",
    name="reports-back",
    label="Reports back",
    description="What was brought back from groups that other bodies run: when they met, what was said, what it means.",
    queryset=reports,
    jsonld_type="schema:Report",
    fields=(
        *record_fields("report-back"),
        Field("group", "Group", "ref", "group.record_id", "Whose meeting.", required=True, term="schema:about"),
        Field("met_on", "It met on", "date", "met_on", "The day of the meeting.", required=True),
        Field("subject", "Subject", "text", "subject", "What it was about.", required=True, term="schema:name"),
        Field("said", "What was said", "text", "said", "In Markdown.", required=True, term="schema:text"),
        Field("means", "What it means for us", "text", "means", "In Markdown.", term="schema:abstract"),
        Field("delegate", "Who went", "ref", "delegate.profile.record_id", "Empty when not published."),
    ),
    filters=(OF_GROUP,),
)

ALL: Final = (PARENTS, PROPOSALS, DELIVERIES, CLOSURES, TERMS, REPORTS)
