"""Seats: bases, caps, eligibility, the places a model names, ends and corrections."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from convenor.core.records.models import Record
from convenor.core.records.rules import NotAllowed, Refused
from convenor.domain.directory.commands.offices import abolish_office
from convenor.domain.directory.models import Segment
from convenor.domain.engagement.commands import load_model
from convenor.domain.engagement.queries import effective_rules
from convenor.domain.engagement.rules import said
from convenor.domain.groups.commands.places import (
    SeatFacts,
    add_seat,
    edit_seat,
    end_seat,
    seat_named_places,
    strike_seat,
)
from convenor.domain.groups.models import Appointment, Chairing, Group, ReportBack, Seat
from convenor.domain.groups.queries.places import places_of
from convenor.domain.groups.tests.test_groups_commands import codes, texts
from convenor.domain.groups.tests.world import MODEL, NOW, START, TODAY, World, last_told, told


@pytest.fixture
def council(world: World) -> Group:
    return world.group("council", name="Practice council")


def facts_of(seat: Seat, **changed: Any) -> SeatFacts:
    names = ("title", "basis", "starts_on", "office", "organisation", "segment", "chair_of", "constituency")
    given = {name: getattr(seat, name) for name in (*names, "votes", "counts_to_quorum", "order", "ends_on")}
    return SeatFacts(**{**given, **changed})


def test_seats_stand_on_each_basis_and_are_numbered_for_ever(world: World, council: Group) -> None:
    office = world.office("Chief Information Officer", world.department("Department of Practice Health"))
    payroll = Segment.objects.get(slug="practice-payroll")
    other = world.group("working-group", name="Design group", initiative=world.working_group().initiative)
    made = [
        world.seat(council, office=office, constituency="agency"),
        world.seat(council, organisation=world.company("Wattle Ledger"), constituency="providers"),
        world.seat(council, segment=payroll, constituency="providers"),
        world.seat(council, chair_of=other, constituency="agency"),
        world.seat(council, "Independent member", constituency="agency"),
    ]
    assert [(seat.number, seat.title) for seat in made] == [
        (1, "Chief Information Officer, Department of Practice Health"),
        (2, "Wattle Ledger"),
        (3, "Payroll software"),
        (4, "Chair of Design group"),
        (5, "Independent member"),
    ]
    verb, values = last_told(council.record)
    assert (verb, values["title"], values["basis"]) == (
        "group.seat-added", (None, "Independent member"), (None, "individual"),
    )  # fmt: skip
    strike_seat(by=world.by, seat=made[2], reason="Entered twice.", now=NOW)
    assert world.seat(council, "Sixth", constituency="agency").number == 6


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"basis": "office"}, "basis-incomplete", "office"),
        ({"basis": "organisation"}, "basis-incomplete", "organisation"),
        ({"basis": "segment"}, "basis-incomplete", "segment"),
        ({"basis": "chair-of"}, "basis-incomplete", "chair_of"),
        ({"basis": "individual", "title": ""}, "basis-incomplete", "title"),
        ({"basis": "throne"}, "basis-unknown", "basis"),
        ({"title": "x" * 201}, "field", "title"),
        ({"ends_on": date(2023, 1, 1)}, "span-backwards", "ends_on"),
        ({"constituency": "nobody"}, "engagement.constituencies", "constituency"),
        ({"constituency": ""}, "engagement.constituencies", "constituency"),
    ],
)
def test_bad_seats_are_refused(council: Group, world: World, given: dict[str, Any], code: str, field: str) -> None:
    facts = SeatFacts("A seat", "individual", START, constituency="agency")
    with pytest.raises(Refused) as refused:
        add_seat(by=world.by, group=council, facts=replace(facts, **given), now=NOW)
    assert [(breach.code, breach.field) for breach in refused.value.breaches] == [(code, field)]
    assert Seat.objects.count() == 0


def test_a_seat_has_one_basis_and_not_what_has_ended(world: World, council: Group) -> None:
    health = world.department("Department of Practice Health")
    office = world.office("Chief Information Officer", health)
    with pytest.raises(Refused) as refused:
        world.seat(council, office=office, organisation=health, constituency="agency")
    assert codes(refused) == ["basis-twice"]
    with pytest.raises(Refused) as refused:
        world.seat(council, chair_of=council, constituency="agency")
    assert codes(refused) == ["chair-of-itself"]
    abolish_office(by=world.by, office=office, on=date(2023, 6, 30), reason="Merged.", now=NOW)
    office.refresh_from_db()
    with pytest.raises(Refused) as refused:
        world.seat(council, office=office, constituency="agency")
    assert codes(refused) == ["office-abolished"]


@pytest.mark.slow
def test_the_thirteenth_provider_is_refused_in_the_rules_own_words(world: World) -> None:
    group = world.focus_group()
    for number in range(12):
        world.seat(group, organisation=world.company(f"Provider {number}"), constituency="providers")
    world.seat(group, "Agency facilitator", constituency="agency")
    with pytest.raises(Refused) as refused:
        world.seat(group, organisation=world.company("Provider 12"), constituency="providers")
    assert texts(refused) == [
        "A Focus Group has places for up to 12 organisations under “Providers”. This would make it 13 organisations."
    ]
    end_seat(by=world.by, seat=Seat.objects.filter(group=group)[0], on=TODAY, now=NOW)
    later = SeatFacts("", "organisation", TODAY, organisation=world.company("Provider 13"), constituency="providers")
    with pytest.raises(Refused):
        add_seat(by=world.by, group=group, facts=later, now=NOW)
    add_seat(by=world.by, group=group, facts=replace(later, starts_on=date(2026, 11, 24)), now=NOW)


def test_a_cap_is_counted_on_every_day_of_the_seat(world: World) -> None:
    group = world.group("task-group", name="Task")
    late = date(2027, 2, 1)
    for title in ("A", "B", "C"):
        world.seat(group, title, starts_on=late)
    with pytest.raises(Refused) as refused:
        world.seat(group, "D")
    assert codes(refused) == ["engagement.size"]
    world.seat(group, "D", ends_on=date(2027, 1, 31))


def test_a_cap_that_comes_with_a_later_version_of_the_model_counts_too(world: World) -> None:
    group = world.group("task-group", name="Task")
    tighter = MODEL.replace("{maximum: 3, counts: persons}", "{maximum: 1, counts: persons}")
    load_model(by=world.by, text=tighter, now=NOW, in_force_from=date(2027, 1, 1))
    world.seat(group, "A")
    world.seat(group, "Before the new rule", ends_on=date(2026, 12, 31))
    with pytest.raises(Refused) as refused:
        world.seat(group, "After it")
    assert codes(refused) == ["engagement.size"]


def test_one_seat_per_organisation_and_only_eligible_ones(world: World) -> None:
    group = world.focus_group()
    wattle = world.company("Wattle Ledger")
    world.seat(group, organisation=wattle, constituency="providers")
    with pytest.raises(Refused) as refused:
        world.seat(group, organisation=wattle, constituency="providers")
    rules = effective_rules(world.type("focus-group"), START)
    assert rules is not None
    assert texts(refused) == [f"{said(rules, 'one_seat')} This organisation has a seat already."]
    with pytest.raises(Refused) as refused:
        world.seat(group, organisation=world.host, constituency="providers")
    assert codes(refused) == ["engagement.eligible_kinds"]
    world.seat(group, organisation=world.host, constituency="agency")
    forum = world.group("forum", name="Forum")
    with pytest.raises(Refused) as refused:
        world.seat(forum, organisation=world.host)
    assert codes(refused) == ["engagement.eligible_roles"]


def test_the_named_places_become_seats(world: World) -> None:
    health = world.department("Department of Practice Health")
    finance = world.department("Department of Practice Finance")
    cio = world.office("Chief Information Officer", health)
    offices = [world.office("Chief Information Officer", finance), world.office("Deputy Secretary", finance, "deputy")]
    forum = world.group("forum", name="Forum", named_seats=True)
    assert [(seat.title, seat.office) for seat in Seat.objects.order_by("number")] == [("Health", cio)]
    waiting = [(place.named.title, place.taken, len(place.offices)) for place in places_of(forum, START)]
    assert waiting == [("Health", True, 1), ("Finance", False, 2), ("Nowhere", False, 0)]
    added = seat_named_places(by=world.by, group=forum, starts_on=START, now=NOW, chosen={"Finance": offices[1]})
    assert [(seat.title, seat.office) for seat in added] == [("Finance", offices[1])]
    assert seat_named_places(by=world.by, group=forum, starts_on=START, now=NOW) == []
    with pytest.raises(Refused) as refused:
        seat_named_places(by=world.by, group=world.group("council"), starts_on=START, now=NOW)
    assert codes(refused) == ["no-named-places"]
    with pytest.raises(NotAllowed):
        seat_named_places(by=world.somebody(), group=forum, starts_on=START, now=NOW)


def test_changing_a_seat_that_has_been_there_needs_a_reason(world: World, council: Group) -> None:
    seat = world.seat(council, "Membre", constituency="agency")
    with pytest.raises(Refused) as refused:
        edit_seat(by=world.by, seat=seat, facts=facts_of(seat, title="Member"), now=NOW)
    assert codes(refused) == ["reason-needed"]
    edit_seat(by=world.by, seat=seat, facts=facts_of(seat, title="Member"), reason="A slip.", now=NOW)
    edit_seat(by=world.by, seat=seat, facts=facts_of(seat, title="Member", order=4), now=NOW)
    seat.refresh_from_db()
    assert (seat.title, seat.order) == ("Member", 4)
    assert [values.get("title") for verb, values in told(council.record) if verb == "group.seat-edited"] == [
        ("Membre", "Member"),
        None,
    ]
    with pytest.raises(Refused) as refused:
        edit_seat(by=world.by, seat=seat, facts=facts_of(seat, basis="organisation", organisation=world.host), now=NOW)
    assert codes(refused) == ["basis-fixed"]
    with pytest.raises(NotAllowed):
        edit_seat(by=world.somebody(), seat=seat, facts=facts_of(seat, order=9), now=NOW)


def test_the_rules_hold_on_a_change_as_on_an_addition(world: World) -> None:
    group = world.focus_group()
    seat = world.seat(group, organisation=world.host, constituency="agency")
    with pytest.raises(Refused) as refused:
        edit_seat(by=world.by, seat=seat, facts=facts_of(seat, constituency="providers"), reason="Moved.", now=NOW)
    assert codes(refused) == ["engagement.eligible_kinds"]


def test_ending_a_seat_ends_what_hangs_on_it(world: World, council: Group) -> None:
    seat = world.seat(council, "A seat", constituency="agency")
    world.appoint(seat, "Ada Marsh")
    world.chair(seat, "co-chair")
    end_seat(by=world.by, seat=seat, on=TODAY, reason="The portfolio has gone.", now=NOW)
    ends = [model.objects.values_list("ends_on", flat=True).get() for model in (Seat, Appointment, Chairing)]
    assert ends == [TODAY, TODAY, TODAY]
    assert last_told(council.record) == (
        "group.seat-ended",
        {
            "seat": (None, "A seat"),
            "ends_on": (None, "2026-11-23"),
            "appointments_ended": (None, "1"),
            "reason": (None, "The portfolio has gone."),
        },
    )
    with pytest.raises(Refused) as refused:
        end_seat(by=world.by, seat=seat, on=TODAY, now=NOW)
    assert codes(refused) == ["ended-already"]


def test_ends_of_seats_are_refused_where_they_cannot_be(world: World, council: Group) -> None:
    seat = world.seat(council, "A seat", constituency="agency")
    for on, expected in ((date(2023, 1, 1), ["ends-before-start"]), (date(2026, 1, 1), ["reason-needed"])):
        with pytest.raises(Refused) as refused:
            end_seat(by=world.by, seat=seat, on=on, now=NOW)
        assert codes(refused) == expected
    world.appoint(seat, "Ada Marsh", date(2027, 1, 1))
    with pytest.raises(Refused) as refused:
        end_seat(by=world.by, seat=seat, on=TODAY, now=NOW)
    assert codes(refused) == ["ends-before-start"]
    with pytest.raises(NotAllowed):
        end_seat(by=world.somebody(), seat=seat, on=TODAY, now=NOW)


def test_only_a_seat_nobody_used_is_struck_out(world: World, council: Group) -> None:
    seat = world.seat(council, "A seat", constituency="agency")
    with pytest.raises(Refused) as refused:
        strike_seat(by=world.by, seat=seat, reason="", now=NOW)
    assert codes(refused) == ["reason-needed"]
    with pytest.raises(NotAllowed):
        strike_seat(by=world.somebody(), seat=seat, reason="Mine.", now=NOW)
    world.appoint(seat, "Ada Marsh")
    with pytest.raises(Refused) as refused:
        strike_seat(by=world.by, seat=seat, reason="Entered twice.", now=NOW)
    assert codes(refused) == ["seat-used"]


def test_a_seat_that_a_report_names_is_not_struck_out(world: World, council: Group) -> None:
    seat = world.seat(council, "A seat", constituency="agency")
    record = Record.objects.create(
        ref="R-1", kind="report", title="Autumn", visibility="sealed", created_at=NOW, published_at=NOW
    )
    ReportBack.objects.create(
        record=record, group=council, seat=seat, met_on=TODAY, subject="Autumn", said="It rained.", filed_at=NOW
    )
    with pytest.raises(Refused) as refused:
        strike_seat(by=world.by, seat=seat, reason="Entered twice.", now=NOW)
    assert texts(refused) == ["A call, an offer or a report names it: end it instead."]
    assert Seat.objects.filter(pk=seat.pk).exists()
