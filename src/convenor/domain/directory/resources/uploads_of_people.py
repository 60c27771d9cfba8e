"""Loading people from a list, through the commands, and taking them back. E-mail addresses are never published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from convenor.core.accounts.models import Person
from convenor.core.exchange.queries import record_of, records_of
from convenor.core.exchange.resources import Column, Importer, Loaded, Loading, breach
from convenor.core.records.rules import LIVE, Breach, Refused, Viewer
from convenor.domain.directory.commands import PersonFacts
from convenor.domain.directory.commands.people import (
    create_person,
    edit_profile,
    profile_key,
    publish_person,
    restore_profile,
    withdraw_profile,
)
from convenor.domain.directory.models import Profile
from convenor.domain.directory.queries import people_named
from convenor.domain.directory.resources.loaders import officers_load
from convenor.kit.once import known, put
from convenor.kit.structs import struct

LIST: Final = "people"


@struct
class PersonRow:
    """One line of an upload."""

    name: str
    email: str
    about: str


def parse(row: Mapping[str, str], prepared: Any) -> PersonRow | list[Breach]:  # noqa: ARG001 - the shape of parse
    """A line as facts, or what is wrong with its cells."""
    if len(row["name"]) > 200:
        return [breach("name", "A name has at most 200 characters.")]
    return PersonRow(row["name"], row.get("email", ""), row.get("about", ""))


def apply(row: PersonRow, loading: Loading) -> Loaded:
    """Add the person, or bring the one this line stands for up to it.

    Two people of one name are two people: who is here already is meant only by their e-mail address or their page's
    reference, or where nobody else of the list bears the name.
    """
    if loading.record is None:
        there = _already_here(row, loading)
        if there is None:
            facts = PersonFacts(name=row.name, email=row.email, about=row.about)
            made = create_person(by=loading.by, facts=facts, now=loading.now)
            return Loaded(made.profile.record, "created")
        known = Profile.objects.filter(person=there).exists()
        profile = publish_person(by=loading.by, person=there, now=loading.now, about=row.about)
        return Loaded(profile.record, "unchanged" if known else "created")
    return _brought_up(row, Profile.objects.select_related("record", "person").get(record=loading.record), loading)


def _brought_up(row: PersonRow, profile: Profile, loading: Loading) -> Loaded:
    by, now = loading.by, loading.now
    restored = profile.record.state != LIVE
    before = {"name": profile.record.title, "about": profile.about}
    if restored:
        profile = restore_profile(by=by, profile=profile, reason=loading.reason, now=now)
    edited = edit_profile(
        by=by, profile=profile, name=row.name, about=row.about or profile.about, now=now, reason=loading.reason
    )
    same = before == {"name": edited.record.title, "about": edited.about} and not restored
    return Loaded(edited.record, "unchanged" if same else "changed", {"before": before, "restored": restored})


def undo(loaded: Loaded, loading: Loading) -> None:
    """Withdraw the page of who was added, put back what was changed."""
    profile = Profile.objects.select_related("record", "person").get(record=loaded.record)
    before, why, by, now = loaded.undo.get("before"), loading.reason, loading.by, loading.now
    if before is not None:
        profile = edit_profile(by=by, profile=profile, now=now, reason=why, **before)
    if before is None or loaded.undo.get("restored"):
        withdraw_profile(by=by, profile=profile, reason=why, now=now)


def person_meant(loading: Loading, said: str, email: str = "", column: str = "person") -> Person | PersonFacts:
    """Who is meant by an id of the same source's list of people, a reference, an e-mail address or a name.

    Somebody not here yet comes back as facts to add. Refused at the column where the name means several.
    """
    key = _meant_key(loading, said, email)
    found = known(key)
    if found is None:
        found = _meant(loading, said, email, column)
        if isinstance(found, Person):
            put(key, found)
    meant: Person | PersonFacts = found
    return meant


def foresee_people(loading: Loading, said: Iterable[tuple[str, str]]) -> None:
    """Read at once whom the next lines mean by the ids of the same source, as (id, e-mail), and their profiles."""
    emails = {name: email for name, email in said if name}
    records = records_of(loading.by, LIST, loading.source, emails)
    profiles = Profile.objects.filter(record__in=records.values()).select_related("record", "person")
    found = {profile.record_id: profile for profile in profiles}
    for name, record in records.items():
        if (profile := found.get(record)) is not None:
            put(_meant_key(loading, name, emails[name]), profile.person)
            put(profile_key(profile.person_id), profile)


def _meant_key(loading: Loading, said: str, email: str) -> tuple[str, str, str, str]:
    return "person meant", loading.source, said, email


def _meant(loading: Loading, said: str, email: str, column: str) -> Person | PersonFacts:
    record = record_of(loading.by, LIST, loading.source, said)
    if record is not None:
        return Person.objects.get(profile__record=record)
    found = people_named(loading.by, email or said)
    if len(found) > 1:
        text = f"{len(found)} people here are called “{said[:80]}”: give the e-mail address of the right one."
        raise Refused([breach(column, text)])
    return found[0] if found else PersonFacts(name=said, email=email)


def _already_here(row: PersonRow, loading: Loading) -> Person | None:
    if row.email:
        found = people_named(loading.by, row.email)
        return found[0] if len(found) == 1 else None
    found = people_named(loading.by, row.name)
    if len(found) != 1 or _stands_for_another(found[0], loading):
        return None
    return found[0]


def _stands_for_another(person: Person, loading: Loading) -> bool:
    """Whether another line of the same list is this person."""
    profile = Profile.objects.filter(person=person).select_related("record").first()
    return profile is not None and profile.record.origins.filter(resource=LIST, source=loading.source).exists()


def prepare(viewer: Viewer, now: datetime) -> None:  # noqa: ARG001 - the shape of Importer.prepare
    return None


IMPORTER: Final = Importer(
    columns=(
        Column("id", "Id in your list", "What your own list calls them; other lists of the file name them by it.",
               example="P17"),
        Column("name", "Name", "As it is published.", required=True, example="Ada Notional"),
        Column("email", "E-mail", "Tells people of one name apart. Never published."),
        Column("about", "About", "A few public sentences, agreed with the person."),
    ),
    source_id="id",
    parse=parse,
    apply=apply,
    undo=undo,
    may=officers_load("people"),
    prepare=prepare,
)  # fmt: skip
