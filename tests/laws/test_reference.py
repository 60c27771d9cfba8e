"""The generated reference says what the code says."""

from __future__ import annotations

import pytest

from convenor.web.cli.reference import FOLDER, NOTE, pages


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["README", "kinds", "rules", "permissions", "data", "acts", "settings"])
def test_the_page_is_up_to_date(name: str) -> None:
    written = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    assert written == NOTE + pages()[name](), "run: python -m convenor reference"
