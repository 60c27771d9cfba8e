from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kills.site import Site


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/kills" in item.path.as_posix():
            item.add_marker(pytest.mark.kills)
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Has its tables and nothing else; making them takes longer than most of the tests."""
    made = Site.make(tmp_path_factory.mktemp("migrated"))
    yield made
    made.drop()


@pytest.fixture
def site(migrated: Site, tmp_path: Path) -> Iterator[Site]:
    made = migrated.copied(tmp_path)
    yield made
    made.drop()
