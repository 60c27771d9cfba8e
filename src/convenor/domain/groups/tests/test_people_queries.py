"""What a person has to do with groups: audiences from when on, seats, terms."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from convenor.core.accounts.models import Assistance
from convenor.core.accounts.queries import viewer_for
from convenor.core.records.models import Audience
from convenor.core.records.rules import anonymous
from convenor.domain.groups.commands.appointments import end_appointment, strike_appointment
from convenor.domain.groups.commands.lives import close_group
from convenor.domain.groups.models import Group
from convenor.domain.groups.queries.people import groups_looked_after, memberships, seats_of, terms_of
from convenor.domain.groups.rules.membership import unbroken
from convenor.domain.groups.rules.spans import ONE_DAY, Span
from convenor.domain.groups.tests.world import NOW, START, TODAY, World

pytestmark = pytest.mark.slow

SYDNEY = ZoneInfo("Australia/Sydney")


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SYDNEY)


def held(world: World, name: str) -> dict[str, datetime | None]:
    """Audience key → since."""
    keys = dict(Audience.objects.values_list("pk", "key"))
    found = memberships([world.people[name].pk], NOW)
    return {keys[each.audience_id]: each.since for each in found}


def test_who_holds_a_seat_belongs_from_the_first_day_of_it(world: World) -> None:
    group, other = world.group("council"), world.group("task-group", name="Other")
    world.appoint(world.seat(group, "A", constituency="agency"), "Ada Marsh", date(2025, 7, 1))
    world.appoint(world.seat(other, "B"), "Ada Marsh", None)
    assert held(world, "Ada Marsh") == {
        f"group:{group.pk}:members": midnight(date(2025, 7, 1)),
        f"group:{other.pk}:members": midnight(START),
    }


def test_what_is_over_or_ahead_gives_nothing(world: World) -> None:
    group = world.group("council")
    seat = world.seat(group, "A", constituency="agency")
    world.appoint(seat, "Ada Marsh", START, date(2026, 11, 22))
    ahead = world.appoint(seat, "Ben Reed", date(2026, 11, 24))
    assert (held(world, "Ada Marsh"), held(world, "Ben Reed")) == ({}, {})
    strike_appointment(by=world.by, appointment=ahead, reason="Not after all.", now=NOW)
    world.appoint(seat, "Cy Holt", TODAY, TODAY, acting=True)
    assert held(world, "Cy Holt") == {f"group:{group.pk}:members": midnight(TODAY)}
    close_group(by=world.by, group=group, on=TODAY, reason="Done.", now=NOW)
    tomorrow = NOW.replace(day=24)
    assert memberships([world.people["Cy Holt"].pk], tomorrow) == []


def test_who_is_appointed_again_at_once_was_never_away(world: World) -> None:
    group = world.group("council")
    seats = [world.seat(group, title, constituency="agency") for title in ("A", "B")]
    world.appoint(seats[0], "Ada Marsh", date(2025, 1, 1), date(2025, 12, 31))
    world.appoint(seats[1], "Ada Marsh", date(2026, 1, 1))
    world.appoint(seats[0], "Ben Reed", date(2026, 1, 1), date(2026, 3, 31))
    world.appoint(seats[0], "Ben Reed", date(2026, 9, 1))
    key = f"group:{group.pk}:members"
    assert held(world, "Ada Marsh") == {key: midnight(date(2025, 1, 1))}
    assert held(world, "Ben Reed") == {key: midnight(date(2026, 9, 1))}


def test_the_holder_of_an_office_belongs_through_it_and_no_longer_than_its_seat(world: World) -> None:
    group = world.group("council")
    office = world.office("Chief Information Officer", world.department("Department of Practice Health"))
    world.holds(office, "Ada Marsh", date(2020, 1, 1))
    world.holds(office, "Ben Reed", date(2026, 11, 1), acting=True)
    world.seat(group, office=office, constituency="agency", starts_on=date(2025, 2, 1))
    key = f"group:{group.pk}:members"
    assert held(world, "Ada Marsh") == {key: midnight(date(2025, 2, 1))}
    assert held(world, "Ben Reed") == {key: midnight(date(2026, 11, 1))}


def test_who_chairs_belongs_to_the_groups_that_keep_a_seat_for_the_chair(world: World) -> None:
    low, middle, top = (world.group("task-group", name=name) for name in ("Low", "Middle", "Top"))
    seat = world.seat(low, "Lead")
    world.appoint(seat, "Ada Marsh", date(2025, 1, 1))
    world.chair(seat, first=date(2025, 6, 1))
    world.chair(world.seat(middle, chair_of=low), first=date(2026, 2, 1))
    world.seat(top, chair_of=middle)
    assert held(world, "Ada Marsh") == {
        f"group:{low.pk}:members": midnight(date(2025, 1, 1)),
        f"group:{middle.pk}:members": midnight(date(2025, 6, 1)),
        f"group:{top.pk}:members": midnight(date(2026, 2, 1)),
    }


def test_officers_belong_to_both_audiences_of_what_their_duty_reaches(world: World) -> None:
    below = world.department("Branch of Practice", parent=world.host)
    mine, under, other = (
        world.group("council"),
        world.group("council", host=below),
        world.group("council", host=world.department("Elsewhere")),
    )
    keys = dict(Audience.objects.values_list("pk", "key"))

    def reached(record: object) -> set[str]:
        viewer = world.officer(record)  # type: ignore[arg-type]
        return {keys[each.audience_id] for each in viewer.memberships}

    both = {group: {f"group:{group.pk}:members", f"group:{group.pk}:secretariat"} for group in (mine, under, other)}
    assert reached(mine.record) == both[mine]
    assert reached(world.host.record) == both[mine] | both[under]
    assert reached(world.type("council").model.record) == both[mine] | both[under] | both[other]
    assert reached(None) == set()


def test_an_assistant_belongs_where_the_principal_does(world: World) -> None:
    group = world.group("council", readers="members")
    world.appoint(world.seat(group, "A", constituency="agency"), "Ada Marsh", None)
    assistant = world.person("Ann Aide")
    Assistance.objects.create(principal=world.people["Ada Marsh"], assistant=assistant, starts_at=NOW.replace(day=1))
    assert Group.objects.visible_to(viewer_for(assistant, NOW)).count() == 1
    assert Group.objects.visible_to(world.somebody()).count() == 0


def test_who_joined_later_does_not_read_what_was_shown_before(world: World) -> None:
    """Peer hole 7 (CVE-2022-31017): a record shown to the members before somebody joined stays closed to them."""
    group = world.group("council", readers="members")
    seat = world.seat(group, "A", constituency="agency", starts_on=TODAY)
    world.appoint(seat, "Ada Marsh", TODAY)
    group.record.published_at = midnight(TODAY) - ONE_DAY
    group.record.save()
    viewer = viewer_for(world.people["Ada Marsh"], NOW)
    assert Group.objects.visible_to(viewer).count() == 0


def test_memberships_cost_one_query(world: World) -> None:
    seat = world.seat(world.group("council"), "A", constituency="agency")
    world.appoint(seat, "Ada Marsh")
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            memberships([world.people["Ada Marsh"].pk], NOW)
        assert len(queries) == 1
        for number in range(5):
            world.appoint(world.seat(world.group("task-group", name=f"G{number}"), "B"), "Ada Marsh")


days = st.integers(0, 30).map(lambda number: date(2026, 1, 1) + number * ONE_DAY)
spans = st.tuples(st.none() | days, st.none() | days).map(
    lambda pair: Span(*sorted(pair)) if None not in pair else Span(*pair)  # type: ignore[type-var]
)


@given(st.lists(spans, max_size=6), days)
def test_an_unbroken_run_has_every_day_covered_up_to_today(some: list[Span], today: date) -> None:
    run = unbroken(some, today)
    covered = {
        day
        for number in range(-3, 31)
        for day in [date(2026, 1, 1) + number * ONE_DAY]
        if any(s.covers(day) for s in some)
    }
    if run is None:
        assert today not in covered
        return
    first = run.first or date(2025, 12, 29)
    assert all(first + number * ONE_DAY in covered for number in range((today - first).days + 1))
    assert run.first is None or run.first - ONE_DAY not in covered


# Seats and terms


def test_the_seats_somebody_holds_today(world: World) -> None:
    group, other = world.group("council", name="Council"), world.group("task-group", name="Task")
    office = world.office("Chief Information Officer", world.department("Department of Practice Health"))
    world.holds(office, "Ada Marsh")
    world.seat(group, "Health", office=office, constituency="agency")
    seat = world.seat(other, "Lead")
    world.appoint(seat, "Ada Marsh")
    world.chair(seat)
    world.appoint(seat, "Ben Reed", TODAY, TODAY, acting=True)
    world.seat(world.group("task-group", name="Watching"), chair_of=other)
    found = seats_of(anonymous(NOW), [world.people["Ada Marsh"].pk], TODAY)
    assert [(held.seat.group_name, held.seat.title, held.away, held.unconfirmed) for held in found] == [
        ("Council", "Health", False, False),
        ("Task", "Lead", True, True),
        ("Watching", "Chair of Task", True, True),
    ]
    hidden = world.group("task-group", name="Hidden", readers="members")
    world.appoint(world.seat(hidden, "H"), "Ada Marsh")
    assert len(seats_of(anonymous(NOW), [world.people["Ada Marsh"].pk], TODAY)) == 3


def test_every_term_of_a_person_latest_first(world: World) -> None:
    group = world.group("council", name="Council")
    seat = world.seat(group, "A", constituency="agency")
    first = world.appoint(seat, "Ada Marsh", date(2024, 2, 1))
    end_appointment(by=world.by, appointment=first, on=date(2025, 1, 31), now=NOW, reason="Moved.")
    world.appoint(seat, "Ben Reed", date(2025, 2, 1), date(2025, 12, 31))
    world.appoint(seat, "Ada Marsh", date(2026, 1, 1))
    found = terms_of(anonymous(NOW), world.people["Ada Marsh"].pk)
    assert [term.span for term in found] == [Span(date(2026, 1, 1)), Span(date(2024, 2, 1), date(2025, 1, 31))]


@pytest.mark.parametrize("duty", ["secretariat", "administrator"])
def test_what_an_officer_looks_after(world: World, duty: str) -> None:
    mine, other = world.group("council"), world.group("task-group", name="Other", host=world.department("Elsewhere"))

    def reached(record: object) -> set[int]:
        condition = groups_looked_after(world.officer(record, duty))  # type: ignore[arg-type]
        return set(Group.objects.filter(condition).values_list("pk", flat=True))

    assert reached(None) == {mine.pk, other.pk}
    assert reached(mine.record) == {mine.pk}
    assert reached(world.host.record) == {mine.pk}
    assert reached(world.type("council").model.record) == {mine.pk, other.pk}
    assert set(Group.objects.filter(groups_looked_after(world.somebody()))) == set()
