"""Rosters from the database: the truth table (research: groups and meetings, section 5), in few queries."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from convenor.core.accounts.queries import viewer_for
from convenor.core.records import commands as records
from convenor.core.records.rules import Membership, Refused, anonymous, system
from convenor.domain.directory.commands.people import withhold_person
from convenor.domain.directory.commands.tenures import TenureFacts, end_tenure, start_tenure
from convenor.domain.directory.models import Profile
from convenor.domain.groups.commands.appointments import Term, appoint, end_appointment
from convenor.domain.groups.commands.chairs import end_chairing, start_chairing
from convenor.domain.groups.commands.places import end_seat
from convenor.domain.groups.models import Appointment, Chairing, Group, Seat
from convenor.domain.groups.queries import rosters as queries
from convenor.domain.groups.queries.rosters import Holder, SeatLine, roster, rosters, table_of, table_of_groups
from convenor.domain.groups.tests.world import NOW, START, TODAY, World, make_world
from tests.once import once_a_module

pytestmark = pytest.mark.slow

DAY = date(2026, 6, 29)


def names(holders: tuple[Holder, ...]) -> list[str]:
    return [each.name for each in holders]


def who(lines: list[SeatLine]) -> dict[str, tuple[list[str], list[str]]]:
    """Seat → who sits, who is away."""
    return {
        line.seat.title: ([each.name for each in line.present], [each.name for each in line.away]) for line in lines
    }


def meeting() -> tuple[World, Group]:
    """Thirteen seats by office, as the data committee of the truth table had; every holder fictitious."""
    world = make_world()
    group = world.group("council", name="Data committee")
    for number in range(13):
        office = world.office(f"Secretary {number}", world.department(f"Department {number}"), "deputy")
        seat = world.seat(group, office.organisation.name, office=office, constituency="agency", order=number)
        world.holds(office, f"Holder {number}")
        if number == 0:
            world.chair(seat, "co-chair")
    return world, group


meeting_of_module = once_a_module(meeting)


@pytest.fixture
def met(meeting_of_module: tuple[World, Group], db: None) -> tuple[World, Group]:
    return deepcopy(meeting_of_module)


@pytest.fixture
def world(met: tuple[World, Group]) -> World:
    return met[0]


@pytest.fixture
def committee(met: tuple[World, Group]) -> Group:
    return met[1]


def test_acting_fills_the_seat_and_chairs_from_it(world: World, committee: Group) -> None:
    """29 June 2023: the secretary an apology, the acting one present as member and co-chair; likewise two others."""
    for number in (0, 3, 7):
        office = world.offices[f"Secretary {number}, Department {number}"]
        world.holds(office, f"Acting {number}", date(2026, 6, 20), date(2026, 7, 7), acting=True)
    lines = roster(anonymous(NOW), committee.pk, DAY)
    found = who(lines)
    assert len(found) == 13
    assert found["Department 0"] == (["Acting 0"], ["Holder 0"])
    assert found["Department 1"] == (["Holder 1"], [])
    assert [(line.seat.title, line.chairs[0].role, line.present[0].name) for line in lines if line.leads] == [
        ("Department 0", "Co-chair", "Acting 0")
    ]
    assert lines[0].leads
    assert who(roster(anonymous(NOW), committee.pk, date(2026, 7, 8)))["Department 0"] == (["Holder 0"], [])


def test_one_edit_of_the_office_moves_every_seat_and_no_past_roster(world: World, committee: Group) -> None:
    office = world.offices["Secretary 4, Department 4"]
    others = [world.group("task-group", name=f"Other {number}") for number in range(2)]
    for group in others:
        world.seat(group, "Department 4", office=office)
    before = rosters(anonymous(NOW), [committee.pk, *(group.pk for group in others)], DAY)
    tenure = office.tenures.get()
    end_tenure(by=world.by, tenure=tenure, on=date(2026, 11, 22), now=NOW)
    start_tenure(by=world.by, office=office, person=world.person("New Holder"), facts=TenureFacts(TODAY), now=NOW)
    for group in (committee, *others):
        assert who(roster(anonymous(NOW), group.pk, TODAY))["Department 4"] == (["New Holder"], [])
        assert who(roster(anonymous(NOW), group.pk, DAY)) == who(before[group.pk])


def test_acting_on_days_gone_by_where_the_office_had_its_holder_needs_a_reason(world: World, committee: Group) -> None:
    seat = Seat.objects.get(group=committee, title="Department 2")
    yesterday = Term(TODAY - timedelta(days=1), TODAY, acting=True)
    with pytest.raises(Refused, match="this changes who sat then"):
        appoint(by=world.by, seat=seat, person=world.person("Late Actor"), term=yesterday, now=NOW)
    appoint(by=world.by, seat=seat, person=world.person("Late Actor"), term=yesterday, now=NOW, reason="Sat, unnoted.")
    assert who(roster(anonymous(NOW), committee.pk, TODAY))["Department 2"] == (["Late Actor"], ["Holder 2"])


def test_chairing_is_by_seat_and_period(world: World, committee: Group) -> None:
    """Co-chairs Finance and Social Services to March, then Finance and Taxation."""
    second, third = (Seat.objects.get(group=committee, title=f"Department {number}") for number in (1, 2))
    Seat.objects.filter(pk__in=[second.pk, third.pk]).update(constituency="providers")
    world.chair(second, "co-chair", START, date(2026, 3, 31))
    world.chair(third, "co-chair", date(2026, 4, 1))
    table = {
        on: [line.seat.title for line in roster(anonymous(NOW), committee.pk, on) if line.leads]
        for on in (date(2026, 3, 31), date(2026, 4, 1))
    }
    assert table == {
        date(2026, 3, 31): ["Department 0", "Department 1"],
        date(2026, 4, 1): ["Department 0", "Department 2"],
    }


def test_a_seat_for_the_chair_of_another_group_follows_it_two_steps_down(world: World, committee: Group) -> None:
    middle, top = world.group("task-group", name="Middle"), world.group("task-group", name="Top")
    world.chair(world.seat(middle, chair_of=committee))
    world.seat(top, chair_of=middle)
    assert who(roster(anonymous(NOW), top.pk, DAY)) == {"Chair of Middle": (["Holder 0"], [])}
    table = rosters(anonymous(NOW), [top.pk, middle.pk, committee.pk], DAY)
    assert who(table[middle.pk]) == {"Chair of Data committee": (["Holder 0"], [])}


def test_a_seat_ends_and_an_old_roster_still_has_it(world: World, committee: Group) -> None:
    seat = Seat.objects.get(group=committee, title="Department 12")
    end_seat(by=world.by, seat=seat, on=TODAY, reason="The portfolio has gone.", now=NOW)
    assert len(roster(anonymous(NOW), committee.pk, DAY)) == 13
    assert len(roster(anonymous(NOW), committee.pk, TODAY + timedelta(days=1))) == 12


def test_a_withheld_name_leaves_the_seat_filled(world: World, committee: Group) -> None:
    profile = Profile.objects.get(person=world.people["Holder 5"])
    withhold_person(by=world.by, profile=profile, reason="Asked for it.", now=NOW)
    line = next(line for line in roster(anonymous(NOW), committee.pk, DAY) if line.seat.title == "Department 5")
    assert (line.vacant, line.present[0].name, line.present[0].slug, line.present[0].profile) == (False, "", "", None)
    assert "Holder 5" in str(roster(world.officer(), committee.pk, DAY))


def test_a_sealed_office_is_not_named_and_nor_is_its_holder(world: World, committee: Group) -> None:
    office = world.offices["Secretary 6, Department 6"]
    with transaction.atomic():
        records.show_to(office.record, now=NOW, visibility="sealed")
    line = next(line for line in roster(anonymous(NOW), committee.pk, DAY) if line.seat.title == "Department 6")
    assert (line.seat.stands_for, line.seat.stands_for_slug, line.seat.organisation) == ("", "", "")
    assert (line.vacant, line.present[0].name) == (False, "")


def test_many_rosters_cost_two_queries(world: World, committee: Group) -> None:
    world.seat(world.group("task-group", name="Other"), chair_of=committee)
    for some in (
        list(Group.objects.values_list("pk", flat=True)[:1]),
        list(Group.objects.values_list("pk", flat=True)),
    ):
        with CaptureQueriesContext(connection) as asked:
            rosters(anonymous(NOW), some, DAY)
        assert len(asked) == 2


@pytest.mark.parametrize("on", [None, DAY, date(2026, 4, 1)])
@pytest.mark.parametrize("officer", [False, True])
def test_what_is_worked_out_once_is_what_is_asked_each_time(
    world: World, committee: Group, monkeypatch: pytest.MonkeyPatch, on: date | None, officer: bool
) -> None:
    """For everybody who reads: a stranger, who sits here unnamed, members since a day, officers, the system."""
    other = world.group("task-group", name="Other")
    named = world.appoint(world.seat(other, "Its own"), "Unnamed")
    Appointment.objects.filter(pk=named.pk).update(named=False)
    world.seat(other, chair_of=committee)
    sealed = world.offices["Secretary 6, Department 6"].record
    with transaction.atomic():
        records.show_to(sealed, now=NOW, visibility="sealed")
    own, stranger = viewer_for(world.people["Unnamed"], NOW), anonymous(NOW)
    readers = [
        stranger, own, replace(own, memberships=()), replace(stranger, principals=frozenset({own.person_id or 0})),
        replace(stranger, memberships=(Membership(1, NOW),)), replace(stranger, allowed=frozenset({sealed.pk})),
        world.officer(), system(NOW),
    ]  # fmt: skip
    keys = [committee.pk, other.pk]
    for _again in range(2):  # the second time with what was prepared
        found = [table_of_groups(reader, keys, on, officer) for reader in readers]
        with monkeypatch.context() as patched:
            patched.setattr(queries, "MOST_PREPARED", 0)
            assert found == [table_of_groups(reader, keys, on, officer) for reader in readers]
    assert len({str(each) for each in found}) > 1 or officer


# The past stays as it was

History = list[tuple[str, int, int, int, int]]
deeds = st.tuples(
    st.sampled_from(["appoint", "act", "end", "chair", "unchair", "office", "leave office", "end seat"]),
    st.integers(0, 2),
    st.integers(0, 3),
    st.integers(-40, 40),
    st.integers(0, 60),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(history=st.lists(deeds, max_size=10))
@example(history=[*[("appoint", 0, 0, 0, 0)] * 7, ("office", 1, 0, 0, 8), ("act", 1, 1, -1, 0)])
def test_nothing_but_a_reasoned_correction_changes_who_sat(
    world: World, history: list[tuple[str, int, int, int, int]]
) -> None:
    """Whoever is named in a seat on a day gone by stays named there, whatever is recorded later without a reason.

    And what takes effect on a day changes nothing before it, for named and vacant seats alike.
    """
    with transaction.atomic():
        _play(world, history)
        transaction.set_rollback(True)


def _play(world: World, history: History) -> None:
    world.people.clear()
    group = world.group("task-group", name="Played")
    office = world.office("Chief Information Officer", world.department("Department of Play"))
    seats = [world.seat(group, "One"), world.seat(group, office=office), world.seat(group, "Three")]
    world.seat(world.group("task-group", name="Watching"), chair_of=group)
    people = [world.person(f"Player {number}") for number in range(4)]
    now = NOW
    for deed, place, person, shift, length in history:
        now += timedelta(days=7)
        today = now.date()
        on = today + timedelta(days=shift)
        before = _sat(today)
        try:
            with transaction.atomic():
                _do(world, deed, seats[place], people[person], (on, on + timedelta(days=length)), now)
        except Refused:
            continue
        after = _sat(today)
        kept = {at: after[at] for at, named in before.items() if named}
        assert kept == {at: named for at, named in before.items() if named}, deed
        early = {at: named for at, named in before.items() if at[1] < on}
        assert {at: after[at] for at in early} == early, deed


def _do(world: World, deed: str, seat: Seat, person: Any, days: tuple[date, date], now: datetime) -> None:
    by, (on, last), today = world.by, days, now.date()
    if deed in {"appoint", "act"}:
        appoint(by=by, seat=seat, person=person, term=Term(on, last, deed == "act"), now=now)
    elif deed == "end" and (held := Appointment.objects.filter(seat=seat).last()):
        end_appointment(by=by, appointment=held, on=on - timedelta(days=1), now=now)
    elif deed == "chair":
        start_chairing(by=by, seat=seat, role=world.roles["chair"], starts_on=on, now=now)
    elif deed == "unchair" and (chairing := Chairing.objects.filter(seat=seat).last()):
        end_chairing(by=by, chairing=chairing, on=on - timedelta(days=1), now=now)
    elif deed == "office" and seat.office and on >= today:
        start_tenure(by=by, office=seat.office, person=person, facts=TenureFacts(on, last), now=now)
    elif deed == "leave office" and seat.office and (tenure := seat.office.tenures.last()) and on > today:
        end_tenure(by=by, tenure=tenure, on=on - timedelta(days=1), now=now)
    elif deed == "end seat" and seat.number == 3:
        end_seat(by=by, seat=seat, on=on - timedelta(days=1), now=now)


def _sat(today: date) -> dict[tuple[int, date], tuple[int, ...]]:
    """Who sat in each seat of every group on days gone by."""
    groups = list(Group.objects.values_list("pk", flat=True))
    table = table_of(anonymous(NOW), Q(group__in=groups))
    lines = {
        on: [line for group in groups for line in table.roster(group, on)]
        for on in (today - timedelta(days=days) for days in (1, 2, 5, 9, 20, 38, 45, 90))
    }
    return {
        (line.seat.key, on): tuple(each.holding.person for each in line.present) for on in lines for line in lines[on]
    }
