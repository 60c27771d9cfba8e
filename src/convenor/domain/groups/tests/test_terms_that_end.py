"""Casual vacancies, terms that end, and appointing again; what holders and secretariat are told, once each."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convenor.core.accounts.models import Person
from convenor.core.notify.models import Message
from convenor.core.records.rules import NotAllowed, Refused
from convenor.domain.groups.commands.appointments import end_appointment
from convenor.domain.groups.commands.terms import reappoint, warn_of_ends
from convenor.domain.groups.models import Appointment, Group, TermNotice
from convenor.domain.groups.queries.vacancies import vacancies_of, vacant
from convenor.domain.groups.rules import terms
from convenor.domain.groups.rules.rosters import Facts, Holding, SeatFacts, sitting, vacant_since
from convenor.domain.groups.rules.spans import Span
from convenor.domain.groups.tests.world import START, TODAY, World

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ONE = timedelta(days=1)
days = st.integers(min_value=0, max_value=400).map(lambda n: date(2026, 1, 1) + timedelta(days=n))


@pytest.fixture
def group(world: World) -> Group:
    return world.group("task-group", name="Task group")


def ends_in(world: World, group: Group, left: int, name: str = "Ada") -> Appointment:
    seat = world.seat(group, f"Seat of {name}")
    world.person(name, f"{name.lower()}@practice.example")
    return world.appoint(seat, name, START, TODAY + timedelta(days=left))


def secretary(world: World, group: Group) -> Person:
    return Person.objects.get(pk=world.officer(over=group.record).person_id or 0)


def test_holder_and_secretariat_are_told_at_90_and_at_30_days_and_never_twice(world: World, group: Group) -> None:
    officer = secretary(world, group)
    ends_in(world, group, 100)
    told: list[tuple[int, list[str]]] = []
    for later in (0, 9, 10, 11, 40, 70, 71, 99):
        before = set(Message.objects.values_list("pk", flat=True))
        warn_of_ends(by=world.by, now=world.now + timedelta(days=later))
        warn_of_ends(by=world.by, now=world.now + timedelta(days=later))
        fresh = Message.objects.exclude(pk__in=before).order_by("pk")
        told.append((later, [message.person.name for message in fresh if message.person]))
    both = ["Ada", officer.name]
    assert [each for each in told if each[1]] == [(10, both), (70, both)]
    assert set(TermNotice.objects.values_list("days", flat=True)) == {90, 30}
    assert "Seat of Ada" in Message.objects.filter(person=officer).latest("pk").text


def test_who_was_never_told_at_90_is_told_at_30_only(world: World, group: Group) -> None:
    secretary(world, group)
    ends_in(world, group, 20)
    warn_of_ends(by=world.by, now=world.now)
    assert set(TermNotice.objects.values_list("days", flat=True)) == {30}
    assert Message.objects.count() == 2


def test_several_ends_make_one_mail_to_the_secretariat(world: World, group: Group) -> None:
    officer = secretary(world, group)
    ends_in(world, group, 20)
    ends_in(world, group, 25, "Ben")
    warn_of_ends(by=world.by, now=world.now)
    assert Message.objects.get(person=officer).subject == "2 terms end soon"


def test_nobody_is_warned_of_a_term_with_a_successor(world: World, group: Group) -> None:
    term = ends_in(world, group, 20)
    reappoint(by=world.by, appointment=term, now=world.now, ends_on=TODAY + timedelta(days=400))
    assert warn_of_ends(by=world.by, now=world.now) == 0
    with pytest.raises(NotAllowed):
        warn_of_ends(by=world.somebody(), now=world.now)


def test_appointing_again_goes_on_from_the_day_after_for_as_long(world: World, group: Group) -> None:
    term = ends_in(world, group, 20)
    again = reappoint(by=world.by, appointment=term, now=world.now)
    assert term.ends_on is not None
    assert (again.starts_on, again.person) == (term.ends_on + ONE, term.person)
    assert again.ends_on is not None
    assert (again.ends_on - term.ends_on).days == (term.ends_on - START).days + 1
    with pytest.raises(Refused):
        reappoint(by=world.by, appointment=term, now=world.now)
    with pytest.raises(NotAllowed):
        reappoint(by=world.somebody(), appointment=again, now=world.now)


def test_the_new_term_is_as_long_as_the_rules_say(world: World) -> None:
    seat = world.seat(world.focus_group(), constituency="agency", title="Agency")
    term = world.appoint(seat, "Ada", date(2025, 1, 1), date(2026, 12, 31))
    again = reappoint(by=world.by, appointment=term, now=world.now)
    assert (again.starts_on, again.ends_on) == (date(2027, 1, 1), date(2028, 12, 31))


def test_a_casual_vacancy_says_since_when_and_until_when_the_term_runs(world: World, group: Group) -> None:
    term = ends_in(world, group, 200)
    end_appointment(by=world.by, appointment=term, on=TODAY - ONE, reason="Resigned.", now=world.now)
    rows = list(vacant(world.by, TODAY, casual=True))
    found = vacancies_of(world.by, rows, TODAY)
    assert [(each.seat.title, each.since, each.until) for each in found] == [
        ("Seat of Ada", TODAY, TODAY + timedelta(days=200))
    ]
    world.appoint(term.seat, "Ben", TODAY, TODAY + timedelta(days=200))
    assert not vacant(world.by, TODAY, casual=True).exists()


def test_a_term_that_ended_in_its_time_leaves_no_casual_vacancy(world: World, group: Group) -> None:
    term = ends_in(world, group, 200)
    Appointment.objects.filter(pk=term.pk).update(ends_on=TODAY - ONE)
    assert not vacant(world.by, TODAY, casual=True).exists()
    assert [row.title for row in vacant(world.by, TODAY)] == ["Seat of Ada"]


# Laws of the rules


@given(st.lists(st.tuples(days, st.integers(0, 60)), max_size=6), days)
def test_vacant_since_is_the_first_day_of_the_vacancy(held: list[tuple[date, int]], today: date) -> None:
    seat = SeatFacts(1, 1, "individual", Span(date(2026, 1, 1)))
    spans = [Span(first, first + timedelta(days=length)) for first, length in held]
    facts = Facts({1: seat}, {1: [Holding(n, n, span) for n, span in enumerate(spans)]})
    if not sitting(facts, seat, today).vacant:
        return
    since: Any = vacant_since(facts, seat, today)
    assert all(sitting(facts, seat, since + timedelta(days=n)).vacant for n in range((today - since).days + 1))
    assert since == seat.life.first or not sitting(facts, seat, since - ONE).vacant


@given(days, days, st.integers(0, 90))
def test_the_rest_of_a_term_lies_ahead(first: date, until: date, length: int) -> None:
    last = first + timedelta(days=length)
    rest = terms.remainder([(Span(first, last), until)], date(2026, 7, 1))
    assert rest is None or (rest == until and rest >= date(2026, 7, 1) and rest > last)
    assert terms.remainder([(Span(first), until)], first) is None, "who still sits leaves no vacancy"
