"""Cold start: from the command to the first answer, against a bare Django project on the same server."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from cache import BARE, GRANIAN, env, fetch, free_port, start

ROUNDS = 7


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "page").write_bytes(b"x" * 36_000)
        (folder / "bare_app.py").write_text(BARE.format(page=str(folder / "page")))
        data = {"CONVENOR_DATA": str(folder / "data"), "CONVENOR_DEMO": "yes"}
        import subprocess

        subprocess.run([sys.executable, "-m", "convenor", "demo", "--no-serve"], env=env(data), check=True)
        cases = {
            "bare Django": (["granian", *GRANIAN, "bare_app:application"], {"PYTHONPATH": str(folder)}, "/"),
            "convenor": (["granian", *GRANIAN, "convenor.wsgi:application"], data, "/groups/"),
            "./convenor serve": (["convenor", "serve"], data, "/groups/"),
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
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
