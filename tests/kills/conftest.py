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


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site.make(tmp_path)
    yield made
    made.drop()
