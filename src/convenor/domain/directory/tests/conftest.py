from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime

import pytest

from conftest import NOW
from convenor.domain.directory.tests.cast import Cast, build
from tests.once import once_a_module

cast_of_module = once_a_module(lambda: build(NOW))
present_of_module = once_a_module(lambda: build(datetime.now(UTC)))


@pytest.fixture
def cast(cast_of_module: Cast, db: None) -> Cast:
    """Everybody on the tests' own day."""
    return deepcopy(cast_of_module)


@pytest.fixture
def present(present_of_module: Cast, db: None) -> Cast:
    """Everybody on the real day: the clock of the screens."""
    return deepcopy(present_of_module)
