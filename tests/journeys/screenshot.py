"""Takes the README's picture: `.venv/bin/python -m tests.journeys.screenshot ADDRESS` of a running demonstration."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from convenor.web.cli.browser import FLAGS, chromium

PICTURE = Path(__file__).resolve().parents[2] / "docs" / "screenshot.png"


def main(address: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 1500})
        page.goto(f"{address}/engagement/dsp/")
        page.screenshot(path=PICTURE, clip={"x": 0, "y": 0, "width": 1280, "height": 1490})
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
