"""Fixtures that every test may use."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from convenor.core.records.rules import Viewer, anonymous, system

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""Monday 23 November 2026, 12:00 in Canberra."""


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def public(now: datetime) -> Viewer:
    return anonymous(now)


@pytest.fixture
def by_system(now: datetime) -> Viewer:
    return system(now)
