"""What the shared parts need to know of groups: kinds, what strangers may read, audiences, panels, actions, links."""

from __future__ import annotations

from typing import Final

from django.urls import reverse

from convenor.core.accounts import purposes
from convenor.core.clock.schedules import Job, daily
from convenor.core.clock.schedules import register as register_job
from convenor.core.notify.queries import ask_before_sending
from convenor.core.records import caretaker, retention
from convenor.core.records.registry import Kind, registry
from convenor.domain.engagement import living
from convenor.domain.groups.commands import erasure, mails
from convenor.domain.groups.commands.overlaps import compare_all
from convenor.domain.groups.kinds import (
    actions,
    clock,
    former_panels,
    invitations,
    links,
    panels,
    proposal_links,
    reports,
    terms_links,
)
from convenor.domain.groups.models import Group, Initiative
from convenor.domain.groups.queries import living as answers
from convenor.domain.groups.queries.health import health_of
from convenor.domain.groups.queries.people import memberships
from convenor.domain.groups.rules.caretaker import goes_to_work, sets_up

WAIT: Final[dict[str, caretaker.When]] = {
    "group.person-appointed": caretaker.from_then_on("starts_on"),
    "group.chair-started": caretaker.from_then_on("starts_on"),
    "group.created": sets_up,
    "group.moved": goes_to_work,
    "group.reopened": lambda _changes, _begins_on: True,
}
"""What waits in a caretaker period. Who joins an open group, or stays, or leaves, does that by themselves."""

GROUP: Final = "group"
INITIATIVE: Final = "initiative"


def register() -> None:
    """Called from AppConfig.ready()."""
    for kind in (*KINDS, reports.REPORT_BACK):
        registry.add_kind(kind)
    for verb, when in WAIT.items():
        caretaker.hold(verb, when)
    registry.add_panels(GROUP, reports.panel)
    registry.add_actions(GROUP, reports.group_actions)
    registry.add_actions(reports.REPORT_BACK.slug, reports.report_actions)
    purposes.register(reports.REPORTING)
    for model, names in PARTS.items():
        registry.add_public_fields(f"groups.{model}", *names)
    registry.add_audiences(memberships)
    registry.add_actions(GROUP, actions.group_actions)
    registry.add_actions(INITIATIVE, actions.initiative_actions)
    registry.add_panels("person", panels.person_panels)
    registry.add_panels("person", former_panels.person_panels)
    registry.add_panels("organisation", panels.organisation_panels)
    registry.add_panels("office", panels.office_panels)
    purposes.register(links.CONFIRMATION)
    purposes.register(proposal_links.DECISION)
    purposes.register(invitations.JOIN_INVITATION)
    clock.register()
    ask_before_sending(mails.KEY, mails.why_not)
    living.provide(
        counts=answers.counts,
        groups=answers.groups,
        list_url=answers.list_url,
        panels=panels.type_panels,
        hold=answers.hold,
        health=health_of,
    )
    purposes.register(terms_links.ENDORSEMENT)
    erasure.register()
    register_job(Job("groups.compare-all", daily(3, 20), compare_all))


def _group_url(row: Group) -> str:
    return reverse("groups:detail", args=[row.slug])


def _group_text(row: Group) -> str:
    return " ".join((row.acronym, row.purpose, row.deliverable))


def _initiative_url(row: Initiative) -> str:
    return reverse("groups:initiative", args=[row.slug])


KINDS: Final = (
    Kind(
        slug=GROUP,
        label="Group",
        label_plural="Groups",
        prefix="GRP",
        model="groups.Group",
        url=_group_url,
        public_fields=frozenset({"slug", "name", "acronym", "state", "purpose", "deliverable", "close_reason"}),
        retention=retention.ADVISORY,
        list_url="/groups/",
        search_text=_group_text,
        icon="group",
    ),
    Kind(
        slug=INITIATIVE,
        label="Initiative",
        label_plural="Initiatives",
        prefix="INI",
        model="groups.Initiative",
        url=_initiative_url,
        public_fields=frozenset({"slug", "name", "summary", "end_reason", "outcome"}),
        retention=retention.ADVISORY,
        list_url="/groups/initiatives/",
        search_text=lambda row: str(row.summary),
    ),
)

PARTS: Final = {
    "Parent": ("approval_note",),
    "Seat": ("title", "basis", "constituency", "end_reason"),
    "Appointment": ("instrument", "filled_by"),
    "ChairRole": ("slug", "name"),
    "SeatRole": ("slug", "name", "default_for"),
    "Admission": ("way", "side", "reason"),
    "JoinRequest": (),
    "JoinInvitation": (),
    "PlaceWatch": (),
    "TermNotice": (),
    "GroupMail": (),
    "Chairing": (),
    "RuleOverride": ("rule", "values", "reason", "approved_by", "end_reason"),
    "Proposal": ("proposed_by", "why"),
    "ProposalStep": ("instrument", "note", "answered_as"),
    "Delivery": ("what", "link", "note"),
    "Closure": ("reason", "reopen_reason"),
    "SunsetChange": ("reason",),
    "Overlap": (),
    "TermsOfReference": ("change_note",),
    "TermsSection": ("key", "text"),
    "TermsEndorsement": ("endorsed_by", "instrument", "note"),
    "FormerMember": ("role", "began", "ended"),
}
