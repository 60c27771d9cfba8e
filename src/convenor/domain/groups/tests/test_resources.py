"""Groups outside: what each resource says, to whom, on which day; and uploads through the commands with their undo."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from convenor.core.accounts.models import DutyAssignment, Person
from convenor.core.accounts.queries import viewer_for
from convenor.core.exchange.commands import advance, check_upload, confirm, loading, undo
from convenor.core.exchange.models import ImportBatch
from convenor.core.exchange.present import plain
from convenor.core.exchange.queries import choose, page, stream
from convenor.core.exchange.resources import resources
from convenor.core.records import commands as records
from convenor.core.records.rules import NotAllowed, Refused, Viewer, anonymous
from convenor.domain.directory.commands import withhold_person
from convenor.domain.directory.models import Organisation, Profile
from convenor.domain.groups.commands.appointments import end_appointment
from convenor.domain.groups.models import Appointment, Chairing, Group, Initiative, Parent, Seat
from convenor.domain.groups.resources import ALL
from convenor.domain.groups.tests.world import NOW, START, TODAY, World

pytestmark = pytest.mark.slow


def rows(name: str, viewer: Viewer, **asked: str) -> list[dict[str, Any]]:
    resource = resources[name]
    return [plain(values) for values in stream(resource, viewer, choose(resource, asked))]


def ref_of(value: Any) -> Any:
    return [item["ref"] for item in value] if isinstance(value, list) else value and value["ref"]


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is, a dry run asks all rows."""
    monkeypatch.setattr(loading, "REHEARSAL_SECONDS", 60.0)


@pytest.fixture
def officer(world: World) -> Viewer:
    """Loading asks again who loads, as the worker does, so the duty is in the database."""
    person = Person.objects.create_user("loader@practice.example", name="Lou Loader")
    DutyAssignment.objects.create(person=person, duty="secretariat", starts_at=NOW - timedelta(days=1))
    return viewer_for(person, NOW)


def test_every_resource_is_registered(world: World) -> None:
    names = ["groups", "initiatives", "seats", "roster", "appointments", "chairing", "rule-overrides"]
    names += ["group-parents", "group-proposals", "deliveries", "closures", "terms-of-reference", "reports-back"]
    names += ["former-members"]
    assert [resource.name for resource in ALL] == names
    assert all(resources[name] is resource for name, resource in zip(names, ALL, strict=True))


def test_groups_outside(world: World) -> None:
    group = world.focus_group()
    found = {row["name"]: row for row in rows("groups", anonymous(NOW))}
    mine = found["Corrections focus group"]
    assert (mine["type"], mine["group_state"], mine["state"], mine["started_on"]) == (
        "practice-focus-group", "active", "live", START.isoformat(),
    )  # fmt: skip
    assert ref_of(mine["parents"]) == [Parent.objects.get(group=group).parent.record.ref]
    assert ref_of(mine["host"]) == world.host.record.ref
    narrowed = {
        "q": ("focus", 1),
        "model": ("practice", 2),
        "level": ("tactical", 1),
        "type": ("practice-working-group", 1),
        "group_state": ("dormant", 0),
        "whose": ("ours", 2),
        "host": (world.host.record.ref, 2),
        "initiative": (Initiative.objects.get().record.ref, 1),
        "seating": (world.host.record.ref, 0),
    }
    assert {name: len(rows("groups", anonymous(NOW), **{name: value})) for name, (value, _) in narrowed.items()} == {
        name: number for name, (_, number) in narrowed.items()
    }


def test_a_roster_of_any_day(world: World) -> None:
    group = world.group("council", name="Council")
    office = world.office("Chief Information Officer", world.department("Department of Practice Health"))
    world.holds(office, "Ada Marsh", START, date(2026, 5, 31))
    world.holds(office, "Ben Reed", date(2026, 6, 1))
    seat = world.seat(group, "Health", office=office, constituency="agency")
    world.chair(seat, "co-chair")
    world.seat(group, "Later", constituency="agency", starts_on=date(2026, 9, 1))
    refs = {profile.record.title: profile.record.ref for profile in Profile.objects.select_related("record")}
    today = rows("roster", anonymous(NOW))
    assert [(row["seat"], ref_of(row["present"]), row["filled"], row["chairs_as"]) for row in today] == [
        ("Health", [refs["Ben Reed"]], True, ["Co-chair"]),
        ("Later", [], False, []),
    ]
    then = rows("roster", anonymous(NOW), on="2026-05-31", group=group.record.ref)
    assert [(row["seat"], ref_of(row["present"]), row["on"]) for row in then] == [
        ("Health", [refs["Ada Marsh"]], "2026-05-31")
    ]
    assert rows("roster", anonymous(NOW), on="2020-01-01") == []


def test_a_roster_pages_without_gaps_and_in_few_queries(world: World) -> None:
    group = world.group("task-group", name="Task", started_on=date(2020, 1, 1))
    Group.objects.filter(pk=group.pk).update(type=None, is_ours=False)
    for number in range(7):
        world.seat(group, f"Seat {number}", starts_on=START if number % 2 else date(2030, 1, 1))
    seen, after = [], ""
    while True:
        with CaptureQueriesContext(connection) as queries:
            found = page(resources["roster"], anonymous(NOW), {}, after, limit=2)
        assert len(queries) <= 4
        seen += [item["seat"] for item in found.items]
        if found.next is None:
            break
        after = found.next
    assert seen == ["Seat 1", "Seat 3", "Seat 5"]


def test_what_strangers_do_not_get(world: World) -> None:
    group = world.group("council", name="Council")
    seat = world.seat(group, "A", constituency="agency")
    term = world.appoint(seat, "Ada Marsh", START, date(2026, 11, 1))
    withhold_person(by=world.by, profile=Profile.objects.get(person=term.person), reason="Asked.", now=NOW)
    gone = world.appoint(seat, "Ben Reed", date(2026, 11, 2))
    end_appointment(by=world.by, appointment=gone, on=TODAY, reason="Illness", now=NOW)
    sealed = world.group("council", name="Hidden council")
    hidden_seat = world.seat(sealed, "Hidden seat", constituency="agency")
    world.appoint(hidden_seat, "Cy Holt")
    world.chair(hidden_seat, "co-chair")
    with transaction.atomic():
        records.show_to(sealed.record, now=NOW, visibility="sealed")
    told = str([rows(resource.name, anonymous(NOW)) for resource in ALL])
    for hidden in ("Hidden", sealed.record.ref, "Illness", "Ada Marsh"):
        assert hidden not in told, hidden
    assert next(row["person"] for row in rows("appointments", anonymous(NOW))) is None
    assert [row.get("end_reason") for row in rows("appointments", world.officer())] == [None, "Illness"]


def test_chairing_and_seats_outside(world: World) -> None:
    group = world.group("council", name="Council")
    world.chair(world.seat(group, "A", constituency="agency"), "co-chair")
    [chairing] = rows("chairing", anonymous(NOW), role="co-chair")
    assert (chairing["seat"], chairing["leads"], chairing["starts_on"]) == ("A", True, START.isoformat())
    [seat] = rows("seats", anonymous(NOW), group=group.record.ref)
    assert (seat["number"], seat["basis"], seat["constituency"]) == (1, "individual", "agency")


# Uploads


def checked(by: Viewer, name: str, text: str) -> ImportBatch:
    """The dry run alone."""
    content = text.encode()
    return check_upload(by=by, resource=resources[name], source="register", filename="up.csv", content=content, now=NOW)


def load(by: Viewer, name: str, text: str) -> ImportBatch:
    batch = checked(by, name, text)
    confirm(by=by, batch=batch, without_bad=True, now=NOW)
    return advance(batch=batch, now=NOW, seconds=20)


def outcomes(batch: ImportBatch) -> list[tuple[str, str]]:
    return [(row.outcome, row.error) for row in batch.rows.order_by("number")]


GROUPS = """id,name,ours,model,type,host,initiative,purpose,deliverable,parent,approved_on,state,started_on
1,Loaded working group,yes,practice,practice-working-group,HOST,Loaded reform,To design.,,,,active,2024-02-01
2,Loaded focus group,,,practice-focus-group,HOST,,To find out.,One finding.,Loaded working group,2024-02-01,,2024-02-01
3,Forum of nations,no,,,HOST,,To meet.,,,,,
""".replace("HOST", "Agency of Practice")


def test_groups_are_loaded_changed_left_alone_and_taken_back(world: World, officer: Viewer) -> None:
    batch = load(officer, "groups", GROUPS)
    assert outcomes(batch) == [("created", ""), ("created", ""), ("created", "")]
    focus = Group.objects.get(name="Loaded focus group")
    assert (focus.state, focus.started_on, Parent.objects.get(group=focus).approved_on) == (
        "active", date(2024, 2, 1), date(2024, 2, 1),
    )  # fmt: skip
    assert Group.objects.get(name="Loaded working group").initiative == Initiative.objects.get(name="Loaded reform")
    assert [row[0] for row in outcomes(load(officer, "groups", GROUPS))] == ["unchanged"] * 3
    changed = load(officer, "groups", GROUPS.replace("Forum of nations", "Forum of all nations"))
    assert [row[0] for row in outcomes(changed)] == ["unchanged", "unchanged", "changed"]
    undo(by=officer, batch=changed, now=NOW)
    advance(batch=changed, now=NOW, seconds=20)
    assert Group.objects.filter(name="Forum of nations").count() == 1


def test_a_load_of_groups_is_taken_back_whole(world: World, officer: Viewer) -> None:
    batch = load(officer, "groups", GROUPS)
    undo(by=officer, batch=batch, now=NOW)
    advance(batch=batch, now=NOW, seconds=20)
    assert Group.objects.live().count() == 0
    again = load(officer, "groups", GROUPS)
    assert {row[0] for row in outcomes(again)} == {"changed"}
    assert Group.objects.live().count() == 3


def test_bad_rows_of_groups_are_named_in_the_rules_words(world: World, officer: Viewer) -> None:
    text = """id,name,type,host,purpose,parent,started_on
1,No such type,practice-throne,Agency of Practice,To be.,,
2,No type,,Agency of Practice,To be.,,
3,No parent,practice-focus-group,Agency of Practice,To be.,,
4,No host,practice-council,Nowhere,To be.,,
5,Bad day,practice-council,Agency of Practice,To be.,,yesterday
6,Bad parent,practice-focus-group,Agency of Practice,To be.,Nobody,
7,Good,practice-council,Agency of Practice,To be.,,2024-01-01
"""
    found = [row[1] for row in outcomes(load(officer, "groups", text))]
    for words, told in zip(
        (
            "No engagement model here has a type “practice-throne”.",
            "Say what type of group it is",
            "No parent is given.",
            "No organisation here is called “Nowhere”",
            "“yesterday” is not a day",
            "No group here is called “Nobody”",
            "",
        ),
        found,
        strict=True,
    ):
        assert words in told
    assert Group.objects.count() == 1


SEATS = """id,group,title,basis,office,organisation,segment,constituency,starts_on,person,person_from,chairs_as
1,Loaded council,Health,office,"Chief Officer, Department of Practice Health",,,agency,2024-02-01,,,co-chair
2,Loaded council,Wattle,organisation,,Wattle Ledger,,providers,2024-02-01,Wanda Wattle,2024-02-01,
3,Loaded council,Payroll,segment,,,Payroll software,providers,2024-02-01,Pat Payroll,,
"""


@pytest.fixture
def council(world: World) -> Group:
    world.office("Chief Officer", world.department("Department of Practice Health"))
    world.company("Wattle Ledger")
    return world.group("council", name="Loaded council")


def test_seats_are_loaded_with_who_sits_and_taken_back(world: World, officer: Viewer, council: Group) -> None:
    batch = load(officer, "seats", SEATS)
    assert outcomes(batch) == [("created", "")] * 3
    assert list(Seat.objects.order_by("number").values_list("title", "basis")) == [
        ("Health", "office"), ("Wattle", "organisation"), ("Payroll", "segment"),
    ]  # fmt: skip
    assert list(Appointment.objects.order_by("pk").values_list("person__name", "starts_on")) == [
        ("Wanda Wattle", date(2024, 2, 1)),
        ("Pat Payroll", None),
    ]
    assert [(row.seat.title, row.role.slug) for row in Chairing.objects.all()] == [("Health", "co-chair")]
    assert Profile.objects.get(person__name="Wanda Wattle").record.is_public
    assert [row[0] for row in outcomes(load(officer, "seats", SEATS))] == ["unchanged"] * 3
    undo(by=officer, batch=batch, now=NOW)
    advance(batch=batch, now=NOW, seconds=20)
    assert (Seat.objects.count(), Appointment.objects.count(), Chairing.objects.count()) == (0, 0, 0)


def test_the_thirteenth_provider_of_an_upload_is_refused_like_any_other(world: World, officer: Viewer) -> None:
    group = world.focus_group()
    for number in range(13):
        world.company(f"Provider {number}")
    lines = [f"{n},{group.name},organisation,Provider {n},providers,2024-02-01" for n in range(13)]
    text = "\n".join(["id,group,basis,organisation,constituency,starts_on", *lines]) + "\n"
    found = outcomes(load(officer, "seats", text))
    assert [row[0] for row in found] == ["created"] * 12 + ["bad"]
    assert "A Focus Group has places for up to 12 organisations" in found[-1][1]
    assert Seat.objects.count() == 12


def test_bad_rows_of_seats_are_named(world: World, officer: Viewer, council: Group) -> None:
    Person.objects.create(name="Twin Person")
    Person.objects.create(name="Twin Person")
    text = """id,group,title,basis,office,segment,constituency,person,person_from
1,Nobody,A,individual,,,agency,,
2,Loaded council,B,office,No Such Office,,agency,,
3,Loaded council,C,segment,,No such segment,agency,,
4,Loaded council,D,throne,,,agency,,
5,Loaded council,E,individual,,,agency,,2024-01-01
6,Loaded council,F,individual,,,agency,Twin Person,
7,Loaded council,G,individual,,,nowhere,,
"""
    found = [row[1] for row in outcomes(checked(officer, "seats", text))]
    for words, told in zip(
        (
            "No group here is called “Nobody”",
            "No office here is called “No Such Office”",
            "No segment here is called “No such segment”",
            "throne",
            "Say who sits here",
            "2 people here are called “Twin Person”",
            "Say under which of them the seat is.",
        ),
        found,
        strict=True,
    ):
        assert words in told, told
    assert Seat.objects.count() == 0


def test_only_officers_load(world: World, council: Group) -> None:
    for by in (anonymous(NOW), world.somebody()):
        with pytest.raises(NotAllowed):
            check_upload(
                by=by, resource=resources["seats"], source="s", filename="up.csv", content=SEATS.encode(), now=NOW
            )
    elsewhere = world.department("Elsewhere")
    person = Person.objects.create_user("elsewhere@practice.example", name="Eve Elsewhere")
    DutyAssignment.objects.create(
        person=person, duty="secretariat", over=elsewhere.record, starts_at=NOW - timedelta(days=1)
    )
    found = outcomes(checked(viewer_for(person, NOW), "seats", SEATS))
    assert {row[0] for row in found} == {"bad"}
    assert "Only the officers who look after this group can change it." in found[0][1]
    with pytest.raises(Refused):
        choose(resources["roster"], {"on": "yesterday"})
    assert Organisation.objects.filter(name="Elsewhere").count() == 1
