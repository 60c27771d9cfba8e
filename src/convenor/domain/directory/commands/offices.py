"""Offices: add, change, abolish, withdraw, restore."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from convenor.core.records import commands as records
from convenor.core.records.rules import Breach, Viewer, refuse_if
from convenor.domain.directory import permissions, rules
from convenor.domain.directory.commands import steps
from convenor.domain.directory.commands.organisations import name_office
from convenor.domain.directory.models import Office, Organisation, RoleClass, Tenure
from convenor.kit.structs import struct

KIND = "office"


@struct
class OfficeFacts:
    """What is recorded of an office."""

    title: str
    role_class: RoleClass | None = None
    created_on: date | None = None

    def columns(self) -> dict[str, Any]:
        return {"title": self.title.strip(), "role_class": self.role_class, "created_on": self.created_on}


def create_office(*, by: Viewer, organisation: Organisation, facts: OfficeFacts, now: datetime) -> Office:
    """Add an office to an organisation, in public."""
    with transaction.atomic():
        organisation = (
            Organisation.objects.select_for_update(of=("self",)).select_related("record").get(pk=organisation.pk)
        )
        permissions.may_add_office(by, organisation).require()
        refuse_if(rules.live_breaches(organisation.record.state))
        refuse_if(_breaches(organisation, facts, None))
        office = Office(organisation=organisation, **facts.columns())
        steps.refuse_bad_fields(office, but=("slug",))
        office.slug = steps.new_slug(Office, KIND, f"{office.title} {organisation.name}", length=160)
        office.record = records.create_record(kind=KIND, title=str(office), now=now)
        office.save()
        changes = steps.all_new({**facts.columns(), "organisation": organisation})
        steps.note(by, "office.created", office.record, now, changes)
        return office


def edit_office(*, by: Viewer, office: Office, facts: OfficeFacts, now: datetime, reason: str = "") -> Office:
    """Change what is recorded of an office. A new title changes its address; the old one still leads here."""
    with transaction.atomic():
        office = locked(office)
        permissions.may_edit_office(by, office).require()
        refuse_if(rules.live_breaches(office.record.state))
        refuse_if(_breaches(office.organisation, facts, office))
        changes = steps.set_values(office, facts.columns())
        if not changes:
            return office
        steps.refuse_bad_fields(office, but=("slug",))
        if "title" in changes:
            name_office(office, now)
        office.save()
        steps.note(by, "office.edited", office.record, now, changes, reason)
        return office


def abolish_office(*, by: Viewer, office: Office, on: date, reason: str, now: datetime) -> Office:
    """End an office; `on` is its last day. Whoever holds it then holds it until that day."""
    with transaction.atomic():
        office = locked(office)
        permissions.may_edit_office(by, office).require()
        refuse_if([*rules.live_breaches(office.record.state), *_abolished_already(office)])
        refuse_if([*rules.order_breaches(office.created_on, on, "on"), *_later_tenures(office, on)])
        close_office(by, office, on, reason, now)
        return office


def withdraw_office(*, by: Viewer, office: Office, reason: str, now: datetime) -> Office:
    """Take out of the lists an office that should not have been there."""
    with transaction.atomic():
        office = locked(office)
        permissions.may_edit_office(by, office).require()
        refuse_if([*rules.live_breaches(office.record.state), *rules.needs_reason(reason)])
        records.withdraw(office.record)
        steps.note(by, "office.withdrawn", office.record, now, {"state": ("live", "withdrawn")}, reason)
        return office


def restore_office(*, by: Viewer, office: Office, reason: str, now: datetime) -> Office:
    """Bring back an office that was withdrawn."""
    with transaction.atomic():
        office = locked(office)
        permissions.may_edit_office(by, office).require()
        refuse_if(rules.needs_reason(reason))
        records.restore(office.record)
        steps.note(by, "office.restored", office.record, now, {"state": ("withdrawn", "live")}, reason)
        return office


def close_office(by: Viewer, office: Office, on: date, reason: str, now: datetime) -> None:
    """The step that ends an office and what is still held of it; the caller has asked and checked."""
    held = Tenure.objects.filter(office=office, ends_on=None)
    ended = [str(tenure.pk) for tenure in held]
    held.update(ends_on=on)
    office.abolished_on = on
    office.save(update_fields=["abolished_on"])
    changes = {"abolished_on": (None, on), "tenures_ended": (None, ended or None)}
    steps.note(by, "office.abolished", office.record, now, changes, reason, private=("tenures_ended",))


def locked(office: Office) -> Office:
    """The row as it is now, held until the transaction ends."""
    rows = Office.objects.select_for_update(of=("self",))
    return rows.select_related("record", "organisation__record", "role_class").get(pk=office.pk)


def _breaches(organisation: Organisation, facts: OfficeFacts, office: Office | None) -> list[Breach]:
    twins = Office.objects.live().filter(
        organisation=organisation, title__iexact=facts.title.strip(), abolished_on=None
    )
    breaches = []
    if twins.exclude(pk=office.pk if office else 0).exists():
        breaches.append(Breach("office-twice", f"{organisation.name} has an office of that title already.", "title"))
    if office is None and organisation.ended_on:
        breaches.append(Breach("office-of-ended", f"{organisation.name} has ended: it gets no new offices.", ""))
    if office is not None:
        breaches += rules.order_breaches(facts.created_on, office.abolished_on, "created_on")
    return breaches


def _abolished_already(office: Office) -> list[Breach]:
    return [Breach("office-abolished", "This office has been abolished already.")] if office.abolished_on else []


def _later_tenures(office: Office, on: date) -> list[Breach]:
    if Tenure.objects.filter(office=office, starts_on__gt=on).exists():
        return [Breach("office-held-later", "Somebody is recorded as holding it after that day.", "on")]
    return []
