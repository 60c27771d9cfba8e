"""Pages and orders: bad asks fall back to the nearest good one."""

from __future__ import annotations

import pytest
from django.http import QueryDict
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from convenor.kit.paging import Page, page_of, sort_key
from convenor.kit.tests.drawing import draw

ROWS = list(range(1_204))


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        (None, 1), ("3", 3), ("0", 1), ("-4", 1), ("25", 25), ("26", 25), ("99999999999999999999", 25), ("abc", 1),
        ("", 1),        ("2.5", 1), ("²", 1), (" 2 ", 2), ("1e3", 1), ("-", 1),
    ],
)  # fmt: skip
def test_the_nearest_page(asked: str | None, number: int) -> None:
    assert page_of(ROWS, {} if asked is None else {"page": asked}, 50).number == number


def test_what_a_page_holds() -> None:
    page = page_of(ROWS, {"page": "3"}, 20)
    assert (page.first, page.last, page.total, page.pages) == (41, 60, 1_204, 61)
    assert list(page.rows) == ROWS[40:60]
    last = page_of(ROWS, {"page": "61"}, 20)
    assert (last.first, last.last, len(last.rows)) == (1_201, 1_204, 4)


def test_an_empty_list_has_one_page_of_nothing() -> None:
    page: Page[int] = page_of([], {"page": "7"})
    assert (page.number, page.pages, page.first, page.last, page.total) == (1, 1, 0, 0, 0)
    assert draw("{% pagination page q %}", page=page, q={}).strip() == ""


@given(st.integers(0, 400), st.integers(1, 30), st.text(max_size=8))
def test_any_ask_gives_a_page_that_exists(total: int, size: int, asked: str) -> None:
    page = page_of(range(total), {"page": asked}, size)
    assert 1 <= page.number <= page.pages
    assert len(page.rows) == page.last - page.first + (1 if total else 0)


@given(st.integers(1, 60), st.integers(1, 60))
def test_offered_numbers_rise_and_hold_both_ends(pages: int, number: int) -> None:
    page = page_of(range(pages), {"page": str(number)}, 1)
    shown = page.around()
    numbers = [one for one in shown if one is not None]
    assert numbers == sorted(set(numbers))
    assert numbers[0] == 1
    assert numbers[-1] == pages
    assert page.number in numbers
    for before, here, after in zip(shown, shown[1:], shown[2:], strict=False):
        if here is None:
            assert before is not None
            assert after is not None
            assert after - before > 2


def test_links_keep_the_query() -> None:
    query = QueryDict("q=ledger&state=open&state=late&page=3")
    html = draw("{% pagination page q %}", page=page_of(ROWS, query, 20), q=query)
    assert "41–60 of 1,204" in html
    assert 'href="?q=ledger&amp;state=open&amp;state=late&amp;page=4"' in html
    assert 'rel="prev"' in html
    assert html.count('aria-current="page"') == 1


def test_sort_only_by_what_is_allowed() -> None:
    allowed = {"due": "due_on", "title": ["title", "-made_on"]}
    assert sort_key({"sort": "due"}, allowed, "title").order_by == ("due_on", "pk")
    assert sort_key({"sort": "-title"}, allowed, "due").order_by == ("-title", "made_on", "pk")
    for hostile in ("password", "-password", "--due", "due_on", "", "-"):
        assert str(sort_key({"sort": hostile}, allowed, "-due")) == "-due"


def test_a_request_serves_as_the_ask() -> None:
    request = RequestFactory().get("/?page=2&sort=-due")
    assert page_of(ROWS, request).number == 2
    assert sort_key(request, {"due": "due_on"}, "due").descending
