"""The world of groups, for every test that asks for it."""

from __future__ import annotations

import pytest

from convenor.domain.groups.tests.world import World, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world()
