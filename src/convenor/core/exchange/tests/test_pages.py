"""Upload → check → load → result → take back, on the pages; who sees them; how much they ask of the database."""

from __future__ import annotations

import csv
import io
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from convenor.core.accounts.models import Person
from convenor.core.exchange import jobs
from convenor.core.exchange.commands import check_upload, confirm, tidy
from convenor.core.exchange.models import ImportBatch, ImportFile
from convenor.core.exchange.tests.samples import NOTES, rows_per_chunk
from convenor.core.records.models import Record
from convenor.core.records.rules import Refused, Viewer

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

GOOD = b"id,title,mood\nA,Alpha,glad\nB,<script>Beta,Sad\n"
MIXED = b"id,title,mood\nA,Alpha,glad\n,=cmd(),odd\n"


def send(client: Client, content: bytes, name: str = "notes.csv", **data: str) -> Any:
    file = SimpleUploadedFile(name, content)
    return client.post("/uploads/new/notes/", {"file": file, "source": "the register", **data})


def text_of(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_a_good_file_from_upload_to_taking_back(desk: Client) -> None:
    page = desk.get("/uploads/new/notes/")
    assert page.status_code == 200
    assert "Number in the register" not in text_of(page)
    assert "What the register calls it." in text_of(page)
    checked = send(desk, GOOD)
    batch = ImportBatch.objects.get()
    assert (checked.status_code, checked["Location"]) == (302, f"/uploads/{batch.token}/")
    report = desk.get(checked["Location"])
    assert "2 of 2 rows can be loaded." in text_of(report)
    assert "Loading it would make 2 new, change 0 and leave 0 as they are." in text_of(report)
    assert b"<script>Beta" not in report.content
    assert desk.post(f"/uploads/{batch.token}/load/").status_code == 302
    result = desk.get(f"/uploads/{batch.token}/")
    assert "2 rows: 2 created." in text_of(result)
    assert f"/r/{Record.objects.get(title='Alpha').ref}" in result.content.decode()
    ask = desk.get(f"/uploads/{batch.token}/undo/")
    assert "2 things that it made are withdrawn." in text_of(ask)
    assert ImportBatch.objects.get().state == "done"
    back = desk.post(f"/uploads/{batch.token}/undo/", follow=True)
    assert "The upload was taken back." in text_of(back)
    assert "2 rows: 2 taken back." in text_of(back)
    assert desk.post(f"/uploads/{batch.token}/undo/").status_code == 409


def test_wrong_rows_are_named_and_nothing_is_lost(desk: Client) -> None:
    send(desk, MIXED)
    batch = ImportBatch.objects.get()
    report = text_of(desk.get(f"/uploads/{batch.token}/"))
    assert "1 of 2 rows can be loaded." in report
    assert "id: “Number in the register” must be filled." in report
    assert "mood: “odd” is not one of: glad, sad." in report
    refused = desk.post(f"/uploads/{batch.token}/load/")
    assert refused.status_code == 409
    assert "Mend them and upload the file again, or say that the good rows may be loaded alone." in text_of(refused)
    wrong = desk.get(f"/uploads/{batch.token}/wrong-rows.csv")
    rows = list(csv.reader(io.StringIO(b"".join(wrong).decode(), newline="")))
    assert rows[0] == ["id", "title", "due", "mood", "themes", "row", "what is wrong"]
    assert rows[1][:6] == ["", "'=cmd()", "", "odd", "", "3"]
    original = desk.get(f"/uploads/{batch.token}/file")
    assert original.content == MIXED
    assert original["Content-Disposition"] == 'attachment; filename="notes.csv"'
    assert original["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in original["Content-Security-Policy"]
    assert desk.post(f"/uploads/{batch.token}/load/", {"without_bad": "on"}).status_code == 302
    assert "2 rows: 1 wrong, 1 created." in text_of(desk.get(f"/uploads/{batch.token}/"))


def test_a_file_that_is_no_table_is_refused_beside_the_field(desk: Client) -> None:
    refused = send(desk, b"\x00\x01")
    assert refused.status_code == 422
    assert text_of(refused).count("This is not a CSV, XLSX or JSON file.") == 2
    assert 'value="the register"' in refused.content.decode()
    assert not ImportBatch.objects.exists()
    assert "The file is empty." in text_of(send(desk, b""))
    assert "Choose a file for “File”" in text_of(desk.post("/uploads/new/notes/", {"source": "x"}))
    assert "larger than 10 MB" in text_of(send(desk, b"x" * 10_000_001))


def test_a_long_load_goes_on_with_a_button_or_by_itself(
    desk: Client, officer: Viewer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows_per_chunk(5, monkeypatch)
    content = "id,title\n" + "".join(f"{number},Note {number}\n" for number in range(12))
    batch = check_upload(
        by=officer, resource=NOTES, source="x", filename="n.csv", content=content.encode(), now=officer.now
    )
    confirm(by=officer, batch=batch, without_bad=False, now=officer.now)
    page = desk.get(f"/uploads/{batch.token}/")
    assert "12 rows are still to do." in text_of(page)
    assert "0 of 12" in text_of(page)
    assert jobs.next_chunk(now)
    assert "5 of 12" in text_of(desk.get(f"/uploads/{batch.token}/"))
    desk.post(f"/uploads/{batch.token}/go-on/")
    assert "12 rows: 12 created." in text_of(desk.get(f"/uploads/{batch.token}/"))
    assert not jobs.next_chunk(now)


def test_templates_for_anybody(client: Client) -> None:
    assert client.get("/uploads/new/notes/template.csv").content == b"id,title,due,mood,themes\r\n"
    book = load_workbook(io.BytesIO(b"".join(client.get("/uploads/new/notes/template.xlsx"))))
    assert [cell.value for cell in book["Notes"][1]] == ["id", "title", "due", "mood", "themes"]
    assert [cell.value for cell in book["Columns"][5]] == ["mood", "no", "How it is.", None, "glad; sad"]
    schema = client.get("/uploads/new/notes/template.json").json()
    assert schema["items"]["required"] == ["id", "title"]
    for strange in (
        "/uploads/new/notes/template.exe",
        "/uploads/new/series/template.csv",
        "/uploads/new/x/template.csv",
    ):
        assert client.get(strange).status_code == 404


def test_strangers_and_others_see_nothing(client: Client, officer: Viewer) -> None:
    batch = check_upload(by=officer, resource=NOTES, source="x", filename="n.csv", content=GOOD, now=officer.now)
    somebody = Person.objects.create_user("somebody@example.org", name="Some Body (fictitious)")
    for sign_in in (False, True):
        if sign_in:
            client.force_login(somebody)
        for path in ("", "undo/", "wrong-rows.csv", "file"):
            assert client.get(f"/uploads/{batch.token}/{path}").status_code == 404, path
        for path in ("load/", "go-on/", "undo/"):
            assert client.post(f"/uploads/{batch.token}/{path}").status_code == 404, path
        closed = 403 if sign_in else 302
        assert client.get("/uploads/").status_code == closed
        assert client.get("/uploads/new/notes/").status_code == closed
        assert send(client, GOOD).status_code == closed
    assert ImportBatch.objects.get().state == "checked"


def test_pages_ask_the_same_whatever_the_rows(desk: Client, officer: Viewer) -> None:
    asked = []
    for count in (3, 60):
        content = "id,title\n" + "".join(f"{number},Note {count} {number}\n" for number in range(count))
        desk.get("/uploads/")
        batch = check_upload(
            by=officer, resource=NOTES, source=str(count), filename="n.csv", content=content.encode(), now=officer.now
        )
        for path in ("/uploads/", f"/uploads/{batch.token}/"):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert desk.get(path).status_code == 200
            asked.append((path.count("/"), len(queries)))
    assert asked[:2] == asked[2:]
    assert max(number for _, number in asked) <= 15


def test_old_uploads_are_forgotten_and_what_they_made_stays(desk: Client, officer: Viewer, now: datetime) -> None:
    send(desk, GOOD)
    batch = ImportBatch.objects.get()
    desk.post(f"/uploads/{batch.token}/load/")
    tidy(batch.created_at + timedelta(days=89))
    assert ImportFile.objects.exists()
    tidy(batch.created_at + timedelta(days=91))
    assert not ImportFile.objects.exists()
    assert [row.data for row in batch.rows.all()] == [{}, {}]
    assert Record.objects.filter(kind="note", state="live").count() == 2
    assert desk.get(f"/uploads/{batch.token}/").status_code == 200
    assert desk.get(f"/uploads/{batch.token}/file").status_code == 404
    from convenor.core.exchange.commands import undo

    with pytest.raises(Refused, match="more than 90 days ago"):
        undo(by=officer, batch=batch, now=batch.created_at + timedelta(days=91))
