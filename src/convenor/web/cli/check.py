"""`./convenor check`: lint, format, types, templates, migrations, import contracts and the laws."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
PYTHON = sys.executable
STEPS = {
    "lint": [PYTHON, "-m", "ruff", "check", "."],
    "format": [PYTHON, "-m", "ruff", "format", "--check", "."],
    "types": [PYTHON, "-m", "mypy"],
    "templates": [PYTHON, "-m", "djlint", "src", "--lint", "--quiet"],
    "migrations": [PYTHON, "-m", "django", "makemigrations", "--check", "--dry-run"],
    "layers": [str(Path(PYTHON).parent / "lint-imports"), "--no-cache"],
    "laws": [PYTHON, "-m", "pytest", "-p", "no:cacheprovider", "tests/laws"],
}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser("./convenor check", description=__doc__)
    parser.add_argument("steps", nargs="*", choices=[*STEPS, []], help="only these (default: all)")
    chosen = parser.parse_args(arguments).steps or list(STEPS)
    failed = [name for name in chosen if not _passes(name)]
    print("All checks passed." if not failed else f"Failed: {', '.join(failed)}")  # noqa: T201
    return 1 if failed else 0


def _passes(name: str) -> bool:
    """Run one step; its output is shown only when it fails."""
    began = time.monotonic()
    done = subprocess.run(STEPS[name], cwd=ROOT, env=_environment(), capture_output=True, text=True, check=False)  # noqa: S603
    print(f"{'passed' if done.returncode == 0 else 'FAILED':<7} {name} ({time.monotonic() - began:.1f} s)", flush=True)  # noqa: T201
    if done.returncode:
        print(done.stdout + done.stderr)  # noqa: T201
    return done.returncode == 0


def _environment() -> dict[str, str]:
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "convenor.settings", "PYTHONPATH": str(ROOT / "src")}
