from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convenor.core.files import rules


@given(st.text(max_size=400))
def test_a_clean_name_is_one_name_that_stays_so(name: str) -> None:
    clean = rules.clean_name(name)
    assert clean
    assert len(clean) <= rules.LONGEST_NAME
    assert not set(clean) & set('/\\"\r\n\0:;*?|<>')
    assert rules.clean_name(clean) == clean
    assert clean not in (".", "..")


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\papers\\Agenda Final.PDF", "Agenda Final.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf"),
        ("report\u202efdp.docx", "reportfdp.docx"),
        (".pdf", "pdf"),
        ("", "file"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_names_by_hand(name: str, clean: str) -> None:
    assert rules.clean_name(name) == clean


@pytest.mark.parametrize("name", ["a.html", "a.svg", "a.exe", "a.docm", "a", "a.pdf.xml", "a.zip", "a.mht"])
def test_names_that_are_not_taken(name: str) -> None:
    assert [breach.code for breach in rules.name_breaches(name)] == ["file-type"]


def test_markings_stop_at_the_ceiling() -> None:
    assert rules.marking_breaches("", "OFFICIAL") == []
    assert rules.marking_breaches("OFFICIAL", "OFFICIAL") == []
    [above] = rules.marking_breaches("OFFICIAL:Sensitive", "OFFICIAL")
    assert above.text == "This site holds nothing above OFFICIAL."
    [unknown] = rules.marking_breaches("PROTECTED", "OFFICIAL:Sensitive")
    assert "is not a marking this site knows" in unknown.text
