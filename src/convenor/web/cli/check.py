"""`./convenor check`: lint, format, types, templates, migrations, import contracts and the laws."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
PYTHON = sys.executable
AT_ONCE = 2
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
    with ThreadPoolExecutor(AT_ONCE) as pool:
        failed = [name for name, passed in zip(chosen, pool.map(_passes, chosen), strict=True) if not passed]
    print("All checks passed." if not failed else f"Failed: {', '.join(failed)}")  # noqa: T201
    return 1 if failed else 0


def _passes(name: str) -> bool:
    """Run one step; its output is shown only when it fails."""
    began = time.monotonic()
    done = subprocess.run(STEPS[name], cwd=ROOT, env=_environment(), capture_output=True, text=True, check=False)  # noqa: S603
    said = f"{'passed' if done.returncode == 0 else 'FAILED':<7} {name} ({time.monotonic() - began:.1f} s)"
    print("\n".join([said, *([done.stdout + done.stderr] if done.returncode else [])]), flush=True)  # noqa: T201
    return done.returncode == 0


def _environment() -> dict[str, str]:
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "convenor.settings", "PYTHONPATH": str(ROOT / "src")}
