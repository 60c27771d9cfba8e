"""The fixed cast of the directory's tests. Everybody in it is made up."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from convenor.core.accounts.models import Person
from convenor.core.journal.models import Entry
from convenor.core.records.models import Record
from convenor.core.records.rules import DutyHeld, Viewer, system
from convenor.domain.directory import commands as c
from convenor.domain.directory.models import Office, Organisation, OrganisationKind, Partnership, RoleClass, Segment
from convenor.domain.directory.queries import local_day
from convenor.kit.structs import struct

TODAY = date(2026, 11, 23)
"""The local day of the fixture `now`."""


def viewer(person: Person, now: datetime, *duties: DutyHeld) -> Viewer:
    return Viewer(now=now, person_id=person.pk, name=person.name, duties=frozenset(duties))


def somebody(name: str, now: datetime, email: str = "", *, published: bool = False) -> Person:
    facts = c.PersonFacts(name=name, email=email, published=published, is_fictitious=True)
    return c.create_person(by=system(now), facts=facts, now=now)


def kind(place: int = 0) -> OrganisationKind:
    """The kind at a place of the vocabulary's order; tests name no slug of it."""
    return OrganisationKind.objects.order_by("order")[place]


def body(name: str, now: datetime, **facts: Any) -> Organisation:
    given = c.OrganisationFacts(name=name, kind=facts.pop("kind", None) or kind(), **facts)
    return c.create_organisation(by=system(now), facts=given, now=now)


def office(title: str, organisation: Organisation, now: datetime, **facts: Any) -> Office:
    return c.create_office(by=system(now), organisation=organisation, facts=c.OfficeFacts(title, **facts), now=now)


def latest(record: Record) -> tuple[str, dict[str, tuple[str | None, str | None]], set[str]]:
    """The last journal entry of a record: verb, {field: (before, after)}, names of the public fields."""
    entry = Entry.objects.filter(record=record).order_by("-pk")[0]
    values = list(entry.values.order_by("pk"))
    return (
        entry.verb,
        {value.field: (value.before, value.after) for value in values},
        {value.field for value in values if value.public},
    )


def verbs(record: Record) -> list[str]:
    return list(Entry.objects.filter(record=record).order_by("pk").values_list("verb", flat=True))


@struct
class Cast:
    """health ⊃ registry; revenue; association (named in a partnership that health keeps)."""

    now: datetime
    health: Organisation
    registry: Organisation
    revenue: Organisation
    association: Organisation
    cio: Office
    site_officer: Viewer
    health_officer: Viewer
    revenue_officer: Viewer
    association_officer: Viewer
    nobody: Viewer
    role: RoleClass
    segment: Segment

    @property
    def by(self) -> Viewer:
        return system(self.now)

    @property
    def today(self) -> date:
        return local_day(self.now)

    def partnership(self, stage: str = "exploring", **facts: Any) -> Partnership:
        given = c.PartnershipFacts(
            name=facts.pop("name", "Digital skills partnership"),
            host=self.health,
            kind="formal",
            purpose="Work out together how to teach digital skills.",
            parties=((self.association, "Industry partner"),),
            **facts,
        )
        first = c.StageFacts(stage, self.today)
        return c.create_partnership(by=self.by, facts=given, stage=first, now=self.now)

    def contact(self, **facts: Any) -> Any:
        given = {
            "host": self.health,
            "nature": "visit",
            "formal": False,
            "on": self.today,
            "subject": "Visit to the teaching lab",
            "about": "How clinicians learn new systems.",
            "organisations": (self.association,),
        }
        return c.log_contact(by=self.by, facts=c.ContactFacts(**{**given, **facts}), now=self.now)


def build(now: datetime) -> Cast:
    c.load_vocabulary(now)
    health = body("Department of Health", now, short_name="Health", kind=kind(1))
    registry = body("Blood Registry", now, parent=health)
    revenue = body("Revenue Office", now)
    association = body("Association of Example Software", now, kind=kind(6))
    return Cast(
        now=now,
        health=health,
        registry=registry,
        revenue=revenue,
        association=association,
        cio=office("Chief Information Officer", health, now),
        site_officer=viewer(somebody("Sal Site", now, "sal@example.org"), now, DutyHeld("secretariat")),
        health_officer=viewer(somebody("Hal Health", now), now, DutyHeld("secretariat", health.record_id)),
        revenue_officer=viewer(somebody("Rae Revenue", now), now, DutyHeld("secretariat", revenue.record_id)),
        association_officer=viewer(somebody("Asa Sociation", now), now, DutyHeld("publisher", association.record_id)),
        nobody=viewer(somebody("Nola Nobody", now), now),
        role=RoleClass.objects.order_by("pk")[0],
        segment=Segment.objects.order_by("pk")[0],
    )
