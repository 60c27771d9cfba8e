"""Cold start: from the command to the first answer, against what `django-admin startproject` makes, on the same server.

And the second start of the demonstration, in seconds.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from cache import GRANIAN, env, fetch, free_port, start, stop

ROUNDS = 7


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = {"CONVENOR_DATA": str(folder / "data"), "CONVENOR_DEMO": "yes"}
        subprocess.run([sys.executable, "-m", "convenor", "demo", "--no-serve"], env=env(data), check=True)
        subprocess.run([sys.executable, "-m", "django", "startproject", "bare", str(folder)], check=True)
        bare = {"PYTHONPATH": str(folder), "DJANGO_SETTINGS_MODULE": "bare.settings"}
        cases = {
            "bare Django": (["granian", *GRANIAN, "bare.wsgi:application"], bare, "/"),
            "the server alone": (["convenor", "serve", "--no-migrate"], data, "/livez"),
            "its register": (["convenor", "serve", "--no-migrate"], data, "/groups/"),
            "./convenor serve": (["convenor", "serve"], data, "/groups/"),
            "./convenor demo": (["convenor", "demo"], data, "/groups/"),
        }
        found: dict[str, list[float]] = {case: [] for case in cases}
        for _ in range(ROUNDS):
            for case, (command, environment, path) in cases.items():
                found[case].append(first_answer(command, environment, path))
    for case, times in found.items():
        ratios = [mine / base for mine, base in zip(times, found["bare Django"], strict=True)]
        print(
            f"{case:20}{statistics.median(times):>7.2f} s ({min(times):.2f} to {max(times):.2f})"
            f"{statistics.median(ratios):>7.2f}x ({min(ratios):.2f} to {max(ratios):.2f})"
        )


def first_answer(command: list[str], environment: dict[str, str], path: str) -> float:
    port = free_port()
    began = time.monotonic()
    server = start([sys.executable, "-m", *command, "--port", str(port)], environment)
    try:
        fetch(f"http://127.0.0.1:{port}{path}")
        return time.monotonic() - began
    finally:
        stop(server)


if __name__ == "__main__":
    main()
