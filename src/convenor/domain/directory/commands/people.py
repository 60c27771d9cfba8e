"""People without a sign-in, and what the public may know of a person."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from convenor.core.accounts import commands as accounts
from convenor.core.accounts.models import Person
from convenor.core.records import commands as records
from convenor.core.records.rules import Breach, Viewer, refuse_if
from convenor.domain.directory import permissions, rules
from convenor.domain.directory.commands import steps
from convenor.domain.directory.models import Profile
from convenor.kit.once import known
from convenor.kit.structs import struct

KIND = "person"
PERSON = "person"
"""The journal value that leads from an entry to whom it is about; an erasure finds them by it."""


@struct
class PersonFacts:
    """Who somebody is. `published`: their name and offices may be read by anybody."""

    name: str
    email: str = ""
    about: str = ""
    published: bool = True
    is_fictitious: bool = False


def create_person(*, by: Viewer, facts: PersonFacts, now: datetime) -> Person:
    """Add a person who cannot sign in (yet), with a public profile where that was agreed."""
    with transaction.atomic():
        permissions.may_add_person(by).require()
        person = accounts.create_person(
            by=by, name=facts.name, now=now, email=facts.email, is_fictitious=facts.is_fictitious
        )
        if facts.published:
            publish(by, person, facts.about, now)
        return person


def publish_person(*, by: Viewer, person: Person, now: datetime, about: str = "") -> Profile:
    """Give a person a public profile: their name, a few agreed sentences, their offices and seats."""
    with transaction.atomic():
        permissions.may_add_person(by).require()
        return publish(by, person, about, now)


def publish(by: Viewer, person: Person, about: str, now: datetime) -> Profile:
    """The step that makes a profile, or gives back the one there is."""
    there: Profile | None = known(profile_key(person.pk))
    there = there or Profile.objects.select_related("record").filter(person=person).first()
    if there is not None:
        return there
    profile = Profile(person=person, about=about.strip())
    profile.slug = steps.new_slug(Profile, KIND, person.name)
    profile.record = records.create_record(kind=KIND, title=person.name, now=now)
    profile.save()
    changes = steps.all_new({"name": person.name, "about": profile.about, PERSON: person.pk})
    steps.note(by, "person.published", profile.record, now, changes, private=(PERSON,))
    return profile


def profile_key(person_id: int) -> tuple[str, int]:
    """Under which the profile that a person has is kept within one piece of work."""
    return "profile of", person_id


def edit_profile(*, by: Viewer, profile: Profile, name: str, about: str, now: datetime, reason: str = "") -> Profile:
    """Change the public name or the sentences about a person. A new name changes the address."""
    with transaction.atomic():
        profile = _locked(profile)
        permissions.may_edit_profile(by, profile).require()
        refuse_if([*rules.live_breaches(profile.record.state), *_nameless(name)])
        changes = steps.set_values(profile, {"about": about.strip()})
        if name.strip() != profile.record.title:
            changes["name"] = (profile.record.title, name.strip())
            records.retitle(profile.record, name.strip())
            steps.change_slug(profile, KIND, name, now)
        if changes:
            profile.save()
            changes[PERSON] = (None, profile.person_id)
            steps.note(by, "person.edited", profile.record, now, changes, reason, private=(PERSON,))
        return profile


def withdraw_profile(*, by: Viewer, profile: Profile, reason: str, now: datetime) -> Profile:
    """Take a person out of the lists; where they held an office, their name still stands."""
    with transaction.atomic():
        profile = _locked(profile)
        permissions.may_edit_profile(by, profile).require()
        refuse_if([*rules.live_breaches(profile.record.state), *rules.needs_reason(reason)])
        records.withdraw(profile.record)
        steps.note(by, "person.withdrawn", profile.record, now, {"state": ("live", "withdrawn")}, reason, ("reason",))
        return profile


def restore_profile(*, by: Viewer, profile: Profile, reason: str, now: datetime) -> Profile:
    """Bring back a profile that was withdrawn."""
    with transaction.atomic():
        profile = _locked(profile)
        permissions.may_edit_profile(by, profile).require()
        refuse_if(rules.needs_reason(reason))
        records.restore(profile.record)
        steps.note(by, "person.restored", profile.record, now, {"state": ("withdrawn", "live")}, reason, ("reason",))
        return profile


def withhold_person(*, by: Viewer, profile: Profile, reason: str, now: datetime) -> Profile:
    """Take a person's name out of public: only the secretariat reads it from now on, at every door."""
    with transaction.atomic():
        profile = _locked(profile)
        permissions.may_edit_profile(by, profile).require()
        refuse_if(rules.needs_reason(reason))
        before = profile.record.visibility
        steps.show_to_secretariat(profile.record, now, reason="")
        changes = {"visibility": (before, profile.record.visibility)}
        steps.note(by, "person.withheld", profile.record, now, changes, reason, ("reason",))
        return profile


def _locked(profile: Profile) -> Profile:
    return Profile.objects.select_for_update(of=("self",)).select_related("record", "person").get(pk=profile.pk)


def _nameless(name: str) -> list[Breach]:
    return [] if name.strip() else [Breach("field", "This field cannot be blank.", "name")]
