"""Every screen: who gets in, what it says, that its queries stay constant, that nothing leaks."""

from __future__ import annotations

import csv
import html
import io
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from convenor.core.accounts.models import Duty, DutyAssignment, Person
from convenor.core.records import commands as records
from convenor.core.records.models import Record
from convenor.domain.directory.commands import withhold_person
from convenor.domain.directory.models import Organisation, Profile
from convenor.domain.groups.commands.appointments import end_appointment
from convenor.domain.groups.commands.groups import edit_group
from convenor.domain.groups.commands.initiatives import InitiativeFacts, create_initiative
from convenor.domain.groups.commands.lives import close_group
from convenor.domain.groups.commands.parents import ParentFacts, set_parent
from convenor.domain.groups.commands.showing import show_group, withdraw_group
from convenor.domain.groups.models import Appointment, Chairing, Group, Initiative, Parent, Seat
from convenor.domain.groups.tests.test_groups_commands import facts_of
from convenor.domain.groups.tests.world import START, World

pytestmark = pytest.mark.slow

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
ANONYMOUS_BUDGET, SIGNED_IN_BUDGET = 10, 15
MARK = "CANARY-groups"


def signed_in(world: World, duty: str | None, over: Record | None = None) -> Client:
    email = f"{duty}-{over and over.pk}@practice.example".lower()
    person = Person.objects.filter(email=email).first()
    if person is None:
        person = Person.objects.create_user(email, name="Vera Viewer")
        if duty:
            before = world.now - timedelta(days=1)
            DutyAssignment.objects.create(person=person, duty=duty, over=over, starts_at=before)
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


def everybody(world: World) -> dict[str, Client]:
    elsewhere = Organisation.objects.get(name="Elsewhere")
    return {
        "stranger": Client(),
        "person": signed_in(world, None),
        "site": signed_in(world, Duty.SECRETARIAT),
        "ours": signed_in(world, Duty.SECRETARIAT, world.host.record),
        "theirs": signed_in(world, Duty.SECRETARIAT, elsewhere.record),
    }


@dataclass
class Furnished:
    """A focus group with everything, and the addresses of its screens."""

    group: Group
    seat: Seat
    term: Appointment
    chairing: Chairing
    link: Parent
    initiative: Initiative

    def reads(self) -> dict[str, str]:
        home = f"/groups/{self.group.slug}/"
        return {
            "list": "/groups/",
            "feed": "/groups/feed.atom",
            "initiatives": "/groups/initiatives/",
            "initiative": f"/groups/initiatives/{self.initiative.slug}/",
            "detail": home,
            "detail on a day": f"{home}?on=2024-03-01",
            "rules": f"{home}rules/",
            "seat": f"{home}seats/{self.seat.number}/",
        }

    def writes(self) -> dict[str, str]:
        home = f"/groups/{self.group.slug}/"
        seat, term, chair = (
            f"{home}seats/{self.seat.number}/",
            f"{home}appointments/{self.term.pk}/",
            f"{home}chairs/{self.chairing.pk}/",
        )
        steps = ("edit", "state", "close", "review", "readers", "withdraw", "restore", "parents", "seats/add")
        return {
            **{step: f"{home}{step}/" for step in steps},
            "seat add as": f"{home}seats/add/?basis=chair-of",
            "named": f"{home}seats/named/",
            **{f"seat {step}": f"{seat}{step}/" for step in ("edit", "end", "strike", "appoint", "chair")},
            **{f"term {step}": f"{term}{step}/" for step in ("correct", "end", "strike", "ask")},
            **{f"chair {step}": f"{chair}{step}/" for step in ("end", "strike")},
            **{f"parent {step}": f"{home}parents/{self.link.pk}/{step}/" for step in ("approval", "end")},
        }


def furnish(world: World) -> Furnished:
    world.department("Elsewhere")
    group = world.focus_group()
    seat = world.seat(group, "Wattle", organisation=world.company("Wattle Ledger"), constituency="providers")
    last = timezone.localdate() + timedelta(days=300)
    term = world.appoint(seat, "Ada Marsh", timezone.localdate() - timedelta(days=300), last, instrument="Letter 7")
    world.chair(world.seat(group, "Facilitator", constituency="agency"))
    link = Parent.objects.get(group=group)
    initiative = Initiative.objects.get()
    return Furnished(group, seat, term, Chairing.objects.get(), link, initiative)


def test_who_gets_in(present: World) -> None:
    found = furnish(present)
    everyone = everybody(present)
    for name, url in found.reads().items():
        assert {client.get(url).status_code for client in everyone.values()} == {200}, name
    expected = {"stranger": 302, "person": 403, "site": 200, "ours": 200, "theirs": 403}
    for name, url in found.writes().items():
        assert {who: client.get(url).status_code for who, client in everyone.items()} == expected, name
    open_to_officers = expected | {"theirs": 200}
    for url in ("/groups/add/", "/groups/add/?model=practice&type=practice-council", "/groups/initiatives/add/"):
        assert {who: client.get(url).status_code for who, client in everyone.items()} == open_to_officers, url
    edit = f"/groups/initiatives/{found.initiative.slug}/edit/"
    assert {who: client.get(edit).status_code for who, client in everyone.items()} == expected | {"ours": 403}


def test_a_stranger_is_sent_to_sign_in_and_back(present: World) -> None:
    found = furnish(present)
    answer = Client().get(found.writes()["edit"])
    assert answer.headers["Location"].endswith(f"next=%2Fgroups%2F{found.group.slug}%2Fedit%2F")


def test_nobody_may_know_of_a_sealed_group(present: World) -> None:
    found = furnish(present)
    with transaction.atomic():
        records.show_to(found.group.record, now=present.now, visibility="sealed")
    everyone = everybody(present)
    paths = {**found.reads(), **found.writes()}
    own = {name: url for name, url in paths.items() if found.group.slug in url}
    for name, url in own.items():
        assert {client.get(url).status_code for client in everyone.values()} == {404}, name
    for name in ("list", "feed", "initiative"):
        assert found.group.name not in Client().get(paths[name]).content.decode(), name


def test_a_group_for_its_members(present: World) -> None:
    found = furnish(present)
    show_group(by=present.by, group=found.group, readers="members", reason="Not announced.", now=present.now)
    url = found.reads()["detail"]
    member = Client()
    member.force_login(found.term.person, backend=BACKEND)
    statuses = {who: client.get(url).status_code for who, client in everybody(present).items()}
    assert statuses == {"stranger": 404, "person": 404, "site": 200, "ours": 200, "theirs": 404}
    assert member.get(url).status_code == 200
    found.group.record.refresh_from_db()
    found.group.record.published_at = timezone.now() - timedelta(days=400)  # before they joined
    found.group.record.save()
    assert member.get(url).status_code == 404


def test_what_the_page_of_a_group_says(present: World) -> None:
    found = furnish(present)
    page = Client().get(found.reads()["detail"]).content.decode()
    for words in (
        "Corrections focus group", "Focus Group", "One recommendation.", "Design working group", "Ada Marsh",
        "Wattle Ledger", "1 of 2 seats filled", "1 of at most 12 organisations", "as required", "Vacant", "Chair",
    ):  # fmt: skip
        assert words in page, words
    then = Client().get(f"/groups/{found.group.slug}/?on=2024-02-01").content.decode()
    assert "0 of 2 seats filled" in then
    assert "As it was" in then
    assert Client().get(f"/groups/{found.group.slug}/?on=2023-01-01").content.decode().count("It had no seats") == 1
    for wrong in ("yesterday", "2024-02-31", "0001-01-01", "", "99999-01-01"):
        answer = Client().get(f"/groups/{found.group.slug}/", {"on": wrong})
        assert (answer.status_code, "seats filled" in answer.content.decode()) == (200, True), wrong


def test_an_old_address_leads_on(present: World) -> None:
    found = furnish(present)
    old = found.group.slug
    edit_group(by=present.by, group=found.group, facts=facts_of(found.group, name="Renamed group"), now=present.now)
    answer = Client().get(f"/groups/{old}/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/groups/renamed-group/")
    assert Client().get("/groups/nothing-of-the-kind/").status_code == 404


def test_withdrawn_and_closed_groups_say_so(present: World) -> None:
    found = furnish(present)
    withdraw_group(by=present.by, group=found.group, reason="Entered twice.", now=present.now)
    assert "This was withdrawn" in Client().get(found.reads()["detail"]).content.decode()
    assert found.group.name not in Client().get("/groups/").content.decode()
    other = present.group("task-group", name="Other task")
    today = timezone.localdate()
    close_group(by=present.by, group=other, on=today, reason="It delivered.", now=present.now)
    page = Client().get(f"/groups/{other.slug}/").content.decode()
    assert "This group is closed" in page
    assert "It delivered." in page
    assert "Other task" not in Client().get("/groups/").content.decode()
    assert "Other task" in Client().get("/groups/?state=closed").content.decode()


def test_a_withheld_parent_says_what_it_may(present: World) -> None:
    found = furnish(present)
    parent = found.link.parent
    show: dict[str, Any] = {"by": present.by, "group": parent, "readers": "members", "now": present.now}
    show_group(reason="A matter under review.", known="existence", **show)
    page = Client().get(found.reads()["detail"]).content.decode()
    assert "A matter under review." in page
    assert parent.name not in page
    show_group(reason="Still under review.", known="nothing", **show)
    page = Client().get(found.reads()["detail"]).content.decode()
    assert "under review" not in page
    assert parent.name not in page


def test_the_register_narrows_by_the_address(present: World) -> None:
    found = furnish(present)
    present.group("council", name="Practice council")
    present.group(None, name="Forum of nations", host=Organisation.objects.get(name="Elsewhere"))
    expected = {
        "": 4,
        "?q=corrections": 1,
        "?q=nothing+like+it": 0,
        "?model=practice": 3,
        "?level=tactical": 1,
        "?type=practice-council": 1,
        "?model=practice&type=practice-focus-group": 1,
        "?state=active": 4,
        "?state=closed": 0,
        "?state=all": 4,
        "?host=elsewhere": 1,
        f"?initiative={found.initiative.slug}": 1,
        "?organisation=wattle-ledger": 1,
        "?organisation=elsewhere": 0,
        "?whose=others": 1,
        "?whose=ours": 3,
        "?model=nonsense": 4,
        "?sort=-started&page=7": 4,
    }
    for query, number in expected.items():
        page = Client().get(f"/groups/{query}").content.decode()
        assert f">{number} group" in page, query
        [download] = re.findall(r'href="(/api/v1/groups\.csv[^"]*)"', page)
        assert len(list(csv.DictReader(io.StringIO(streamed(html.unescape(download)))))) == number, query
    chips = Client().get("/groups/?model=practice&q=corrections").content.decode()
    assert "/api/v1/groups.csv?q=corrections&amp;model=practice" in chips


def streamed(address: str) -> str:
    answer: Any = Client().get(address)
    assert answer.status_code == 200, address
    return b"".join(answer.streaming_content).decode("utf-8-sig")


def test_pages_cost_the_same_with_ten_times_the_rows(present: World) -> None:
    found = furnish(present)
    wattle = Organisation.objects.get(name="Wattle Ledger")
    pages = {
        **found.reads(),
        "person": f"/people/{Profile.objects.get(person=found.term.person).slug}/",
        "type": "/engagement/practice/practice-focus-group/",
        "organisation": f"/organisations/{wattle.slug}/",
    }
    officer = signed_in(present, Duty.SECRETARIAT)
    written = {name: url for name, url in found.writes().items() if name != "named"}
    before = {name: (_cost(Client(), url), _cost(officer, url)) for name, url in pages.items()}
    forms = {name: _cost(officer, url) for name, url in written.items()}
    _multiply(present, found)
    assert {name: (_cost(Client(), url), _cost(officer, url)) for name, url in pages.items()} == before
    assert {name: _cost(officer, url) for name, url in written.items()} == forms
    ours = {name: costs for name, costs in before.items() if name in found.reads()}
    assert {name: cost for name, (cost, _) in ours.items() if cost > ANONYMOUS_BUDGET} == {}
    assert {name: cost for name, (_, cost) in ours.items() if cost > SIGNED_IN_BUDGET} == {}
    assert {name: cost for name, cost in forms.items() if cost > SIGNED_IN_BUDGET} == {}


def _cost(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def _multiply(world: World, found: Furnished) -> None:
    """Nine more of what each page lists."""
    today = timezone.localdate()
    for number in range(9):
        company = world.company(f"Provider {number}")
        seat = world.seat(found.group, organisation=company, constituency="providers")
        world.appoint(seat, f"Person {number}", today - timedelta(days=30), today + timedelta(days=30))
        first = today - timedelta(days=900 - 30 * number)
        world.appoint(found.seat, f"Former {number}", max(first, START), first + timedelta(days=29))
        parent = world.working_group(f"Another working group {number}")
        set_parent(by=world.by, group=found.group, link=ParentFacts(parent, START), starts_on=START, now=world.now)
        task = world.group("task-group", name=f"Task {number}", initiative=found.initiative)
        world.appoint(world.seat(task, "Member"), "Ada Marsh")
        world.seat(task, "Wattle", organisation=Organisation.objects.get(name="Wattle Ledger"))


def test_nothing_that_is_not_public_is_shown(present: World) -> None:
    """Markers in everything a stranger may not read: they appear on no page, feed or register."""
    found = furnish(present)
    person = found.term.person
    Person.objects.filter(pk=person.pk).update(name=f"{MARK} person", email=f"{MARK.lower()}@practice.example")
    second = present.seat(found.group, "Banksia", organisation=present.company("Banksia"), constituency="providers")
    today = timezone.localdate()
    gone = present.appoint(second, f"{MARK} withheld", today - timedelta(days=20), today + timedelta(days=20))
    withhold_person(by=present.by, profile=Profile.objects.get(person=gone.person), reason=MARK, now=present.now)
    former = present.appoint(found.seat, "Former", START, START + timedelta(days=9))
    end_appointment(by=present.by, appointment=former, on=START, now=present.now, reason=f"{MARK} illness")
    _seal_around(present, found)
    pages = {
        **found.reads(),
        "person": f"/people/{Profile.objects.get(person=person).slug}/",
        "organisation": f"/organisations/{present.host.slug}/",
        "second seat": f"/groups/{found.group.slug}/seats/{second.number}/",
        "filtered": f"/groups/?q={MARK}",
    }
    for client in (Client(), signed_in(present, None)):
        for name, url in pages.items():
            page = client.get(url).content.decode().replace(f"q={MARK}", "").replace(f'value="{MARK}"', "")
            page = page.replace(f"</span> {MARK}<", "")
            assert MARK.lower() not in page.lower(), name
    for page in (pages["second seat"], pages["detail"]):
        assert "Name not published" in Client().get(page).content.decode()


def _seal_around(world: World, found: Furnished) -> None:
    """Offices, organisations, groups and initiatives beside the group that nobody may know of."""
    hidden: list[Any] = [
        world.company(f"{MARK} company"),
        world.group("task-group", name=f"{MARK} group", initiative=found.initiative),
        world.office(f"{MARK} office", world.department("Department of Marks")),
        create_initiative(by=world.by, facts=InitiativeFacts(f"{MARK} initiative"), now=world.now),
    ]
    company, group, office, initiative = hidden
    world.seat(found.group, "For a company", organisation=company, constituency="providers")
    world.seat(found.group, "For an office", office=office, constituency="agency")
    world.seat(found.group, "For a chair", chair_of=group, constituency="agency")
    world.holds(office, f"{MARK} holder")
    Group.objects.filter(pk=found.group.pk).update(initiative=initiative)
    with transaction.atomic():
        for row in hidden:
            records.show_to(row.record, now=world.now, visibility="sealed")
        for key in Profile.objects.filter(record__title__contains=MARK).values_list("record", flat=True):
            records.show_to(Record.objects.get(pk=key), now=world.now, visibility="sealed")


def test_payloads_are_shown_as_text(present: World) -> None:
    """Peer holes 15 and 17: what people enter is never markup."""
    payload = "<script>alert(1)</script>"
    group = present.group("task-group", name=f"A {payload}", purpose=f"B {payload}", acronym="<b>x")
    seat = present.seat(group, f"C {payload}")
    present.appoint(seat, f"D {payload}", instrument=f"E {payload}")
    officer = signed_in(present, Duty.SECRETARIAT)
    home = f"/groups/{group.slug}/"
    for url in (home, f"{home}seats/1/", f"{home}close/", f"{home}seats/1/end/", "/groups/", "/groups/feed.atom"):
        assert payload not in officer.get(url).content.decode(), url


@pytest.mark.parametrize("day", [date(2024, 1, 15), date(2026, 2, 28)])
def test_pages_are_the_same_for_every_stranger(present: World, day: date) -> None:
    """What the cache may keep says so; what an officer gets does not."""
    found = furnish(present)
    url = f"/groups/{found.group.slug}/?on={day}"
    assert Client().get(url).convenor_public is True  # type: ignore[attr-defined]
    assert signed_in(present, Duty.SECRETARIAT).get(url).headers["Cache-Control"] == "private, no-store"
