"""`./convenor bench [NAME …]`: the measurements of bench/, each a ratio within one run."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[4] / "bench"
HELPERS = {"common", "data"}


def main(arguments: list[str]) -> int:
    names = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem not in HELPERS)
    parser = argparse.ArgumentParser("./convenor bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(names)} (default: all)")
    chosen = parser.parse_args(arguments).names or names
    unknown = [name for name in chosen if name not in names]
    if unknown:
        parser.error(f"there is no benchmark {unknown[0]}; there are {', '.join(names)}")
    codes = [_run(name) for name in chosen]
    return max(codes)


def _run(name: str) -> int:
    print(f"\n== {name}", flush=True)  # noqa: T201
    return subprocess.run([sys.executable, str(FOLDER / f"{name}.py")], check=False).returncode  # noqa: S603
