from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convenor.core.notify import rules


@given(st.text())
def test_a_header_is_one_line_whatever_was_typed(text: str) -> None:
    line = rules.one_line(text)
    assert line.splitlines() in ([], [line])
    assert rules.one_line(line) == line


def test_text_says_what_the_html_says() -> None:
    html = """<!doctype html><head><title>Not this</title></head><body>
      <p>Dear  <b>A&amp;B</b>,</p>
      <ul><li>one</li><li>two &lt;b&gt;</li></ul>
      <p>See <a href="https://x.example/r/1">the record</a>.<br>Bye</p><hr></body>"""
    assert rules.plain_text(html) == ("Dear A&B,\n\n- one\n- two <b>\n\nSee the record <https://x.example/r/1>.\nBye\n")


@pytest.mark.parametrize("marking", ["", "OFFICIAL", "UNOFFICIAL", "OFFICIAL:Sensitive"])
def test_markings_we_may_carry(marking: str) -> None:
    assert rules.marking_breaches(marking) == []


@pytest.mark.parametrize("marking", ["PROTECTED", "SECRET", "official"])
def test_markings_we_may_not(marking: str) -> None:
    assert [breach.code for breach in rules.marking_breaches(marking)] == ["marking"]


def test_a_subject_is_marked_once() -> None:
    once = rules.marked_subject("Papers", "OFFICIAL")
    assert once == "Papers [SEC=OFFICIAL]" == rules.marked_subject(once, "OFFICIAL")
    assert rules.marked_subject("Papers", "") == "Papers"


def test_who_hears_of_which_verb() -> None:
    assert rules.follows("", "group.closed")
    assert rules.follows("group.created group.closed", "group.closed")
    assert not rules.follows("group.created", "group.closed")
    assert rules.verb_in_words("group.seat-ended") == "seat ended"
