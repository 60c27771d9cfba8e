"""Standing interests that people declare."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from convenor.core.accounts.models import Person
from convenor.core.journal.commands import Change, write
from convenor.core.records.rules import Breach, Viewer, refuse_if
from convenor.domain.directory import permissions, rules
from convenor.domain.directory.commands import steps
from convenor.domain.directory.models import Interest, Organisation, Profile
from convenor.kit.structs import struct


@struct
class InterestFacts:
    """An interest. `public`: anybody may read it on the person's page."""

    description: str
    organisation: Organisation | None = None
    starts_on: date | None = None
    public: bool = False


def declare_interest(*, by: Viewer, person: Person, facts: InterestFacts, now: datetime) -> Interest:
    """Record an interest somebody declares."""
    with transaction.atomic():
        permissions.may_declare_interest(by, person.pk).require()
        profile = Profile.objects.select_related("record").filter(person=person).first()
        refuse_if(_public_without_page(facts, profile))
        interest = Interest(
            person=person,
            profile=profile,
            organisation=facts.organisation,
            description=facts.description.strip(),
            starts_on=facts.starts_on,
            public=facts.public,
        )
        steps.refuse_bad_fields(interest)
        interest.save()
        _note(by, "person.interest-declared", interest, {"interest": (None, interest.description)}, now)
        return interest


def end_interest(*, by: Viewer, interest: Interest, on: date, now: datetime) -> Interest:
    """Record the last day of an interest; it stays in the register."""
    with transaction.atomic():
        interest = (
            Interest.objects.select_for_update(of=("self",)).select_related("profile__record").get(pk=interest.pk)
        )
        permissions.may_end_interest(by, interest).require()
        refuse_if([*_ended(interest), *rules.order_breaches(interest.starts_on, on, "on")])
        interest.ends_on = on
        interest.save(update_fields=["ends_on"])
        changes = {"interest": (interest.description, interest.description), "ends_on": (None, on)}
        _note(by, "person.interest-ended", interest, changes, now)
        return interest


def _public_without_page(facts: InterestFacts, profile: Profile | None) -> list[Breach]:
    if facts.public and profile is None:
        return [Breach("interest-nowhere", "The person has no public page to show it on.", "public")]
    return []


def _ended(interest: Interest) -> list[Breach]:
    return [Breach("interest-ended", "This interest has ended already.", "on")] if interest.ends_on else []


def _note(by: Viewer, verb: str, interest: Interest, changes: Mapping[str, Change], now: datetime) -> None:
    """In the person's history; an interest that is not public is not public there either."""
    record = interest.profile.record if interest.profile else None
    public = set(changes) if interest.public else set()
    write(by=by, verb=verb, record=record, now=now, changes={**changes, "row": (None, interest.pk)}, public=public)
