"""Every text of ours for mail and messages, rendered: it says what it is given, and a subject is one line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

FOLDER = Path(__file__).parent.parent / "templates"
TEXTS = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.txt"))
GIVEN = re.compile(r"\{\{ (\w+)")


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_says_what_it_is_given(name: str) -> None:
    source = (FOLDER / name).read_text(encoding="utf-8")
    given = set(GIVEN.findall(source))
    said = get_template(name).render({**{word: f"[{word}]" for word in given}, "person": {"name": "[name]"}})
    assert bool(said.strip()) == bool(source.strip())  # an empty one keeps a message of the library away
    assert "{{" not in said
    assert {word for word in given if f"[{word}]" not in said} <= {"user_agent"}
    if name.endswith("_subject.txt"):
        assert "\n" not in said.strip()
