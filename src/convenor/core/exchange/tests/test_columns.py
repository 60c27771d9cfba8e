"""A file with headings of its own: which column is which, on the page, as a mapping, and again the next time."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from convenor.core.exchange.columns import as_mapping, chosen_in
from convenor.core.exchange.commands import check_again, check_upload, choose_columns, put_aside, tidy
from convenor.core.exchange.mapping import convert, read_mapping
from convenor.core.exchange.models import ImportBatch, KeptMapping
from convenor.core.exchange.rules import Chosen, Wanted, guess_columns, right_columns, with_guesses, wrong_in_every_row
from convenor.core.exchange.tests.samples import NOTES
from convenor.core.journal.models import Entry
from convenor.core.records.models import Record
from convenor.core.records.rules import NotAllowed, Refused, Viewer, anonymous

pytestmark = pytest.mark.django_db

ROWS = "Nr.;The_Titles;State {of} mind;Remark\n1;Über;Glad of it;x\n\n2;Two\n3;Three;sad;y;z\n".encode()
CHOSEN = Chosen({"id": "Nr.", "title": "The_Titles", "mood": "State {of} mind"})
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


NO_TITLES = b'Nr.;Feeling;"Name of\nthe  person"\n1;glad;x\n2;sad;y\n'
SAME = {"column_id": "0", "column_title": "same", "same_title": "A note", "column_mood": "1", "keep_as": "Ours"}


def test_what_the_file_lacks_is_the_same_for_every_row_as_if_the_file_had_held_it(desk: Client) -> None:
    place = send(desk, NO_TITLES)["Location"]
    page = desk.get(place).content.decode()
    assert page.count("The same for every row") == 4
    assert 'name="same_id"' not in page
    batch = ImportBatch.objects.get()
    assert desk.post(place, SAME)["Location"] == f"/uploads/{batch.token}/"
    report = text_of(desk.get(f"/uploads/{batch.token}/"))
    assert "2 of 2 rows can be loaded." in report
    assert "Title, in every row A note" in report
    assert "A note · glad" in report
    desk.post(f"/uploads/{batch.token}/load/")
    assert list(Record.objects.filter(kind="note").values_list("title", flat=True)) == ["A note", "A note"]
    send(desk, NO_TITLES, "next.csv")
    again = ImportBatch.objects.latest("pk")
    desk.post(f"/uploads/{again.token}/load/")
    assert "2 rows: 2 unchanged." in text_of(desk.get(f"/uploads/{again.token}/"))
    desk.post(f"/uploads/{batch.token}/undo/")
    assert set(Record.objects.filter(kind="note").values_list("state", flat=True)) == {"withdrawn"}


def test_the_columns_of_the_file_and_the_value_give_what_the_whole_file_gives(officer: Viewer) -> None:
    """An upload that was cut off, checked again by the worker, has the same rows as a file that held the column."""
    sent: dict[str, Any] = {"resource": NOTES, "source": "x", "filename": "n.csv", "now": officer.now, "by": officer}
    chosen = Chosen({"id": "Nr.", "mood": "Feeling"}, {"title": "=1+1 {id} 'yes'", "due": "2026-11-24"})
    batch = put_aside(**sent, content=NO_TITLES)
    batch = choose_columns(by=officer, batch=batch, chosen=chosen, keep_as="", now=officer.now)
    rows = [(row.source_id, row.data, row.content_hash) for row in batch.rows.order_by("number")]
    whole = b"id,title,due,mood\n1,=1+1 {id} 'yes',2026-11-24,glad\n2,=1+1 {id} 'yes',2026-11-24,sad\n"
    same = check_upload(**sent, content=whole)
    assert [(row.source_id, row.data, row.content_hash) for row in same.rows.order_by("number")] == rows
    ImportBatch.objects.filter(pk=batch.pk).update(state="reading")
    again = check_again(batch=ImportBatch.objects.get(pk=batch.pk), now=officer.now)
    assert [(row.source_id, row.data, row.content_hash) for row in again.rows.order_by("number")] == rows


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("due", "soon", "“soon” is not a day: write 2026-11-24."),
        ("mood", "angry", "“angry” is not one of: glad, sad."),
        ("themes", "tax; work", "“work” is not one of: tax, super."),
        ("title", "forbidden", "No note may be called so."),
        ("title", "", "Write what “Title” is in every row."),
        ("title", "x" * 32_768, "Ensure this value has at most 32767 characters (it has 32768)."),
    ],
)
def test_a_value_that_is_wrong_is_said_where_it_is_written_and_nothing_is_lost(
    desk: Client, column: str, value: str, sentence: str
) -> None:
    place = send(desk, NO_TITLES)["Location"]
    refused = desk.post(place, {**SAME, f"column_{column}": "same", f"same_{column}": value})
    assert refused.status_code == 422
    error = re.search(rf'id="id_same_{column}_error">(.*?)</div>', refused.content.decode(), re.DOTALL)
    assert error is not None
    assert sentence in error[1]
    assert f'value="{value}"' in refused.content.decode() or not value
    assert chosen_on(refused, "id") == "0"
    assert 'value="Ours"' in refused.content.decode()
    assert not KeptMapping.objects.exists()
    mended = {"title": "Good", "due": "2026-11-24", "mood": "sad", "themes": "tax"}[column]
    assert desk.post(place, {**SAME, f"column_{column}": "same", f"same_{column}": mended}).status_code == 302
    assert ImportBatch.objects.get().wrong_values == []
    assert "2 of 2 rows can be loaded." in text_of(desk.get(place.removesuffix("columns/")))


def test_a_wrong_value_stands_on_the_page_of_the_upload_and_one_bad_row_blames_no_value(desk: Client) -> None:
    place = send(desk, NO_TITLES)["Location"]
    desk.post(place, {**SAME, "column_due": "same", "same_due": "soon"})
    report = text_of(desk.get(place.removesuffix("columns/")))
    assert "What is the same for every row is wrong Due: “soon” is not a day: write 2026-11-24. Change it" in report
    assert 'name="same_due" value="soon"' in desk.get(place).content.decode()
    assert wrong_in_every_row([[("a", "no")], [("a", "no"), ("b", "bad")]], {"a"}) == [("a", "no")]
    assert wrong_in_every_row([[("a", "no")], []], {"a"}) == []
    assert wrong_in_every_row([[("b", "bad")], [("", "odd")]], {"a"}) == []


def test_a_row_keeps_a_number_of_its_own_and_two_answers_are_asked_about(desk: Client, officer: Viewer) -> None:
    place = send(desk, NO_TITLES)["Location"]
    assert desk.post(place, {**SAME, "column_id": "same", "same_id": "1"}).status_code == 422
    both = desk.post(place, {**SAME, "column_mood": "1", "same_mood": "glad"})
    assert "Choose “The same for every row” above, or empty this." in text_of(both)
    assert 'name="same_mood" value="glad"' in both.content.decode()
    neither = desk.post(place, {**SAME, "column_title": "", "same_title": ""})
    assert "Choose the column that holds “Title”: every row needs it." in text_of(neither)
    with pytest.raises(Refused, match="tells the rows apart: it cannot be the same for every row"):
        choose_columns(
            by=officer,
            batch=ImportBatch.objects.get(),
            chosen=Chosen({"title": "Feeling"}, {"id": "1"}),
            keep_as="",
            now=officer.now,
        )


def test_what_one_register_says_in_every_row_is_asked_again_for_another(desk: Client, officer: Viewer) -> None:
    desk.post(send(desk, NO_TITLES)["Location"], SAME)
    kept = KeptMapping.objects.get()
    assert chosen_in(NOTES, kept.text) == Chosen({"id": "Nr.", "mood": "Feeling"}, {"title": "A note"})
    assert b"value: A note" in desk.get(f"/uploads/mappings/{kept.pk}/mapping.yaml").content
    assert not send(desk, NO_TITLES, "next.csv")["Location"].endswith("/columns/")
    other = send(desk, NO_TITLES, source="another register")["Location"]
    assert other.endswith("/columns/")
    page = desk.get(other)
    assert chosen_on(page, "mood") == "1"
    assert 'value="A note"' not in page.content.decode()
    with pytest.raises(Refused, match="The file has no column"):
        check_upload(by=officer, resource=NOTES, source="a third", filename="n.csv", content=NO_TITLES, now=officer.now)


def test_the_choice_to_take_along_holds_the_value_and_reads_the_same(desk: Client) -> None:
    place = send(desk, NO_TITLES)["Location"]
    answer = desk.post(place, {**SAME, "take_along": "1"})
    file = [SimpleUploadedFile("notes.csv", NO_TITLES)]
    desk.post("/uploads/mapped/", {"file": file, "mapping_file": SimpleUploadedFile("m.yaml", answer.content)})
    desk.post(place, SAME)
    by_page, by_file = (batch.rows.order_by("number") for batch in ImportBatch.objects.order_by("pk"))
    assert [row.data for row in by_page] == [row.data for row in by_file]
    assert by_page[0].data["title"] == "A note"


@settings(max_examples=100)
@example(heading="two\u2028lines", value="\x85")
@given(heading=st.text(min_size=1).map(str.strip).filter(bool), value=st.text(min_size=1).filter(str.strip))
def test_any_heading_and_any_value_come_back_from_a_mapping(heading: str, value: str) -> None:
    chosen = Chosen({"id": heading}, {"title": value}, "Sheet 1")
    assert chosen_in(NOTES, as_mapping(NOTES, "x", chosen)) == chosen


def test_the_commands_ask_who_and_when(officer: Viewer) -> None:
    sent: dict[str, Any] = {"resource": NOTES, "source": "x", "filename": "n.csv", "content": ROWS, "now": officer.now}
    stranger = anonymous(officer.now)
    with pytest.raises(NotAllowed):
        put_aside(by=stranger, **sent)
    batch = put_aside(by=officer, **sent)
    with pytest.raises(NotAllowed):
        choose_columns(by=stranger, batch=batch, chosen=CHOSEN, keep_as="", now=officer.now)
    with pytest.raises(Refused, match="The file has no column “Nobody”"):
        choose_columns(
            by=officer, batch=batch, chosen=Chosen({**CHOSEN.columns, "due": "Nobody"}), keep_as="", now=officer.now
        )
    with pytest.raises(Refused, match="The file has no column “id” and “title”"):
        check_upload(by=officer, **sent)
    choose_columns(by=officer, batch=batch, chosen=CHOSEN, keep_as="Kept", now=officer.now)
    choose_columns(
        by=officer, batch=batch, chosen=Chosen({**CHOSEN.columns, "mood": ""}), keep_as="Kept", now=officer.now
    )
    assert chosen_in(NOTES, KeptMapping.objects.get().text) == Chosen({"id": "Nr.", "title": "The_Titles"})
    assert check_upload(by=officer, **{**sent, "source": "another"}).mapping == KeptMapping.objects.get().text
    KeptMapping.objects.update(text="what was never a mapping")
    with pytest.raises(Refused, match="The file has no column"):
        check_upload(by=officer, **sent)
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
    chosen = Chosen({"title": "", "long_title": "b", "odd": "a"})
    assert [each.field for each in right_columns(wanted, ["a"], chosen)] == ["title", "long_title", ""]


def test_what_was_chosen_stays_and_the_rest_is_guessed_from_what_is_left() -> None:
    wanted = [Wanted(name, name.title(), needed=False) for name in ("title", "mood", "due")]
    chosen = Chosen({"title": "Mood"}, {"due": "2026-11-24"})
    assert with_guesses(chosen, wanted, ["Mood", "Due"]) == chosen
    assert with_guesses(chosen, wanted, ["Mood", "The mood"]).columns == {"title": "Mood", "mood": "The mood"}


def test_a_heading_of_any_letters_is_found_by_a_mapping_file() -> None:
    text = as_mapping(NOTES, "x", Chosen({"id": "a.b!c {^d}", "title": "yes: [no] #1"}))
    made = convert(read_mapping("m.yaml", text.encode()), {"t.csv": b"a.b!c {^d},yes: [no] #1\n1, One \n"})
    assert [(row["id"], row["title"]) for row in made["notes"]] == [("1", "One")]
    text = as_mapping(NOTES, "x", Chosen({"id": "No", "title": "Name of\nthe  note"}))
    made = convert(read_mapping("m.yaml", text.encode()), {"t.csv": b'No,"Name of\nthe  note"\n1,One\n'})
    assert [row["title"] for row in made["notes"]] == ["One"]
