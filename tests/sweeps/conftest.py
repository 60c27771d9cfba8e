"""Every test here may change the world: pytest-django rolls the database back, this the browsers of the cast."""

from __future__ import annotations

from collections.abc import Iterator
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.test import override_settings

from tests.once import built_and_undone
from tests.world import World, build


@pytest.fixture(scope="package")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The world of all sweeps of a process. A module whose fixtures change it asks for `apart` too."""
    yield from built_and_undone(django_db_blocker, build)


@pytest.fixture(scope="module")
def apart(world: World, django_db_blocker: Any) -> Iterator[None]:
    """What the fixtures of this module change ends with the module."""
    yield from built_and_undone(django_db_blocker, lambda: None)


@pytest.fixture(autouse=True)
def _browsers_kept(request: pytest.FixtureRequest) -> Iterator[None]:
    """Give the cast's browsers their cookies back after a test that signed somebody out."""
    if "world" not in request.fixturenames:
        yield
        return
    world: World = request.getfixturevalue("world")
    kept = {role: client.cookies.output() for role, client in world.clients.items()}
    yield
    for role, cookies in kept.items():
        world.clients[role].cookies = SimpleCookie(cookies.replace("Set-Cookie: ", ""))


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Thousands of refusals are expected here: they need no line each."""
    caplog.set_level("CRITICAL", logger="django")


@pytest.fixture(autouse=True)
def _signed_in_just_now() -> Iterator[None]:
    """On a slow machine a sweep takes longer than a sign-in counts as recent: its answers must not turn on that."""
    with override_settings(ACCOUNT_REAUTHENTICATION_TIMEOUT=24 * 60 * 60):
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Building the world takes seconds for each module, so all of them are slow: `--fast` leaves them out."""
    for item in items:
        if "sweeps" in item.path.parts:
            item.add_marker(pytest.mark.slow)
