"""The pure rules of a group's life: proposals, closings, terms of reference, and what changed between two texts."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from convenor.domain.groups.rules import closings, proposals, redlines, tor

TODAY = date(2026, 11, 23)
TEXTS = st.text(alphabet="abc \n.,", max_size=60)


@given(TEXTS, TEXTS)
def test_a_redline_holds_both_texts_whole(before: str, after: str) -> None:
    pieces = redlines.redline(before, after)
    assert "".join(piece.text for piece in pieces if piece.how != redlines.ADDED) == before
    assert "".join(piece.text for piece in pieces if piece.how != redlines.REMOVED) == after
    assert (before == after) == all(piece.how == redlines.SAME for piece in pieces)


def test_a_redline_reads_without_colour() -> None:
    changes = redlines.compare(
        {"a": "Up to twelve sit.\n"}, {"a": "Up to ten sit.\n", "b": "New."}, {"a": "A", "b": "B"}
    )
    assert redlines.as_text(changes) == "A\n\nUp to [removed: twelve][added: ten] sit.\n\nB\n\n[added: New.]\n"


def test_long_passages_are_compared_as_a_whole() -> None:
    before, after = "x " * 1000, "y " * 1000
    assert [piece.how for piece in redlines.redline(before, after)] == ["removed", "added"]


def test_the_text_of_a_version_in_two_formats() -> None:
    sections = {"scope": "All of it.", "purpose": "To try."}
    assert tor.as_markdown("T", "Version 1", sections) == (
        "# T\n\nVersion 1\n\n## Purpose\n\nTo try.\n\n## Scope\n\nAll of it.\n"
    )
    assert tor.as_plain("T", "Version 1", sections) == (
        "T\n=\n\nVersion 1\n\nPurpose\n-------\n\nTo try.\n\nScope\n-----\n\nAll of it.\n"
    )


def test_a_section_outside_the_outline_is_refused() -> None:
    assert [b.code for b in tor.draft_breaches({"purpose": "x", "secret": "y"}, "", 1)] == ["section-unknown"]


def test_what_may_be_said_of_a_proposal_in_each_state() -> None:
    for state, allowed in proposals.ANSWERS.items():
        for kind in (proposals.APPROVED, proposals.RETURNED, proposals.DECLINED, proposals.AGAIN):
            found = proposals.step_breaches(state, kind, TODAY, "Why.", TODAY, TODAY)
            assert (found == []) == (kind in allowed)
    assert [b.text for b in proposals.unanswered([("X", "waiting"), ("Y", "returned"), ("Z", "approved")])] == [
        "X has been asked, and has not answered yet.", "Y returned it for more work. Propose it again first.",
    ]  # fmt: skip


def test_a_kind_of_closing_nobody_knows_is_refused() -> None:
    found = closings.kind_breaches("vanished", delivered=True, sunset_on=None, on=TODAY)
    assert [breach.code for breach in found] == ["kind-unknown"]
    assert closings.kind_breaches("sunset", delivered=False, sunset_on=TODAY, on=TODAY) == []
