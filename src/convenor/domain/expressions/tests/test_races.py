"""A hundred accept at once for twelve places: twelve sit, 88 are told plainly, nobody sees an error."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection

from convenor.domain.groups.tests.test_races import run

ROUNDS = "1"
"""Fifty were run by hand on each database (docs/adr/0006): a round here is enough to see a lock that went."""


def raced(url: str, data: Path) -> Any:
    return json.loads(run("convenor.domain.expressions.tests.racing", ROUNDS, url=url, data=data))


def as_it_must(told: Any) -> bool:
    """Twelve sit; every door answered as when all is well: forms redirect, links and the API show what became of it."""
    return all(
        each["answers"] == {"accepted": 12, "too-late": 88}
        and each["seated"] == 12
        and each["statuses"] == {"302": 50, "200": 50}
        for each in told
    )


@pytest.mark.slow
def test_a_hundred_at_once_for_twelve_places_on_sqlite(tmp_path: Path, sqlite_url: str) -> None:
    told = raced(sqlite_url, tmp_path)
    assert as_it_must(told), told


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="runs on PostgreSQL")
def test_a_hundred_at_once_for_twelve_places_on_postgresql(tmp_path: Path) -> None:
    given = {key: quote(str(connection.settings_dict[key] or ""), safe="") for key in ("USER", "PASSWORD", "NAME")}
    host = str(connection.settings_dict["HOST"])
    where = f"@/{given['NAME']}?host={quote(host, safe='')}" if host.startswith("/") else f"@{host}/{given['NAME']}"
    told = raced(f"postgres://{given['USER']}:{given['PASSWORD']}{where}", tmp_path)
    assert as_it_must(told), told
