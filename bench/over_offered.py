"""The last seat: a call over-offered on purpose, a hundred acceptances at once for twelve places, through every door.

Fifty rounds on SQLite and, where there is one, on PostgreSQL: how many rounds ended as they must, and how long the
hundred took together. Measured on two shared cores with eight others at work: 50 of 50 on each; a round took
18 s on SQLite (longest 22 s) and 21 s on PostgreSQL (longest 32 s). `over_offered.py 5` does five rounds.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from convenor.web.cli import postgres

ROOT = Path(__file__).resolve().parent.parent
AS_IT_MUST = ({"accepted": 12, "too-late": 88}, 12, {"302": 50, "200": 50})


def main() -> None:
    rounds = sys.argv[1] if len(sys.argv) > 1 else "50"
    with tempfile.TemporaryDirectory() as name:
        told("SQLite", run(f"sqlite:///{name}/race.sqlite3", name, rounds))
        if postgres.found() is None:
            print("PostgreSQL  not measured: no initdb was found")
            return
        with postgres.cluster() as url:
            told("PostgreSQL", run(url, name, rounds))


def run(url: str, data: str, rounds: str) -> list[dict[str, Any]]:
    """The race of the tests, so many times, in an interpreter of its own."""
    env = {
        **os.environ,
        "DATABASE_URL": url,
        "CONVENOR_DATA": data,
        "DJANGO_SETTINGS_MODULE": "convenor.settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
    }
    subprocess.run([sys.executable, "-m", "django", "migrate", "--verbosity=0"], env=env, check=True)
    command = [sys.executable, "-m", "convenor.domain.expressions.tests.racing", rounds]
    done = subprocess.run(command, env=env, check=True, capture_output=True, text=True)
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def told(database: str, found: list[dict[str, Any]]) -> None:
    good = sum((each["answers"], each["seated"], each["statuses"]) == AS_IT_MUST for each in found)
    times = sorted(each["seconds"] for each in found)
    print(
        f"{database:12}{good} of {len(found)} rounds: 12 seated, 88 told, no error"
        f"{times[len(times) // 2]:>8.1f} s a round (median; longest {times[-1]:.1f} s)"
    )


if __name__ == "__main__":
    main()
