from __future__ import annotations

from datetime import datetime

import pytest

from convenor.domain.directory.tests.cast import Cast, build


@pytest.fixture
def cast(db: None, now: datetime) -> Cast:
    return build(now)
