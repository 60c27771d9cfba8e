"""Who holds an office, from when to when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from convenor.core.accounts.models import Person
from convenor.core.records.rules import Breach, Viewer, refuse_if
from convenor.domain.directory import permissions, rules
from convenor.domain.directory.commands import offices, people, steps
from convenor.domain.directory.commands.people import PersonFacts
from convenor.domain.directory.models import Office, Profile, Tenure
from convenor.kit.dates import say_day
from convenor.kit.structs import struct


@struct
class TenureFacts:
    """From when to when, where known; `ends_on` is the last day."""

    starts_on: date | None = None
    ends_on: date | None = None
    acting: bool = False
    note: str = ""


def start_tenure(
    *, by: Viewer, office: Office, person: Person, facts: TenureFacts, now: datetime, published: bool = True
) -> Tenure:
    """Record that a person holds an office. Holding a public office publishes the name, unless told not to."""
    with transaction.atomic():
        office = offices.locked(office)
        permissions.may_edit_office(by, office).require()
        refuse_if(rules.live_breaches(office.record.state))
        new = rules.Held(person.pk, facts.starts_on, facts.ends_on, facts.acting, person.name)
        refuse_if(_breaches(office, new, Tenure.objects.filter(office=office)))
        tenure = Tenure(
            office=office, person=person, starts_on=facts.starts_on, ends_on=facts.ends_on, acting=facts.acting
        )
        tenure.note = facts.note.strip()
        steps.refuse_bad_fields(tenure)
        tenure.save()
        profile = people.publish(by, person, "", now) if published else None
        _note(by, "office.tenure-started", tenure, profile, now)
        return tenure


def seat_holder(
    *,
    by: Viewer,
    office: Office,
    person: Person | PersonFacts,
    facts: TenureFacts,
    now: datetime,
    published: bool = True,
) -> Tenure:
    """start_tenure, for somebody who may not be here yet: both or neither."""
    with transaction.atomic():
        permissions.may_edit_office(by, office).require()
        if isinstance(person, PersonFacts):
            person = people.create_person(by=by, facts=person, now=now)
        return start_tenure(by=by, office=office, person=person, facts=facts, now=now, published=published)


def edit_tenure(*, by: Viewer, tenure: Tenure, facts: TenureFacts, reason: str, now: datetime) -> Tenure:
    """Correct the days of a tenure, with a reason."""
    with transaction.atomic():
        office = offices.locked(tenure.office)
        permissions.may_edit_office(by, office).require()
        tenure = Tenure.objects.select_related("person").get(pk=tenure.pk)
        refuse_if([*rules.live_breaches(office.record.state), *rules.needs_reason(reason)])
        new = rules.Held(tenure.person_id, facts.starts_on, facts.ends_on, facts.acting, tenure.person.name)
        refuse_if(_breaches(office, new, Tenure.objects.filter(office=office).exclude(pk=tenure.pk)))
        values = {
            "starts_on": facts.starts_on,
            "ends_on": facts.ends_on,
            "acting": facts.acting,
            "note": facts.note.strip(),
        }
        changes = steps.set_values(tenure, values)
        steps.refuse_bad_fields(tenure)
        tenure.save()
        if changes:
            changes |= {"tenure": (tenure.pk, tenure.pk)}
            steps.note(by, "office.tenure-edited", office.record, now, changes, reason)
        return tenure


def end_tenure(*, by: Viewer, tenure: Tenure, on: date, now: datetime, reason: str = "") -> Tenure:
    """Record the last day on which somebody holds an office."""
    with transaction.atomic():
        office = offices.locked(tenure.office)
        permissions.may_edit_office(by, office).require()
        tenure = Tenure.objects.select_related("person").get(pk=tenure.pk)
        refuse_if(_ended(tenure, on))
        refuse_if(rules.order_breaches(tenure.starts_on, on, "on"))
        tenure.ends_on = on
        tenure.save(update_fields=["ends_on"])
        _note(by, "office.tenure-ended", tenure, Profile.objects.filter(person=tenure.person).first(), now, reason)
        return tenure


def remove_tenure(*, by: Viewer, tenure: Tenure, reason: str, now: datetime) -> None:
    """Take out a tenure that never was (a mistake, or an import undone). The history keeps that it stood here."""
    with transaction.atomic():
        office = offices.locked(tenure.office)
        permissions.may_edit_office(by, office).require()
        refuse_if(rules.needs_reason(reason))
        _note(by, "office.tenure-removed", tenure, Profile.objects.filter(person=tenure.person).first(), now, reason)
        Tenure.objects.filter(pk=tenure.pk).delete()


def held(tenures: Iterable[Tenure]) -> list[rules.Held]:
    """Tenures as the rules read them."""
    return [rules.Held(t.person_id, t.starts_on, t.ends_on, t.acting, t.person.name) for t in tenures]


def _breaches(office: Office, new: rules.Held, others: Iterable[Tenure]) -> list[Breach]:
    others = others.select_related("person")  # type: ignore[attr-defined]
    return rules.tenure_breaches(new, held(others), created=office.created_on, abolished=office.abolished_on)


def _ended(tenure: Tenure, on: date) -> list[Breach]:
    if tenure.ends_on and on >= tenure.ends_on:
        return [
            Breach("tenure-ended", f"It ends on {say_day(tenure.ends_on)} already: correct its days instead.", "on")
        ]
    return []


def _note(by: Viewer, verb: str, tenure: Tenure, profile: Profile | None, now: datetime, reason: str = "") -> None:
    """The office's history names the holder by ref: who may not read the person reads no name in it either."""
    columns = {"starts_on": tenure.starts_on, "ends_on": tenure.ends_on, "acting": tenure.acting or None}
    changes = steps.all_new({**columns, "holder": profile.record.ref if profile else None, "person": tenure.person_id})
    steps.note(by, verb, tenure.office.record, now, changes, reason, private=("person",))
