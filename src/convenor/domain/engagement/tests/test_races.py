"""A model is loaded once, whatever races: on SQLite, and again on PostgreSQL."""

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

EXPECTED = {"first": {"done": 8}, "second": {"done": 1, "engagement.overtaken": 7}, "versions": [1, 2]}


def run(*args: str, url: str, data: Path) -> str:
    """A fresh interpreter on that database."""
    env = {**os.environ, "DATABASE_URL": url, "CONVENOR_DATA": str(data), "DJANGO_SETTINGS_MODULE": "convenor.settings"}
    done = subprocess.run([sys.executable, "-m", *args], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def raced(url: str, data: Path) -> Any:
    return json.loads(run("convenor.domain.engagement.tests.racing", url=url, data=data))


@pytest.mark.slow
def test_eight_load_at_once_on_sqlite(tmp_path: Path, sqlite_url: str) -> None:
    assert raced(sqlite_url, tmp_path) == EXPECTED


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="runs on PostgreSQL")
def test_eight_load_at_once_on_postgresql(tmp_path: Path) -> None:
    given = {key: quote(str(connection.settings_dict[key] or ""), safe="") for key in ("USER", "PASSWORD", "NAME")}
    host = str(connection.settings_dict["HOST"])
    url = f"postgresql://{given['USER']}:{given['PASSWORD']}@/{given['NAME']}?host={host}"
    if not host.startswith("/"):
        port = connection.settings_dict["PORT"]
        url = f"postgresql://{given['USER']}:{given['PASSWORD']}@{host}:{port}/{given['NAME']}"
    assert raced(url, tmp_path) == EXPECTED
