"""Popolo out and in: what stands in the file, what is left out of it, and there and back again."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from convenor.core.exchange.commands import advance, check_upload, confirm, loading
from convenor.core.exchange.declare import loadable
from convenor.core.records.rules import Viewer, anonymous
from convenor.domain.directory.commands import withhold_person
from convenor.domain.directory.models import Segment
from convenor.domain.groups.commands.former import FormerFacts, add_former
from convenor.domain.groups.commands.parents import ParentFacts, set_parent
from convenor.domain.groups.models import Appointment, FormerMember, Group, Seat
from convenor.domain.groups.queries.popolo import popolo_lines
from convenor.domain.groups.tests.world import NOW, START, World

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


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


def fill(world: World) -> None:
    """Everything that Popolo can say: bodies, offices, groups under several parents, seats of each basis, who sat."""
    council = council_of(world)
    world.department("Department of Nothing", parent=world.department("Department of Everything"))
    office = world.office("Deputy", world.department("Department of Finance"), role="deputy")
    world.holds(office, "Dora Deputy", None, date(2025, 6, 30))
    world.holds(office, "Aki Acting", date(2025, 7, 1), None, acting=True)
    world.focus_group(name="Approved group", sunset_on=date(2027, 6, 30))
    under = [ParentFacts(council), ParentFacts(Group.objects.get(name="Design working group"))]
    task = world.group("task-group", name="Errands of two", under=under, deliverable="One page.", acronym="E2")
    stood_elsewhere(world, task)
    vacant = world.seat(task, "Vacant place", votes=False, counts_to_quorum=False)
    world.chair(world.seat(task, "Leading place"), "group-lead", START, date(2025, 1, 1))
    world.appoint(vacant, "Una Unknown", None, None)
    world.seat(council, "Ended place", constituency="agency", ends_on=date(2025, 3, 1))
    world.seat(council, chair_of=task, constituency="agency")
    world.seat(council, segment=Segment.objects.get(slug="practice-payroll"), constituency="providers")
    world.group(None, name="Forum of others")


def stood_elsewhere(world: World, task: Group) -> None:
    """A parent that came later, one that is over, one twice, and one recorded with another approval."""
    later, over, twice, other = (world.working_group(name) for name in ("Later", "Over", "Twice", "Other approval"))
    links: list[tuple[ParentFacts, date, date | None]] = [
        (ParentFacts(later), date(2025, 4, 1), None),
        (ParentFacts(over), date(2024, 3, 1), date(2024, 9, 30)),
        (ParentFacts(twice), date(2024, 2, 1), date(2024, 4, 30)),
        (ParentFacts(twice, date(2025, 5, 2), "Minutes 5"), date(2025, 6, 1), None),
        (ParentFacts(other, date(2024, 1, 20), "Letter 7"), START, None),
    ]
    for link, first, last in links:
        set_parent(by=world.by, group=task, link=link, starts_on=first, ends_on=last, now=NOW)


def named(said: dict[str, Any]) -> dict[str, Any]:
    """A document with names in place of a site's references, and without its addresses and identifiers."""
    names = {each["id"]: each["name"] for each in said["persons"] + said["organizations"]}
    posts = {each["id"]: each for each in said["posts"]}
    names |= {key: f"{names[each['organization_id']]}: {each['label']}" for key, each in posts.items()}

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: plain(each) for key, each in value.items() if key not in ("id", "links", "identifiers")}
        if isinstance(value, list):
            return [plain(each) for each in value]
        return names.get(value, value) if isinstance(value, str) else value

    return {kind: sorted((plain(each) for each in things), key=json.dumps) for kind, things in said.items()}


def load(world: World, said: dict[str, Any], source: str = "another site") -> dict[str, int]:
    """Checked and loaded without a fault; how many rows came to what."""
    batch = check_upload(
        by=world.by, resource=loadable("several"), source=source, filename="p.json",
        content=json.dumps(said).encode(), now=NOW,
    )  # fmt: skip
    assert [(row.place, row.error) for row in batch.rows.filter(outcome="bad")] == []
    batch = advance(batch=confirm(by=world.by, batch=batch, without_bad=False, now=NOW), now=NOW, seconds=60)
    assert [(row.place, row.error) for row in batch.rows.filter(outcome="failed")] == []
    return dict(Counter(batch.rows.values_list("outcome", flat=True)))


@pytest.mark.parametrize("site", ["http://127.0.0.1:8000", "https://other.example"])
def test_there_and_back_again_says_the_same(world: World, settings: Any, site: str) -> None:
    here = settings.SITE_URL
    with transaction.atomic():
        fill(world)
        settings.SITE_URL = site
        said = document(anonymous(NOW))
        transaction.set_rollback(True)
    settings.SITE_URL = here
    assert not Group.objects.exists()
    task = next(each for each in said["organizations"] if each["name"] == "Errands of two")
    assert len(task["x_convenor"]["parents"]) == 7
    there = named(document(anonymous(NOW)))
    assert [each["name"] for each in there["organizations"]] == ["Agency of Practice"]
    load(world, said)
    again, before = named(document(anonymous(NOW))), named(said)
    for kind in before:  # another site's Agency of Practice is another body
        expected = before[kind] if site == here else before[kind] + there[kind]
        assert again[kind] == sorted(expected, key=json.dumps)
    assert min(len(things) for things in before.values()) >= 7
    assert set(load(world, said)) == {"unchanged"}, "a second time changes nothing"


def schemes(thing: dict[str, Any]) -> list[tuple[str, str]]:
    held = thing.get("identifiers") or thing["x_convenor"]["identifiers"]
    return [(each["scheme"], each["identifier"]) for each in held]


def test_each_thing_says_which_site_published_it_as_what(world: World, client: Client) -> None:
    fill(world)
    said = document(anonymous(NOW))
    for kind in ("persons", "organizations", "posts"):
        for thing in said[kind]:
            assert ("http://127.0.0.1:8000/r/", thing["id"]) in schemes(thing), kind
            if "/" not in thing["id"]:  # a seat is a place of its group
                assert client.get(f"/r/{thing['id']}").status_code == 302


def test_another_sites_numbers_are_no_records_of_ours(world: World, settings: Any) -> None:
    council_of(world)
    here, settings.SITE_URL = settings.SITE_URL, "https://other.example"
    theirs = document(anonymous(NOW))
    settings.SITE_URL = here
    for each in theirs["organizations"]:
        each["name"] = f"{each['name']} of theirs"
    for each in theirs["persons"]:
        each["name"] = f"{each['name']} of theirs"
    before = named(document(anonymous(NOW)))
    outcomes = load(world, theirs)
    assert set(outcomes) == {"created"}
    after = document(anonymous(NOW))
    assert Group.objects.filter(name="Popular council of theirs").count() == 1
    ours = [each for each in after["organizations"] if not each["name"].endswith("of theirs")]
    assert sorted(each["name"] for each in ours) == sorted(each["name"] for each in before["organizations"])


def test_what_this_site_published_comes_back_to_its_record_whoever_passes_it_on(world: World) -> None:
    council = council_of(world)
    said = document(anonymous(NOW), council.record.ref)
    (group,) = said["organizations"]
    group["id"], group["description"] = "passed-on-7", "To be popular, and to say why."
    for each in said["posts"] + said["memberships"]:
        each["organization_id"] = "passed-on-7"
    host = {"id": group["x_convenor"]["host_id"], "name": council.host.name, "classification": "practice-department"}
    load(world, {**said, "organizations": [group, host]}, "an archive")
    council.refresh_from_db()
    assert council.purpose == "To be popular, and to say why."
    assert Group.objects.count() == 1
    assert Seat.objects.count() == 2


@pytest.mark.parametrize(
    "odd", [7, "x", ["x"], [{}], [{"scheme": 3}], [{"scheme": "https://a.example/r/"}], {"scheme": "x"}, [[]]]
)
def test_odd_identifiers_are_passed_over(world: World, odd: Any) -> None:
    body = {"id": "o1", "name": "Body of Practice", "classification": "practice-department", "identifiers": odd}
    group = {"id": "g1", "name": "Committee of Practice", "classification": "committee", "parent_id": "o1"}
    ours = {"x_convenor": {"identifiers": odd, "group": True, "ours": False, "parents": "odd", "parent_ids": []}}
    assert load(world, {"persons": [], "organizations": [body, {**group, **ours}]}) == {"created": 2}
