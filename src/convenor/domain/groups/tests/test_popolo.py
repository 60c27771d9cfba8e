"""Popolo out and in: what stands in the file, what is left out of it, and there and back again."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.test import Client

from convenor.core.exchange.commands import advance, check_upload, confirm, loading
from convenor.core.exchange.declare import loadable
from convenor.core.records.rules import Viewer, anonymous
from convenor.domain.directory.commands import withhold_person
from convenor.domain.groups.commands.former import FormerFacts, add_former
from convenor.domain.groups.models import Appointment, FormerMember, Group, Seat
from convenor.domain.groups.queries.popolo import popolo_lines
from convenor.domain.groups.tests.world import NOW, START, World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "REHEARSAL_SECONDS", 60.0)
    monkeypatch.setattr(loading, "BREATH", 0.0)


def document(viewer: Viewer, ref: str = "") -> dict[str, Any]:
    found: dict[str, Any] = json.loads("".join(popolo_lines(viewer, ref)))
    return found


def council_of(world: World) -> Group:
    council = world.group("council", name="Popular council", acronym="PC")
    world.holds(world.office("Chief Officer", world.department("Department of Health")), "Olive Office")
    health = world.seat(council, "Health", office=world.offices["Chief Officer, Department of Health"],
                        constituency="agency")  # fmt: skip
    world.chair(health, "co-chair")
    wattle = world.seat(council, "Wattle", organisation=world.company("Wattle Ledger"), constituency="providers")
    world.appoint(wattle, "Wanda Wattle", date(2024, 2, 1), date(2025, 1, 31), instrument="Letter 4")
    world.appoint(wattle, "Xeno Wattle", date(2025, 2, 1))
    facts = FormerFacts("Lead", "2016", "2018-03")
    add_former(by=world.by, group=council, person=world.person("Fay Former"), facts=facts, now=NOW)
    return council


def test_the_file_says_who_sat_where_for_whom(world: World, client: Client) -> None:
    council = council_of(world)
    said = document(anonymous(NOW))
    people = {each["id"]: each["name"] for each in said["persons"]}
    group = next(each for each in said["organizations"] if each["name"] == "Popular council")
    assert (group["classification"], group["other_names"], group["founding_date"]) == (
        "practice-council", [{"name": "PC"}], START.isoformat(),
    )  # fmt: skip
    posts = {each["label"]: each for each in said["posts"]}
    assert posts["Health"]["x_convenor"]["chairing"] == [{"role": "co-chair", "start_date": START.isoformat()}]
    sat = {people[each["person_id"]]: each for each in said["memberships"]}
    assert sat["Wanda Wattle"]["end_date"] == "2025-01-31"
    assert "on_behalf_of_id" in sat["Xeno Wattle"]
    assert (sat["Fay Former"]["start_date"], sat["Fay Former"]["end_date"]) == ("2016", "2018-03")
    assert sat["Olive Office"]["post_id"] == posts["Chief Officer"]["id"]
    own = document(anonymous(NOW), council.record.ref)
    assert {people[each["person_id"]] for each in own["memberships"]} == {"Wanda Wattle", "Xeno Wattle", "Fay Former"}
    for address in ("/data/popolo.json", f"/groups/{council.slug}/popolo.json"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "Wanda Wattle" in b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]


def test_what_is_withheld_is_not_in_the_file(world: World, client: Client) -> None:
    council_of(world)
    hidden = world.group("council", name="Hidden council", readers="members")
    seat = world.seat(hidden, "Hidden place", constituency="agency")
    world.appoint(seat, "Hedda Hidden")
    withhold_person(by=world.by, profile=world.person("Wanda Wattle").profile, reason="Asked.", now=NOW)
    text = "".join(popolo_lines(anonymous(NOW)))
    for name in ("Hidden council", "Hidden place", "Wanda Wattle"):
        assert name not in text
    assert client.get(f"/groups/{hidden.slug}/popolo.json").status_code == 404


def test_somebody_elses_popolo_comes_in(world: World) -> None:
    said = {
        "persons": [{"id": "p1", "name": "Ada Notional"}, {"id": "p2", "name": "Bo Pretend"}],
        "organizations": [
            {"id": "o2", "name": "Sub-committee on Maps", "classification": "committee", "parent_id": "o1"},
            {"id": "o1", "name": "Committee on Land", "classification": "committee", "parent_id": "o0"},
            {"id": "o0", "name": "Parliament of Practice", "classification": "practice-department"},
        ],
        "posts": [{"id": "s1", "label": "Chairperson", "organization_id": "o1"}],
        "memberships": [
            {"person_id": "p1", "organization_id": "o1", "post_id": "s1", "start_date": "2025-02-01"},
            {"person_id": "p2", "organization_id": "o2", "role": "member"},
            {"person_id": "p2", "organization_id": "o1", "role": "member", "start_date": "2016", "end_date": "2019-03"},
            {"person_id": "p9", "organization_id": "o7", "start_date": "long ago"},
            "odd",
        ],
    }
    batch = check_upload(
        by=world.by, resource=loadable("several"), source="elsewhere", filename="p.json",
        content=json.dumps(said).encode(), now=NOW,
    )  # fmt: skip
    wrong = {row.place: row.error for row in batch.rows.filter(outcome="bad")}
    assert set(wrong) == {"memberships[4]", "memberships[5]"}
    assert "is not a time" in wrong["memberships[4]"]
    batch = advance(batch=confirm(by=world.by, batch=batch, without_bad=True, now=NOW), now=NOW, seconds=60)
    assert not batch.rows.filter(outcome="failed").exists()
    assert Group.objects.get(name="Sub-committee on Maps").parents.get().parent.name == "Committee on Land"
    assert Appointment.objects.get(seat__title="Chairperson").person.name == "Ada Notional"
    assert Seat.objects.filter(group__name="Sub-committee on Maps").count() == 1
    former = FormerMember.objects.get()
    assert (former.began, former.ended, former.person.name) == ("2016", "2019-03", "Bo Pretend")
