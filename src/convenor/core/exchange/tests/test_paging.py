"""Pages, filters and cursors."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convenor.core.exchange import queries, rules
from convenor.core.exchange.tests.samples import JOINS, NOTES, add_note, join
from convenor.core.records import commands as records
from convenor.core.records.rules import Refused, Viewer


@given(st.integers(0, 2**48 - 1), st.text(max_size=20))
def test_a_cursor_opens_to_its_key_and_only_for_its_list(key: int, purpose: str) -> None:
    cursor = rules.seal_cursor(key, purpose, "secret")
    assert rules.open_cursor(cursor, purpose, "secret") == key
    assert rules.open_cursor(cursor, purpose + "x", "secret") != key


@given(st.text(max_size=40))
def test_a_strange_cursor_is_nothing(text: str) -> None:
    if not rules.CURSOR.fullmatch(text):
        assert rules.open_cursor(text, "notes", "secret") is None


@pytest.mark.django_db
def test_paging_is_complete_while_rows_are_added(now: datetime, public: Viewer, by_system: Viewer) -> None:
    there = {add_note(f"Note {number}", by_system, now).ref for number in range(17)}
    found: list[str] = []
    after = ""
    while True:
        page = queries.page(NOTES, public, {}, after, limit=5)
        found += [item["ref"] for item in page.items]
        add_note(f"Meanwhile {len(found)}", by_system, now)
        add_note(f"Hidden {len(found)}", by_system, now, visibility="sealed")
        if page.next is None or len(found) > 60:
            break
        after = page.next
    assert len(found) == len(set(found))
    assert there <= set(found)


@pytest.mark.django_db
def test_queries_are_constant(now: datetime, public: Viewer, by_system: Viewer, django_assert_num_queries: Any) -> None:
    """4: the rows, two prefetches, the refs; at once and tenfold."""
    whole = add_note("Whole", by_system, now)
    for count in (5, 50):
        for number in range(count):
            join(add_note(f"Note {count} {number}", by_system, now), whole, now)
        with django_assert_num_queries(4):
            queries.page(NOTES, public, {}, limit=200)
        with django_assert_num_queries(4):
            assert len(list(queries.stream(NOTES, public, {}))) > count
        with django_assert_num_queries(2):
            assert len(list(queries.stream(JOINS, public, {}))) >= count


@pytest.mark.django_db
def test_an_export_reads_chunk_by_chunk(
    now: datetime, public: Viewer, by_system: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    refs = [add_note(f"Note {number}", by_system, now).ref for number in range(7)]
    monkeypatch.setattr(queries, "CHUNK", 3)
    assert [item["ref"] for item in queries.stream(NOTES, public, {})] == refs


@pytest.mark.django_db
def test_filters_tell_nothing_of_what_one_may_not_read(now: datetime, public: Viewer, by_system: Viewer) -> None:
    whole = add_note("Whole", by_system, now)
    sealed = add_note("Sealed", by_system, now, visibility="sealed")
    part, other = add_note("Part", by_system, now), add_note("Other part", by_system, now)
    join(part, whole, now)
    join(other, sealed, now)

    def refs(viewer: Viewer, **asked: str) -> list[str]:
        chosen = queries.choose(NOTES, asked)
        return [item["ref"] for item in queries.page(NOTES, viewer, chosen).items]

    assert refs(public, parent=whole.ref) == [part.ref]
    assert refs(public, parent=sealed.ref) == []
    assert refs(by_system, parent=sealed.ref) == [other.ref]
    assert refs(public, title="Part") == [part.ref]
    assert refs(public, since="2026-11-23") == [whole.ref, part.ref, other.ref]
    assert refs(public, since="2026-11-24") == []


@pytest.mark.parametrize(
    ("asked", "field", "text"),
    [
        ({"nothing": "x"}, "nothing", "There is no filter called “nothing” here."),
        ({"since": "soon"}, "since", "“soon” is not a day: write 2026-11-24."),
        ({"state": "odd"}, "state", "“odd” is not one of: live, withdrawn."),
        ({"title": "a\x00b"}, "title", "Text cannot hold a NUL character."),
        ({"title": "m" * 60_000}, "title", "Text to look for has at most 300 characters."),
    ],
)
def test_wrong_filters_are_named(asked: dict[str, str], field: str, text: str) -> None:
    with pytest.raises(Refused) as refused:
        queries.choose(NOTES, asked)
    assert [(found.field, found.text) for found in refused.value.breaches] == [(field, text)]


def test_a_cursor_of_another_list_is_refused(public: Viewer) -> None:
    with pytest.raises(Refused):
        queries.page(NOTES, public, {}, after="not a cursor")


@pytest.mark.django_db
def test_an_old_ref_leads_to_the_new_one(now: datetime, public: Viewer, by_system: Viewer) -> None:
    note = add_note("Was sealed", by_system, now, visibility="sealed")
    old = note.ref
    records.show_to(note, now=now, visibility="public")
    from dataclasses import replace

    by_ref = replace(NOTES, kind="ref")
    assert queries.find(NOTES, public, old) is None
    assert queries.moved_to(replace(NOTES, key="ref"), public, old) in ("", note.ref)
    assert by_ref.kind == "ref"
