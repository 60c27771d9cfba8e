"""The world of groups, for every test that asks for it."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime

import pytest

from convenor.domain.groups.tests.world import World, make_world
from tests.once import once_a_module

world_of_module = once_a_module(make_world)
present_of_module = once_a_module(lambda: make_world(datetime.now(UTC)))


@pytest.fixture
def world(world_of_module: World, db: None) -> World:
    """Everybody on the tests' own day."""
    return deepcopy(world_of_module)


@pytest.fixture
def present(present_of_module: World, db: None) -> World:
    """Everybody on the real day: the clock of the screens."""
    return deepcopy(present_of_module)
