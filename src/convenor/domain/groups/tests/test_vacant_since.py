"""Since when a seat is vacant: the database says what the rules say, of any seats; so the feed misses none of many."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from convenor.core.accounts.models import Person
from convenor.domain.directory.models import Tenure
from convenor.domain.groups.models import Appointment, Chairing, Group, Seat
from convenor.domain.groups.queries.desk import vacant_seats
from convenor.domain.groups.queries.vacancies import FEED_LENGTH, newest_vacancies, vacancies_of, vacant
from convenor.domain.groups.queries.vacant_since import follows_further, vacant_since_column
from convenor.domain.groups.tests.world import START, TODAY, World

pytestmark = pytest.mark.slow

SOME = 400
ONE = timedelta(days=1)


def some_day(chance: random.Random) -> date:
    return TODAY + timedelta(days=chance.randrange(-300, 60))


def span(chance: random.Random) -> tuple[date, date]:
    first, last = sorted((some_day(chance), some_day(chance)))
    return first, last


def many_seats(world: World, groups: list[Group], chance: random.Random, count: int = SOME) -> list[Seat]:
    """Seats of every kind, straight into the table, from a random day on."""
    offices = [world.office(f"Chief {number}", world.host) for number in range(12)]
    bases: list[dict[str, Any]] = [
        {"basis": "individual"},
        *({"basis": "office", "office": office} for office in offices),
    ]
    rows = []
    for number in range(count):
        group, other = chance.sample(groups, 2)
        basis = chance.choice([*bases, *[{"basis": "chair-of", "chair_of": other}] * 6])
        facts: dict[str, Any] = {
            "title": f"Seat {number}",
            "number": number + 100,
            "starts_on": some_day(chance),
            **basis,
        }
        rows.append(Seat(group=group, **facts))
    return Seat.objects.bulk_create(rows)


def many_holders(world: World, seats: list[Seat], chance: random.Random) -> None:
    """Appointments, tenures and chairings with random days, whether or not a command would allow them."""
    people = Person.objects.bulk_create(Person(name=f"Holder {n}", password="!") for n in range(9))

    def holding(**where: Any) -> dict[str, Any]:
        first, last = span(chance)
        begun = first if chance.random() < 0.8 else None
        acting = chance.random() < 0.5
        return {**where, "person": chance.choice(people), "starts_on": begun, "ends_on": last, "acting": acting}

    Appointment.objects.bulk_create(
        Appointment(**holding(seat=seat)) for seat in seats for _ in range(chance.randrange(4))
    )
    offices = list({seat.office_id: seat.office for seat in seats if seat.office}.values())
    Tenure.objects.bulk_create(Tenure(**holding(office=office)) for office in offices for _ in range(3))
    roles = list(world.roles.values())
    Chairing.objects.bulk_create(
        Chairing(seat=seat, role=chance.choice(roles), starts_on=first, ends_on=last)
        for seat in seats
        if chance.random() < (0.1 if seat.chair_of_id else 0.6)
        for first, last in [span(chance)]
    )


@pytest.mark.parametrize("seed", range(4))
def test_the_column_says_what_the_rules_say(world: World, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a small world of chance
    groups = [world.group("task-group", name=f"Task group {number}") for number in range(60)]
    many_holders(world, many_seats(world, groups, chance), chance)
    rows = vacant_seats(Group.objects.all(), TODAY).filter(~follows_further())
    by_database = {row.pk: row.since for row in rows.annotate(since=vacant_since_column(TODAY))}
    by_rules = {row.seat.key: row.since for row in vacancies_of(world.by, list(rows), TODAY)}
    assert by_database == by_rules
    assert {row.basis for row in rows if by_rules[row.pk] != row.starts_on} == {"individual", "office", "chair-of"}


def test_the_newest_are_found_behind_any_number_of_others(world: World) -> None:
    group = world.group("task-group", name="Large group")
    office = world.office("Chief", world.host)
    by_office = world.seat(group, "By office", office=office, starts_on=START)
    world.holds(office, "Ada Marsh", START, TODAY - ONE)
    others = [
        Seat(group=group, title=f"Seat {n}", number=n + 100, basis="individual", starts_on=TODAY - timedelta(days=9))
        for n in range(600)
    ]
    Seat.objects.bulk_create(others)
    found = newest_vacancies(world.by, vacant(world.by, TODAY), TODAY)
    assert len(found) == FEED_LENGTH
    assert (found[0].seat.key, found[0].since) == (by_office.pk, TODAY)
    assert [row.seat.key for row in found[1:]] == [row.pk for row in reversed(others)][: FEED_LENGTH - 1]


def test_a_seat_for_the_chair_of_a_group_chaired_from_such_a_seat_is_among_them(world: World) -> None:
    top, middle, low = (world.group("task-group", name=name) for name in ("Top", "Middle", "Low"))
    chair = world.seat(top, "Chair of the top")
    world.appoint(chair, "Ada Marsh", START, TODAY - 3 * ONE)
    world.chair(chair, last=TODAY - 2 * ONE)
    between = world.seat(middle, "For the chair of the top", chair_of=top)
    world.chair(between, last=TODAY - ONE)
    last = world.seat(low, "For the chair of the middle", chair_of=middle)
    Seat.objects.bulk_create(
        Seat(group=low, title="Other", number=n + 100, basis="individual", starts_on=TODAY - timedelta(days=9))
        for n in range(FEED_LENGTH)
    )
    since = {row.seat.key: row.since for row in newest_vacancies(world.by, vacant(world.by, TODAY), TODAY)}
    assert list(since)[:3] == [last.pk, between.pk, chair.pk]
    assert {since[last.pk], since[between.pk], since[chair.pk]} == {TODAY - 2 * ONE}


def test_the_queries_are_the_same_for_one_and_for_many(world: World) -> None:
    group = world.group("task-group", name="Group")

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            newest_vacancies(world.by, vacant(world.by, TODAY), TODAY)
        return len(queries)

    world.seat(group, "One")
    few = asked()
    chance = random.Random(1)  # noqa: S311 - a small world of chance
    many_holders(world, many_seats(world, [group, world.group("task-group", name="Other")], chance), chance)
    assert Seat.objects.filter(Q(basis="chair-of")).exists()
    assert asked() <= few + 1, "one more for the chairs of chairs"
