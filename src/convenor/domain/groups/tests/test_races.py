"""The thirteenth of twelve is never seated, whatever races: on SQLite, and again on PostgreSQL."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection

TWELVE = list(range(1, 13))
EXPECTED = {
    "seats": {"done": 12, "engagement.constituencies": 18},
    "numbers": TWELVE,
    "appointments": {"done": 12, "seat-taken": 18},
    "taken": TWELVE,
}


def run(*args: str, url: str, data: Path) -> str:
    """A fresh interpreter on that database."""
    env = {**os.environ, "DATABASE_URL": url, "CONVENOR_DATA": str(data), "DJANGO_SETTINGS_MODULE": "convenor.settings"}
    done = subprocess.run([sys.executable, "-m", *args], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def postgres_url() -> str:
    """The database that this test run has, as another process reaches it."""
    given = {key: quote(str(connection.settings_dict[key] or ""), safe="") for key in ("USER", "PASSWORD", "NAME")}
    host = str(connection.settings_dict["HOST"])
    where = f"@/{given['NAME']}?host={quote(host, safe='')}" if host.startswith("/") else f"@{host}/{given['NAME']}"
    return f"postgres://{given['USER']}:{given['PASSWORD']}{where}"


def raced(url: str, data: Path) -> Any:
    return json.loads(run("convenor.domain.groups.tests.racing", url=url, data=data))


@pytest.mark.slow
def test_thirty_at_once_for_twelve_places_on_sqlite(tmp_path: Path, sqlite_url: str) -> None:
    assert raced(sqlite_url, tmp_path) == EXPECTED


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="runs on PostgreSQL")
def test_thirty_at_once_for_twelve_places_on_postgresql(tmp_path: Path) -> None:
    assert raced(postgres_url(), tmp_path) == EXPECTED
