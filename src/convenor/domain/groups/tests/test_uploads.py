"""Tables of people, appointments, chairing, parents and former members: loaded, loaded again, changed, taken back."""

from __future__ import annotations

import io
import json
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from convenor.core.exchange import tabular
from convenor.core.exchange.commands import advance, check_upload, choose_columns, confirm, loading, take_in, undo
from convenor.core.exchange.declare import loadable
from convenor.core.exchange.models import ImportBatch
from convenor.core.exchange.rules import Chosen
from convenor.core.exchange.several import parts
from convenor.core.records.rules import NotAllowed, Refused, Viewer
from convenor.domain.directory.models import Profile
from convenor.domain.groups.commands.former import FormerFacts, add_former, explain_end, strike_former
from convenor.domain.groups.commands.parents import ParentFacts, set_parent
from convenor.domain.groups.commands.resuming import resume_chairing
from convenor.domain.groups.commands.words import ChairRoleFacts, add_chair_role, remove_chair_role
from convenor.domain.groups.models import Appointment, Chairing, ChairRole, FormerMember, Group, Parent, Seat
from convenor.domain.groups.queries.former import former_of_person
from convenor.domain.groups.queries.life import life_of
from convenor.domain.groups.queries.rosters import roster
from convenor.domain.groups.tests.world import NOW, START, TODAY, World, last_told, private_fields

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is, a dry run asks all rows."""
    monkeypatch.setattr(loading, "REHEARSAL_SECONDS", 60.0)
    monkeypatch.setattr(loading, "BREATH", 0.0)


@pytest.fixture
def council(world: World) -> Group:
    group = world.group("council", name="Loaded council")
    world.seat(group, "Chair of the council", constituency="agency")
    world.seat(group, "Second place", constituency="providers")
    return group


def checked(by: Viewer, name: str, content: bytes, filename: str = "up.csv") -> ImportBatch:
    return check_upload(by=by, resource=loadable(name), source="register", filename=filename, content=content, now=NOW)


def load(by: Viewer, name: str, text: str | bytes, filename: str = "up.csv") -> ImportBatch:
    content = text if isinstance(text, bytes) else text.encode()
    batch = confirm(by=by, batch=checked(by, name, content, filename), without_bad=True, now=NOW)
    return advance(batch=batch, now=NOW, seconds=60)


def taken_back(by: Viewer, batch: ImportBatch) -> ImportBatch:
    return advance(batch=undo(by=by, batch=batch, now=NOW), now=NOW, seconds=60)


def told(batch: ImportBatch) -> list[tuple[str, str]]:
    return [(row.outcome, row.error) for row in batch.rows.order_by("number")]


def outcomes(batch: ImportBatch) -> dict[str, int]:
    return dict(Counter(batch.rows.values_list("outcome", flat=True)))


PEOPLE = """id,name,email,about
P1,Ada Notional,,Writes.
P2,Ada Notional,,
P3,Bo Pretend,bo@practice.example,
"""

APPOINTMENTS = """id,group,seat,person,starts_on,ends_on,acting,instrument,end_reason
A1,Loaded council,Second place,P1,2024-02-01,2025-01-31,,Letter 4,Moved abroad
A2,Loaded council,2,P3,2025-02-01,,,Letter 5,
A3,Loaded council,Chair of the council,P2,,,,,
"""


def test_appointments_are_loaded_by_ids_of_people_of_the_same_source(world: World, council: Group) -> None:
    assert outcomes(load(world.by, "people", PEOPLE)) == {"created": 3}
    batch = load(world.by, "appointments", APPOINTMENTS)
    assert told(batch) == [("created", "")] * 3
    rows = list(Appointment.objects.order_by("pk").values_list("person__name", "starts_on", "ends_on", "end_reason"))
    assert rows == [
        ("Ada Notional", date(2024, 2, 1), date(2025, 1, 31), "Moved abroad"),
        ("Bo Pretend", date(2025, 2, 1), None, ""),
        ("Ada Notional", None, None, ""),
    ]
    assert Appointment.objects.values("person").distinct().count() == 3  # two of one name are two people
    assert outcomes(load(world.by, "appointments", APPOINTMENTS)) == {"unchanged": 3}
    ended = load(
        world.by,
        "appointments",
        APPOINTMENTS.replace("A2,Loaded council,2,P3,2025-02-01,,", "A2,Loaded council,2,P3,2025-02-01,2026-10-31,"),
    )
    assert outcomes(ended) == {"unchanged": 2, "changed": 1}
    assert Appointment.objects.filter(ends_on=date(2026, 10, 31)).count() == 1
    taken_back(world.by, ended)
    assert Appointment.objects.filter(ends_on=None).count() == 2
    taken_back(world.by, batch)
    assert not Appointment.objects.exists()


def test_bad_rows_of_appointments_are_named(world: World, council: Group) -> None:
    text = b"""id,group,seat,person,starts_on,ends_on,end_reason
1,Nobody,Second place,Somebody New,,,
2,Loaded council,Third place,Somebody New,,,
3,Loaded council,Second place,Somebody New,soon,,
4,Loaded council,Second place,Somebody New,2025-03-01,2025-02-01,
5,Loaded council,Second place,Somebody New,2025-03-01,,Tired
"""
    found = [error for _outcome, error in told(checked(world.by, "appointments", text))]
    for words, error in zip(
        ("No group here is called", "has no seat “Third place”", "is not a day", "is before the first", "on which day"),
        found,
        strict=True,
    ):
        assert words in error


def test_people_are_changed_and_taken_back(world: World) -> None:
    there = world.person("Cy Already")
    batch = load(world.by, "people", PEOPLE + "P4,Cy Already,,\n")
    assert outcomes(batch) == {"created": 3, "unchanged": 1}
    assert batch.rows.get(source_id="P4").record == there.profile.record
    second = load(world.by, "people", PEOPLE.replace("Bo Pretend", "Bo Fictional"))
    assert outcomes(second) == {"unchanged": 2, "changed": 1}
    taken_back(world.by, second)
    assert Profile.objects.filter(record__title="Bo Pretend").count() == 1
    taken_back(world.by, batch)
    assert Profile.objects.filter(record__state="live").count() == 1
    assert outcomes(load(world.by, "people", PEOPLE)) == {"changed": 3}
    assert Profile.objects.filter(record__state="live").count() == 4
    with pytest.raises(NotAllowed):
        checked(world.somebody(), "people", PEOPLE.encode())


def test_what_one_chunk_takes_back_does_not_stop_the_next(
    world: World, council: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seats share their group's history: what this upload wrote there a moment ago is not a later change."""
    monkeypatch.setattr(loading, "CHUNK", 1)
    monkeypatch.setattr(loading, "CHUNK_SECONDS", 60.0)
    lines = "".join(f"{n},{council.slug},Place {n},individual,providers\n" for n in range(5))
    batch = load(world.by, "seats", "id,group,title,basis,constituency\n" + lines)
    assert council.seats.filter(title__startswith="Place").count() == 5
    later = NOW + timedelta(days=1)
    advance(batch=undo(by=world.by, batch=batch, now=later), now=later, seconds=60)
    assert list(batch.rows.exclude(error="").values_list("error", flat=True)) == []
    assert not council.seats.filter(title__startswith="Place").exists()


def test_chairing_is_loaded_ended_and_taken_back(world: World, council: Group) -> None:
    text = "id,group,seat,role,starts_on,ends_on\nC1,Loaded council,Chair of the council,chair,2024-03-01,\n"
    text = text.replace(",chair,", ",co-chair,")
    batch = load(world.by, "chairing", text)
    assert told(batch) == [("created", "")]
    assert outcomes(load(world.by, "chairing", text)) == {"unchanged": 1}
    ended = load(world.by, "chairing", text.replace("2024-03-01,", "2024-03-01,2026-09-30"))
    assert told(ended) == [("changed", "")]
    assert Chairing.objects.get().ends_on == date(2026, 9, 30)
    again = checked(world.by, "chairing", text.replace("2024-03-01,", "2024-03-01,2026-10-30").encode())
    assert "has an end already" in told(again)[0][1]
    taken_back(world.by, ended)
    assert Chairing.objects.get().ends_on is None
    taken_back(world.by, batch)
    assert not Chairing.objects.exists()


def test_a_chairing_that_ended_by_mistake_goes_on(world: World, council: Group) -> None:
    seat = Seat.objects.get(group=council, number=1)
    world.chair(seat, "co-chair", START, date(2025, 1, 1))
    chairing = Chairing.objects.select_related("seat__group").get()
    with pytest.raises(NotAllowed):
        resume_chairing(by=world.somebody(), chairing=chairing, reason="No.", now=NOW)
    with pytest.raises(Refused):
        resume_chairing(by=world.by, chairing=chairing, reason="", now=NOW)
    assert resume_chairing(by=world.by, chairing=chairing, reason="It went on.", now=NOW).ends_on is None
    assert last_told(council.record)[0] == "group.chair-resumed"
    world.chair(Seat.objects.get(group=council, number=2), "co-chair")
    Chairing.objects.filter(pk=chairing.pk).update(ends_on=date(2025, 1, 1))
    world.chair(seat, "deputy-chair", date(2026, 1, 1))
    with pytest.raises(Refused, match="deputy chair"):
        resume_chairing(by=world.by, chairing=chairing, reason="It went on.", now=NOW)


def test_several_parents_come_in_one_line_or_as_lines_of_their_own(world: World) -> None:
    for name in ("North", "South", "East"):
        world.working_group(name)
    head = "id,name,type,host,purpose,deliverable,parent,approved_on\n"
    line = "F,Loaded group,practice-focus-group,Agency of Practice,To find out.,A finding.,North; South,2024-02-01\n"
    batch = load(world.by, "groups", head + line)
    assert told(batch) == [("created", "")]
    assert Parent.objects.count() == 2
    third = load(world.by, "groups", head + line.replace("North; South", "North; South; East"))
    assert told(third) == [("changed", "")]
    assert Parent.objects.count() == 3
    taken_back(world.by, third)
    assert Parent.objects.count() == 2
    links = "id,group,parent,starts_on,ends_on,approved_on\nL1,F,East,2025-01-01,2025-06-30,2025-01-01\n"
    dated = load(world.by, "group-parents", links)
    assert told(dated) == [("created", "")]
    assert outcomes(load(world.by, "group-parents", links)) == {"unchanged": 1}
    ring = checked(world.by, "group-parents", b"id,group,parent\nL2,North,F\n")
    assert "stands under this group itself" in told(ring)[0][1]
    taken_back(world.by, dated)
    assert set(Parent.objects.values_list("parent__name", flat=True)) == {"North", "South"}


def test_a_line_of_a_parent_gives_the_link_its_days(world: World) -> None:
    group = world.working_group("North")
    parent = world.group("council", name="Council")
    set_parent(by=world.by, group=group, link=ParentFacts(parent), starts_on=date(2025, 6, 1), now=NOW)
    head = "id,group,parent,starts_on,ends_on\n"

    def days() -> list[tuple[date, date | None]]:
        return list(Parent.objects.order_by("starts_on").values_list("starts_on", "ends_on"))

    before = load(world.by, "group-parents", f"{head}L1,North,Council,2024-02-01,2024-12-31\n")
    assert days() == [(date(2024, 2, 1), date(2024, 12, 31)), (date(2025, 6, 1), None)]
    twice = checked(world.by, "group-parents", f"{head}L2,North,Council,2024-05-01,2024-06-30\n".encode())
    assert "is its parent already" in told(twice)[0][1]
    backwards = checked(world.by, "group-parents", f"{head}L2,North,Council,2024-02-01,2023-06-30\n".encode())
    assert "The last day is before the first" in told(backwards)[0][1]
    earlier = load(world.by, "group-parents", f"{head}L3,North,Council,2025-03-01,\n")
    assert (told(earlier), days()[1]) == ([("changed", "")], (date(2025, 3, 1), None))
    ended = load(world.by, "group-parents", f"{head}L4,North,Council,2025-04-01,2026-01-31\n")
    assert days()[1] == (date(2025, 4, 1), date(2026, 1, 31))
    for batch in (ended, earlier, before):
        taken_back(world.by, batch)
    assert days() == [(date(2025, 6, 1), None)]


FORMER = """id,group,person,role,began,ended
F1,Loaded council,Ada Notional,Emeritus lead,,
F2,Loaded council,Bo Pretend,Chair,2016,2019-03
"""


def test_former_members_are_kept_without_a_day_made_up(world: World, council: Group) -> None:
    batch = load(world.by, "former-members", FORMER)
    assert told(batch) == [("created", "")] * 2
    shown = life_of(world.somebody(), council).former
    assert [(each.name, each.role, each.time) for each in shown] == [
        ("Ada Notional", "Emeritus lead", "the days are not known"),
        ("Bo Pretend", "Chair", "from 2016 to March 2019"),
    ]
    for day in (START, date(2017, 5, 5), TODAY):
        assert not any(line.present for line in roster(world.by, council.pk, day))
    assert outcomes(load(world.by, "former-members", FORMER)) == {"unchanged": 2}
    wrong = checked(world.by, "former-members", FORMER.replace("2019-03", "2019-13").encode())
    assert "is not a year, a month or a day" in told(wrong)[1][1]
    taken_back(world.by, batch)
    assert not FormerMember.objects.exists()


def test_former_members_by_hand(world: World, council: Group) -> None:
    person = world.person("Ada Notional")
    facts = FormerFacts("Lead", "2016", "2018")
    row = add_former(by=world.officer(), group=council, person=person, facts=facts, now=NOW)
    assert last_told(council.record)[0] == "group.former-member-added"
    assert "person" in private_fields(council.record)
    assert [each.group_name for each in former_of_person(world.somebody(), person.pk)] == ["Loaded council"]
    for wrong, words in ((facts, "already"), (FormerFacts("Lead", "2019", "2018"), "cannot end")):
        with pytest.raises(Refused, match=words):
            add_former(by=world.by, group=council, person=person, facts=wrong, now=NOW)
    with pytest.raises(NotAllowed):
        add_former(by=world.somebody(), group=council, person=person, facts=FormerFacts(), now=NOW)
    with pytest.raises(Refused):
        strike_former(by=world.by, row=row, reason="", now=NOW)
    with pytest.raises(NotAllowed):
        strike_former(by=world.somebody(), row=row, reason="No.", now=NOW)
    strike_former(by=world.by, row=row, reason="A mistake.", now=NOW)
    assert last_told(council.record)[0] == "group.former-member-struck"
    assert not FormerMember.objects.exists()


def test_why_an_appointment_ended_is_told_to_officers(world: World, council: Group) -> None:
    term = world.appoint(Seat.objects.get(group=council, number=2), "Ada Notional", START, date(2025, 1, 1))
    with pytest.raises(NotAllowed):
        explain_end(by=world.somebody(), appointment=term, why="Tired.", now=NOW)
    assert explain_end(by=world.by, appointment=term, why="Tired.", now=NOW).end_reason == "Tired."
    assert last_told(council.record)[0] == "group.appointment-explained"
    assert {"end_reason", "person"} <= private_fields(council.record)


def test_words_for_who_chairs_are_added_and_removed_while_unused(world: World, council: Group) -> None:
    facts = ChairRoleFacts("ranking-member", "Ranking member", leads=False)
    assert add_chair_role(by=world.officer(), facts=facts, now=NOW)
    assert not add_chair_role(by=world.by, facts=facts, now=NOW)
    for wrong in (ChairRoleFacts("No Code", "Name"), ChairRoleFacts("code", "")):
        with pytest.raises(Refused):
            add_chair_role(by=world.by, facts=wrong, now=NOW)
    for asked in (lambda by: add_chair_role(by=by, facts=facts, now=NOW),
                  lambda by: remove_chair_role(by=by, slug="ranking-member", now=NOW)):  # fmt: skip
        with pytest.raises(NotAllowed):
            asked(world.officer(council.record))
    seat = Seat.objects.get(group=council, number=1)
    world.roles = {role.slug: role for role in ChairRole.objects.all()}
    world.chair(seat, "ranking-member")
    remove_chair_role(by=world.by, slug="ranking-member", now=NOW)
    assert ChairRole.objects.filter(slug="ranking-member").exists()
    Chairing.objects.all().delete()
    remove_chair_role(by=world.by, slug="ranking-member", now=NOW)
    assert not ChairRole.objects.filter(slug="ranking-member").exists()


SEVERAL: dict[str, Any] = {
    "seats": [
        {"id": "S1", "group": "G2", "title": "Place 1", "basis": "individual", "constituency": "agency", "person": "P1",
         "chairs_as": "ranking-member"},
        {"id": "S2", "group": "G2", "title": "Place 2", "basis": "individual", "constituency": "agency",
         "person": "P2"},
    ],
    "chair-roles": [{"id": "ranking-member", "name": "Ranking member", "leads": "no"}],
    "people": [{"id": "P1", "name": "Ada Notional"}, {"id": "P2", "name": "Ada Notional"}],
    "groups": [
        {"id": "G1", "name": "Same name", "type": "practice-council", "host": "Agency of Practice", "purpose": "One."},
        {"id": "G2", "name": "Same name", "type": "practice-council", "host": "Agency of Practice", "purpose": "Two."},
    ],
}  # fmt: skip


def test_several_lists_go_in_together_in_the_order_they_need(world: World) -> None:
    content = json.dumps(SEVERAL).encode()
    batch = load(world.by, "several", content, "all.json")
    assert [(row.resource, row.place, row.outcome, row.error) for row in batch.rows.order_by("number")] == [
        ("chair-roles", "chair-roles 1", "created", ""),
        ("people", "people 1", "created", ""),
        ("people", "people 2", "created", ""),
        ("groups", "groups 1", "created", ""),
        ("groups", "groups 2", "created", ""),
        ("seats", "seats 1", "created", ""),
        ("seats", "seats 2", "created", ""),
    ]
    second = Group.objects.get(purpose="Two.")
    assert Seat.objects.filter(group=second).count() == 2
    assert outcomes(load(world.by, "several", content, "all.json")) == {"unchanged": 7}
    taken_back(world.by, batch)
    assert (
        Group.objects.live().count(),
        Seat.objects.count(),
        Profile.objects.filter(record__state="live").count(),
    ) == (0, 0, 0)
    assert not ChairRole.objects.filter(slug="ranking-member").exists()
    again = load(world.by, "several", content, "all.json")
    assert outcomes(again) == {"created": 1, "changed": 6}


def test_a_bad_row_of_several_lists_is_named_by_its_place(world: World) -> None:
    bad = {**SEVERAL, "seats": [*SEVERAL["seats"], {"id": "S3", "group": "G9", "title": "x", "basis": "throne"}]}
    batch = checked(world.by, "several", json.dumps(bad).encode(), "all.json")
    wrong = batch.rows.get(outcome="bad")
    assert (wrong.place, wrong.faults[0][0]) == ("seats 3", "basis")


def test_several_lists_come_as_a_workbook_and_as_csv_too(world: World) -> None:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in SEVERAL.items():
        sheet = book.create_sheet(name)
        heads = list(dict.fromkeys(key for row in rows for key in row))
        sheet.append(heads)
        for row in rows:
            sheet.append([row.get(key, "") for key in heads])
    book.create_sheet("Notes of mine").append(["hello"])
    kept = io.BytesIO()
    book.save(kept)
    batch = load(world.by, "several", kept.getvalue(), "all.xlsx")
    assert outcomes(batch) == {"created": 7}
    assert batch.rows.get(source_id="S2").place == "seats, row 3"
    assert any("Notes of mine" in note for note in batch.notes)
    text = "list,id,name,group,title,basis,constituency,person\npeople,P1,Ada Notional,,,,,\n"
    text += "seats,S7,,G1,Place 7,individual,agency,P1\n"
    flat = load(world.by, "several", text, "all.csv")
    assert outcomes(flat) == {"unchanged": 1, "created": 1}
    for content, filename, words in (
        (b"id,name\n1,x\n", "all.csv", "no column “list”"),
        (b"list,id\nthrones,1\n", "all.csv", "“thrones” is not one of"),
        (b"[]", "all.json", "an object with a list"),
        (b'{"groups": {}}', "all.json", "must be a list of rows"),
        (b'{"thrones": [{}]}', "all.json", "none of these lists"),
        (b"hello", "all.txt", "as a workbook"),
    ):
        with pytest.raises(Refused, match=words):
            checked(world.by, "several", content, filename)


@pytest.mark.parametrize(
    ("name", "text", "columns", "same"),
    [
        ("groups", "No;Body;Task\nG7;Loaded circle;To talk\n", {"id": "No", "name": "Body", "purpose": "Task"},
         {"host": "Agency of Practice", "type": "practice-council", "started_on": "2024-02-01"}),
        ("seats", "No;Place\nS7;Third place\nS8;Fourth place\n", {"id": "No", "title": "Place"},
         {"group": "Loaded council", "basis": "Individual", "starts_on": "2024-02-01", "constituency": "agency"}),
        ("appointments", "No;Place;Who\nA7;Second place;Ada Notional\n", {"id": "No", "seat": "Place", "person": "Who"},
         {"group": "Loaded council", "starts_on": "2024-02-01", "acting": "no"}),
    ],
)  # fmt: skip
def test_what_every_row_says_is_loaded_again_and_taken_back_like_a_column_of_the_file(
    world: World, council: Group, name: str, text: str, columns: dict[str, str], same: dict[str, str]
) -> None:
    def sent() -> ImportBatch:
        resource = loadable(name)
        return take_in(
            by=world.by, resource=resource, source="other", filename="up.csv", content=text.encode(), now=NOW
        )

    def gone_through(batch: ImportBatch) -> ImportBatch:
        return advance(batch=confirm(by=world.by, batch=batch, without_bad=False, now=NOW), now=NOW, seconds=60)

    batch = sent()
    for column, value in same.items():
        if column in ("acting", "constituency"):
            continue
        chosen = Chosen(columns, {**same, column: f"no such {value}"})
        batch = choose_columns(by=world.by, batch=batch, chosen=chosen, keep_as="x", now=NOW)
        assert [found for found, _sentence in batch.wrong_values] == [column]
    batch = choose_columns(by=world.by, batch=batch, chosen=Chosen(columns, same), keep_as="x", now=NOW)
    assert (batch.wrong_values, {row.error for row in batch.rows.all()}) == ([], {""})
    first = gone_through(batch)
    assert set(outcomes(first)) == {"created"} or name == "appointments"
    assert set(outcomes(gone_through(sent()))) == {"unchanged"}
    assert set(outcomes(taken_back(world.by, first))) == {"undone"}


def test_the_template_of_several_lists_has_a_sheet_for_each(world: World) -> None:
    made = tabular.xlsx_sheets_file(
        {name: [column.name for column in each.importer.columns] for name, each in parts().items() if each.importer}
    )
    with made:
        book = load_workbook(made)
    assert {"groups", "seats", "appointments", "chairing", "group-parents", "former-members"} <= set(book.sheetnames)
    assert [cell.value for cell in book["appointments"][1]][:4] == ["id", "group", "seat", "person"]
