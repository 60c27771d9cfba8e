"""The world of groups, for every test that asks for it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from convenor.domain.groups.tests.world import World, make_world


@pytest.fixture
def world(db: None) -> World:
    """Everybody on the tests' own day."""
    return make_world()


@pytest.fixture
def present(db: None) -> World:
    """Everybody on the real day: the clock of the screens."""
    return make_world(datetime.now(UTC))
