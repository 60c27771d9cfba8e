"""Loaded before Django: a data folder of the tests' own, and the environment they run under."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from convenor.kit.frames import with_room

os.environ["CONVENOR_DATA"] = os.environ.get("CONVENOR_TEST_DATA") or tempfile.mkdtemp(prefix="convenor-tests-")
os.environ["CONVENOR_TESTING"] = "yes"
os.environ["CONVENOR_SECRET_KEY"] = "for tests only, and long enough for the checks of every library used here"
os.makedirs(os.path.join(os.environ["CONVENOR_DATA"], "static"), exist_ok=True)  # noqa: PTH103, PTH118 - whitenoise warns of its absence

if threading.current_thread() is threading.main_thread():
    # A shell that starts us in the background makes us ignore Ctrl-C, and our children would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)

TEMPLATES_SEEN = os.environ.get("CONVENOR_TEMPLATES_SEEN")
"""A folder in which each process of the tests leaves the paths of the templates it rendered."""
_seen: set[str] = set()

WAITING = ("tests/journeys/", "tests/kills/")
"""Tests that wait for other processes. With `--dist loadscope` one process has all of them, and has them first: it
leaves its core to the processes it started, while the others ask."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(WAITING))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: Any, log: Any) -> Any:
    """With `--dist loadscope`: as they stand, each when a process becomes free, what shares something in one."""
    if config.getoption("dist") != "loadscope":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class ByWhatIsShared(LoadScopeScheduling):
        """(xdist's own groups are not seen with the pytest we use: it writes them into a name that is gone.)"""

        def _split_scope(self, nodeid: str) -> str:
            return shared_by(nodeid)

    return ByWhatIsShared(config, log)


def shared_by(nodeid: str) -> str:
    """What the tests have in common that run in one process; of the sweeps and real data, most stand alone."""
    place, _, name = nodeid.partition("::")
    if place.startswith(WAITING):
        return "waiting"
    if place == "tests/sweeps/test_doors.py":
        return name.partition("[")[2].rstrip("]").partition("-")[0] or nodeid  # a role's column, asked once
    return nodeid if place.startswith("tests/") else place


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    """As pytest does it, with the room that the server gives a request (a tenth of the time of a sweep)."""
    place = {"nodeid": item.nodeid, "location": item.location}
    item.ihook.pytest_runtest_logstart(**place)
    with_room(runtestprotocol, item, nextitem=nextitem)
    item.ihook.pytest_runtest_logfinish(**place)
    return True


def pytest_sessionstart() -> None:
    if TEMPLATES_SEEN:
        from django.test.signals import template_rendered

        template_rendered.connect(_note_template, weak=False)


def pytest_sessionfinish() -> None:
    if TEMPLATES_SEEN:
        (Path(TEMPLATES_SEEN) / str(os.getpid())).write_text("\n".join(_seen))


def _note_template(template: Any, **_given: object) -> None:
    if template.origin:
        _seen.add(str(template.origin.name))
