"""A world of any size, written straight into the tables: the demonstration's models, and many groups under them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from common import NOW

FIRST = ["Ada", "Bruno", "Carla", "Dev", "Edith", "Farid", "Greta", "Hamish", "Imogen", "Jarrah"]
LAST = ["Example", "Sample", "Specimen", "Fiction", "Placeholder", "Sketch", "Outline", "Pretend"]
TOPICS = ["payroll", "identity", "registers", "super", "records", "payments", "mail", "forms", "data", "access"]


@dataclass(frozen=True)
class Size:
    organisations: int
    people: int
    groups: int
    seats_per_group: int


SMALL = Size(organisations=150, people=1_000, groups=200, seats_per_group=15)
TENFOLD = Size(organisations=1_500, people=10_000, groups=2_000, seats_per_group=15)


def fill(size: Size) -> None:
    """Organisations with an office each, people with profiles, groups with seats, journal entries, search documents."""
    from convenor.core.search.commands import rebuild
    from convenor.web.demo import story

    story.load(NOW)
    chance = random.Random(7)
    organisations = _organisations(size.organisations, chance)
    people = _people(size.people, chance)
    offices = _offices(organisations, people, chance)
    _groups(size, organisations, offices, people, chance)
    rebuild()
    _analyse()


def _records(kind: str, titles: list[str]) -> list[Any]:
    from convenor.core.journal.models import Entry
    from convenor.core.records.models import Record

    refs = [f"{kind[:3].upper()}-2025-{number:05d}" for number in range(len(titles))]
    at = [NOW - timedelta(minutes=number) for number in range(len(titles))]
    Record.objects.bulk_create(
        (
            Record(ref=ref, kind=kind, title=title, created_at=when, published_at=when)
            for ref, title, when in zip(refs, titles, at, strict=True)
        ),
        batch_size=2000,
    )
    records = list(Record.objects.filter(ref__in=refs[:1] + refs[-1:]).order_by("pk"))
    made = list(Record.objects.filter(kind=kind, pk__gte=records[0].pk).order_by("pk"))
    Entry.objects.bulk_create(
        (
            Entry(
                verb=f"{kind}.created", record=record, at=record.created_at, nonce=f"{record.pk:032x}", digest="0" * 64
            )
            for record in made
        ),
        batch_size=2000,
    )
    return made


def _organisations(count: int, chance: random.Random) -> list[Any]:
    from convenor.domain.directory.models import Organisation, OrganisationKind

    kinds = list(OrganisationKind.objects.all())
    titles = [f"Body {number} for {chance.choice(TOPICS)}" for number in range(count)]
    rows = zip(_records("organisation", titles), titles, strict=True)
    Organisation.objects.bulk_create(
        (
            Organisation(record=record, slug=f"body-{number}", name=title, kind=chance.choice(kinds), summary="A body.")
            for number, (record, title) in enumerate(rows)
        ),
        batch_size=2000,
    )
    return list(Organisation.objects.filter(slug__startswith="body-"))


def _people(count: int, chance: random.Random) -> list[Any]:
    from convenor.core.accounts.models import Person
    from convenor.domain.directory.models import Profile

    names = [f"{chance.choice(FIRST)} {chance.choice(LAST)} {number}" for number in range(count)]
    Person.objects.bulk_create((Person(name=name, password="!", is_fictitious=True) for name in names), batch_size=2000)  # noqa: S106
    people = list(Person.objects.filter(name__in=names[:1]))[:1]
    people = list(Person.objects.filter(pk__gte=people[0].pk).order_by("pk"))
    rows = zip(_records("person", names), people, strict=True)
    Profile.objects.bulk_create(
        (Profile(record=record, person=person, slug=f"person-{person.pk}") for record, person in rows), batch_size=2000
    )
    return people


def _offices(organisations: list[Any], people: list[Any], chance: random.Random) -> list[Any]:
    from convenor.domain.directory.models import Office, RoleClass, Tenure

    roles = list(RoleClass.objects.all())
    titles = [f"Chief of {organisation.name}" for organisation in organisations]
    rows = zip(_records("office", titles), organisations, strict=True)
    Office.objects.bulk_create(
        (
            Office(record=r, slug=f"bench-chief-{o.pk}", title="Chief", organisation=o, role_class=chance.choice(roles))
            for r, o in rows
        ),
        batch_size=2000,
    )
    offices = list(Office.objects.filter(slug__startswith="bench-chief-"))
    Tenure.objects.bulk_create(
        (Tenure(office=office, person=chance.choice(people), starts_on=_day(chance)) for office in offices),
        batch_size=2000,
    )
    return offices


def _groups(size: Size, organisations: list[Any], offices: list[Any], people: list[Any], chance: random.Random) -> None:
    from convenor.domain.engagement.models import GroupType
    from convenor.domain.groups.models import Appointment, Group, Seat

    types = list(GroupType.objects.all())
    titles = [f"{chance.choice(TOPICS).capitalize()} group {number}" for number in range(size.groups)]
    rows = zip(_records("group", titles), titles, strict=True)
    Group.objects.bulk_create(
        (
            Group(
                record=record, slug=f"group-{number}", name=title, type=chance.choice(types), state="active",
                host=chance.choice(organisations), purpose="To meet about it.", started_on=_day(chance),
                review_due_on=NOW.date() + timedelta(days=chance.randrange(-90, 400)),
            )
            for number, (record, title) in enumerate(rows)
        ),
        batch_size=2000,
    )  # fmt: skip
    groups = list(Group.objects.filter(slug__startswith="group-"))
    seats = [
        _seat(group, number, offices, organisations, chance)
        for group in groups
        for number in range(1, size.seats_per_group + 1)
    ]
    Seat.objects.bulk_create(seats, batch_size=2000)
    open_seats = Seat.objects.filter(group__slug__startswith="group-", basis="organisation")
    Appointment.objects.bulk_create(
        (Appointment(seat=seat, person=chance.choice(people), starts_on=seat.starts_on) for seat in open_seats),
        batch_size=2000,
    )


def _seat(group: Any, number: int, offices: list[Any], organisations: list[Any], chance: random.Random) -> Any:
    from convenor.domain.groups.models import Seat

    common = {
        "group": group,
        "number": number,
        "title": f"Seat {number}",
        "starts_on": group.started_on,
        "order": number,
    }
    if number % 2:
        return Seat(basis="office", office=chance.choice(offices), **common)
    return Seat(basis="organisation", organisation=chance.choice(organisations), **common)


def _day(chance: random.Random) -> date:
    return NOW.date() - timedelta(days=chance.randrange(30, 2000))


def _analyse() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
