"""Who sat in a group at a time that is not known to the day; and why an appointment ended, told after the event."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from convenor.core.accounts.models import Person
from convenor.core.records.rules import Breach, Viewer, refuse_if
from convenor.domain.directory.commands.people import PersonFacts, create_person, publish
from convenor.domain.directory.models import Profile
from convenor.domain.groups.commands import steps
from convenor.domain.groups.models import Appointment, FormerMember, Group
from convenor.domain.groups.rules import terms
from convenor.domain.groups.rules.partial import partial_breaches
from convenor.kit.structs import struct


@struct
class FormerFacts:
    """As what somebody sat, and from when to when as far as it is known: a year, a month or a day."""

    role: str = ""
    began: str = ""
    ended: str = ""


def add_former(
    *, by: Viewer, group: Group, person: Person | PersonFacts, facts: FormerFacts, now: datetime, reason: str = ""
) -> FormerMember:
    """Record that somebody sat in the group and does no more; no day is made up. In a public group it publishes the
    name, as an appointment does."""
    with transaction.atomic():
        group = steps.opened(by, group)
        refuse_if(partial_breaches(facts.began, facts.ended))
        if isinstance(person, PersonFacts):
            person = create_person(by=by, facts=replace(person, published=False), now=now)
        refuse_if([*_erased(person), *_there(group, person, facts)])
        row = FormerMember(group=group, person=person, role=facts.role.strip(), began=facts.began, ended=facts.ended)
        steps.refuse_bad_fields(row)
        row.save()
        profile = publish(by, person, "", now) if group.record.is_public else None
        told = {
            "role": row.role,
            "began": row.began,
            "ended": row.ended,
            "holder": profile.record.ref if profile else "",
        }
        changes = steps.all_new(told) | {"person": (None, person.pk)}
        steps.note(by, "group.former-member-added", group.record, now, changes, reason, private=("person", "reason"))
        return row


def strike_former(*, by: Viewer, row: FormerMember, reason: str, now: datetime) -> None:
    """Take out what was recorded of a former member by mistake. The history keeps that it stood here."""
    with transaction.atomic():
        group = steps.opened(by, row.group)
        row = FormerMember.objects.get(pk=row.pk, group=group)
        refuse_if(terms.reason_needed(reason, _("Say why: it is kept in the history.")))
        profile = Profile.objects.select_related("record").filter(person=row.person_id).first()
        changes = {
            "role": (row.role, None),
            "holder": (profile.record.ref if profile else None, None),
            "person": (row.person_id, None),
        }
        steps.note(by, "group.former-member-struck", group.record, now, changes, reason, private=("person", "reason"))
        FormerMember.objects.filter(pk=row.pk).delete()


def explain_end(*, by: Viewer, appointment: Appointment, why: str, now: datetime) -> Appointment:
    """Record for officers why an appointment ended."""
    with transaction.atomic():
        group = steps.opened(by, appointment.seat.group)
        appointment = Appointment.objects.select_related("seat").get(pk=appointment.pk, seat__group=group)
        changes = steps.set_values(appointment, {"end_reason": why.strip()[:300]})
        appointment.save(update_fields=["end_reason"])
        if changes:
            told = {"seat": (None, appointment.seat.title), "person": (None, appointment.person_id), **changes}
            private = ("person", "end_reason")
            steps.note(by, "group.appointment-explained", group.record, now, told, private=private)
        return appointment


def _erased(person: Person) -> list[Breach]:
    if person.erased_at is None:
        return []
    return [Breach("person-erased", _("What was held about this person has been erased."), "person")]


def _there(group: Group, person: Person, facts: FormerFacts) -> list[Breach]:
    rows = FormerMember.objects.filter(group=group, person=person, role=facts.role.strip(), began=facts.began)
    if not rows.exists():
        return []
    text = _("%(name)s is recorded as a former member in this role already.")
    return [Breach("former-already", text % {"name": person.name}, "person")]
