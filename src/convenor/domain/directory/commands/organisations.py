"""Organisations: add, change, withdraw, restore."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from convenor.core.records import commands as records
from convenor.core.records.rules import Breach, Viewer, refuse_if
from convenor.domain.directory import permissions, rules
from convenor.domain.directory.commands import steps
from convenor.domain.directory.models import MAX_DEPTH, Office, Organisation, OrganisationKind, Segment
from convenor.kit.structs import struct

KIND = "organisation"


@struct
class OrganisationFacts:
    """What is recorded of an organisation. `ended_on` is its last day."""

    name: str
    kind: OrganisationKind
    short_name: str = ""
    parent: Organisation | None = None
    segments: tuple[Segment, ...] = ()
    abn: str = ""
    website: str = ""
    summary: str = ""
    established_on: date | None = None
    ended_on: date | None = None

    def columns(self) -> dict[str, Any]:
        """Everything but the segments, as the table holds it."""
        return {
            "name": self.name.strip(),
            "kind": self.kind,
            "short_name": self.short_name.strip(),
            "parent": self.parent,
            "abn": rules.abn_digits(self.abn),
            "website": self.website.strip(),
            "summary": self.summary.strip(),
            "established_on": self.established_on,
            "ended_on": self.ended_on,
        }


def create_organisation(*, by: Viewer, facts: OrganisationFacts, now: datetime) -> Organisation:
    """Add an organisation to the directory, in public."""
    with transaction.atomic():
        permissions.may_add_organisation(by, facts.parent).require()
        return add_organisation(by, facts, now)


def add_organisation(by: Viewer, facts: OrganisationFacts, now: datetime) -> Organisation:
    """The step that makes the row; the caller has asked the permission and holds the transaction."""
    refuse_if(_breaches(facts, None))
    organisation = Organisation(**facts.columns())
    steps.refuse_bad_fields(organisation, but=("slug",))
    organisation.slug = steps.new_slug(Organisation, KIND, organisation.name)
    organisation.record = records.create_record(kind=KIND, title=organisation.name, now=now)
    organisation.save()
    organisation.segments.set(facts.segments)
    changes = steps.all_new({**facts.columns(), "segments": facts.segments})
    steps.note(by, "organisation.created", organisation.record, now, changes)
    return organisation


def edit_organisation(
    *, by: Viewer, organisation: Organisation, facts: OrganisationFacts, now: datetime, reason: str = ""
) -> Organisation:
    """Correct what is recorded. What became of an organisation over time is a change of its own (record_change)."""
    with transaction.atomic():
        organisation = locked(organisation)
        permissions.may_edit_organisation(by, organisation).require()
        if facts.parent and facts.parent.pk != organisation.parent_id:
            permissions.may_add_organisation(by, facts.parent).require()
        refuse_if(rules.live_breaches(organisation.record.state))
        refuse_if(_breaches(facts, organisation))
        changes = steps.set_values(organisation, facts.columns())
        changes |= _set_segments(organisation, facts.segments)
        if not changes:
            return organisation
        steps.refuse_bad_fields(organisation, but=("slug",))
        if "name" in changes:
            rename(organisation, now)
        organisation.save()
        steps.note(by, "organisation.edited", organisation.record, now, changes, reason)
        return organisation


def withdraw_organisation(*, by: Viewer, organisation: Organisation, reason: str, now: datetime) -> Organisation:
    """Take out of the lists what should not have been there. Its page stays and says so."""
    with transaction.atomic():
        organisation = locked(organisation)
        permissions.may_edit_organisation(by, organisation).require()
        refuse_if([*rules.live_breaches(organisation.record.state), *rules.needs_reason(reason)])
        refuse_if(_in_use(organisation))
        records.withdraw(organisation.record)
        steps.note(by, "organisation.withdrawn", organisation.record, now, {"state": ("live", "withdrawn")}, reason)
        return organisation


def restore_organisation(*, by: Viewer, organisation: Organisation, reason: str, now: datetime) -> Organisation:
    """Bring back what was withdrawn."""
    with transaction.atomic():
        organisation = locked(organisation)
        permissions.may_edit_organisation(by, organisation).require()
        refuse_if(rules.needs_reason(reason))
        records.restore(organisation.record)
        steps.note(by, "organisation.restored", organisation.record, now, {"state": ("withdrawn", "live")}, reason)
        return organisation


def locked(organisation: Organisation) -> Organisation:
    """The row as it is now, held until the transaction ends."""
    rows = Organisation.objects.select_for_update(of=("self",)).select_related("record", "kind", "parent")
    return rows.get(pk=organisation.pk)


def rename(organisation: Organisation, now: datetime) -> None:
    """Carry a new name into its address, its record and the names of its offices; the caller saves the row."""
    steps.change_slug(organisation, KIND, organisation.name, now)
    records.retitle(organisation.record, organisation.name)
    for office in Office.objects.filter(organisation=organisation).select_related("record"):
        office.organisation = organisation
        name_office(office, now)
        office.save()


def name_office(office: Office, now: datetime) -> None:
    """Give an office the address and title of what it is called now; the caller saves the row."""
    steps.change_slug(office, "office", f"{office.title} {office.organisation.name}", now, 160)
    records.retitle(office.record, str(office))


def _breaches(facts: OrganisationFacts, organisation: Organisation | None) -> list[Breach]:
    return [
        *rules.abn_breaches(facts.abn),
        *_abn_taken(rules.abn_digits(facts.abn), organisation, ended=facts.ended_on is not None),
        *rules.order_breaches(facts.established_on, facts.ended_on, "ended_on"),
        *_parent_breaches(facts.parent, organisation),
    ]


def _abn_taken(abn: str, organisation: Organisation | None, *, ended: bool) -> list[Breach]:
    if not abn or ended:
        return []
    others = Organisation.objects.filter(abn=abn, ended_on=None).exclude(pk=organisation.pk if organisation else 0)
    return [Breach("abn-taken", f"{other.name} has this ABN already.", "abn") for other in others[:1]]


def _parent_breaches(parent: Organisation | None, organisation: Organisation | None) -> list[Breach]:
    """The chain is read inside the transaction: nobody can make a circle meanwhile."""
    if parent is None:
        return []
    below = depth_below(organisation.pk) if organisation else 0
    found = rules.parent_breaches(organisation.pk if organisation else None, chain(parent), below, MAX_DEPTH)
    return [*found, *(_ended_parent(parent, organisation))]


def _ended_parent(parent: Organisation, organisation: Organisation | None) -> list[Breach]:
    moves_there = organisation is None or organisation.parent_id != parent.pk
    if moves_there and parent.ended_on and (organisation is None or organisation.ended_on is None):
        return [Breach("parent-ended", f"{parent.name} has ended: choose what it became.", "parent")]
    return []


def chain(organisation: Organisation) -> list[int]:
    """Keys from an organisation up to the top. One query."""
    paths = ["__".join(["parent"] * depth + ["id"]) for depth in range(1, MAX_DEPTH + 1)]
    above = Organisation.objects.filter(pk=organisation.pk).values_list(*paths).get()
    return [organisation.pk, *(pk for pk in above if pk is not None)]


def depth_below(pk: int) -> int:
    """How many levels of organisations hang under this one. One query a level, and few levels."""
    depth, level = 0, [pk]
    while level and depth <= MAX_DEPTH:
        level = list(Organisation.objects.filter(parent__in=level).values_list("pk", flat=True))
        depth += bool(level)
    return depth


def _set_segments(organisation: Organisation, segments: tuple[Segment, ...]) -> dict[str, Any]:
    before = sorted(segment.name for segment in organisation.segments.all())
    after = sorted(segment.name for segment in segments)
    if before == after:
        return {}
    organisation.segments.set(segments)
    return {"segments": (before, after)}


def _in_use(organisation: Organisation) -> list[Breach]:
    uses = (
        (organisation.children.live().exists(), "other organisations are part of it"),
        (organisation.offices.live().exists(), "it has offices"),
    )
    return [Breach("organisation-used", f"It cannot be withdrawn: {use}.") for there, use in uses if there]
