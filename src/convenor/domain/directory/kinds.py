"""What the shared parts need to know of the directory: its kinds, what strangers may read, its actions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from convenor.core.accounts import purposes
from convenor.core.journal import actors
from convenor.core.records import retention
from convenor.core.records.models import Record
from convenor.core.records.registry import Action, Kind, registry
from convenor.core.records.rules import Verdict, Viewer
from convenor.domain.directory import links, permissions
from convenor.domain.directory.commands import erasure
from convenor.domain.directory.models import (
    Contact,
    Office,
    Organisation,
    OrganisationChange,
    Partnership,
    Profile,
)
from convenor.domain.directory.queries import local_day
from convenor.domain.directory.queries.offices import public_offices_of

ORGANISATION: Final = "organisation"
OFFICE: Final = "office"
PERSON: Final = "person"
PARTNERSHIP: Final = "partnership"
CONTACT: Final = "contact"
CHANGE: Final = "organisation-change"


def register() -> None:
    """Called from AppConfig.ready()."""
    for kind in KINDS:
        registry.add_kind(kind)
    for model, names in PARTS.items():
        registry.add_public_fields(f"directory.{model}", *names)
    registry.add_actions(ORGANISATION, organisation_actions)
    registry.add_actions(OFFICE, office_actions)
    registry.add_actions(PERSON, person_actions)
    registry.add_actions(PARTNERSHIP, partnership_actions)
    registry.add_actions(CONTACT, contact_actions)
    actors.register(office_names)
    purposes.register(links.CHALLENGE)
    erasure.register()


def _organisation_url(row: Organisation) -> str:
    return reverse("directory:organisation", args=[row.slug])


def _organisation_text(row: Organisation) -> str:
    return " ".join((row.short_name, row.kind.name, row.abn, row.summary))


def _change_url(row: OrganisationChange) -> str:
    return reverse("directory:change", args=[row.record.ref])


def _office_url(row: Office) -> str:
    return reverse("directory:office", args=[row.slug])


def _office_text(row: Office) -> str:
    return f"{row.title} {row.role_class.name if row.role_class else ''}"


def _person_url(row: Profile) -> str:
    return reverse("directory:person", args=[row.slug])


def _partnership_url(row: Partnership) -> str:
    return reverse("directory:partnership", args=[row.slug])


def _contact_url(row: Contact) -> str:
    return reverse("directory:contact", args=[row.record.ref])


KINDS: Final = (
    Kind(
        slug=ORGANISATION,
        label="Organisation",
        label_plural="Organisations",
        prefix="ORG",
        model="directory.Organisation",
        url=_organisation_url,
        public_fields=frozenset({"slug", "name", "short_name", "abn", "website", "summary"}),
        retention=retention.BODIES,
        list_url="/organisations/",
        search_text=_organisation_text,
        related=("kind",),
    ),
    Kind(
        slug=CHANGE,
        label="Machinery-of-government change",
        label_plural="Machinery-of-government changes",
        prefix="MOG",
        model="directory.OrganisationChange",
        url=_change_url,
        public_fields=frozenset({"kind", "note", "source"}),
        retention=retention.BODIES,
        list_url="/organisations/changes/",
        search_text=lambda row: row.note,
        related=("record",),
        strict=True,
    ),
    Kind(
        slug=OFFICE,
        label="Office",
        label_plural="Offices",
        prefix="OFF",
        model="directory.Office",
        url=_office_url,
        public_fields=frozenset({"slug", "title"}),
        retention=retention.BODIES,
        list_url="/offices/",
        search_text=_office_text,
        related=("role_class",),
        strict=True,
    ),
    Kind(
        slug=PERSON,
        label="Person",
        label_plural="People",
        prefix="PER",
        model="directory.Profile",
        url=_person_url,
        public_fields=frozenset({"slug", "about"}),
        retention=retention.PERSON,
        list_url="/people/",
        search_text=lambda row: row.about,
    ),
    Kind(
        slug=PARTNERSHIP,
        label="Partnership",
        label_plural="Partnerships",
        prefix="PAR",
        model="directory.Partnership",
        url=_partnership_url,
        public_fields=frozenset({"slug", "name", "kind", "purpose", "outcomes"}),
        retention=retention.DEALINGS,
        list_url="/partnerships/",
        search_text=lambda row: f"{row.purpose} {row.outcomes}",
    ),
    Kind(
        slug=CONTACT,
        label="Engagement log entry",
        label_plural="Engagement log",
        prefix="ENG",
        model="directory.Contact",
        url=_contact_url,
        public_fields=frozenset({"nature", "subject", "about", "outcome"}),
        retention=retention.DEALINGS,
        list_url="/engagement-log/",
        search_text=lambda row: f"{row.about} {row.outcome}",
        related=("record",),
    ),
)

PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "OrganisationKind": ("slug", "name", "name_plural", "sector"),
    "Segment": ("slug", "name", "description"),
    "RoleClass": ("slug", "name"),
    "ChangeParty": ("side", "name", "parent_name"),
    "Tenure": ("note",),
    "PartnershipParty": ("role",),
    "StageChange": ("stage", "note", "challenge", "challenge_answer"),
    "Agreement": ("summary",),
    "Interest": ("description",),  # only where it says it is public: tests/test_people.py
}


def organisation_actions(record: Record, viewer: Viewer) -> Iterable[Action]:
    """What officers do from an organisation's page."""
    if not permissions.is_officer(viewer):
        return
    row = record.organisation
    may = permissions.may_edit_organisation(viewer, row)
    args = [row.slug]
    yield _action(_("Edit"), reverse("directory:organisation-edit", args=args), may, 10)
    if record.is_public and row.ended_on is None:
        yield _action(_("Add an office"), reverse("directory:office-add", args=args), may, 20)
        yield _action(_("Record a change"), reverse("directory:organisation-change", args=args), may, 30)


def office_actions(record: Record, viewer: Viewer) -> Iterable[Action]:
    """What officers do from an office's page."""
    if not permissions.is_officer(viewer):
        return
    row = record.office
    may = permissions.may_edit_office(viewer, row)
    args = [row.slug]
    yield _action(_("Record who holds it"), reverse("directory:tenure-add", args=args), may, 10)
    yield _action(_("Edit"), reverse("directory:office-edit", args=args), may, 20)
    if row.abolished_on is None:
        yield _action(_("Abolish"), reverse("directory:office-abolish", args=args), may, 30)


def person_actions(record: Record, viewer: Viewer) -> Iterable[Action]:
    """What the person, who assists them, and officers of the site do from a person's page."""
    row = record.profile
    may = permissions.may_edit_profile(viewer, row)
    if not (may or permissions.is_officer(viewer)):
        return
    yield _action(_("Edit"), reverse("directory:person-edit", args=[row.slug]), may, 10)
    yield _action(_("Declare an interest"), reverse("directory:interest-add", args=[row.slug]), may, 20)


def partnership_actions(record: Record, viewer: Viewer) -> Iterable[Action]:
    """What officers of the host do from a partnership's page."""
    if not permissions.is_officer(viewer):
        return
    row = record.partnership
    may = permissions.may_edit_partnership(viewer, row)
    args = [row.slug]
    yield _action(_("Record a stage"), reverse("directory:stage-add", args=args), may, 10)
    yield _action(_("Edit"), reverse("directory:partnership-edit", args=args), may, 20)
    yield _action(_("Add an agreement"), reverse("directory:agreement-add", args=args), may, 30)


def contact_actions(record: Record, viewer: Viewer) -> Iterable[Action]:
    """What officers do from an entry of the engagement log."""
    if not permissions.is_officer(viewer):
        return
    row = record.contact
    may = permissions.may_edit_contact(viewer, row)
    args = [record.ref]
    yield _action(_("Edit"), reverse("directory:contact-edit", args=args), may, 10)
    if record.is_public:
        yield _action(_("Withhold"), reverse("directory:contact-withhold", args=args), may, 20)
    else:
        yield _action(_("Publish"), reverse("directory:contact-publish", args=args), may, 20)


def _action(label: Any, url: str, may: Verdict, order: int) -> Action:
    return Action(str(label), url, ok=may.ok, reason=may.reason, order=order)


def office_names(person_ids: Collection[int]) -> Mapping[int, str]:
    """How the public history names who acted: by the office they hold today. One query."""
    return public_offices_of(person_ids, local_day(datetime.now(UTC)))
