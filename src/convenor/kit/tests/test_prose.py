"""Markdown in, clean HTML out."""

from __future__ import annotations

import pytest

from convenor.kit.prose import to_html


def test_paragraphs_lists_and_tables() -> None:
    html = to_html("**Bold** and *soft*\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |")
    assert "<strong>Bold</strong>" in html
    assert "<li>one</li>" in html
    assert "<td>1</td>" in html


def test_headings_never_break_the_outline() -> None:
    assert "<h3>Purpose</h3>" in to_html("# Purpose")
    assert "<h2>Purpose</h2>" in to_html("# Purpose", 2)
    assert "<h6>Deep</h6>" in to_html("###### Deep")


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,hi)",
        "![pixel](https://tracker.example/p.gif)",
        "<a href='x' style='y' onclick='z'>k</a>",
        '[x](https://e.org "t\\" onclick=\\"z")',
    ],
)
def test_nothing_active_comes_through(hostile: str) -> None:
    html = to_html(hostile)
    for active in ("<script", "<img", "<a href='x'", 'href="javascript', 'href="data', ' onclick="', "<style"):
        assert active not in html


def test_links_carry_rel() -> None:
    assert 'rel="noopener nofollow"' in to_html("[x](https://example.org)")


def test_nothing_from_nothing() -> None:
    assert to_html("") == ""
    assert to_html("  \n ") == ""
