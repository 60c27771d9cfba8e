"""A file with headings of its own: which column is which, on the page, as a mapping, and again the next time."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from convenor.core.exchange.columns import as_mapping, chosen_in
from convenor.core.exchange.commands import check_upload, choose_columns, put_aside, tidy
from convenor.core.exchange.mapping import convert, read_mapping
from convenor.core.exchange.models import ImportBatch, KeptMapping
from convenor.core.exchange.rules import Wanted, guess_columns, right_columns
from convenor.core.exchange.tests.samples import NOTES
from convenor.core.journal.models import Entry
from convenor.core.records.models import Record
from convenor.core.records.rules import NotAllowed, Refused, Viewer, anonymous

pytestmark = pytest.mark.django_db

ROWS = "Nr.;The_Titles;State {of} mind;Remark\n1;Über;Glad of it;x\n\n2;Two\n3;Three;sad;y;z\n".encode()
CHOSEN = {"id": "Nr.", "title": "The_Titles", "mood": "State {of} mind"}
FORM = {"column_id": "0", "column_title": "1", "column_mood": "2", "keep_as": "Ours"}


def send(client: Client, content: bytes = ROWS, name: str = "notes.csv", source: str = "the register") -> Any:
    return client.post("/uploads/new/notes/", {"file": SimpleUploadedFile(name, content), "source": source})


def text_of(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def chosen_on(response: Any, name: str) -> str:
    """What the select has chosen."""
    select = re.search(rf'<select name="column_{name}".*?</select>', response.content.decode(), re.DOTALL)
    assert select is not None
    found = re.search(r'<option value="(\d*)" selected>', select[0])
    return found[1] if found else ""


def test_from_the_upload_to_the_rows_and_the_next_file_is_read_at_once(desk: Client) -> None:
    asked = send(desk)
    batch = ImportBatch.objects.get()
    assert asked["Location"] == f"/uploads/{batch.token}/columns/"
    page = desk.get(asked["Location"])
    assert "The_Titles: Über, Two, Three" in text_of(page)
    assert "Not in this file" in text_of(page)
    assert [chosen_on(page, name) for name in ("id", "title", "due", "mood")] == ["0", "1", "", ""]
    assert "say which is which" in text_of(desk.get(f"/uploads/{batch.token}/"))
    assert "Say first which column of the file is which." in text_of(desk.post(f"/uploads/{batch.token}/load/"))
    chosen = desk.post(asked["Location"], FORM)
    assert chosen["Location"] == f"/uploads/{batch.token}/"
    report = text_of(desk.get(chosen["Location"]))
    assert "2 of 3 rows can be loaded." in report
    assert "notes.csv, row 4" in report
    assert "notes.csv, row 5" in report
    assert "This row has 5 cells; the heading has 4." in report
    assert "Read with a semicolon between the cells." in report
    desk.post(f"/uploads/{batch.token}/load/", {"without_bad": "on"})
    assert set(Record.objects.filter(kind="note").values_list("title", flat=True)) == {"Über", "Two"}
    assert desk.get(asked["Location"])["Location"] == f"/uploads/{batch.token}/"
    again = send(desk, ROWS.replace(b"Two", b"Second"), "next.csv")
    second = ImportBatch.objects.latest("pk")
    assert again["Location"] == f"/uploads/{second.token}/"
    report = text_of(desk.get(again["Location"]))
    assert "The columns are read as chosen before, kept as “Ours”." in report
    assert "Loading it would make 0 new, change 1 and leave 1 as they are." in report
    assert "Say which column of the file is which" in report
    assert chosen_on(desk.get(f"/uploads/{second.token}/columns/"), "mood") == "2"
    verbs = set(Entry.objects.values_list("verb", flat=True))
    assert {"upload.put-aside", "upload.columns-chosen", "upload.mapping-kept"} <= verbs


def test_what_is_missing_is_said_at_its_select_and_nothing_is_lost(desk: Client) -> None:
    place = send(desk)["Location"]
    refused = desk.post(place, {**FORM, "column_title": "", "keep_as": "Mine"})
    assert refused.status_code == 422
    assert text_of(refused).count("Choose the column that holds “Title”: every row needs it.") == 2
    assert [chosen_on(refused, name) for name in ("id", "title", "mood")] == ["0", "", "2"]
    assert 'value="Mine"' in refused.content.decode()
    assert desk.post(place, {**FORM, "column_title": "77"}).status_code == 422
    assert ImportBatch.objects.get().state == "columns"
    desk.post(place, {**FORM, "keep_as": ""})
    assert not KeptMapping.objects.exists()
    assert send(desk)["Location"].endswith("/columns/")


def test_the_mapping_to_take_along_says_what_the_page_does(desk: Client) -> None:
    place = send(desk)["Location"]
    answer = desk.post(place, {**FORM, "take_along": "1"})
    assert answer["Content-Disposition"] == 'attachment; filename="notes-columns.yaml"'
    assert answer.content.decode() == as_mapping(NOTES, "the register", CHOSEN)
    assert ImportBatch.objects.get().state == "columns"
    file = [SimpleUploadedFile("notes.csv", ROWS)]
    desk.post("/uploads/mapped/", {"file": file, "mapping_file": SimpleUploadedFile("m.yaml", answer.content)})
    desk.post(place, FORM)
    by_page, by_file = (batch.rows.order_by("number") for batch in ImportBatch.objects.order_by("pk"))
    assert [row.data for row in by_page] == [row.data for row in by_file]
    assert [row.place for row in by_page] == [row.place for row in by_file]


def test_a_workbook_and_a_template_that_fits(desk: Client) -> None:
    book, made = Workbook(), io.BytesIO()
    for row in (
        ["Code", "Titles", "Titles", None],
        ["A", "Alpha\nsecond line", "other", None],
        ["B", "Beta", "", None],
    ):
        book.active.append(row)  # type: ignore[union-attr]
    book.save(made)
    place = send(desk, made.getvalue(), "notes.xlsx")["Location"]
    page = desk.get(place)
    assert [chosen_on(page, name) for name in ("id", "title")] == ["0", "1"]
    assert "Titles (2): other" in text_of(page)
    desk.post(place, {"column_id": "0", "column_title": "1", "keep_as": ""})
    assert ImportBatch.objects.get().rows.get(source_id="A").data["title"] == "Alpha\nsecond line"
    assert not send(desk, b"id,title,odd\n1,x,y\n")["Location"].endswith("/columns/")
    assert send(desk, b"a,b\n").status_code == 422


def test_the_commands_ask_who_and_when(officer: Viewer) -> None:
    given: dict[str, Any] = {"resource": NOTES, "source": "x", "filename": "n.csv", "content": ROWS, "now": officer.now}
    stranger = anonymous(officer.now)
    with pytest.raises(NotAllowed):
        put_aside(by=stranger, **given)
    batch = put_aside(by=officer, **given)
    with pytest.raises(NotAllowed):
        choose_columns(by=stranger, batch=batch, chosen=CHOSEN, keep_as="", now=officer.now)
    with pytest.raises(Refused, match="The file has no column “Nobody”"):
        choose_columns(by=officer, batch=batch, chosen={**CHOSEN, "due": "Nobody"}, keep_as="", now=officer.now)
    with pytest.raises(Refused, match="The file has no column “id” and “title”"):
        check_upload(by=officer, **given)
    choose_columns(by=officer, batch=batch, chosen=CHOSEN, keep_as="Kept", now=officer.now)
    choose_columns(by=officer, batch=batch, chosen={**CHOSEN, "mood": ""}, keep_as="Kept", now=officer.now)
    assert chosen_in(NOTES, KeptMapping.objects.get().text) == {"id": "Nr.", "title": "The_Titles"}
    assert check_upload(by=officer, **{**given, "source": "another"}).mapping == KeptMapping.objects.get().text
    KeptMapping.objects.update(text="what was never a mapping")
    with pytest.raises(Refused, match="The file has no column"):
        check_upload(by=officer, **given)
    batch.refresh_from_db()
    assert batch.checked_from == officer.now
    tidy(officer.now + timedelta(days=91))
    with pytest.raises(Refused, match="ago and is gone"):
        choose_columns(by=officer, batch=batch, chosen=CHOSEN, keep_as="", now=officer.now)


@pytest.mark.parametrize(
    ("heading", "guessed"),
    [
        ("group_types", "type"), ("GroupType", "type"), ("GROUP TYPE", "type"), ("Ref.", "id"), ("Code", "id"),
        ("Name of the body", "name"), ("Notes", None), ("Parties", "party"),
    ],
)  # fmt: skip
def test_headings_are_known_by_their_words(heading: str, guessed: str | None) -> None:
    wanted = [
        Wanted("id", "Number in the register", needed=True, identifies=True),
        Wanted("name", "Name", needed=True),
        Wanted("type", "Group type", needed=False),
        Wanted("party", "Party", needed=False),
    ]
    assert guess_columns(wanted, ["Anything", heading]) == ({guessed: heading} if guessed else {})


def test_a_heading_is_guessed_once_and_the_same_name_first() -> None:
    wanted = [Wanted("title", "Title", needed=True), Wanted("long_title", "Long title", needed=False)]
    assert guess_columns(wanted, ["Long title", "title"]) == {"title": "title", "long_title": "Long title"}
    assert [each.field for each in right_columns(wanted, ["a"], {"title": "", "long_title": "b", "odd": "a"})] == [
        "title", "long_title", "",
    ]  # fmt: skip


def test_a_heading_of_any_letters_is_found_by_a_mapping_file() -> None:
    text = as_mapping(NOTES, "x", {"id": "a.b!c {^d}", "title": "yes: [no] #1"})
    made = convert(read_mapping("m.yaml", text.encode()), {"t.csv": b"a.b!c {^d},yes: [no] #1\n1, One \n"})
    assert [(row["id"], row["title"]) for row in made["notes"]] == [("1", "One")]
