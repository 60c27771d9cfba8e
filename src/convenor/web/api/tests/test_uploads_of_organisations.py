"""The whole life of an upload with real rows: organisations into the directory, out by the API, and back."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta

import pytest
from django.test import Client
from openpyxl import Workbook

from convenor.core.exchange.commands import advance, check_upload, confirm, undo
from convenor.core.exchange.models import ImportBatch
from convenor.core.exchange.queries import outcomes
from convenor.core.exchange.resources import resources
from convenor.core.journal.models import Entry
from convenor.core.records.rules import Refused, Viewer
from convenor.domain.directory import commands
from convenor.domain.directory.models import Organisation, OrganisationKind

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def kind(now: datetime) -> OrganisationKind:
    commands.load_vocabulary(now)
    return OrganisationKind.objects.order_by("order")[0]


def upload(by: Viewer, rows: list[dict[str, str]], filename: str = "bodies.csv") -> ImportBatch:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    if filename.endswith(".xlsx"):
        book, made = Workbook(write_only=True), io.BytesIO()
        sheet = book.create_sheet()
        for cells in [columns, *([row.get(name, "") for name in columns] for row in rows)]:
            sheet.append(cells)
        book.save(made)
        content = made.getvalue()
    else:
        text = io.StringIO()
        writer = csv.DictWriter(text, columns, delimiter=";", restval="")
        writer.writeheader()
        writer.writerows(rows)
        content = text.getvalue().encode()
    return check_upload(
        by=by,
        resource=resources["organisations"],
        source="the Examples register",
        filename=filename,
        content=content,
        now=by.now,
    )


def load(by: Viewer, rows: list[dict[str, str]], filename: str = "bodies.csv") -> ImportBatch:
    batch = confirm(by=by, batch=upload(by, rows, filename), without_bad=False, now=by.now)
    return advance(batch=batch, now=by.now, seconds=60)


def counts(batch: ImportBatch) -> dict[str, int]:
    return {name: number for name, number in outcomes(batch).items() if number}


def bodies(kind: OrganisationKind) -> list[dict[str, str]]:
    return [
        {"id": "1", "name": "Department of Examples (fictitious)", "kind": kind.slug, "abn": "51 824 753 556"},
        {"id": "2", "name": "Examples Agency (fictitious)", "kind": kind.name, "part_of": "51824753556"},
    ]


def test_the_dry_run_asks_the_commands_own_rules(by_system: Viewer, kind: OrganisationKind) -> None:
    batch = upload(
        by_system,
        [
            *bodies(kind),
            {"id": "3", "name": "", "kind": kind.slug},
            {"id": "4", "name": "Four (fictitious)", "kind": "starship"},
            {"id": "5", "name": "Five (fictitious)", "kind": kind.slug, "abn": "12345678901"},
            {"id": "6", "name": "Six (fictitious)", "kind": kind.slug, "part_of": "Nobody at all"},
            {"id": "7", "name": "Seven (fictitious)", "kind": kind.slug, "established_on": "soon"},
            {"id": "8", "name": "Eight (fictitious)", "kind": kind.slug, "abn": "51 824 753 556"},
        ],
    )
    wrong = {row.number: [column for column, _ in row.faults] for row in batch.rows.filter(outcome="bad")}
    assert wrong == {4: ["name"], 5: ["kind"], 6: ["abn"], 7: ["part_of"], 8: ["established_on"], 9: ["abn"]}
    assert counts(batch) == {"waiting": 2, "bad": 6}
    assert not Organisation.objects.filter(name__contains="Examples").exists()


@pytest.mark.parametrize("filename", ["bodies.csv", "bodies.xlsx"])
def test_what_was_loaded_is_in_the_api_and_loading_again_changes_nothing(
    by_system: Viewer, kind: OrganisationKind, client: Client, filename: str
) -> None:
    assert counts(load(by_system, bodies(kind), filename)) == {"created": 2}
    agency = Organisation.objects.get(name="Examples Agency (fictitious)")
    item = client.get(f"/api/v1/organisations/{agency.slug}/").json()
    assert item["part_of"]["title"] == "Department of Examples (fictitious)"
    entries = Entry.objects.exclude(record=None).count()
    assert counts(load(by_system, bodies(kind)[::-1], filename)) == {"unchanged": 2}
    assert Entry.objects.exclude(record=None).count() == entries


def test_a_changed_row_changes_and_is_put_back(by_system: Viewer, kind: OrganisationKind) -> None:
    load(by_system, bodies(kind))
    rows = bodies(kind)
    rows[1]["name"] = "Examples Authority (fictitious)"
    rows.append({"id": "3", "name": "Examples Board (fictitious)", "kind": kind.slug, "part_of": rows[1]["name"]})
    batch = load(by_system, rows)
    assert counts(batch) == {"unchanged": 1, "changed": 1, "created": 1}
    later = by_system.now + timedelta(hours=1)
    batch = advance(batch=undo(by=by_system, batch=batch, now=later), now=later, seconds=60)
    assert counts(batch) == {"unchanged": 1, "undone": 2}
    assert list(Organisation.objects.live().filter(name__contains="Examples").order_by("pk").values_list("name")) == [
        ("Department of Examples (fictitious)",),
        ("Examples Agency (fictitious)",),
    ]


def test_what_somebody_touched_is_not_taken_back(by_system: Viewer, kind: OrganisationKind, now: datetime) -> None:
    batch = load(by_system, bodies(kind))
    agency, later = Organisation.objects.get(name="Examples Agency (fictitious)"), now + timedelta(hours=1)
    facts = commands.OrganisationFacts(name="Examples Agency, corrected (fictitious)", kind=kind)
    commands.edit_organisation(by=by_system, organisation=agency, facts=facts, now=later, reason="A slip.")
    with pytest.raises(Refused, match="changed since: Examples Agency, corrected"):
        undo(by=by_system, batch=batch, now=later)


def test_a_download_can_be_mended_and_loaded(by_system: Viewer, kind: OrganisationKind, client: Client) -> None:
    """With the reference as its number a row stands for what is here already."""
    load(by_system, bodies(kind))
    rows = list(csv.DictReader(io.StringIO(b"".join(client.get("/api/v1/organisations.csv")).decode(), newline="")))
    ours = [row | {"id": row["ref"], "summary": "Makes examples."} for row in rows if "Examples" in row["name"]]
    batch = upload(by_system, ours)
    assert "change 2" in batch.notes[-1]
    assert batch.notes[1].startswith("Not used, because no column is called so: “ref”, “url”")
    batch = confirm(by=by_system, batch=batch, without_bad=False, now=by_system.now)
    assert counts(advance(batch=batch, now=by_system.now, seconds=60)) == {"changed": 2}
    agency = Organisation.objects.get(name="Examples Agency (fictitious)")
    assert (agency.summary, agency.parent and agency.parent.name) == (
        "Makes examples.",
        "Department of Examples (fictitious)",
    )
