"""A legislature, a software project, a committee of offices: real files through the product's own import."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.db import transaction
from openpyxl import Workbook

from convenor.core.accounts.models import Person
from convenor.core.exchange import mapping
from convenor.core.exchange.commands import (
    advance,
    check_upload,
    choose_columns,
    choose_sheet,
    confirm,
    loading,
    take_in,
    undo,
)
from convenor.core.exchange.declare import loadable
from convenor.core.exchange.models import ImportBatch
from convenor.core.exchange.queries import outcomes
from convenor.core.exchange.rules import Chosen
from convenor.core.exchange.several import as_file
from convenor.core.records.models import Record
from convenor.core.records.rules import Viewer, anonymous, system
from convenor.domain.directory.commands.vocabulary import load_vocabulary as directory_words
from convenor.domain.directory.models import Tenure
from convenor.domain.engagement.commands import load_model
from convenor.domain.groups.commands.vocabulary import load_vocabulary
from convenor.domain.groups.models import Appointment, Chairing, FormerMember, Group, Parent, Seat
from convenor.domain.groups.queries.life import life_of
from convenor.domain.groups.queries.rosters import roster
from tests.realdata.conftest import EXAMPLES

pytestmark = [pytest.mark.django_db, pytest.mark.realdata, pytest.mark.slow]


@pytest.fixture(autouse=True)
def _without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "BREATH", 0.0)


@pytest.fixture
def by(now: Any) -> Iterator[Viewer]:
    """Who loads, where the words of a new site are."""
    with transaction.atomic():
        directory_words(now)
        load_vocabulary(now)
        yield system(now)


def load(by: Viewer, name: str, content: bytes, filename: str, source: str) -> ImportBatch:
    resource = loadable(name)
    batch = check_upload(by=by, resource=resource, source=source, filename=filename, content=content, now=by.now)
    bad = [(row.place or row.number, row.error) for row in batch.rows.filter(outcome="bad")[:9]]
    assert bad == []
    return advance(batch=confirm(by=by, batch=batch, without_bad=False, now=by.now), now=by.now, seconds=900)


def prepare(by: Viewer, example: str) -> None:
    """The body that runs the groups, and the model, as the README of the example says."""
    folder = EXAMPLES / example
    load(by, "organisations", (folder / "organisations.csv").read_bytes(), "organisations.csv", example)
    load_model(by=by, text=(folder / "model.yaml").read_text(), now=by.now, in_force_from=date(2020, 1, 1))


def mapped(example: str, *files: Path) -> bytes:
    made = mapping.read_mapping("mapping.yaml", (EXAMPLES / example / "mapping.yaml").read_bytes())
    return as_file(mapping.convert(made, {path.name: path.read_bytes() for path in files}))


def told(batch: ImportBatch) -> dict[str, int]:
    return {name: number for name, number in outcomes(batch).items() if number}


def snapshot() -> dict[str, Any]:
    """What readers see: everything live, with its days."""
    return {
        "records": Counter(Record.objects.filter(state="live").values_list("kind", "title")),
        "seats": Counter(Seat.objects.values_list("group__name", "title")),
        "people": Counter(Appointment.objects.values_list("seat__group__name", "person__name", "starts_on", "ends_on")),
        "chairs": Counter(Chairing.objects.values_list("seat__group__name", "role__slug")),
        "former": Counter(FormerMember.objects.values_list("group__name", "person__name")),
    }


def test_committees_of_congress(by: Viewer, data: Path) -> None:
    folder = data / "groups" / "us-congress"
    prepare(by, "us-congress")
    before = snapshot()
    content = mapped("us-congress", folder / "committees-current.yaml", folder / "committee-membership-current.yaml")
    rows = {name: len(each) for name, each in json.loads(content).items()}
    batch = load(by, "several", content, "congress.json", "congress")
    failed = [(row.place, row.error) for row in batch.rows.filter(outcome="failed")[:9]]
    assert failed == []
    groups = Group.objects.filter(type__model__slug="us-congress")
    assert Counter(groups.values_list("type__slug", flat=True)) == {
        "house-committee": 23, "senate-committee": 21, "joint-committee": 5, "sub-committee": 181,
    }  # fmt: skip
    assert Seat.objects.count() == Appointment.objects.count() == rows["seats"] == 3879
    assert Seat.objects.filter(role__slug="ex-officio").count() == 118
    assert Person.objects.filter(appointments__isnull=False).distinct().count() == 528
    assert Counter(Chairing.objects.values_list("role__slug", flat=True)) == {
        "ranking-member": 217, "chair": 226, "vice-chair": 49, "co-chair": 1,
    }  # fmt: skip
    assert not Appointment.objects.exclude(starts_on=None, ends_on=None).exists()  # no day is made up
    assert not groups.exclude(started_on=None).exists()
    after = snapshot()
    again = load(by, "several", content, "congress.json", "congress")
    assert set(told(again)) == {"unchanged"}
    assert snapshot() == after
    batch = advance(batch=undo(by=by, batch=batch, now=by.now), now=by.now, seconds=900)
    assert batch.state == "undone"
    kept = batch.rows.exclude(error="").values_list("place", "error")
    assert list(kept[:9]) == []
    assert snapshot() == before


def test_committees_of_congress_as_somebody_would_send_them_in_a_workbook(by: Viewer, data: Path) -> None:
    """Headings of its own, one sheet of three, and nothing about who runs them, their type or since when."""
    said = yaml.safe_load((data / "groups" / "us-congress" / "committees-current.yaml").read_text())
    house = [each for each in said if each["type"] == "house"]
    rows = [[each["thomas_id"], each["name"], each.get("jurisdiction", ""), each.get("url", "")] for each in house]
    members = [[part["thomas_id"], part["name"]] for each in house for part in each.get("subcommittees", ())]
    content = workbook(
        {
            "About": [["Committees of the House"], ["As published"]],
            "House": [["Thomas id", "Committee", "Jurisdiction\n(as published)", "Web"], *rows],
            "Parts": [["Thomas id", "Subcommittee"], *members],
        }
    )
    prepare(by, "us-congress")
    before = snapshot()
    sent: dict[str, Any] = {"by": by, "resource": loadable("groups"), "source": "house", "filename": "house.xlsx"}
    batch = take_in(**sent, content=content, now=by.now)
    assert batch.state == "sheet"
    batch = choose_sheet(by=by, batch=batch, title="House", now=by.now)
    assert batch.state == "columns"
    same = {
        "host": "United States Congress", "model": "us-congress", "type": "house-committee", "started_on": "2025-01-03",
        "purpose": "To do the business of the House.",
    }  # fmt: skip
    columns = {"id": "Thomas id", "name": "Committee"}
    wrong = Chosen(columns, {**same, "host": "The House of Nobody"}, "House")
    batch = choose_columns(by=by, batch=batch, chosen=wrong, keep_as="House", now=by.now)
    told_of = "No organisation here is called “The House of Nobody”: load it first."
    assert batch.wrong_values == [["host", told_of]]
    batch = choose_columns(by=by, batch=batch, chosen=Chosen(columns, same, "House"), keep_as="House", now=by.now)
    assert (batch.wrong_values, told(batch)) == ([], {"waiting": 23})
    batch = advance(batch=confirm(by=by, batch=batch, without_bad=False, now=by.now), now=by.now, seconds=900)
    groups = Group.objects.filter(type__slug="house-committee", host__name="United States Congress")
    assert groups.filter(started_on=date(2025, 1, 3)).count() == 23
    again = choose_sheet(by=by, batch=take_in(**sent, content=content, now=by.now), title="House", now=by.now)
    assert any("kept as “House”" in note for note in again.notes)
    again = advance(batch=confirm(by=by, batch=again, without_bad=False, now=by.now), now=by.now, seconds=900)
    assert told(again) == {"unchanged": 23}
    batch = advance(batch=undo(by=by, batch=batch, now=by.now), now=by.now, seconds=900)
    assert (batch.state, snapshot()) == ("undone", before)


def workbook(sheets: dict[str, list[list[str]]]) -> bytes:
    """A workbook as a spreadsheet saves it."""
    book, made = Workbook(write_only=True), io.BytesIO()
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(made)
    return made.getvalue()


def test_groups_of_kubernetes(by: Viewer, data: Path) -> None:
    prepare(by, "kubernetes")
    before = snapshot()
    content = mapped("kubernetes", data / "groups" / "k8s" / "sigs.yaml")
    batch = load(by, "several", content, "sigs.json", "kubernetes")
    assert [(row.place, row.error) for row in batch.rows.filter(outcome="failed")[:9]] == []
    groups = Group.objects.filter(type__model__slug="kubernetes")
    assert Counter(groups.values_list("type__slug", flat=True)) == {"sig": 24, "working-group": 8, "committee": 3}
    parents = Counter(Parent.objects.values_list("group__name", flat=True))
    assert (len(parents), min(parents.values()), max(parents.values())) == (8, 2, 9)
    assert FormerMember.objects.count() + Seat.objects.count() == 286
    assert FormerMember.objects.filter(began="", ended="").count() == 120
    assert not Person.objects.filter(appointments__isnull=False).exclude(email=None).exclude(email="").exists()
    some = groups.get(slug=groups.filter(name="Apps").values_list("slug", flat=True)[0])
    assert any(each.role == "Emeritus lead" and each.name for each in life_of(anonymous(by.now), some).former)
    sitting = {holder.name for line in roster(by, some.pk, by.now.date()) for holder in line.present}
    assert len(sitting) > 1
    assert set(told(load(by, "several", content, "sigs.json", "kubernetes"))) == {"unchanged"}
    advance(batch=undo(by=by, batch=batch, now=by.now), now=by.now, seconds=900)
    kept = batch.rows.exclude(error="").values_list("place", "error")
    assert list(kept[:9]) == []
    assert snapshot() == before


def test_a_committee_of_offices(by: Viewer, data: Path) -> None:
    content = mapped("committee-by-office", data / "groups" / "au-sddc-attendance.json")
    before = snapshot()
    batch = load(by, "several", content, "committee.json", "sddc")
    assert [(row.place, row.error) for row in batch.rows.filter(outcome="failed")[:9]] == []
    group = Group.objects.get(name="Secretaries' Digital and Data Committee")
    assert Seat.objects.filter(group=group, basis="office").count() == 13
    assert Tenure.objects.count() == 13
    assert not Tenure.objects.exclude(starts_on=None, ends_on=None).exists()

    def line_of(title: str, on: date) -> Any:
        return next(line for line in roster(by, group.pk, on) if title in line.seat.title)

    services = line_of("Social Services", date(2023, 6, 29))
    assert [each.name for each in services.present] == ["Matthew Flavel"]
    assert [each.name for each in services.away] == ["Ray Griggs"]
    assert [each.name for each in line_of("Social Services", date(2023, 2, 24)).present] == ["Ray Griggs"]
    proxies = {"Justin Keefe", "Charles McHardie", "Jonathan Thorpe", "Jacqui Curtis", "Lucy Poole", "Matthew Hay"}
    assert not Person.objects.filter(name__in=proxies).exists()

    def chairs(on: date) -> set[str]:
        return {line.seat.title for line in roster(by, group.pk, on) if line.leads}

    assert chairs(date(2023, 2, 24)) == {"Secretary, Department of Finance", "Secretary, Department of Social Services"}
    assert chairs(date(2025, 6, 1)) == {
        "Secretary, Department of Finance", "Commissioner of Taxation, Australian Taxation Office",
    }  # fmt: skip
    assert set(told(load(by, "several", content, "committee.json", "sddc"))) == {"unchanged"}
    advance(batch=undo(by=by, batch=batch, now=by.now), now=by.now, seconds=900)
    kept = batch.rows.exclude(error="").values_list("place", "error")
    assert list(kept[:9]) == []
    assert snapshot() == before
