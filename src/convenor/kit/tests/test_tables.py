"""Tables as typed declarations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from django.http import QueryDict
from django.utils.safestring import mark_safe

from convenor.kit.cells import show
from convenor.kit.parts import Action, Link, Ref, State
from convenor.kit.tables import Column, Table
from convenor.kit.tests.drawing import HOSTILE, draw


@dataclass
class Body:
    title: str


@dataclass
class Row:
    title: str
    body: Body
    size: int | None


ROWS = [Row("First", Body("Group A"), 1_204), Row(HOSTILE, Body(HOSTILE), None)]
COLUMNS = [
    Column[Row]("title", "Title", "title", sort="title", priority=1, link=lambda row: "/x/" if row.size else None),
    Column[Row]("body", "Group", "body.title"),
    Column[Row]("size", "Size", lambda row: row.size, sort="size", numeric=True),
]


def table(sort: str = "title", query: str = "q=a&page=3", **extra: object) -> str:
    made = Table(COLUMNS, ROWS, "Actions", sort=sort, asked=QueryDict(query), **extra)  # type: ignore[arg-type]
    return draw("{% data_table table %}", table=made)


def test_caption_scopes_and_roles() -> None:
    html = table()
    assert "<caption>Actions</caption>" in html
    assert html.count('scope="col"') == 3
    assert html.count('scope="row"') == 2
    assert html.count('role="cell"') == 4
    assert 'data-label="Group"' in html


def test_sort_links_turn_keep_the_query_and_drop_the_page() -> None:
    html = table("title")
    assert 'aria-sort="ascending"' in html
    assert 'href="?q=a&amp;sort=-title"' in html
    assert 'href="?q=a&amp;sort=size"' in html
    assert 'aria-sort="descending"' in table("-size")
    assert html.count("aria-sort") == 1


def test_cells_are_escaped_and_linked_where_the_row_has_an_address() -> None:
    html = table()
    assert "<script" not in html
    assert html.count('<a href="/x/">') == 1
    assert "1,204" in html
    assert '<span class="visually-hidden">none</span>' in html


def test_actions_of_a_row() -> None:
    html = table(actions=lambda _row: [Action("Update", "/update/")])
    assert html.count('href="/update/"') == 2
    assert '<span class="visually-hidden">Actions</span>' in html


def test_an_empty_table_says_so_when_it_has_words() -> None:
    made = Table(COLUMNS, [], "Actions", empty="No actions yet")
    assert "<table" not in draw("{% data_table table %}", table=made)
    assert "No actions yet" in draw("{% data_table table %}", table=made)


def test_show_by_type() -> None:
    assert show(True) == "Yes"
    assert show(Decimal("1204.50")) == "1,204.50"
    assert show(0) == "0"
    assert "Tue 24 Nov 2026" in show(date(2026, 11, 24))
    assert "10:00 AEDT" in show(datetime(2026, 11, 23, 23, 0, tzinfo=UTC))
    assert "tag--good" in show(State("Done", "good"))
    assert show(Link("A & B", "/x")) == '<a href="/x">A &amp; B</a>'
    assert show(Ref("REC-1")) == '<span class="ref">REC-1</span>'
    assert show([]) == show(None)
    assert show(["a", "<b>"]) == '<ul class="plain"><li>a</li><li>&lt;b&gt;</li></ul>'
    assert show(mark_safe("<b>x</b>")) == "<b>x</b>"
