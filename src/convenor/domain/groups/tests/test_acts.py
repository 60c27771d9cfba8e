"""Groups through the API: every act done once, and each rule refused in the words of its command."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from convenor.core.accounts.models import Person, SignedLink
from convenor.core.exchange.acts import acts
from convenor.core.records.rules import Refused
from convenor.domain.groups.commands.appointments import Term, appoint, end_appointment
from convenor.domain.groups.commands.chairs import end_chairing, start_chairing
from convenor.domain.groups.commands.groups import GroupFacts, create_group
from convenor.domain.groups.commands.lives import close_group, move_group
from convenor.domain.groups.commands.parents import ParentFacts, record_approval, set_parent
from convenor.domain.groups.commands.places import SeatFacts, add_seat, end_seat
from convenor.domain.groups.models import Appointment, Chairing, Group, Parent, Seat
from convenor.domain.groups.resources import acts_of_groups, acts_of_seats
from convenor.domain.groups.tests.acting import Case, Program, program_of, told
from convenor.domain.groups.tests.world import START, World, last_told

pytestmark = pytest.mark.slow

TODAY = timezone.localdate()
DAY = timedelta(days=1)


@pytest.fixture
def officer(present: World) -> Program:
    return program_of(Person.objects.get(pk=present.officer().person_id or 0))


def test_a_group_is_set_up_under_a_parent_that_approved_it(present: World, officer: Program) -> None:
    above = present.working_group()
    answer = officer.act(
        "groups/add/",
        {
            "name": "Second focus group",
            "acronym": "SFG",
            "purpose": "To find out.",
            "deliverable": "A finding.",
            "host": "Agency of Practice",
            "type": "practice/practice-focus-group",
            "state": "active",
            "started_on": START.isoformat(),
            "parent": above.record.ref,
            "approved_on": START.isoformat(),
            "approval_note": "Item 4",
        },
    )
    made = Group.objects.get(slug="second-focus-group")
    assert (answer.status_code, answer.json()) == (
        201,
        {
            "act": "groups-create",
            "ref": made.record.ref,
            "url": f"http://127.0.0.1:8000/r/{made.record.ref}",
            "slug": made.slug,
        },
    )
    link = made.parents.get()
    assert (link.parent, link.approved_on, link.approval_note) == (above, START, "Item 4")
    assert (made.acronym, made.state, made.type) == ("SFG", "active", present.type("focus-group"))


def test_another_bodys_group_has_no_type(present: World, officer: Program) -> None:
    body = {"name": "Others", "purpose": "Theirs.", "host": "Agency of Practice"}
    assert officer.act("groups/add/", body).status_code == 201
    assert not Group.objects.get(slug="others").is_ours


def test_what_is_not_sent_stays_and_null_empties(present: World, officer: Program) -> None:
    group = present.group(acronym="PC", deliverable="")
    review = group.review_due_on
    answer = officer.act(f"groups/{group.slug}/edit/", {"name": "Renamed", "acronym": None, "reason": "New name."})
    assert answer.json()["slug"] == "renamed"
    group.refresh_from_db()
    assert (group.name, group.acronym, group.purpose, group.review_due_on) == ("Renamed", "", "To practise.", review)
    assert last_told(group.record)[0] == "group.edited"


def test_what_cannot_be_without_is_not_emptied(present: World, officer: Program) -> None:
    group = present.group()
    for name in ("host", "name"):
        answer = officer.act(f"groups/{group.slug}/edit/", {name: None})
        assert (answer.status_code, [row["place"] for row in answer.json()["errors"]]) == (422, [name])


def test_a_group_moves_on_and_closes(present: World, officer: Program) -> None:
    group = present.group(state="proposed", started_on=None)
    assert officer.act(f"groups/{group.slug}/state/", {"state": "active", "on": START.isoformat()}).status_code == 200
    group.refresh_from_db()
    assert (group.state, group.started_on) == ("active", START)
    body = {"on": TODAY.isoformat(), "reason": "It is done."}
    assert officer.act(f"groups/{group.slug}/close/", body).status_code == 200
    group.refresh_from_db()
    assert (group.state, group.closed_on, group.close_reason) == ("closed", TODAY, "It is done.")


def test_a_parent_is_set_and_its_approval_recorded(present: World, officer: Program) -> None:
    group, above = present.group(), present.working_group()
    body = {"parent": above.name, "starts_on": START.isoformat()}
    assert officer.act(f"groups/{group.slug}/parents/", body).status_code == 200
    body = {"parent": above.name, "approved_on": TODAY.isoformat(), "approval_note": "Item 2"}
    assert officer.act(f"groups/{group.slug}/parents/approval/", body).status_code == 200
    link = Parent.objects.get(group=group)
    assert (link.parent, link.starts_on, link.approved_on, link.approval_note) == (above, START, TODAY, "Item 2")
    answer = officer.act(f"groups/{above.slug}/parents/approval/", {"parent": group.name, "approved_on": "2026-01-01"})
    assert told(answer) == [("not-a-parent", f"{group.name} is no parent of {above.name}.", "parent")]


def test_a_seat_is_added_filled_chaired_from_and_ended(present: World, officer: Program) -> None:
    group, company = present.group(), present.company("Wattle Ledger")
    body = {
        "basis": "organisation",
        "organisation": company.record.ref,
        "starts_on": START.isoformat(),
        "constituency": "providers",
        "votes": False,
        "order": 3,
    }
    answer = officer.act(f"groups/{group.slug}/seats/add/", body)
    seat = Seat.objects.get(group=group)
    assert (answer.status_code, answer.json()["number"]) == (201, seat.number)
    assert (seat.title, seat.organisation, seat.votes, seat.order) == ("Wattle Ledger", company, False, 3)
    place = f"groups/{group.slug}/seats/{seat.number}"
    body = {"person": "Fictitious Newcomer", "email": "new@person.example", "starts_on": START.isoformat(), "ask": True}
    term = officer.act(f"{place}/appoint/", body)
    assert term.status_code == 201, term.json()
    assert Appointment.objects.get(pk=term.json()["appointment"]).person.name == "Fictitious Newcomer"
    assert SignedLink.objects.filter(purpose="confirm-appointment").count() == 1
    chairing = officer.act(f"{place}/chair/", {"role": "chair", "starts_on": TODAY.isoformat()})
    assert chairing.status_code == 201, chairing.json()
    on = {"on": TODAY.isoformat()}
    for address in (
        f"groups/{group.slug}/chairs/{chairing.json()['chairing']}/end/",
        f"groups/{group.slug}/appointments/{term.json()['appointment']}/end/",
        f"{place}/end/",
    ):
        assert officer.act(address, on).status_code == 200
    assert Chairing.objects.get().ends_on == TODAY
    assert Appointment.objects.get().ends_on == TODAY
    seat.refresh_from_db()
    assert seat.ends_on == TODAY


def test_ids_of_terms_and_chairings_stand_in_their_lists(present: World, officer: Program) -> None:
    seat = present.seat(present.group(), "Wattle", constituency="agency")
    term = present.appoint(seat, "Ada Marsh")
    present.chair(seat)
    assert [row["id"] for row in officer.read("appointments/").json()["items"]] == [term.pk]
    assert [row["id"] for row in officer.read("chairing/").json()["items"]] == [Chairing.objects.get().pk]


def test_two_of_one_name_are_told_apart(present: World, officer: Program) -> None:
    seat = present.seat(present.group(), "Wattle", constituency="agency")
    for number in (1, 2):
        Person.objects.create_user(f"ada{number}@person.example", name="Ada Marsh")
    answer = officer.act(f"groups/{seat.group.slug}/seats/{seat.number}/appoint/", {"person": "Ada Marsh"})
    assert told(answer) == [
        ("ambiguous", "2 people here are called “Ada Marsh”: give the e-mail address of the right one.", "person")
    ]
    body = {"person": "Ada Marsh", "email": "ada2@person.example"}
    assert officer.act(f"groups/{seat.group.slug}/seats/{seat.number}/appoint/", body).status_code == 201


def seat_case(world: World, group: Group, **facts: Any) -> Case:
    given: dict[str, Any] = {"title": "", "basis": "individual", "starts_on": TODAY} | facts
    body = {name: _sent(value) for name, value in given.items()}

    def command() -> Any:
        return add_seat(by=world.by, group=group, facts=SeatFacts(**given), now=world.now)

    return Case(f"groups/{group.slug}/seats/add/", body, command)


def _sent(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    record = getattr(value, "record", None)
    return record.ref if record is not None else value


def group_case(
    world: World, type_name: str, under: Group | None = None, approved: date | None = None, **more: Any
) -> Case:
    facts: dict[str, Any] = {"name": "Another", "purpose": "To try.", "host": world.host, "started_on": TODAY} | more
    body = {name: _sent(value) for name, value in facts.items()} | {"type": f"practice-{type_name}", "state": "active"}
    body |= {"parent": under.record.ref} if under else {}
    body |= {"approved_on": approved.isoformat()} if approved else {}
    above = [ParentFacts(under, approved)] if under else []
    told_facts = GroupFacts(type=world.type(type_name), **facts)

    def command() -> Any:
        return create_group(by=world.by, facts=told_facts, now=world.now, under=above, state="active")

    return Case("groups/add/", body, command)


def thirteenth_provider(world: World) -> Case:
    group = world.focus_group()
    for number in range(12):
        world.seat(group, organisation=world.company(f"Company {number}"), constituency="providers")
    more = world.company("Company 12")
    return seat_case(world, group, basis="organisation", organisation=more, constituency="providers")


def fourth_of_three(world: World) -> Case:
    group = world.group("task-group")
    for number in range(3):
        world.seat(group, f"Seat {number}")
    return seat_case(world, group, title="A fourth")


def second_seat_of_one_organisation(world: World) -> Case:
    group, company = world.focus_group(), world.company("Wattle Ledger")
    world.seat(group, organisation=company, constituency="providers")
    return seat_case(world, group, basis="organisation", organisation=company, constituency="providers")


def office_of_the_wrong_role(world: World) -> Case:
    office = world.office("Chief of Staff", world.department("Department of Practice Health"))
    type(office).objects.filter(pk=office.pk).update(role_class=None)
    return seat_case(world, world.group("forum"), basis="office", office=office)


def agency_among_providers(world: World) -> Case:
    group = world.focus_group()
    return seat_case(world, group, basis="organisation", organisation=world.host, constituency="providers")


def no_side(world: World) -> Case:
    return seat_case(world, world.group(), title="Somebody")


def no_basis(world: World) -> Case:
    return seat_case(world, world.group(), basis="office", constituency="agency")


def second_forum(world: World) -> Case:
    world.group("forum")
    return group_case(world, "forum")


def no_parent(world: World) -> Case:
    return group_case(world, "focus-group", deliverable="A finding.")


def parent_of_the_wrong_type(world: World) -> Case:
    return group_case(world, "focus-group", world.group(), TODAY, deliverable="A finding.")


def parent_that_did_not_approve(world: World) -> Case:
    return group_case(world, "focus-group", world.working_group(), deliverable="A finding.")


def nothing_to_deliver(world: World) -> Case:
    return group_case(world, "focus-group", world.working_group(), TODAY)


def no_initiative(world: World) -> Case:
    return group_case(world, "working-group")


def term_too_long(world: World) -> Case:
    seat = world.seat(world.focus_group(), organisation=world.company("Wattle"), constituency="providers")
    last = TODAY + timedelta(days=900)
    body = {"person": world.person("Ada Marsh").profile.record.ref, "starts_on": TODAY.isoformat()}
    body |= {"ends_on": last.isoformat()}
    return Case(
        f"groups/{seat.group.slug}/seats/{seat.number}/appoint/",
        body,
        lambda: appoint(
            by=world.by, seat=seat, person=world.person("Ada Marsh"), term=Term(TODAY, last), now=world.now
        ),
    )


def seat_taken(world: World) -> Case:
    seat = world.seat(world.group(), "Wattle", constituency="agency")
    world.appoint(seat, "Ada Marsh")
    other = world.person("Bea Field")
    return Case(
        f"groups/{seat.group.slug}/seats/{seat.number}/appoint/",
        {"person": other.profile.record.ref, "starts_on": TODAY.isoformat()},
        lambda: appoint(by=world.by, seat=seat, person=other, term=Term(TODAY), now=world.now),
    )


def appointing_to_an_office_seat(world: World) -> Case:
    office = world.office("Chief Information Officer", world.department("Department of Practice Health"))
    seat = world.seat(world.group("forum"), office=office)
    other = world.person("Bea Field")
    return Case(
        f"groups/{seat.group.slug}/seats/{seat.number}/appoint/",
        {"person": other.profile.record.ref, "starts_on": TODAY.isoformat()},
        lambda: appoint(by=world.by, seat=seat, person=other, term=Term(TODAY), now=world.now),
    )


def third_co_chair(world: World) -> Case:
    group = world.group()
    for side in ("providers", "agency"):
        world.chair(world.seat(group, f"Of {side}", constituency=side), "co-chair")
    seat = world.seat(group, "A third", constituency="agency")
    role = world.roles["co-chair"]
    return Case(
        f"groups/{group.slug}/seats/{seat.number}/chair/",
        {"role": "co-chair", "starts_on": TODAY.isoformat()},
        lambda: start_chairing(by=world.by, seat=seat, role=role, starts_on=TODAY, now=world.now),
    )


def chair_before_its_seat(world: World) -> Case:
    seat = world.seat(world.group(), "Late", constituency="agency", starts_on=TODAY)
    before = TODAY - timedelta(days=90)
    role = world.roles["chair"]
    return Case(
        f"groups/{seat.group.slug}/seats/{seat.number}/chair/",
        {"role": "chair", "starts_on": before.isoformat()},
        lambda: start_chairing(by=world.by, seat=seat, role=role, starts_on=before, now=world.now),
    )


def a_move_that_is_none(world: World) -> Case:
    group = world.group()
    return Case(
        f"groups/{group.slug}/state/",
        {"state": "proposed"},
        lambda: move_group(by=world.by, group=group, to="proposed", now=world.now),
    )


def closed_before_its_seats_began(world: World) -> Case:
    group, on = world.group(), START - timedelta(days=30)
    world.seat(group, "Wattle", constituency="agency")
    return Case(
        f"groups/{group.slug}/close/",
        {"on": on.isoformat(), "reason": "Done."},
        lambda: close_group(by=world.by, group=group, on=on, reason="Done.", now=world.now),
    )


def ring_of_parents(world: World) -> Case:
    above = world.group("task-group", name="Above")
    below = world.group("task-group", name="Below", under=[ParentFacts(above)])
    return Case(
        f"groups/{above.slug}/parents/",
        {"parent": below.name, "starts_on": TODAY.isoformat()},
        lambda: set_parent(by=world.by, group=above, link=ParentFacts(below), starts_on=TODAY, now=world.now),
    )


def approval_still_to_come(world: World) -> Case:
    group, on = world.focus_group(), TODAY + timedelta(days=5)
    link = group.parents.get()
    return Case(
        f"groups/{group.slug}/parents/approval/",
        {"parent": link.parent.name, "approved_on": on.isoformat()},
        lambda: record_approval(by=world.by, link=link, approved_on=on, note="", now=world.now),
    )


def seat_ended_before_it_began(world: World) -> Case:
    seat, on = world.seat(world.group(), "Wattle", constituency="agency"), START - timedelta(days=9)
    return Case(
        f"groups/{seat.group.slug}/seats/{seat.number}/end/",
        {"on": on.isoformat()},
        lambda: end_seat(by=world.by, seat=seat, on=on, now=world.now),
    )


def past_end_without_a_reason(world: World) -> Case:
    term = world.appoint(world.seat(world.group(), "Wattle", constituency="agency"), "Ada Marsh")
    on = TODAY - timedelta(days=200)
    return Case(
        f"groups/{term.seat.group.slug}/appointments/{term.pk}/end/",
        {"on": on.isoformat()},
        lambda: end_appointment(by=world.by, appointment=term, on=on, now=world.now),
    )


def chairing_ended_before_it_began(world: World) -> Case:
    seat = world.seat(world.group(), "Wattle", constituency="agency")
    world.chair(seat)
    chairing, on = Chairing.objects.get(), START - timedelta(days=9)
    return Case(
        f"groups/{seat.group.slug}/chairs/{chairing.pk}/end/",
        {"on": on.isoformat()},
        lambda: end_chairing(by=world.by, chairing=chairing, on=on, now=world.now),
    )


CASES = (
    thirteenth_provider,
    fourth_of_three,
    second_seat_of_one_organisation,
    office_of_the_wrong_role,
    agency_among_providers,
    no_side,
    no_basis,
    second_forum,
    no_parent,
    parent_of_the_wrong_type,
    parent_that_did_not_approve,
    nothing_to_deliver,
    no_initiative,
    term_too_long,
    seat_taken,
    appointing_to_an_office_seat,
    third_co_chair,
    chair_before_its_seat,
    a_move_that_is_none,
    closed_before_its_seats_began,
    ring_of_parents,
    approval_still_to_come,
    seat_ended_before_it_began,
    past_end_without_a_reason,
    chairing_ended_before_it_began,
)


@pytest.mark.parametrize("build", CASES, ids=lambda build: build.__name__)
def test_each_rule_refuses_in_its_own_words(present: World, officer: Program, build: Callable[[World], Case]) -> None:
    case = build(present)
    with pytest.raises(Refused) as refused, transaction.atomic():
        case.command()
    before = (Group.objects.count(), Seat.objects.count(), Appointment.objects.count(), Chairing.objects.count())
    answer = officer.act(case.address, case.body)
    assert answer.status_code == 422, answer.json()
    assert told(answer) == [(each.code, each.text, each.field) for each in refused.value.breaches]
    after = (Group.objects.count(), Seat.objects.count(), Appointment.objects.count(), Chairing.objects.count())
    assert after == before


def test_a_closed_group_takes_nothing(present: World, officer: Program) -> None:
    group = present.group()
    close_group(by=present.by, group=group, on=TODAY, reason="Done.", now=present.now)
    answer = officer.act(f"groups/{group.slug}/state/", {"state": "active"})
    assert [code for code, _text, _field in told(answer)] == ["closed"]


def test_every_act_of_groups_is_here() -> None:
    mine = {act.operation for act in (*acts_of_groups.ACTS, *acts_of_seats.ACTS)}
    assert mine <= set(acts)
    assert {each for each in acts if each.startswith("groups-")} >= {"groups-create", "groups-close"}
