"""Committees of parliaments as other sources write them, through a mapping of a page's length and nothing else."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date

import pytest

from convenor.core.accounts.models import Person
from convenor.core.exchange.commands import advance, check_mapped, confirm, loading, undo
from convenor.core.exchange.models import ImportBatch
from convenor.core.exchange.queries import outcomes
from convenor.domain.engagement.commands import load_model
from convenor.domain.groups.models import Appointment, Chairing, FormerMember, Group, Parent, Seat
from convenor.domain.groups.tests.world import NOW, World

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

MODEL = """
format: engagement-model/1
model: practice-parliament
name: Committees of the Parliament of Practice
owner: Agency of Practice
levels:
  - level: committees
    name: Committees
    colour: strategic
    types:
      - type: parliament-committee
        name: Committee
        purpose: Takes up a subject.
  - level: parts
    name: Sub-committees
    colour: operational
    types:
      - type: parliament-sub-committee
        name: Sub-committee
        purpose: Takes up a part.
        parents: {required: true, types: [parliament-committee]}
"""

TABLE = """Committee,Parent committee,Member ID,Member,Role,Start,End,Ex-officio
Sub-Committee on Banks,Treasury Committee,101,Mr John Smith MP,Chair,2024-07-09T00:00:00,,No
Sub-Committee on Banks,Treasury Committee,105,"Rt Hon. Ann Lee, MP",Member,unknown,,Yes
Treasury Committee,,101,Mr John Smith MP,Chair,2024-07-09T00:00:00,,No
Treasury Committee,,102,Dame Mary Jones MP,Deputy Chair,2024-07-09,2025-01-31,No
Treasury Committee,,103,Mr John Smith MP,Member,2024-09-01,,No
Treasury Committee,,104,Lord Old of Times,Member,unknown,2019,No
Works Committee,,103,Mr John Smith MP,,,,No
"""
UK = """
format: convenor-mapping/1
source: committees of practice
files: {rows: "*.csv"}
words:
  chairs: {Chair: chair, Deputy Chair: deputy-chair}
  roles: {"Yes": ex-officio}
  unknown: {unknown: ""}
lists:
  - list: groups
    rows: rows[]
    unique: id
    where: {"{Parent committee}": [""]}
    set:
      id: "{Committee}"
      name: "{Committee}"
      type: parliament-committee
      host: Agency of Practice
      purpose: A committee.
  - list: groups
    rows: rows[]
    unique: id
    needs: "{Parent committee}"
    set:
      id: "{Committee}"
      name: "{Committee}"
      type: parliament-sub-committee
      host: Agency of Practice
      purpose: A sub-committee.
      parent: "{Parent committee}"
  - list: people
    rows: rows[]
    unique: id
    set:
      id: "{Member ID}"
      name: {from: "{Member}", without: [Mr, Mrs, Dame, Rt, Hon, MP]}
  - list: seats
    rows: rows[]
    where: {"{End}": ["", "2025-01-31"]}
    set:
      id: "{Committee}/{Member ID}"
      group: "{Committee}"
      title: "Place of {Member ID}"
      basis: individual
      role: {from: "{Ex-officio}", words: roles, otherwise: ""}
      starts_on: {from: "{Start!day}", words: unknown, otherwise: "{Start!day}"}
      ends_on: "{End}"
      person: "{Member ID}"
      person_from: {from: "{Start!day}", words: unknown, otherwise: "{Start!day}"}
      person_to: "{End}"
      chairs_as: {from: "{Role}", words: chairs, otherwise: ""}
  - list: former-members
    rows: rows[]
    where: {"{End}": ["2019"]}
    set:
      id: "{Committee}/{Member ID}"
      group: "{Committee}"
      person: "{Member ID}"
      role: "{Role}"
      began: {from: "{Start}", words: unknown, otherwise: "{Start}"}
      ended: "{End}"
"""

NESTED = {
    "chambers": {
        "senate": [
            {
                "title": "Standing Committee on Maps",
                "members": [
                    {"name": "Notional, Sen. Ada", "position": "Deputy Chair", "appointed": "9/07/2024"},
                    {"name": "Pretend, Mr Bo", "position": None, "appointed": None},
                ],
                "subcommittees": [
                    {"title": "Sub-committee on Atlases", "members": [{"name": "Pretend, Mr Bo", "position": "Chair"}]}
                ],
            }
        ]
    }
}
AU = """
format: convenor-mapping/1
source: parliament of maps
files: {tree: "*.json"}
words:
  chairs: {Chair: chair, Deputy Chair: deputy-chair}
lists:
  - list: groups
    rows: tree.chambers.*[]
    set:
      id: "{title}"
      name: "{title}"
      type: parliament-committee
      host: Agency of Practice
      purpose: "Of the {^key}."
  - list: groups
    rows: tree.chambers.*[].subcommittees[]
    set:
      id: "{title}"
      name: "{title}"
      type: parliament-sub-committee
      host: Agency of Practice
      purpose: "A part of the {^title}."
      parent: "{^title}"
  - list: people
    rows: ["tree.chambers.*[].members[]", "tree.chambers.*[].subcommittees[].members[]"]
    unique: id
    set:
      id: "{name}"
      name: {from: "{name!after} {name!before}", without: [Mr, Sen]}
  - list: seats
    rows: ["tree.chambers.*[].members[]", "tree.chambers.*[].subcommittees[].members[]"]
    set:
      id: "{^title}/{name}"
      group: "{^title}"
      title: "Place of {name}"
      basis: individual
      starts_on: "{appointed!dmy}"
      person: "{name}"
      person_from: "{appointed!dmy}"
      chairs_as: {from: "{position}", words: chairs, otherwise: ""}
"""


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "REHEARSAL_SECONDS", 60.0)
    monkeypatch.setattr(loading, "BREATH", 0.0)


def load(world: World, mapping: str, files: dict[str, bytes]) -> ImportBatch:
    batch = check_mapped(by=world.by, files=files, mapping=("map.yaml", mapping.encode()), source="", now=NOW)
    assert [(row.place, row.error) for row in batch.rows.filter(outcome="bad")] == []
    batch = advance(batch=confirm(by=world.by, batch=batch, without_bad=False, now=NOW), now=NOW, seconds=60)
    assert [(row.place, row.error) for row in batch.rows.filter(outcome="failed")] == []
    return batch


def told(batch: ImportBatch) -> dict[str, int]:
    return {name: number for name, number in outcomes(batch).items() if number}


def test_one_flat_table_with_titles_chairs_and_two_of_one_name(world: World) -> None:
    load_model(by=world.by, text=MODEL, now=NOW, in_force_from=date(2020, 1, 1))
    files = {"members.csv": TABLE.encode()}
    batch = load(world, UK, files)
    groups = Group.objects.filter(type__model__slug="practice-parliament")
    assert set(groups.values_list("name", flat=True)) == {
        "Sub-Committee on Banks", "Treasury Committee", "Works Committee",
    }  # fmt: skip
    assert Parent.objects.get().parent.name == "Treasury Committee"
    smiths = Person.objects.filter(name="John Smith")
    assert smiths.count() == 2
    assert Counter(Appointment.objects.filter(person__in=smiths).values_list("person", flat=True)) == {
        smith.pk: 2 for smith in smiths
    }
    assert {"Mary Jones", "Ann Lee", "Lord Old of Times"} <= set(Person.objects.values_list("name", flat=True))
    assert Counter(Chairing.objects.values_list("role__slug", flat=True)) == {"chair": 2, "deputy-chair": 1}
    assert Seat.objects.get(role__slug="ex-officio").title == "Place of 105"
    assert Appointment.objects.get(person__name="Ann Lee").starts_on is None  # no day is made up
    assert Appointment.objects.get(person__name="Mary Jones").ends_on == date(2025, 1, 31)
    former = FormerMember.objects.get()
    assert (former.person.name, former.began, former.ended) == ("Lord Old of Times", "", "2019")
    assert set(told(load(world, UK, files))) == {"unchanged"}
    batch = advance(batch=undo(by=world.by, batch=batch, now=NOW), now=NOW, seconds=60)
    assert batch.state == "undone"
    assert list(batch.rows.exclude(error="").values_list("place", "error")) == []
    assert not groups.filter(record__state="live").exists()
    assert not Seat.objects.exists()


def test_a_tree_of_chambers_with_names_turned_round_and_days_first(world: World) -> None:
    load_model(by=world.by, text=MODEL, now=NOW, in_force_from=date(2020, 1, 1))
    files = {"parliament.json": json.dumps(NESTED).encode()}
    load(world, AU, files)
    assert Group.objects.get(name="Standing Committee on Maps").purpose == "Of the senate."
    assert Parent.objects.get().group.name == "Sub-committee on Atlases"
    assert Appointment.objects.get(person__name="Ada Notional").starts_on == date(2024, 7, 9)
    assert Appointment.objects.filter(person__name="Bo Pretend").count() == 2
    assert Counter(Chairing.objects.values_list("role__slug", flat=True)) == {"chair": 1, "deputy-chair": 1}
    assert set(told(load(world, AU, files))) == {"unchanged"}


def test_a_word_the_mapping_does_not_know_is_named_by_place_and_column(world: World) -> None:
    load_model(by=world.by, text=MODEL, now=NOW, in_force_from=date(2020, 1, 1))
    strict = UK.replace('words: chairs, otherwise: ""}', "words: chairs}")
    files = {"members.csv": TABLE.replace("Deputy Chair", "Convener").encode()}
    batch = check_mapped(by=world.by, files=files, mapping=("map.yaml", strict.encode()), source="", now=NOW)
    wrong = {row.place: row.error for row in batch.rows.filter(outcome="bad")}
    assert wrong["members.csv, row 5"] == "chairs_as: “Convener” is not one of the words of the mapping."
