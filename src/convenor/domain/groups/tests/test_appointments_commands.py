"""Appointing, correcting, ending, confirming; chairing; parents."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from convenor.core.accounts.models import Assistance, SignedLink
from convenor.core.accounts.queries import viewer_for
from convenor.core.records.rules import NotAllowed, Refused
from convenor.domain.directory.models import Profile
from convenor.domain.groups.commands.appointments import (
    Term,
    appoint,
    ask_to_confirm,
    confirm_appointment,
    correct_appointment,
    end_appointment,
    strike_appointment,
)
from convenor.domain.groups.commands.chairs import end_chairing, start_chairing, strike_chairing
from convenor.domain.groups.commands.parents import ParentFacts, end_parent, record_approval, set_parent
from convenor.domain.groups.commands.places import end_seat
from convenor.domain.groups.models import Appointment, Chairing, Group, Parent, Seat
from convenor.domain.groups.tests.test_groups_commands import codes, texts
from convenor.domain.groups.tests.world import NOW, START, TODAY, World, last_told, private_fields

pytestmark = pytest.mark.slow


@pytest.fixture
def council(world: World) -> Group:
    return world.group("council", name="Practice council")


@pytest.fixture
def seat(world: World, council: Group) -> Seat:
    return world.seat(council, "Independent member", constituency="agency")


def test_appointing_publishes_the_name_and_says_so_without_it(world: World, seat: Seat) -> None:
    person = world.person("Ada Marsh")
    Profile.objects.filter(person=person).delete()
    made = appoint(by=world.by, seat=seat, person=person, term=Term(START, instrument="Letter 7"), now=NOW)
    profile = Profile.objects.get(person=person)
    assert (made.starts_on, made.ends_on, made.acting, made.instrument) == (START, None, False, "Letter 7")
    assert last_told(seat.group.record) == (
        "group.person-appointed",
        {
            "seat": (None, "Independent member"),
            "holder": (None, profile.record.ref),
            "starts_on": (None, "2024-01-15"),
            "acting": (None, "false"),
            "instrument": (None, "Letter 7"),
            "person": (None, str(person.pk)),
        },
    )
    assert private_fields(seat.group.record) == {"person"}


def test_nobody_is_published_for_a_group_that_only_its_members_read(world: World) -> None:
    group = world.group("task-group", name="Quiet", readers="members")
    person = world.person("Ada Marsh")
    Profile.objects.filter(person=person).delete()
    appoint(by=world.by, seat=world.seat(group, "A"), person=person, term=Term(START), now=NOW)
    assert Profile.objects.filter(person=person).count() == 0


def test_one_substantive_appointee_per_seat_at_a_time(world: World, seat: Seat) -> None:
    world.appoint(seat, "Ada Marsh", START, date(2026, 12, 31))
    with pytest.raises(Refused) as refused:
        world.appoint(seat, "Ben Reed", date(2026, 12, 31))
    text = (
        "This seat already has Ada Marsh in it, from Mon 15 Jan 2024 to Thu 31 Dec 2026. "
        "End that appointment first, or appoint somebody to act."
    )
    assert texts(refused) == [text]
    world.appoint(seat, "Ben Reed", date(2027, 1, 1))
    world.appoint(seat, "Cy Holt", TODAY, date(2026, 12, 15), acting=True)
    with pytest.raises(Refused) as refused:
        world.appoint(seat, "Di Lowe", date(2026, 12, 1), date(2026, 12, 20), acting=True)
    assert codes(refused) == ["seat-taken"]


def test_nobody_is_appointed_to_an_office_seat_but_to_act(world: World, council: Group) -> None:
    office = world.office("Chief Information Officer", world.department("Department of Practice Health"))
    seat = world.seat(council, office=office, constituency="agency")
    with pytest.raises(Refused) as refused:
        world.appoint(seat, "Ada Marsh")
    assert codes(refused) == ["seat-follows"]
    assert world.appoint(seat, "Ada Marsh", TODAY, acting=True).acting is True


def test_naming_somebody_on_a_day_gone_by_where_another_sat_needs_a_reason(world: World, seat: Seat) -> None:
    world.appoint(seat, "Ada Marsh")
    stood_in = (date(2026, 3, 1), date(2026, 3, 31))
    with pytest.raises(Refused) as refused:
        world.appoint(seat, "Ben Reed", *stood_in, acting=True)
    assert codes(refused) == ["reason-needed"]
    world.appoint(seat, "Ben Reed", *stood_in, acting=True, reason="The letter came late.")
    assert private_fields(seat.group.record) == {"person", "reason"}


def test_terms_and_bounds(world: World) -> None:
    group = world.focus_group()
    seat = world.seat(group, organisation=world.company("Wattle Ledger"), constituency="providers")
    with pytest.raises(Refused) as refused:
        world.appoint(seat, "Ada Marsh")
    assert codes(refused) == ["engagement.term"]
    with pytest.raises(Refused) as refused:
        world.appoint(seat, "Ada Marsh", date(2023, 12, 1), date(2024, 12, 1))
    assert codes(refused) == ["outside-seat"]
    with pytest.raises(Refused) as refused:
        world.appoint(seat, "Ada Marsh", TODAY, START)
    assert codes(refused) == ["span-backwards"]
    world.appoint(seat, "Ada Marsh", TODAY, date(2028, 11, 22))
    with pytest.raises(NotAllowed):
        appoint(by=world.somebody(), seat=seat, person=world.person("Me"), term=Term(), now=NOW)


def test_dates_may_be_unknown(world: World, seat: Seat) -> None:
    made = world.appoint(seat, "Ada Marsh", None)
    assert (made.starts_on, made.ends_on) == (None, None)
    with pytest.raises(Refused) as refused:
        world.appoint(seat, "Ben Reed", None)
    assert codes(refused) == ["seat-taken"]


def test_somebody_erased_is_not_appointed(world: World, seat: Seat) -> None:
    person = world.person("Ada Marsh")
    person.erased_at = NOW
    person.save()
    with pytest.raises(Refused) as refused:
        appoint(by=world.by, seat=seat, person=person, term=Term(), now=NOW)
    assert codes(refused) == ["person-erased"]


def test_correcting_takes_a_reason_and_keeps_every_rule(world: World, seat: Seat) -> None:
    first = world.appoint(seat, "Ada Marsh", START, date(2025, 12, 31))
    world.appoint(seat, "Ben Reed", date(2026, 1, 1))
    with pytest.raises(Refused) as refused:
        correct_appointment(by=world.by, appointment=first, term=Term(START, date(2025, 11, 30)), reason=" ", now=NOW)
    assert codes(refused) == ["reason-needed"]
    with pytest.raises(Refused) as refused:
        correct_appointment(by=world.by, appointment=first, term=Term(START), reason="She stayed.", now=NOW)
    assert codes(refused) == ["seat-taken"]
    correct_appointment(
        by=world.by, appointment=first, term=Term(START, date(2025, 11, 30)), reason="Read the letter again.", now=NOW
    )
    first.refresh_from_db()
    assert first.ends_on == date(2025, 11, 30)
    verb, values = last_told(seat.group.record)
    assert (verb, values["ends_on"]) == ("group.appointment-corrected", ("2025-12-31", "2025-11-30"))
    with pytest.raises(NotAllowed):
        correct_appointment(by=world.somebody(), appointment=first, term=Term(), reason="Mine.", now=NOW)


def test_ending_an_appointment(world: World, seat: Seat) -> None:
    made = world.appoint(seat, "Ada Marsh")
    with pytest.raises(Refused) as refused:
        end_appointment(by=world.by, appointment=made, on=date(2026, 6, 30), now=NOW)
    assert codes(refused) == ["reason-needed"]
    end_appointment(by=world.by, appointment=made, on=date(2026, 11, 22), reason="Retired.", now=NOW)
    made.refresh_from_db()
    assert (made.ends_on, made.end_reason) == (date(2026, 11, 22), "Retired.")
    assert last_told(seat.group.record)[0] == "group.appointment-ended"
    assert private_fields(seat.group.record) == {"person", "reason"}
    with pytest.raises(Refused) as refused:
        end_appointment(by=world.by, appointment=made, on=TODAY, now=NOW)
    assert codes(refused) == ["ended-already"]
    with pytest.raises(NotAllowed):
        end_appointment(by=world.somebody(), appointment=made, on=TODAY, now=NOW)


def test_striking_out_an_appointment_that_never_was(world: World, seat: Seat) -> None:
    made = world.appoint(seat, "Ada Marsh")
    with pytest.raises(Refused):
        strike_appointment(by=world.by, appointment=made, reason="", now=NOW)
    with pytest.raises(NotAllowed):
        strike_appointment(by=world.somebody(), appointment=made, reason="Mine.", now=NOW)
    strike_appointment(by=world.by, appointment=made, reason="Another Ada Marsh.", now=NOW)
    assert Appointment.objects.count() == 0
    assert last_told(seat.group.record)[0] == "group.appointment-struck"


def test_confirming_is_for_the_person_and_who_assists_them(world: World, seat: Seat) -> None:
    made = world.appoint(seat, "Ada Marsh")
    assistant = world.person("Ann Aide")
    Assistance.objects.create(principal=made.person, assistant=assistant, starts_at=NOW - timedelta(days=1))
    with pytest.raises(NotAllowed):
        confirm_appointment(by=world.officer(), appointment=made, now=NOW)
    confirm_appointment(by=viewer_for(assistant, NOW), appointment=made, now=NOW)
    made.refresh_from_db()
    assert made.confirmed_at == NOW
    assert last_told(seat.group.record)[0] == "group.appointment-confirmed"
    with pytest.raises(Refused) as refused:
        confirm_appointment(by=viewer_for(made.person, NOW), appointment=made, now=NOW)
    assert codes(refused) == ["confirmed-already"]


def test_an_appointment_that_is_over_is_not_confirmed(world: World, seat: Seat) -> None:
    made = world.appoint(seat, "Ada Marsh", START, date(2025, 1, 1))
    with pytest.raises(Refused) as refused:
        confirm_appointment(by=viewer_for(made.person, NOW), appointment=made, now=NOW)
    assert codes(refused) == ["appointment-over"]


def test_asking_to_confirm_sends_a_link(world: World, seat: Seat) -> None:
    world.person("Ada Marsh", email="ada@practice.example")
    made = world.appoint(seat, "Ada Marsh")
    ask_to_confirm(by=world.by, appointment=made, now=NOW)
    link = SignedLink.objects.get(purpose="confirm-appointment")
    assert (link.person, link.subject_id, link.record) == (made.person, made.pk, seat.group.record)
    assert last_told(seat.group.record)[0] == "group.confirmation-asked"
    with pytest.raises(NotAllowed):
        ask_to_confirm(by=world.somebody(), appointment=made, now=NOW)
    strike_appointment(by=world.by, appointment=made, reason="Another Ada.", now=NOW)
    link.refresh_from_db()
    assert link.revoked_at == NOW


# Chairing


def test_chairing_belongs_to_a_seat_for_a_time(world: World, council: Group) -> None:
    agency = world.seat(council, "Agency", constituency="agency")
    industry = world.seat(council, "Industry", constituency="providers")
    world.chair(agency, "co-chair")
    world.chair(industry, "co-chair", START, date(2026, 6, 30))
    assert last_told(council.record) == (
        "group.chair-started",
        {
            "seat": (None, "Industry"),
            "role": (None, "Co-chair"),
            "starts_on": (None, "2024-01-15"),
            "ends_on": (None, "2026-06-30"),
            "reason": (None, "Set up."),
        },
    )
    world.chair(industry, "co-chair", date(2026, 7, 1))
    with pytest.raises(Refused) as refused:
        world.chair(agency, "deputy-chair")
    assert codes(refused) == ["chairs-already"]


def test_chairing_beside_another_on_days_gone_by_needs_a_reason(world: World, council: Group) -> None:
    agency = world.seat(council, "Agency", constituency="agency")
    industry = world.seat(council, "Industry", constituency="providers")
    world.chair(agency, "co-chair")
    with pytest.raises(Refused) as refused:
        world.chair(industry, "co-chair", reason="")
    assert codes(refused) == ["reason-needed"]
    world.chair(industry, "co-chair")


def test_the_models_rule_for_chairs_is_refused_in_its_own_words(world: World, council: Group) -> None:
    agency = world.seat(council, "Agency", constituency="agency")
    second = world.seat(council, "Agency too", constituency="agency")
    world.chair(agency, "co-chair")
    with pytest.raises(Refused) as refused:
        world.chair(second, "co-chair", date(2027, 1, 1))
    assert codes(refused) == ["engagement.chairing"]
    assert texts(refused)[0].endswith("That side has its co-chair already.")
    world.chair(second, "deputy-chair")
    forum = world.group("forum", name="Forum")
    office = world.office("Chief Information Officer", world.department("Department of Practice Health"))
    other = world.office("Deputy Secretary", world.department("Department of Practice Finance"), "deputy")
    world.chair(world.seat(forum, office=office))
    with pytest.raises(Refused) as refused:
        world.chair(world.seat(forum, office=other))
    assert texts(refused)[0].endswith("It has a chair already.")


def test_chairing_stays_within_its_seat(world: World, council: Group) -> None:
    seat = world.seat(council, "Brief", constituency="agency", ends_on=date(2026, 12, 31))
    with pytest.raises(Refused) as refused:
        world.chair(seat, "co-chair")
    assert codes(refused) == ["outside-seat"]
    with pytest.raises(Refused) as refused:
        world.chair(seat, "co-chair", TODAY, START)
    assert "span-backwards" in codes(refused)
    with pytest.raises(NotAllowed):
        start_chairing(by=world.somebody(), seat=seat, role=world.roles["co-chair"], starts_on=TODAY, now=NOW)


def test_ending_and_striking_out_a_chairing(world: World, council: Group) -> None:
    seat = world.seat(council, "Agency", constituency="agency")
    world.chair(seat, "co-chair")
    chairing = Chairing.objects.get()
    with pytest.raises(NotAllowed):
        end_chairing(by=world.somebody(), chairing=chairing, on=TODAY, now=NOW)
    with pytest.raises(Refused) as refused:
        end_chairing(by=world.by, chairing=chairing, on=date(2026, 1, 1), now=NOW)
    assert codes(refused) == ["reason-needed"]
    end_chairing(by=world.by, chairing=chairing, on=TODAY, now=NOW)
    assert last_told(council.record)[0] == "group.chair-ended"
    world.chair(seat, "co-chair", date(2026, 12, 1))
    wrong = Chairing.objects.get(ends_on=None)
    with pytest.raises(NotAllowed):
        strike_chairing(by=world.somebody(), chairing=wrong, reason="Mine.", now=NOW)
    with pytest.raises(Refused):
        strike_chairing(by=world.by, chairing=wrong, reason="", now=NOW)
    strike_chairing(by=world.by, chairing=wrong, reason="Not decided yet.", now=NOW)
    assert Chairing.objects.filter(ends_on=None).count() == 0
    assert last_told(council.record)[0] == "group.chair-struck"


def test_chairs_may_not_sit_for_each_other(world: World) -> None:
    first, second = world.group("task-group", name="First"), world.group("task-group", name="Second")
    sits_for_second = world.seat(first, chair_of=second)
    sits_for_first = world.seat(second, chair_of=first)
    world.chair(sits_for_second)
    with pytest.raises(Refused) as refused:
        world.chair(sits_for_first)
    assert codes(refused) == ["chair-ring"]
    world.chair(sits_for_first, "deputy-chair")


# Parents


def test_parents_are_of_the_right_type_approved_and_in_no_ring(world: World) -> None:
    top, middle, low = (world.group("task-group", name=name) for name in ("Top", "Middle", "Low"))
    set_parent(by=world.by, group=middle, link=ParentFacts(top), starts_on=START, now=NOW)
    set_parent(by=world.by, group=low, link=ParentFacts(middle), starts_on=START, now=NOW)
    for wanted, code in ((low, "parent-cycle"), (top, "parent-itself")):
        with pytest.raises(Refused) as refused:
            set_parent(by=world.by, group=top, link=ParentFacts(wanted), starts_on=START, now=NOW)
        assert codes(refused) == [code]
    with pytest.raises(Refused) as refused:
        set_parent(by=world.by, group=low, link=ParentFacts(middle), starts_on=TODAY, now=NOW)
    assert codes(refused) == ["parent-twice"]
    with pytest.raises(NotAllowed):
        set_parent(by=world.somebody(), group=low, link=ParentFacts(top), starts_on=TODAY, now=NOW)
    assert last_told(low.record)[1]["parent"] == (None, middle.record.ref)


def test_a_parent_that_must_approve(world: World) -> None:
    group = world.focus_group()
    another = world.working_group("Another working group")
    with pytest.raises(Refused) as refused:
        set_parent(by=world.by, group=group, link=ParentFacts(another), starts_on=TODAY, now=NOW)
    assert codes(refused) == ["engagement.parent_approval"]
    link = ParentFacts(another, approved_on=date(2027, 1, 1))
    with pytest.raises(Refused) as refused:
        set_parent(by=world.by, group=group, link=link, starts_on=TODAY, now=NOW)
    assert codes(refused) == ["not-yet"]
    set_parent(
        by=world.by, group=group, link=ParentFacts(another, TODAY, "Item 4, minutes of today"), starts_on=TODAY, now=NOW
    )
    assert last_told(group.record)[1]["approval_note"] == (None, "Item 4, minutes of today")


def test_the_last_parent_that_must_be_stays(world: World) -> None:
    group = world.focus_group()
    link = Parent.objects.get(group=group)
    with pytest.raises(Refused) as refused:
        end_parent(by=world.by, link=link, on=TODAY, now=NOW)
    assert codes(refused) == ["engagement.parents"]
    another = ParentFacts(world.working_group("Another working group"), TODAY)
    set_parent(by=world.by, group=group, link=another, starts_on=TODAY, now=NOW)
    with pytest.raises(NotAllowed):
        end_parent(by=world.somebody(), link=link, on=TODAY, now=NOW)
    end_parent(by=world.by, link=link, on=TODAY, now=NOW)
    assert last_told(group.record)[0] == "group.parent-ended"


def test_an_approval_may_be_recorded_later(world: World) -> None:
    top, low = world.group("task-group", name="Top"), world.group("task-group", name="Low")
    link = set_parent(by=world.by, group=low, link=ParentFacts(top), starts_on=START, now=NOW)
    with pytest.raises(Refused):
        record_approval(by=world.by, link=link, approved_on=date(2027, 1, 1), note="", now=NOW)
    with pytest.raises(NotAllowed):
        record_approval(by=world.somebody(), link=link, approved_on=TODAY, note="", now=NOW)
    record_approval(by=world.by, link=link, approved_on=TODAY, note="By letter", now=NOW)
    verb, values = last_told(low.record)
    assert (verb, values["approved_on"]) == ("group.parent-approved", (None, "2026-11-23"))


def test_ends_with_what_is_gone(world: World, council: Group) -> None:
    """A seat that has ended takes nobody."""
    seat = world.seat(council, "Brief", constituency="agency")
    end_seat(by=world.by, seat=seat, on=TODAY, now=NOW)
    with pytest.raises(Refused) as refused:
        world.appoint(seat, "Ada Marsh", date(2026, 12, 1))
    assert codes(refused) == ["outside-seat"]
