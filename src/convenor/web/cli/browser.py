"""Where a Chromium is, if there is one."""

from __future__ import annotations

import os
import shutil

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
"""How tests start it: no sandbox (it may run as root), and silent towards the outside."""


def chromium() -> str | None:
    """Its path, from CONVENOR_CHROMIUM or the machine's own."""
    return os.environ.get("CONVENOR_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
