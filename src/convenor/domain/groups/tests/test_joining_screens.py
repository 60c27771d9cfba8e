"""Open membership on its pages: one button that fits who reads, and every refusal in words."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from convenor.core.accounts.commands import appoint_assistant
from convenor.core.accounts.commands.links import issue_link
from convenor.core.accounts.models import Duty, Person
from convenor.domain.engagement.commands import load_model
from convenor.domain.engagement.models import GroupType
from convenor.domain.groups.commands.joining import INVITATION, Joining, invite, join_group, set_admission
from convenor.domain.groups.models import Appointment, Asking, Group, JoinInvitation, JoinRequest, PlaceWatch
from convenor.domain.groups.tests.acting import program_of, told
from convenor.domain.groups.tests.racing_to_join import MODEL
from convenor.domain.groups.tests.test_screens import BACKEND, signed_in
from convenor.domain.groups.tests.test_task_forms import text_of
from convenor.domain.groups.tests.world import World, make_world
from tests.once import once_a_module

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def make_open_world() -> World:
    world = make_world(datetime.now(UTC))
    load_model(by=world.by, text=MODEL, now=world.now, in_force_from=date(2020, 1, 1))
    world.types["practice-community"] = GroupType.objects.select_related("model__record").get(slug="race-community")
    return world


present_of_module = once_a_module(make_open_world)


@pytest.fixture
def community(present: World) -> Group:
    return present.group("community", name="Open community")


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


def ada(present: World) -> Person:
    return present.person("Ada", "ada@practice.example")


def fill(present: World, group: Group, count: int = 12) -> None:
    for n in range(count):
        person = present.person(f"Filler{n}")
        join_group(by=present.by, group=group, person=person, facts=Joining(), now=present.now)


def test_a_stranger_sees_the_way_in_and_is_asked_to_sign_in(community: Group) -> None:
    page = text_of(Client().get("/groups/open-community/"))
    assert "Anybody can join." in page
    answer = Client().get("/groups/open-community/join/")
    assert answer.status_code == 302
    assert "login" in answer.headers["Location"]


def test_joining_and_leaving_by_the_form(present: World, community: Group) -> None:
    client = client_of(ada(present))
    assert "Publish my name in the list of members" in text_of(client.get("/groups/open-community/join/"))
    answer = client.post("/groups/open-community/join/", {})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/groups/open-community/")
    assert "You are a member" in text_of(client.get("/groups/open-community/"))
    stranger = text_of(Client().get("/groups/open-community/"))
    assert "Name not published" in stranger
    assert "Ada" not in stranger
    assert "Leave the group" in text_of(client.get("/groups/open-community/leave/"))
    assert client.post("/groups/open-community/leave/", {}).status_code == 302
    assert not Appointment.objects.exists()
    assert client.get("/groups/open-community/leave/").status_code == 404


def test_a_full_group_says_so_and_offers_to_tell(present: World, community: Group) -> None:
    fill(present, community)
    client = client_of(ada(present))
    for answer in (
        client.get("/groups/open-community/"),
        client.get("/groups/open-community/join/"),
        client.post("/groups/open-community/join/", {}),
    ):
        assert answer.status_code == 200
        assert "The group is full: all 12 places are taken." in text_of(answer)
        assert "Be told when a place is free" in text_of(answer)
    client.post("/groups/open-community/join/tell/", {})
    assert PlaceWatch.objects.get().person == ada(present)
    assert "You are told when a place is free." in text_of(client.get("/groups/open-community/"))
    client.post("/groups/open-community/join/untell/", {})
    assert not PlaceWatch.objects.exists()


def test_asking_is_answered_from_the_queue(present: World, community: Group) -> None:
    set_admission(by=present.by, group=community, way="request", now=present.now)
    client, officer = client_of(ada(present)), signed_in(present, Duty.SECRETARIAT)
    client.post("/groups/open-community/join/", {"note": "I test things."})
    assert "Your request waits for an answer." in text_of(client.get("/groups/open-community/"))
    queue = text_of(officer.get("/groups/open-community/joining/"))
    assert "I test things." in queue
    asked = JoinRequest.objects.get()
    url = f"/groups/open-community/joining/requests/{asked.pk}/"
    assert "Say why: they are told." in text_of(officer.post(url, {"answer": "decline", "reason": ""}))
    assert client.post(url, {"answer": "approve"}).status_code == 403
    assert officer.post(url, {"answer": "approve", "reason": ""}).status_code == 302
    assert Appointment.objects.get().person == ada(present)
    client.post("/groups/open-community/leave/", {})
    client.post("/groups/open-community/join/", {"note": "Again."})
    client.post("/groups/open-community/join/withdraw/", {})
    assert not JoinRequest.objects.filter(state=Asking.WAITING).exists()


def test_an_officer_invites_and_the_person_answers_by_their_link(present: World, community: Group) -> None:
    officer = signed_in(present, Duty.SECRETARIAT)
    given = {"email": "new@practice.example", "name": "", "note": "Come."}
    assert "give their name" in text_of(officer.post("/groups/open-community/joining/invite/", given))
    assert officer.post("/groups/open-community/joining/invite/", {**given, "name": "Nia New"}).status_code == 302
    invited = JoinInvitation.objects.get()
    _link, token = issue_link(
        purpose=INVITATION, person=invited.person, now=present.now, record=community.record, subject_id=invited.pk
    )
    page = text_of(Client().get(f"/l/{token}/"))
    assert "You are invited to join Open community" in page
    assert JoinInvitation.objects.get().state == Asking.WAITING, "a GET never answers"
    done = Client().post(f"/l/{token}/", {"choice": "join"})
    assert "You are a member of Open community." in text_of(done)
    assert not Appointment.objects.get().named


def test_a_full_group_is_said_by_the_link_too_and_the_link_stays(present: World, community: Group) -> None:
    person = ada(present)
    invited = invite(by=present.by, group=community, person=person, now=present.now)
    _link, token = issue_link(purpose=INVITATION, person=person, now=present.now, subject_id=invited.pk)
    fill(present, community)
    told = Client().post(f"/l/{token}/", {"choice": "join"})
    assert "The group is full: all 12 places are taken." in text_of(told)
    Appointment.objects.all().delete()
    community.seats.all().delete()
    assert "You are a member" in text_of(Client().post(f"/l/{token}/", {"choice": "join"}))


def test_signed_in_one_declines_and_officers_take_back(present: World, community: Group) -> None:
    invite(by=present.by, group=community, person=ada(present), now=present.now)
    client, officer = client_of(ada(present)), signed_in(present, Duty.SECRETARIAT)
    assert "You are invited to join." in text_of(client.get("/groups/open-community/"))
    assert client.post("/groups/open-community/join/decline/", {}).status_code == 302
    invited = invite(by=present.by, group=community, person=ada(present), now=present.now)
    url = f"/groups/open-community/joining/invitations/{invited.pk}/"
    assert officer.post(url, {}).status_code == 302
    assert set(JoinInvitation.objects.values_list("state", flat=True)) == {Asking.DECLINED, Asking.WITHDRAWN}


def test_an_assistant_joins_for_whom_they_assist(present: World, community: Group) -> None:
    ben = present.person("Ben", "ben@practice.example")
    appoint_assistant(by=present.by, principal=ada(present), assistant=ben, may_answer=True, now=present.now)
    client = client_of(ben)
    page = text_of(client.get("/groups/open-community/join/"))
    assert "For whom" in page
    assert client.post("/groups/open-community/join/", {"person": str(ada(present).pk)}).status_code == 302
    assert Appointment.objects.get().person == ada(present)


def test_how_it_is_joined_is_set_within_the_type(present: World, community: Group) -> None:
    officer = signed_in(present, Duty.SECRETARIAT)
    url = "/groups/open-community/joining/way/"
    assert officer.post(url, {"way": "invitation", "reason": "Agreed."}).status_code == 302
    assert "People join by invitation." in text_of(Client().get("/groups/open-community/"))
    shut = text_of(client_of(ada(present)).post("/groups/open-community/join/", {}))
    assert "This group is joined by invitation only." in shut
    council = present.focus_group()
    page: Any = officer.get(f"/groups/{council.slug}/joining/way/")
    assert 'value="open"' not in text_of(page), "people come into a focus group by an expression of interest"


def test_an_officer_ends_a_membership(present: World, community: Group) -> None:
    fill(present, community, 1)
    term, officer = Appointment.objects.get(), signed_in(present, Duty.SECRETARIAT)
    url = f"/groups/open-community/members/{term.pk}/remove/"
    assert "End the membership" in text_of(officer.get(f"/groups/open-community/seats/{term.seat.number}/"))
    assert officer.post(url, {"reason": ""}).status_code == 200
    assert officer.post(url, {"reason": "Moved away."}).status_code == 302
    assert not Appointment.objects.exists()


def test_a_program_joins_asks_and_leaves_for_its_person(present: World, community: Group) -> None:
    program = program_of(ada(present))
    assert program.act("groups/open-community/join/", {"named": True}).status_code == 200
    assert Appointment.objects.get().named
    assert told(program.act("groups/open-community/join/"))[0][0] == "in-already"
    assert program.act("groups/open-community/leave/").status_code == 200
    assert program.act("groups/open-community/leave/").status_code == 404
    assert told(program.act("groups/open-community/join/ask/"))[0][0] == "way-shut"
    set_admission(by=present.by, group=community, way="request", now=present.now)
    assert program.act("groups/open-community/join/ask/", {"note": "Please."}).status_code == 200
    assert JoinRequest.objects.get().note == "Please."


def test_a_program_is_told_that_it_is_full(present: World, community: Group) -> None:
    fill(present, community)
    answer = program_of(ada(present)).act("groups/open-community/join/")
    assert told(answer) == [("group-full", "The group is full: all 12 places are taken.", "")]
