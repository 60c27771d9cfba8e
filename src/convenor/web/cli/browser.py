"""Where a Chromium is, if there is one."""

from __future__ import annotations

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str | None:
    """Its path, from CONVENOR_CHROMIUM or the machine's own."""
    return os.environ.get("CONVENOR_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
