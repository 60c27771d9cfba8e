"""The world of calls, for every test that asks for it."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime

import pytest

from convenor.domain.expressions.tests.world import CallWorld, make_calls
from tests.once import once_a_module

calls_of_module = once_a_module(make_calls)
present_of_module = once_a_module(lambda: make_calls(datetime.now(UTC)))


@pytest.fixture
def world(calls_of_module: CallWorld, db: None) -> CallWorld:
    """A focus group for twelve and its draft call, on the tests' own day."""
    return deepcopy(calls_of_module)


@pytest.fixture
def present(present_of_module: CallWorld, db: None) -> CallWorld:
    """The same on the real day: the clock of the screens."""
    return deepcopy(present_of_module)
