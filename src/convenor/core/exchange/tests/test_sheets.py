"""Workbooks of several sheets: which one is read is asked, and kept; where nobody can be asked it is named."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook, load_workbook
from openpyxl.chart import BarChart

from convenor.core.exchange import tabular
from convenor.core.exchange.columns import as_mapping
from convenor.core.exchange.commands import check_again, check_upload, choose_columns, choose_sheet, put_aside, tidy
from convenor.core.exchange.commands.mapped import check_mapped
from convenor.core.exchange.mapping import convert, read_mapping
from convenor.core.exchange.models import ImportBatch, KeptMapping
from convenor.core.exchange.rules import Chosen
from convenor.core.exchange.several import resource_of_several
from convenor.core.exchange.sheets import read_sheet
from convenor.core.exchange.tests.samples import NOTE_IMPORTER, NOTES
from convenor.core.exchange.workbooks import sheets_to_choose
from convenor.core.journal.models import Entry
from convenor.core.records.models import Record
from convenor.core.records.rules import NotAllowed, Refused, Viewer, anonymous

pytestmark = pytest.mark.django_db

Rows = list[list[object]]
COVER: Rows = [["Register of notes"], ["Printed on 1 March"]]
OURS: Rows = [["id", "title"], ["A", "Alpha"], ["B", "Beta"]]
THEIRS: Rows = [["No", "Heading"], [1, "One"], [2, "Two"], [3, "Three"]]


def book_of(hidden: tuple[str, ...] = (), **sheets: Rows) -> bytes:
    """A workbook with these sheets, `_` in their titles for spaces."""
    book, made = Workbook(), io.BytesIO()
    assert book.active is not None
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title.replace("_", " "))
        sheet.sheet_state = "hidden" if title in hidden else "visible"
        for row in rows:
            sheet.append(row)
    book.save(made)
    return made.getvalue()


BOOK = book_of(Cover=COVER, Empty=[], Only_a_heading=[["id", "title"]], Ours=OURS, Theirs=THEIRS)


def send(client: Client, content: bytes = BOOK, name: str = "notes.xlsx", source: str = "the register") -> Any:
    return client.post("/uploads/new/notes/", {"file": SimpleUploadedFile(name, content), "source": source})


def text_of(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def offered_on(response: Any) -> list[str]:
    return re.findall(r'name="sheet" value="([^"]*)"', response.content.decode())


def checked_on(response: Any) -> str:
    found = re.search(r'name="sheet" value="([^"]*)"[^>]* checked', response.content.decode())
    return found[1] if found else ""


def test_which_sheet_is_asked_and_a_sheet_like_ours_is_checked_at_once(desk: Client) -> None:
    place = send(desk)["Location"]
    batch = ImportBatch.objects.get()
    assert place == f"/uploads/{batch.token}/sheet/"
    page = desk.get(place)
    assert offered_on(page) == ["Cover", "Ours", "Theirs"]
    assert checked_on(page) == "Cover"
    assert "Theirs No, Heading" in text_of(page)
    assert "say which one is read" in text_of(desk.get(f"/uploads/{batch.token}/"))
    assert desk.get(f"/uploads/{batch.token}/columns/")["Location"] == place
    assert "Say first which sheet" in text_of(desk.post(f"/uploads/{batch.token}/load/"))
    chosen = desk.post(place, {"sheet": "Ours"})
    assert chosen["Location"] == f"/uploads/{batch.token}/"
    report = text_of(desk.get(chosen["Location"]))
    assert "2 of 2 rows can be loaded." in report
    assert "Sheet Ours" in report
    assert "Read another sheet" in report
    desk.post(f"/uploads/{batch.token}/load/")
    assert set(Record.objects.filter(kind="note").values_list("title", flat=True)) == {"Alpha", "Beta"}
    assert desk.get(place)["Location"] == f"/uploads/{batch.token}/"
    assert Entry.objects.filter(verb="upload.sheet-chosen").count() == 1
    again = send(desk)["Location"]
    assert checked_on(desk.get(again)) == "Ours"


def test_a_sheet_with_headings_of_its_own_goes_on_to_its_columns_and_may_be_changed(desk: Client) -> None:
    place = send(desk)["Location"]
    columns = desk.post(place, {"sheet": "Theirs"})["Location"]
    assert columns.endswith("/columns/")
    page = desk.get(columns)
    assert "The sheet “Theirs” of notes.xlsx has its own headings." in text_of(page)
    assert "Heading: One, Two, Three" in text_of(page)
    form = {"of_sheet": "Theirs", "column_id": "0", "column_title": "1", "column_mood": "same", "same_mood": "glad"}
    assert desk.post(columns, {**form, "keep_as": "Ours"}).status_code == 302
    batch = ImportBatch.objects.get()
    assert [row.data["title"] for row in batch.rows.order_by("number")] == ["One", "Two", "Three"]
    assert "sheet" not in KeptMapping.objects.get().text
    assert desk.post(place, {"sheet": "Ours"})["Location"] == columns
    page = desk.get(columns)
    assert 'name="same_mood" value="glad"' in page.content.decode()
    assert not batch.rows.exists()
    stale = desk.post(columns, {**form, "keep_as": ""})
    assert stale.status_code == 422
    assert "Meanwhile the sheet “Ours” was chosen." in text_of(stale)
    desk.post(columns, {**form, "of_sheet": "Ours", "keep_as": ""})
    assert [row.data["title"] for row in batch.rows.order_by("number")] == ["Alpha", "Beta"]


def test_a_choice_kept_for_those_headings_reads_the_sheet_whatever_its_title(desk: Client) -> None:
    columns = desk.post(send(desk)["Location"], {"sheet": "Theirs"})["Location"]
    form = {"of_sheet": "Theirs", "column_id": "0", "column_title": "1", "keep_as": "Theirs of every year"}
    desk.post(columns, form)
    place = send(desk, book_of(Cover=COVER, Year_2027=THEIRS))["Location"]
    done = desk.post(place, {"sheet": "Year 2027"})["Location"]
    assert "kept as “Theirs of every year”" in text_of(desk.get(done))
    assert "3 of 3 rows can be loaded." in text_of(desk.get(done))
    along = desk.post(columns, {**form, "take_along": "1"}).content
    assert b"sheet: Theirs" in along
    made = convert(read_mapping("m.yaml", along), {"notes.xlsx": BOOK})["notes"]
    assert [row["title"] for row in made] == ["One", "Two", "Three"]


@pytest.mark.parametrize(
    "content",
    [
        book_of(Ours=OURS),
        book_of(Ours=OURS, Sheet2=[], Sheet3=[[None]]),
        book_of(Empty=[], Ours=OURS),
        book_of(hidden=("Lists", "Other"), Lists=COVER, Ours=OURS, Other=THEIRS),
    ],
)
def test_one_sheet_with_rows_is_read_without_a_question(desk: Client, content: bytes) -> None:
    place = send(desk, content)["Location"]
    batch = ImportBatch.objects.get()
    assert place == f"/uploads/{batch.token}/"
    assert [row.data["title"] for row in batch.rows.order_by("number")] == ["Alpha", "Beta"]
    assert batch.sheet == ""
    assert "sheet" not in text_of(desk.get(place)).lower().replace("spreadsheet", "")
    assert desk.get(f"{place}sheet/")["Location"] == place


def test_our_own_template_and_a_sheet_of_a_chart_are_no_question(desk: Client) -> None:
    names = [column.name for column in NOTE_IMPORTER.columns]
    with tabular.xlsx_file("Notes", names, [], tabular.template_notes(NOTE_IMPORTER.columns)) as made:
        book = load_workbook(made)
    book["Notes"].append(["A", "Alpha"])
    book.create_chartsheet("Chart").add_chart(BarChart())
    filled = io.BytesIO()
    book.save(filled)
    assert send(desk, filled.getvalue())["Location"] == f"/uploads/{ImportBatch.objects.get().token}/"
    assert ImportBatch.objects.get().rows.get().data["title"] == "Alpha"


def test_hidden_sheets_are_neither_offered_nor_read() -> None:
    with pytest.raises(Refused, match="Only hidden sheets of this workbook have rows: “Ours”"):
        read_sheet("a.xlsx", book_of(hidden=("Ours",), Cover=[], Ours=OURS))
    with pytest.raises(Refused, match="The sheet “Ours” is hidden in the workbook"):
        read_sheet("a.xlsx", book_of(hidden=("Ours",), Cover=COVER, Ours=OURS), "Ours")
    assert sheets_to_choose(book_of(hidden=("Ours",), Cover=COVER, Ours=OURS)) == []


def test_the_command_line_names_the_sheet_and_is_told_which_there_are(officer: Viewer) -> None:
    given: dict[str, Any] = {"by": officer, "source": "x", "now": officer.now}
    batch = check_upload(resource=NOTES, filename="n.xlsx", content=BOOK, sheet="ours ", **given)
    assert [row.data["title"] for row in batch.rows.order_by("number")] == ["Alpha", "Beta"]
    ImportBatch.objects.filter(pk=batch.pk).update(state="reading")
    again = check_again(batch=ImportBatch.objects.get(pk=batch.pk), now=officer.now)
    assert [row.data["title"] for row in again.rows.order_by("number")] == ["Alpha", "Beta"]
    both = book_of(Ours=OURS, Theirs=THEIRS)
    batch = check_upload(resource=NOTES, filename="n.xlsx", content=both, **given)
    assert batch.notes[0] == "Read from the sheet “Ours”. There are rows in “Theirs” too."
    for resource, name, content, sentence in (
        (NOTES, "n.xlsx", BOOK, "The workbook has no sheet “Seats”. Its sheets are “Cover”, “Empty”,"),
        (NOTES, "n.csv", b"id,title\n1,x\n", "n.csv has no sheets to choose from: only a workbook"),
        (NOTES, "n.json", b'[{"id": 1, "title": "x"}]', "n.json has no sheets to choose from"),
        (resource_of_several(), "n.xlsx", book_of(notes=OURS), "Of several lists in one workbook every sheet is read"),
    ):
        with pytest.raises(Refused, match=re.escape(sentence)) as refused:
            check_upload(resource=resource, filename=name, content=content, sheet="Seats", **given)
        assert [breach.field for breach in refused.value.breaches] == ["sheet"]


def test_files_with_a_mapping_are_read_by_the_sheet_it_names_or_that_is_named_beside_it(desk: Client) -> None:
    text = as_mapping(NOTES, "x", Chosen({"id": "No", "title": "Heading"}))
    for sheet, status in (("", 302), ("Theirs", 302), ("Seats", 422)):
        file, mapping = SimpleUploadedFile("n.xlsx", BOOK), SimpleUploadedFile("m.yaml", text.encode())
        answer = desk.post("/uploads/mapped/", {"file": [file], "mapping_file": mapping, "sheet": sheet})
        assert answer.status_code == status, text_of(answer)
    assert re.search(r'id="id_sheet_error">.*?The workbook has no sheet “Seats”', answer.content.decode(), re.DOTALL)
    named = ImportBatch.objects.latest("pk")
    assert [row.data["title"] for row in named.rows.order_by("number")] == ["One", "Two", "Three"]
    with pytest.raises(Refused, match="None of the files has sheets"):
        convert(read_mapping("m.yaml", text.encode()), {"n.csv": b"No,Heading\n1,One\n"}, "Theirs")


def test_the_commands_ask_who_and_when(officer: Viewer) -> None:
    given: dict[str, Any] = {"resource": NOTES, "source": "x", "filename": "n.xlsx", "content": BOOK}
    batch = put_aside(by=officer, now=officer.now, state=ImportBatch.State.SHEET, **given)
    now = officer.now
    with pytest.raises(NotAllowed):
        choose_sheet(by=anonymous(now), batch=batch, title="Ours", now=now)
    with pytest.raises(Refused, match="There is no sheet “Empty” to choose"):
        choose_sheet(by=officer, batch=batch, title="Empty", now=now)
    with pytest.raises(Refused, match="Say first which sheet of the workbook is to be read"):
        choose_columns(by=officer, batch=batch, chosen=Chosen({"id": "No"}), keep_as="", now=now)
    choose_sheet(by=officer, batch=batch, title="Ours", now=now)
    batch.refresh_from_db()
    assert (batch.state, batch.sheet, batch.checked_from) == ("checked", "Ours", now)
    values = dict(Entry.objects.get(verb="upload.sheet-chosen").values.values_list("field", "after"))
    assert values["sheet"] == "Ours"
    tidy(now + timedelta(days=91))
    with pytest.raises(Refused, match="ago and is gone"):
        choose_sheet(by=officer, batch=batch, title="Ours", now=now)
    text = as_mapping(NOTES, "x", Chosen({"id": "No", "title": "Heading"}, {}, "Theirs")).encode()
    mapped = check_mapped(by=officer, files={"n.xlsx": BOOK}, mapping=("m.yaml", text), source="y", now=now)
    assert mapped.rows.count() == 3
