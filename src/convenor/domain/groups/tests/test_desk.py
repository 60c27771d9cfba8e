"""What waits for those who look after groups; each list equals what the rosters say."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from convenor.core.records.rules import Viewer
from convenor.domain.directory.commands.tenures import end_tenure
from convenor.domain.groups.commands.lives import close_group, move_group, set_review
from convenor.domain.groups.models import Group, Seat
from convenor.domain.groups.queries import desk
from convenor.domain.groups.queries.rosters import rosters
from convenor.domain.groups.tests.world import NOW, START, TODAY, World

pytestmark = pytest.mark.slow


@pytest.fixture
def officer(world: World) -> Viewer:
    return world.officer()


def test_vacancies_are_the_seats_whose_roster_line_is_vacant(world: World, officer: Viewer) -> None:
    """The list is made in SQL and the roster in Python: they must agree, whatever the basis."""
    council, task = world.group("council", name="Council"), world.group("task-group", name="Task")
    department = world.department("Department of Practice Health")
    offices = [world.office(f"Officer {number}", department) for number in range(3)]
    world.holds(offices[0], "Holder")
    ended = world.holds(offices[1], "Left")
    end_tenure(by=world.by, tenure=ended, on=date(2026, 1, 31), now=NOW)
    world.holds(offices[2], "Acting", TODAY, acting=True)
    for office in offices:
        world.seat(council, office=office, constituency="agency")
    one, two, three = (world.seat(task, title) for title in ("One", "Two", "Three"))
    world.appoint(one, "Ada Marsh")
    world.appoint(two, "Ben Reed", START, TODAY - timedelta(days=1))
    world.appoint(three, "Cy Holt", TODAY, TODAY, acting=True)
    world.seat(council, chair_of=task, constituency="agency")
    listed = world.group("forum", name="Forum")
    world.seat(listed, office=offices[0])
    for step in range(3):
        if step == 1:
            world.chair(one)
        if step == 2:
            world.chair(world.seat(world.group("task-group", name="Watching"), chair_of=council))
        groups = list(Group.objects.values_list("pk", flat=True))
        lines = [line for found in rosters(officer, groups, TODAY).values() for line in found]
        vacant = {line.seat.key for line in lines if line.vacant}
        assert set(desk.vacancies(officer).values_list("pk", flat=True)) == vacant
        assert len(vacant) == [3, 2, 3][step]


def test_groups_that_rest_or_are_closed_have_no_vacancies(world: World, officer: Viewer) -> None:
    group = world.group("task-group", name="Task")
    world.seat(group, "One")
    assert desk.vacancies(officer).count() == 1
    move_group(by=world.by, group=group, to="dormant", now=NOW)
    assert desk.vacancies(officer).count() == 0


def test_terms_that_end_within_ninety_days_without_a_successor(world: World, officer: Viewer) -> None:
    task = world.group("task-group", name="Task")
    one, two, three = (world.seat(task, title) for title in ("One", "Two", "Three"))
    world.appoint(one, "Ada Marsh", START, TODAY + timedelta(days=90))
    world.appoint(two, "Ben Reed", START, TODAY + timedelta(days=91))
    world.appoint(three, "Cy Holt", START, TODAY + timedelta(days=10))
    office = world.office("Chief Information Officer", world.department("Department of Practice Health"))
    world.holds(office, "Di Lowe", START, TODAY + timedelta(days=30))
    world.seat(world.group("council", name="Council"), "Health", office=office, constituency="agency")
    found = desk.terms_ending(officer)
    assert [(term.person, term.group_name, term.by_office) for term in found] == [
        ("Cy Holt", "Task", ""),
        ("Di Lowe", "Council", "office"),
        ("Ada Marsh", "Task", ""),
    ]
    world.appoint(three, "Ed Park", TODAY + timedelta(days=11))
    assert [term.person for term in desk.terms_ending(officer)] == ["Di Lowe", "Ada Marsh"]


def test_reviews_and_sunsets(world: World, officer: Viewer) -> None:
    group = world.group("council", sunset_on=date(2027, 1, 31))
    assert list(desk.reviews_due(officer)) == [group]
    set_review(by=world.by, group=group, due_on=date(2027, 6, 30), now=NOW)
    assert list(desk.reviews_due(officer)) == []
    assert list(desk.sunsets_due(officer)) == [group]


def test_groups_without_a_chair_that_must_have_one(world: World, officer: Viewer) -> None:
    council = world.group("council")
    world.group("task-group", name="Needs none")
    assert list(desk.without_chair(officer)) == [council]
    world.chair(world.seat(council, "A", constituency="agency"), "deputy-chair")
    assert list(desk.without_chair(officer)) == [council]
    world.chair(world.seat(council, "B", constituency="agency"), "co-chair")
    assert list(desk.without_chair(officer)) == []


def test_proposed_groups(world: World, officer: Viewer) -> None:
    group = world.group("council", state="proposed")
    assert list(desk.proposed(officer)) == [group]
    close_group(by=world.by, group=group, on=TODAY, reason="Not needed.", now=NOW)
    assert list(desk.proposed(officer)) == []


def test_groups_are_held_against_their_rules_in_the_rules_words_at_the_same_cost(world: World, officer: Viewer) -> None:
    council = world.group("council", name="Council")
    world.chair(world.seat(council, "A", constituency="agency"), "co-chair")
    Seat.objects.filter(group=council).update(constituency="nobody")
    for step in range(2):
        with CaptureQueriesContext(connection) as queries:
            found = desk.held_against_rules(list(desk.ruled(officer)), TODAY)
        assert len(queries) == 6
        for more in range(3):
            world.group("council", name=f"More {step} {more}")
    assert [row.group.name for row in found[:1]] == ["Council"]
    assert len(found[0].broken) == 2
    assert len(found[0].missing) == 1


def test_an_officer_sees_what_their_duty_reaches_only(world: World) -> None:
    elsewhere = world.department("Elsewhere")
    mine, other = world.group("council"), world.group("task-group", name="Other", host=elsewhere)
    for group in (mine, other):
        world.seat(group, "Seat", constituency="agency" if group is mine else "")
    viewer = world.officer(elsewhere.record)
    assert [seat.group for seat in desk.vacancies(viewer)] == [other]
    assert list(desk.without_chair(viewer)) == []
    assert [seat.group for seat in desk.vacancies(world.somebody())] == []
