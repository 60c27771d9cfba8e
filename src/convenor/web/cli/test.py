"""`./convenor test`: everything that can run here, on SQLite, in a browser, and again on PostgreSQL."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from convenor.web.cli import postgres
from convenor.web.cli.browser import chromium

ROOT = Path(__file__).resolve().parents[4]
FAST = "not browser and not postgres and not kills and not realdata and not slow"
COVERED_BRANCHES = 92
"""Percent, branches included, of what the tests of apps and laws reach."""

MEASURED = ("src", "tests/laws", "tests/runner")
WHOLE = ("tests/journeys", "tests/kills", "tests/realdata", "tests/sweeps")
"""The product as a whole: through its doors, with real data, in a browser, killed.

Not measured: coverage would double their time."""

PARTS = APPS, PRODUCT, POSTGRES = "apps", "product", "postgres"
"""MEASURED, WHOLE, and what runs again ON_POSTGRES."""

ON_POSTGRES = ("src/convenor/core", "src/convenor/domain", "tests/kills")


@dataclass
class Tally:
    """What happened in all runs together."""

    passed: int = 0
    failed: int = 0
    skipped: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    """Templates that were never rendered."""
    broken: bool = False

    def add(self, report: Path) -> None:
        for suite in ET.parse(report).getroot().iter("testsuite"):  # noqa: S314 - our own file
            bad = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            self.failed += bad
            self.passed += int(suite.get("tests", 0)) - bad - int(suite.get("skipped", 0))
        for case in ET.parse(report).getroot().iter("testcase"):  # noqa: S314 - our own file
            for skip in case.findall("skipped"):
                self.skipped.append(f"{case.get('classname')}::{case.get('name')}: {skip.get('message')}")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser("./convenor test", description=__doc__)
    parser.add_argument(
        "--fast", action="store_true", help="the quick ones: no browser, PostgreSQL, kills, real data, slow tests"
    )
    parser.add_argument("--part", choices=PARTS, action="append", help="only this part of everything (may be repeated)")
    parser.add_argument("--workers", default="2", help="processes (default 2)")
    parser.add_argument("paths", nargs="*", help="only these files or folders, passed to pytest with other options")
    options, others = parser.parse_known_args(arguments)
    if options.paths or others:
        return _pytest([*options.paths, *others], Tally(), {})
    tally, missing = Tally(), []
    if options.fast:
        _pytest(["-m", FAST, "-n", options.workers, "--dist", "load"], tally, {})
    else:
        missing = _everything(options.workers, tally, options.part or PARTS)
    return _close(tally, missing)


def _everything(workers: str, tally: Tally, parts: Collection[str]) -> list[str]:
    """SQLite with coverage, then PostgreSQL; returns what could not run, with the line that would install it."""
    missing = []
    wanted = "not postgres"
    if not chromium():
        wanted += " and not browser"
        missing.append("browser journeys: no Chromium here. apt-get install chromium")
    with tempfile.TemporaryDirectory(prefix="convenor-templates-") as seen:
        noting = {"CONVENOR_TEMPLATES_SEEN": seen}
        if APPS in parts:
            _pytest(["-m", wanted, *_spread(workers), *MEASURED], tally, noting, coverage=True)
        if PRODUCT in parts:
            _pytest(["-m", wanted, *_one_by_one(workers), *WHOLE], tally, noting)
        tally.unseen = _never_rendered(Path(seen)) if {APPS, PRODUCT} <= {*parts} else []
    if POSTGRES in parts and postgres.found():
        with postgres.cluster() as url:
            _pytest(
                ["-m", "database and not browser", *_one_by_one(workers), *ON_POSTGRES], tally, {"DATABASE_URL": url}
            )
    elif POSTGRES in parts:
        missing.append("the PostgreSQL side: no initdb here. apt-get install postgresql")
    if not (ROOT.parent / "shared" / "data").is_dir():
        missing.append("real data: no folder ../shared/data beside this checkout")
    return missing


def _spread(workers: str) -> list[str]:
    """A module's tests stay together, with what was built for them, until a process has nothing to do."""
    return ["-n", workers, "--dist", "worksteal"]


def _one_by_one(workers: str) -> list[str]:
    """As they stand, each when a process becomes free, what shares something in one process (tests/plugin.py)."""
    return ["-n", workers, "--dist", "loadscope", "--no-loadscope-reorder", "--randomly-dont-reorganize"]


def _pytest(arguments: Sequence[str], tally: Tally, environment: dict[str, str], *, coverage: bool = False) -> int:
    with tempfile.TemporaryDirectory(prefix="convenor-report-") as folder:
        report = Path(folder) / "report.xml"
        begin = [sys.executable, "-m", *(("coverage", "run", "-m") if coverage else ()), "pytest"]
        command = [*begin, "-p", "no:cacheprovider", "-rs", f"--junitxml={report}", *arguments]
        code = subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=False).returncode  # noqa: S603
        if report.exists():
            tally.add(report)
        tally.broken |= code != 0
    if coverage:
        tally.broken |= _coverage() != 0
    return code


def _coverage() -> int:
    """Put the processes' measurements together and hold them against the bar."""
    run = [sys.executable, "-m", "coverage"]
    subprocess.run([*run, "combine", "-q"], cwd=ROOT, check=False)  # noqa: S603
    wanted = f"--fail-under={COVERED_BRANCHES}"
    return subprocess.run([*run, "report", "--skip-covered", "--sort=miss", wanted], cwd=ROOT, check=False).returncode  # noqa: S603


def _never_rendered(seen: Path) -> list[str]:
    """The templates that no test rendered in its own process; what a browser was shown by a server is not noted."""
    rendered = {Path(line) for notes in seen.iterdir() for line in notes.read_text().splitlines()}
    every = {path for folder in (ROOT / "src").rglob("templates") for path in folder.rglob("*") if path.is_file()}
    return sorted(str(path.relative_to(ROOT)) for path in every - rendered)


def _close(tally: Tally, missing: list[str]) -> int:
    for line in tally.skipped:
        print(f"SKIPPED  {line}")  # noqa: T201
    for line in tally.unseen:
        print(f"NEVER RENDERED  {line}")  # noqa: T201
    for line in missing:
        print(f"NOT RUN  {line}")  # noqa: T201
    print(f"{tally.passed} passed, {tally.failed} failed, {len(tally.skipped)} skipped")  # noqa: T201
    strict = bool(os.environ.get("CI")) and bool(missing)
    return 1 if tally.broken or tally.failed or strict else 0
