"""Loaded before Django: a data folder of the tests' own, and the environment they run under."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
from pathlib import Path
from typing import Any

import pytest

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


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: Any, log: Any) -> Any:
    """With `--dist loadscope`: each test when a process becomes free, what shares answers in one process."""
    if config.getoption("dist") != "loadscope":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class ByColumn(LoadScopeScheduling):
        """(xdist's own groups are not seen with the pytest we use: it writes them into a name that is gone.)"""

        def _split_scope(self, nodeid: str) -> str:
            return column_of(nodeid) or nodeid

    return ByColumn(config, log)


def column_of(nodeid: str) -> str:
    """Whose column of the table of doors a test reads, asked once for all of them: by the first of its parameters."""
    place, _bracket, parameters = nodeid.partition("[")
    return parameters.rstrip("]").partition("-")[0] if place.startswith("tests/sweeps/test_doors.py") else ""


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
