"""The last seat: a hundred people at once for twelve places, fifty rounds by each door, on SQLite and on PostgreSQL.

    .venv/bin/python bench/last_seat.py [--rounds 50] [--doors command form link import api] [--databases sqlite postgresql]

Prints for each door and database: rounds, how many sat, were told and met an error, the most that were ever seen
seated at once, and the longest wait of anybody. Fails when a round did not seat exactly twelve.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

SCRIPT = "convenor.domain.groups.tests.racing_to_join"
DOORS = ("command", "form", "link", "import", "api")
PLACES, RACERS = 12, 100


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--doors", nargs="+", default=DOORS, choices=DOORS)
    parser.add_argument("--databases", nargs="+", default=("sqlite", "postgresql"), choices=("sqlite", "postgresql"))
    asked = parser.parse_args()
    good = True
    print(f"{'database':<12}{'door':<9}{'rounds':>7}{'seated':>8}{'told':>7}{'errors':>8}{'most':>6}{'longest':>9}")
    for name in asked.databases:
        with database(name) as url:
            for door, rounds in raced(url, asked.rounds, asked.doors).items():
                print(line(name, door, rounds), flush=True)
                good = good and all(right(each) for each in rounds)
    return 0 if good else 1


def right(found: dict[str, Any]) -> bool:
    """Exactly twelve sit, everybody else was told, nobody met an error, and never more were seen."""
    ended = (found["seated"], found["told"], found["errors"], found["taken"])
    return ended == (PLACES, RACERS - PLACES, 0, PLACES) and found["most"] <= PLACES


def line(name: str, door: str, rounds: list[dict[str, Any]]) -> str:
    totals = [sum(each[key] for each in rounds) for key in ("seated", "told", "errors")]
    most, longest = max(each["most"] for each in rounds), max(each["wait"] for each in rounds)
    wrong = "".join(f"\n  round {each['round']}: {each}" for each in rounds if not right(each))
    seated, told, errors = totals
    return f"{name:<12}{door:<9}{len(rounds):>7}{seated:>8}{told:>7}{errors:>8}{most:>6}{longest:>7.1f} s{wrong}"


@contextlib.contextmanager
def database(name: str) -> Iterator[str]:
    """A fresh one, gone afterwards."""
    if name == "postgresql":
        from convenor.web.cli.postgres import cluster

        with cluster() as url:
            yield url
        return
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/race.sqlite3"


def raced(url: str, rounds: int, doors: list[str]) -> dict[str, list[dict[str, Any]]]:
    """The rounds of each door."""
    with tempfile.TemporaryDirectory() as data:
        (Path(data) / "static").mkdir()
        env = {
            **os.environ,
            "DATABASE_URL": url,
            "CONVENOR_DATA": data,
            "DJANGO_SETTINGS_MODULE": "convenor.settings",
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        }
        subprocess.run([sys.executable, "-m", "django", "migrate", "--verbosity=0"], env=env, check=True)
        done = subprocess.run(
            [sys.executable, "-m", SCRIPT, str(rounds), *doors], env=env, check=True, stdout=subprocess.PIPE, text=True
        )
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for text in done.stdout.splitlines():
        each = json.loads(text)
        found[each["door"]].append(each)
    return found


if __name__ == "__main__":
    sys.exit(main())
