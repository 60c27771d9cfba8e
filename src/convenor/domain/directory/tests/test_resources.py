"""The directory outside: fields, what strangers get, and uploads through the commands with their undo."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from convenor.core.accounts.models import DutyAssignment, Person
from convenor.core.exchange.commands import advance, check_upload, confirm, undo
from convenor.core.exchange.models import ImportBatch
from convenor.core.exchange.present import plain, present
from convenor.core.exchange.resources import Resource, resources
from convenor.core.records import commands as records
from convenor.core.records.rules import NotAllowed, Viewer, anonymous
from convenor.domain.directory import commands as c
from convenor.domain.directory.models import Office, Organisation, Profile, Tenure
from convenor.domain.directory.resources import ALL
from convenor.domain.directory.tests.cast import TODAY, Cast, body, kind, latest, office, somebody, verbs

pytestmark = pytest.mark.slow


def rows(resource: Resource, viewer: Viewer) -> list[dict[str, Any]]:
    found = resource.queryset(viewer).live().prefetch_related(*resource.prefetch(viewer)).order_by("pk")
    return [plain(values) for values in present(resource, list(found), viewer)]


def refs(value: Any) -> Any:
    return [item["ref"] for item in value] if isinstance(value, list) else value and value["ref"]


def test_every_resource_of_the_directory_is_registered(cast: Cast) -> None:
    assert {resource.name for resource in ALL} <= set(resources)
    assert [resource.name for resource in ALL] == [
        "organisations",
        "organisation-changes",
        "offices",
        "tenures",
        "people",
        "partnerships",
        "contacts",
    ]


def test_organisations_outside(cast: Cast) -> None:
    made = body("Digital Office", cast.now, parent=cast.health, abn="51 824 753 556", segments=(cast.segment,))
    plan = c.ChangePlan("merged", TODAY, (cast.revenue, cast.association), (c.Successor(made),))
    c.record_change(by=cast.by, plan=plan, now=cast.now)
    found = {row["name"]: row for row in rows(resources["organisations"], anonymous(cast.now))}
    mine = found["Digital Office"]
    assert (mine["slug"], mine["abn"], mine["kind"], mine["segments"]) == (
        "digital-office",
        "51824753556",
        kind().slug,
        [cast.segment.slug],
    )
    assert refs(mine["part_of"]) == cast.health.record.ref
    assert refs(found["Revenue Office"]["succeeded_by"]) == [made.record.ref]
    assert found["Revenue Office"]["ended_on"] == "2026-11-22"
    change = rows(resources["organisation-changes"], anonymous(cast.now))[0]
    assert change["names_before"] == ["Revenue Office", "Association of Example Software"]
    assert refs(change["after"]) == [made.record.ref]


def test_offices_and_tenures_outside(cast: Cast) -> None:
    person = somebody("Ada Holder", cast.now)
    facts = c.TenureFacts(date(2020, 1, 1), note="Instrument 3")
    c.start_tenure(by=cast.by, office=cast.cio, person=person, facts=facts, now=cast.now)
    viewer = anonymous(cast.now)
    found = rows(resources["offices"], viewer)[0]
    ref = Profile.objects.get(person=person).record.ref
    assert (refs(found["holder"]), found["holder_since"], found["acting"]) == (ref, "2020-01-01", False)
    assert refs(found["organisation"]) == cast.health.record.ref
    tenure = _tenures(viewer)[0]
    assert (refs(tenure["person"]), tenure["starts_on"], tenure["note"]) == (ref, "2020-01-01", "Instrument 3")


def _tenures(viewer: Viewer) -> list[dict[str, Any]]:
    resource = resources["tenures"]
    return [plain(values) for values in present(resource, list(resource.queryset(viewer).order_by("pk")), viewer)]


def test_partnerships_contacts_and_people_outside(cast: Cast) -> None:
    cast.partnership()
    entry = cast.contact(outcome="A promise")
    viewer = anonymous(cast.now)
    bond = rows(resources["partnerships"], viewer)[0]
    assert (bond["stage"], refs(bond["parties"]), bond["stages"]) == (
        "exploring",
        [cast.association.record.ref],
        ["exploring 2026-11-23"],
    )
    log = rows(resources["contacts"], viewer)[0]
    assert (log["ref"], log["formal"], refs(log["organisations"])) == (
        entry.record.ref,
        False,
        [cast.association.record.ref],
    )
    somebody("Ada Open", cast.now, "secret@example.org", published=True)
    people = rows(resources["people"], viewer)
    assert [row["name"] for row in people] == ["Ada Open"]
    assert "secret@example.org" not in str(people)


def test_what_is_hidden_is_in_no_row(cast: Cast) -> None:
    cast.partnership()
    cast.contact()
    person = somebody("Hidden Person", cast.now, published=True)
    c.start_tenure(by=cast.by, office=cast.cio, person=person, facts=c.TenureFacts(), now=cast.now)
    with transaction.atomic():
        for record in (cast.association.record, Profile.objects.get(person=person).record):
            records.show_to(record, now=cast.now, visibility="sealed")
    viewer = anonymous(cast.now)
    told = str([rows(resource, viewer) for resource in ALL if resource.key]) + str(_tenures(viewer))
    for hidden in (cast.association.name, cast.association.record.ref, "Hidden Person", "hidden-person"):
        assert hidden not in told


# Uploads


def load(cast: Cast, name: str, text: str, by: Viewer | None = None) -> ImportBatch:
    who = by or cast.site_officer
    batch = check_upload(
        by=who, resource=resources[name], source="register", filename="up.csv", content=text.encode(), now=cast.now
    )
    confirm(by=who, batch=batch, without_bad=True, now=cast.now)
    return advance(batch=batch, now=cast.now, seconds=10)


@pytest.fixture(autouse=True)
def duties(cast: Cast) -> None:
    """Loading asks again who loads, as the worker does: the cast's officers hold their duties in the database."""
    before = cast.now - timedelta(days=1)
    for officer, over in ((cast.site_officer, None), (cast.health_officer, cast.health.record)):
        person = Person.objects.get(pk=officer.person_id or 0)
        DutyAssignment.objects.create(person=person, duty="secretariat", over=over, starts_at=before)


def outcomes(batch: ImportBatch) -> list[tuple[str, str]]:
    return [(row.outcome, row.error) for row in batch.rows.order_by("number")]


def organisations_csv(*lines: str) -> str:
    return "\n".join(["id,name,kind,part_of,abn,segments,established_on", *lines]) + "\n"


def test_organisations_are_loaded_changed_left_alone_and_taken_back(cast: Cast) -> None:
    word = kind().slug
    first = organisations_csv(
        f"1,New Department,{word},,51 824 753 556,,1999-07-01",
        f"2,New Bureau,{word},New Department,,{cast.segment.slug},",
    )
    batch = load(cast, "organisations", first)
    assert outcomes(batch) == [("created", ""), ("created", "")]
    bureau = Organisation.objects.get(name="New Bureau")
    assert (bureau.parent and bureau.parent.name, list(bureau.segments.all())) == ("New Department", [cast.segment])
    assert outcomes(load(cast, "organisations", first)) == [("unchanged", ""), ("unchanged", "")]
    changed = load(cast, "organisations", organisations_csv(f"2,Newer Bureau,{word},Health,,,"))
    assert outcomes(changed) == [("changed", "")]
    bureau.refresh_from_db()
    assert (bureau.name, bureau.parent, bureau.slug) == ("Newer Bureau", cast.health, "newer-bureau")
    undo(by=cast.site_officer, batch=changed, now=cast.now)
    advance(batch=changed, now=cast.now, seconds=10)
    bureau.refresh_from_db()
    assert (bureau.name, bureau.parent and bureau.parent.name, list(bureau.segments.all())) == (
        "New Bureau",
        "New Department",
        [cast.segment],
    )


def test_a_load_is_taken_back_whole(cast: Cast) -> None:
    word = kind().slug
    text = organisations_csv(f"1,New Department,{word},,,,", f"2,New Bureau,{word},New Department,,,")
    batch = load(cast, "organisations", text)
    undo(by=cast.site_officer, batch=batch, now=cast.now)
    advance(batch=batch, now=cast.now, seconds=10)
    made = Organisation.objects.filter(name__startswith="New ").order_by("pk")
    assert [row.record.state for row in made] == ["withdrawn", "withdrawn"]
    assert verbs(made[0].record) == ["organisation.created", "organisation.withdrawn"]
    again = load(cast, "organisations", text.replace("Department", "Ministry"))
    assert outcomes(again)[0] == ("changed", "")
    assert Organisation.objects.get(name="New Ministry").record.state == "live"


def test_bad_rows_are_named_and_good_ones_load(cast: Cast) -> None:
    word = kind().slug
    text = organisations_csv(
        f"1,Good,{word},,,,",
        f"2,Bad ABN,{word},,51 824 753 557,,",
        f"3,Bad Parent,{word},Nowhere,,,",
        f"4,Bad Day,{word},,,,yesterday",
        "5,Bad Kind,spaceship,,,,",
        f"6,,{word},,,,",
    )
    batch = load(cast, "organisations", text)
    found = dict(zip("123456", outcomes(batch), strict=True))
    assert found["1"] == ("created", "")
    assert "is not an ABN" in found["2"][1]
    assert "No organisation here is called “Nowhere”" in found["3"][1]
    assert "“yesterday” is not a day" in found["4"][1]
    assert "“spaceship” is not one of" in found["5"][1]
    assert "must be filled" in found["6"][1]
    assert Organisation.objects.filter(name__startswith="Bad").count() == 0


def test_who_may_load(cast: Cast) -> None:
    word = kind().slug
    for by in (cast.nobody, anonymous(cast.now)):
        with pytest.raises(NotAllowed):
            load(cast, "organisations", organisations_csv(f"1,X,{word},,,,"), by)
    mixed = organisations_csv(f"1,Ours,{word},Health,,,", f"2,Theirs,{word},Revenue Office,,,")
    batch = load(cast, "organisations", mixed, cast.health_officer)
    assert [outcome for outcome, _ in outcomes(batch)] == ["created", "bad"]
    assert "Only officers of Revenue Office" in outcomes(batch)[1][1]


def offices_csv(*lines: str) -> str:
    return "\n".join(["id,organisation,title,role,holder,holder_email,holder_from,holder_to,acting", *lines]) + "\n"


def test_offices_are_loaded_with_who_holds_them_and_taken_back(cast: Cast) -> None:
    text = offices_csv(
        f"1,Health,Chief Data Officer,{cast.role.slug},Dana Data,dana@example.org,2024-02-01,,no",
        "2,Revenue Office,Commissioner,,,,,,",
        "3,Health,Chief Information Officer,,Ina Info,,2025-01-01,,yes",
    )
    batch = load(cast, "offices", text)
    assert outcomes(batch) == [("created", ""), ("created", ""), ("changed", "")]
    data = Office.objects.get(title="Chief Data Officer")
    tenure = Tenure.objects.get(office=data)
    assert (tenure.person.name, tenure.person.email, tenure.starts_on, tenure.acting) == (
        "Dana Data",
        "dana@example.org",
        date(2024, 2, 1),
        False,
    )
    assert Tenure.objects.get(office=cast.cio).acting is True
    assert outcomes(load(cast, "offices", text)) == [("unchanged", "")] * 3
    undo(by=cast.site_officer, batch=batch, now=cast.now)
    advance(batch=batch, now=cast.now, seconds=10)
    assert not Tenure.objects.exists()
    assert Office.objects.get(pk=data.pk).record.state == "withdrawn"
    assert Office.objects.get(pk=cast.cio.pk).record.state == "live"
    assert latest(cast.cio.record)[0] == "office.tenure-removed"


def test_bad_rows_of_offices_are_named(cast: Cast) -> None:
    for _ in range(2):
        somebody("Jo Twin", cast.now, published=True)
    office("Clerk", cast.revenue, cast.now)
    text = offices_csv(
        "1,Nowhere,Clerk,,,,,,",
        "2,Health,Clerk,,,,2024-02-01,,",
        "3,Health,Scribe,,Jo Twin,,,,",
        "4,Health,Reader,,Ada,,2024-02-02,2024-02-01,",
    )
    batch = check_upload(
        by=cast.site_officer,
        resource=resources["offices"],
        source="register",
        filename="up.csv",
        content=text.encode(),
        now=cast.now,
    )
    found = dict(zip("1234", outcomes(batch), strict=True))
    assert "No organisation here is called “Nowhere”" in found["1"][1]
    assert "Say who holds it" in found["2"][1]
    assert "2 people here are called “Jo Twin”" in found["3"][1]
    assert "It cannot end on Thu 1 Feb 2024" in found["4"][1]
    assert not Office.objects.filter(title__in=["Scribe", "Reader"]).exists()
