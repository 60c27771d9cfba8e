"""Giving duties and ending them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from convenor.core.accounts import permissions, rules
from convenor.core.accounts.models import Duty, DutyAssignment, Person
from convenor.core.accounts.queries import administrators, lock_administrators, lock_person
from convenor.core.records.models import Record
from convenor.core.records.ports import write_entry
from convenor.core.records.rules import Breach, Viewer, refuse_if


def assign_duty(
    *,
    by: Viewer,
    person: Person,
    duty: str,
    now: datetime,
    over: Record | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    reason: str = "",
) -> DutyAssignment:
    """Give a person a duty, for the whole site or over one record and all beneath it, for a time."""
    starts = starts_at or now
    with transaction.atomic():
        person = lock_person(person.pk)
        permissions.may_assign_duty(by, over).require()
        held = DutyAssignment.objects.filter(person=person, duty=duty, over=over).values_list("starts_at", "ends_at")
        refuse_if(
            [
                *rules.check_not_erased(person.erased_at),
                *_inactive(person),
                *rules.check_reason(reason),
                *rules.check_period(starts, ends_at),
                *rules.check_not_held(held, starts, ends_at),
            ]
        )
        made = DutyAssignment.objects.create(
            person=person, duty=duty, over=over, starts_at=starts, ends_at=ends_at, reason=reason
        )
        changes = {**_facts(made), "starts_at": (None, starts), "ends_at": (None, ends_at)}
        write_entry(by=by, verb="duty.assigned", record=None, now=now, changes=changes, reason=reason)
        return made


def end_duty(*, by: Viewer, duty: DutyAssignment, reason: str, now: datetime) -> DutyAssignment:
    """End a duty now. Refused for the last active administrator of the site. One that never began is taken back."""
    with transaction.atomic():
        lock_administrators()
        lock_person(duty.person_id)
        permissions.may_assign_duty(by, duty.over).require()
        held = DutyAssignment.objects.select_for_update().get(pk=duty.pk)
        refuse_if([*rules.check_reason(reason), *_ended(held, now), *_last(held, now)])
        before = held.ends_at
        _cut(held, now)
        changes = {**_facts(held), "ends_at": (before, now)}
        write_entry(by=by, verb="duty.ended", record=None, now=now, changes=changes, reason=reason)
        return held


def _cut(held: DutyAssignment, now: datetime) -> None:
    if held.starts_at >= now:
        held.delete()
        return
    held.ends_at = now
    held.save(update_fields=["ends_at"])


def _facts(duty: DutyAssignment) -> dict[str, tuple[object, object]]:
    over = duty.over.ref if duty.over else None
    return {"person": (None, duty.person_id), "duty": (None, duty.duty), "over": (None, over)}


def _inactive(person: Person) -> list[Breach]:
    return [] if person.is_active else [Breach("person-inactive", _("This person is not active."), "person")]


def _ended(duty: DutyAssignment, now: datetime) -> list[Breach]:
    if duty.ends_at is not None and duty.ends_at <= now:
        return [Breach("duty-ended", _("This duty has ended already."))]
    return []


def _last(duty: DutyAssignment, now: datetime) -> list[Breach]:
    """Only a site-wide administrator's duty, in force, of somebody active, can be the last one."""
    if duty.duty != Duty.ADMINISTRATOR or duty.over_id is not None or duty.starts_at > now:
        return []
    is_one, others = administrators(duty.person_id, now)
    return rules.check_other_administrators(is_one=is_one, others=others)
