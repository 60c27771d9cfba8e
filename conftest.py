"""Fixtures that every test may use."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from convenor.core.records.rules import Viewer, anonymous, system

if TYPE_CHECKING:
    from tests.world import World

settings.register_profile("convenor", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("convenor")  # how long an example takes says how busy the machine is, not what is wrong

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""Monday 23 November 2026, 12:00 in Canberra."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what asks a database: that runs again on PostgreSQL, and the rest would be the same there."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        asks = item.get_closest_marker("django_db") or fixtures & {"db", "transactional_db"}
        if asks or "kills" in item.path.parts:
            item.add_marker(pytest.mark.database)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def public(now: datetime) -> Viewer:
    return anonymous(now)


@pytest.fixture
def by_system(now: datetime) -> Viewer:
    return system(now)


@pytest.fixture(autouse=True)
def _no_caretaker_period() -> None:
    """No test reads what another one remembered; who begins a period makes it be read anew."""
    from convenor.core.records import caretaker

    caretaker.remember_none()


@pytest.fixture(autouse=True)
def _emptied_journal(request: pytest.FixtureRequest) -> Iterator[None]:
    """After a test that committed (transaction=True), empty the journal, which refuses to be: then Django can flush."""
    marker = request.node.get_closest_marker("django_db")
    if marker is None or not marker.kwargs.get("transaction"):
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    from convenor.core.journal.unchanged import forget
    from tests.tampering import empty_journal

    empty_journal()
    forget()  # the journal's numbers begin again


@pytest.fixture(scope="session")
def _sqlite_with_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tables")
    file = folder / "convenor.sqlite3"
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{file}", "CONVENOR_DATA": str(folder)}
    environment["DJANGO_SETTINGS_MODULE"] = "convenor.settings"
    subprocess.run([sys.executable, "-m", "django", "migrate", "--verbosity=0"], env=environment, check=True)
    return file


@pytest.fixture
def sqlite_url(_sqlite_with_tables: Path, tmp_path: Path) -> str:
    """The address of a SQLite file of the test's own, with its tables, for processes that race on it."""
    return f"sqlite:///{shutil.copy(_sqlite_with_tables, tmp_path / 'race.sqlite3')}"


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The fixed cast and its specimens, built once for the module and rolled back after it.

    The module says `pytestmark = pytest.mark.django_db`, so that each of its tests is rolled back too.
    """
    from tests.once import built_and_undone
    from tests.world import build

    yield from built_and_undone(django_db_blocker, build)
