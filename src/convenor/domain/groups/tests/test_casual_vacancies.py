"""A seat that falls vacant before its term ends: filled as the model says, and in no other way; at each door."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from convenor.core.accounts.models import Duty, Person
from convenor.core.records.rules import Refused
from convenor.domain.engagement.rules import check_casual_vacancy
from convenor.domain.engagement.rules.reading import parse
from convenor.domain.engagement.rules.values import TypeRulesValue
from convenor.domain.groups.commands.appointments import Term, appoint, end_appointment
from convenor.domain.groups.commands.overrides import add_override
from convenor.domain.groups.models import Appointment, Seat
from convenor.domain.groups.queries.vacancies import cut_short
from convenor.domain.groups.queries.weighing import OverrideFacts
from convenor.domain.groups.tests.acting import program_of, told
from convenor.domain.groups.tests.test_screens import signed_in
from convenor.domain.groups.tests.test_task_forms import day
from convenor.domain.groups.tests.world import MODEL, START, World, last_told

pytestmark = pytest.mark.slow

TODAY = timezone.localdate()
UNTIL = TODAY + timedelta(days=300)
LEFT = TODAY - timedelta(days=40)


def vacancy(world: World, *ways: str) -> Seat:
    """A seat that somebody left long before their term ended, in a group whose own rule says how it is filled."""
    group = world.group("task-group", name="Task group")
    if ways:
        facts = OverrideFacts("casual_vacancies", {"casual_vacancies": list(ways)}, START, None, "Agreed.", "Board")
        add_override(by=world.by, group=group, facts=facts, now=world.now)
    seat = world.seat(group, "Seat")
    term = world.appoint(seat, "Bea Field", START, UNTIL)
    end_appointment(by=world.by, appointment=term, on=LEFT, now=world.now, reason="Moved.")
    return seat


def fill(world: World, seat: Seat, how: str = "", **more: Any) -> Appointment:
    term = Term(more.pop("first", TODAY), more.pop("last", UNTIL), **more)
    person = world.person("Ada Marsh")
    return appoint(by=world.by, seat=seat, person=person, term=term, now=world.now, filled_by=how)


def refusal(world: World, seat: Seat, how: str = "", **more: Any) -> tuple[str, str, str]:
    with pytest.raises(Refused) as refused:
        fill(world, seat, how, **more)
    (breach,) = refused.value.breaches
    return breach.code, breach.text, breach.field


def test_the_ways_are_said_and_the_others_refused(present: World) -> None:
    seat = vacancy(present, "reserve-list", "call")
    code, text, field = refusal(present, seat)
    assert (code, field) == ("engagement.casual_vacancies", "filled_by")
    assert text.startswith(
        "A seat of a Task Group that falls vacant before its term ends is filled from the reserve list or by a new "
        "call, and in no other way"
    )
    assert text.endswith("Say which of these it is.")
    assert refusal(present, seat, "nomination")[1].endswith("This is another way.")
    made = fill(present, seat, "call")
    assert made.filled_by == "call"
    assert last_told(seat.group.record)[1]["filled_by"] == (None, "call")


def test_a_seat_that_is_left_open_waits_for_the_end_of_the_term(present: World) -> None:
    seat = vacancy(present, "left-open")
    _code, text, field = refusal(present, seat, "call")
    assert "stays vacant until the term ends" in text
    assert field == "starts_on"
    assert fill(present, seat, first=TODAY, last=TODAY + timedelta(days=9), acting=True).filled_by == ""
    Appointment.objects.filter(acting=True).delete()
    assert fill(present, seat, first=UNTIL + timedelta(days=1), last=None).filled_by == ""


def test_only_a_casual_vacancy_is_filled_so(present: World) -> None:
    seat = vacancy(present, "call")
    assert cut_short(seat.pk, LEFT) is None
    assert cut_short(seat.pk, TODAY) == UNTIL
    assert cut_short(seat.pk, UNTIL + timedelta(days=1)) is None
    other = present.seat(seat.group, "Other")
    assert refusal(present, other, "call")[0] == "no-casual-vacancy"
    assert fill(present, other).filled_by == ""


def test_where_the_rules_say_nothing_any_way_will_do_and_is_kept_if_said(present: World) -> None:
    assert fill(present, vacancy(present), "nomination").filled_by == "nomination"


def test_the_form_asks_how_and_offers_the_ways_there_are(present: World) -> None:
    seat = vacancy(present, "reserve-list", "nomination")
    officer, url = signed_in(present, Duty.SECRETARIAT), f"/groups/{seat.group.slug}/seats/{seat.number}/appoint/"
    page = officer.get(url)
    assert [value for value, _label in page.context["form"].fields["filled_by"].choices] == [
        "reserve-list", "nomination",
    ]  # fmt: skip
    assert "and in no other way" in page.content.decode()
    given = {"who": "Ada Marsh", "published": "on", "length": "rest", **day("starts_on", TODAY)}
    assert officer.post(url, given).context["form"].errors["filled_by"]
    assert officer.post(url, {**given, "filled_by": "nomination"}).status_code == 302
    assert Appointment.objects.get(person__name="Ada Marsh").filled_by == "nomination"
    other = present.seat(seat.group, "Other")
    page = officer.get(f"/groups/{seat.group.slug}/seats/{other.number}/appoint/")
    assert "filled_by" not in page.context["form"].fields


def test_a_seat_left_open_is_refused_by_the_form_in_its_words(present: World) -> None:
    seat = vacancy(present, "left-open")
    officer, url = signed_in(present, Duty.SECRETARIAT), f"/groups/{seat.group.slug}/seats/{seat.number}/appoint/"
    given = {"who": "Ada Marsh", "published": "on", "length": "rest", **day("starts_on", TODAY)}
    assert "stays vacant until the term ends" in officer.post(url, given).content.decode()


def test_a_program_is_asked_and_told_alike(present: World) -> None:
    seat = vacancy(present, "reserve-list")
    present.person("Ada Marsh")
    officer = program_of(Person.objects.get(pk=present.officer().person_id or 0))
    address = f"groups/{seat.group.slug}/seats/{seat.number}/appoint/"
    body = {"person": "Ada Marsh", "starts_on": TODAY.isoformat(), "ends_on": UNTIL.isoformat()}
    assert told(officer.act(address, body)) == [refusal(present, seat)]
    assert officer.act(address, {**body, "filled_by": "reserve-list"}).status_code == 201
    (row,) = [row for row in officer.read("appointments/").json()["items"] if row["filled_by"]]
    assert row["filled_by"] == "reserve-list"


def rules(ways: str) -> TypeRulesValue:
    text = MODEL.rstrip() + f"\n        casual_vacancies: {ways}\n"
    found = parse(text).require().type("practice-errand-group")
    assert found is not None
    return found


def test_left_open_stands_alone_in_the_text() -> None:
    assert rules("[left-open]").casual_vacancies == ("left-open",)
    problems = parse(MODEL.rstrip() + "\n        casual_vacancies: [left-open, call]\n").problems
    assert [each.text for each in problems] == ["A seat that is left open is filled in no way: leave out the others."]
    assert parse(MODEL.rstrip() + "\n        casual_vacancies: [lot]\n").problems


def test_the_pure_rule() -> None:
    assert check_casual_vacancy(rules("[call]"), "call", UNTIL) == []
    assert [each.field for each in check_casual_vacancy(rules("[call]"), "", UNTIL)] == ["filled_by"]
    assert [each.field for each in check_casual_vacancy(rules("[left-open]"), "call", UNTIL)] == ["starts_on"]
