"""Files of another register with a mapping on the page: preview, faults by place and column, load, again, take back."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from convenor.core.exchange.commands.mapped import check_mapped, keep_mapping
from convenor.core.exchange.mapping import read_mapping
from convenor.core.exchange.models import ImportBatch, KeptMapping
from convenor.core.journal.models import Entry
from convenor.core.records.models import Record
from convenor.core.records.rules import NotAllowed, Viewer, anonymous

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

MAPPING = b"""format: convenor-mapping/1
source: Register of Elsewhere
files: {rows: "*.csv"}
words:
  moods: {Happy: glad}
lists:
  - list: notes
    rows: rows[]
    set: {id: "{No}", title: "{Heading}", mood: {from: "{State}", words: moods, otherwise: ""}}
"""
ROWS = b"No,Heading,State\n1,Alpha,Happy\n2,Beta,\n"


def send(client: Client, rows: bytes = ROWS, mapping: bytes | None = MAPPING, **data: str) -> Any:
    files: dict[str, Any] = {"file": [SimpleUploadedFile("rows.csv", rows)]}
    if mapping is not None:
        files["mapping_file"] = SimpleUploadedFile("elsewhere.yaml", mapping)
    return client.post("/uploads/mapped/", {**files, **data})


def text_of(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_from_files_to_taking_back_and_again_with_the_mapping_kept(desk: Client) -> None:
    assert "Load another register&#x27;s files" in text_of(desk.get("/uploads/mapped/"))
    checked = send(desk)
    batch = ImportBatch.objects.get()
    assert (checked.status_code, checked["Location"]) == (302, f"/uploads/{batch.token}/")
    assert batch.source == "Register of Elsewhere"
    report = text_of(desk.get(checked["Location"]))
    assert "2 of 2 rows can be loaded." in report
    assert "rows.csv, row 2" in report
    desk.post(f"/uploads/{batch.token}/load/")
    assert set(Record.objects.filter(kind="note", state="live").values_list("title", flat=True)) == {"Alpha", "Beta"}
    kept = KeptMapping.objects.get()
    page = desk.get("/uploads/mapped/")
    assert "Register of Elsewhere (elsewhere.yaml)" in text_of(page)
    send(desk, mapping=None, kept=str(kept.pk))
    again = ImportBatch.objects.latest("pk")
    assert again.source == batch.source
    desk.post(f"/uploads/{again.token}/load/")
    assert "2 rows: 2 unchanged." in text_of(desk.get(f"/uploads/{again.token}/"))
    assert Entry.objects.filter(verb="upload.mapping-kept").count() == 1
    desk.post(f"/uploads/{batch.token}/undo/")
    assert not Record.objects.filter(kind="note", state="live").exists()


def test_what_is_wrong_stands_where_it_is_wrong(desk: Client) -> None:
    answer = send(desk, mapping=MAPPING.replace(b"title:", b"password:"))
    assert answer.status_code == 422
    assert "elsewhere.yaml: lists, 1: notes has no column “password”" in text_of(answer)
    assert not ImportBatch.objects.exists()
    assert not KeptMapping.objects.exists()
    assert "The mapping needs files that are not here: rows (*.csv)." in text_of(
        desk.post(
            "/uploads/mapped/",
            {"file": [SimpleUploadedFile("a.json", b"[]")], "mapping_file": SimpleUploadedFile("m.yaml", MAPPING)},
        )
    )
    assert "Choose the mapping: one that is kept, or a file." in text_of(send(desk, mapping=None))
    send(desk, rows=b"No,Heading,State\n1,,Happy\n2,forbidden,\n3,Good,\n")
    batch = ImportBatch.objects.get()
    report = text_of(desk.get(f"/uploads/{batch.token}/"))
    assert "1 of 3 rows can be loaded." in report
    assert "title: “Title” must be filled." in report
    assert "title: No note may be called so." in report
    assert desk.get(f"/uploads/{batch.token}/wrong-rows.csv").status_code == 200


def test_only_officers_and_each_register_keeps_its_newest_mapping(client: Client, officer: Viewer) -> None:
    stranger = anonymous(officer.now)
    given: dict[str, Any] = {"files": {"rows.csv": ROWS}, "mapping": ("m.yaml", MAPPING), "source": ""}
    with pytest.raises(NotAllowed):
        check_mapped(by=stranger, now=officer.now, **given)
    with pytest.raises(NotAllowed):
        keep_mapping(by=stranger, name="m.yaml", content=MAPPING, source="x", now=officer.now)
    assert send(client).status_code == 302
    assert not ImportBatch.objects.exists()
    for text in (MAPPING, MAPPING, MAPPING + b"name: Second\n"):
        keep_mapping(by=officer, name="m.yaml", content=text, source="x", now=officer.now)
    assert KeptMapping.objects.get(source="x").text.endswith("name: Second\n")
    assert Entry.objects.filter(verb="upload.mapping-kept").count() == 2


def test_the_mapping_to_start_from_is_one(desk: Client) -> None:
    answer = desk.get("/uploads/new/several/template.yaml")
    assert answer["Content-Disposition"] == 'attachment; filename="several-template.yaml"'
    mapped = read_mapping("t.yaml", answer.content)
    assert [part.name for part in mapped.parts] == ["people"]
    assert b"#   title" in answer.content
