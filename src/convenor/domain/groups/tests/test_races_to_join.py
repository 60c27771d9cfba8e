"""A hundred at once for twelve places: exactly twelve sit, the others are told, and nobody meets an error.

bench/last_seat.py runs fifty rounds by every door; here one.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from convenor.domain.groups.tests.test_races import postgres_url, run

EXPECTED = {"seated": 12, "told": 88, "errors": 0, "which": {}, "taken": 12}


def checked(url: str, data: Path, *doors: str) -> None:
    lines = run("convenor.domain.groups.tests.racing_to_join", "1", *doors, url=url, data=data).splitlines()
    rounds: list[dict[str, Any]] = [json.loads(line) for line in lines]
    assert [each["door"] for each in rounds] == list(doors)
    for each in rounds:
        assert {name: each[name] for name in EXPECTED} == EXPECTED, each
        assert each["most"] <= 12, "more than the cap were seen seated meanwhile"


@pytest.mark.slow
@pytest.mark.parametrize("door", ["command", "form", "link", "import", "api"])
def test_a_hundred_at_once_for_twelve_places_on_sqlite(tmp_path: Path, sqlite_url: str, door: str) -> None:
    checked(sqlite_url, tmp_path, door)


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="runs on PostgreSQL")
def test_a_hundred_at_once_for_twelve_places_on_postgresql(tmp_path: Path) -> None:
    checked(postgres_url(), tmp_path, "command", "form", "link", "import", "api")
