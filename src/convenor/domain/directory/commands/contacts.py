"""The engagement log: contacts, visits and advice outside meetings."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from convenor.core.records import commands as records
from convenor.core.records.rules import DISCLOSE_EXISTENCE, PUBLIC, Breach, Viewer, refuse_if
from convenor.domain.directory import permissions, rules
from convenor.domain.directory.commands import steps
from convenor.domain.directory.models import Contact, Organisation
from convenor.kit.structs import struct

KIND = "contact"


@struct
class ContactFacts:
    """What happened. `host`: whose engagement it is; `organisations`: with whom; `officer`: key of who took part."""

    host: Organisation
    nature: str
    formal: bool
    on: date
    subject: str
    about: str
    organisations: tuple[Organisation, ...]
    outcome: str = ""
    officer: int | None = None

    def columns(self) -> dict[str, Any]:
        return {
            "host": self.host,
            "nature": self.nature,
            "formal": self.formal,
            "on": self.on,
            "subject": self.subject.strip(),
            "about": self.about.strip(),
            "outcome": self.outcome.strip(),
        }


def log_contact(*, by: Viewer, facts: ContactFacts, now: datetime) -> Contact:
    """Write an entry in the engagement log, in public."""
    with transaction.atomic():
        permissions.may_log_contact(by, facts.host).require()
        refuse_if(_breaches(facts, now))
        contact = Contact(**facts.columns(), officer_id=facts.officer if facts.officer is not None else by.person_id)
        steps.refuse_bad_fields(contact)
        contact.record = records.create_record(kind=KIND, title=contact.subject, now=now)
        contact.save()
        contact.organisations.set(facts.organisations)
        changes = steps.all_new(
            {**facts.columns(), "organisations": facts.organisations, "officer": contact.officer_id}
        )
        steps.note(by, "contact.logged", contact.record, now, changes, private=("officer",))
        return contact


def edit_contact(*, by: Viewer, contact: Contact, facts: ContactFacts, reason: str, now: datetime) -> Contact:
    """Correct an entry, with a reason. What stood there before is in the history."""
    with transaction.atomic():
        contact = _locked(contact)
        permissions.may_edit_contact(by, contact).require()
        if facts.host.pk != contact.host_id:
            permissions.may_log_contact(by, facts.host).require()
        refuse_if([*rules.live_breaches(contact.record.state), *rules.needs_reason(reason), *_breaches(facts, now)])
        changes = steps.set_values(contact, facts.columns())
        before = sorted(o.record.ref for o in contact.organisations.select_related("record"))
        after = sorted(o.record.ref for o in facts.organisations)
        if before != after:
            changes["organisations"] = (before, after)
            contact.organisations.set(facts.organisations)
        steps.refuse_bad_fields(contact)
        if changes:
            records.retitle(contact.record, contact.subject)
            contact.save()
            steps.note(by, "contact.edited", contact.record, now, changes, reason)
        return contact


def withhold_contact(
    *, by: Viewer, contact: Contact, reason: str, now: datetime, disclosure: str = DISCLOSE_EXISTENCE
) -> Contact:
    """Let only the secretariat read an entry. The reason is what others read in its place."""
    with transaction.atomic():
        contact = _locked(contact)
        permissions.may_edit_contact(by, contact).require()
        refuse_if(
            [*rules.live_breaches(contact.record.state), *rules.needs_reason(reason, "Say why: others read it here.")]
        )
        before = contact.record.visibility
        steps.show_to_secretariat(contact.record, now, reason=reason.strip()[:300], disclosure=disclosure)
        changes = {"visibility": (before, contact.record.visibility), "disclosure": (None, disclosure)}
        steps.note(by, "contact.withheld", contact.record, now, changes, reason)
        return contact


def publish_contact(*, by: Viewer, contact: Contact, reason: str, now: datetime) -> Contact:
    """Show an entry that was withheld to everybody."""
    with transaction.atomic():
        contact = _locked(contact)
        permissions.may_edit_contact(by, contact).require()
        refuse_if(rules.needs_reason(reason))
        before = contact.record.visibility
        records.show_to(contact.record, now=now, visibility=PUBLIC)
        steps.note(by, "contact.published", contact.record, now, {"visibility": (before, PUBLIC)}, reason)
        return contact


def withdraw_contact(*, by: Viewer, contact: Contact, reason: str, now: datetime) -> Contact:
    """Take an entry out of the log that should not be in it. Its page stays and says so."""
    with transaction.atomic():
        contact = _locked(contact)
        permissions.may_edit_contact(by, contact).require()
        refuse_if([*rules.live_breaches(contact.record.state), *rules.needs_reason(reason)])
        records.withdraw(contact.record)
        steps.note(by, "contact.withdrawn", contact.record, now, {"state": ("live", "withdrawn")}, reason)
        return contact


def restore_contact(*, by: Viewer, contact: Contact, reason: str, now: datetime) -> Contact:
    """Bring an entry back into the log."""
    with transaction.atomic():
        contact = _locked(contact)
        permissions.may_edit_contact(by, contact).require()
        refuse_if(rules.needs_reason(reason))
        records.restore(contact.record)
        steps.note(by, "contact.restored", contact.record, now, {"state": ("withdrawn", "live")}, reason)
        return contact


def _locked(contact: Contact) -> Contact:
    return Contact.objects.select_for_update(of=("self",)).select_related("record", "host__record").get(pk=contact.pk)


def _breaches(facts: ContactFacts, now: datetime) -> list[Breach]:
    return rules.contact_breaches(on=facts.on, today=steps.local_day(now), organisations=len(facts.organisations))
