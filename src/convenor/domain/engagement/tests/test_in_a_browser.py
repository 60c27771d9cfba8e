"""The poster in a real browser: it prints on one sheet, its words stay in their boxes, and 320 px need no scrolling."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Browser, sync_playwright

from convenor.domain.engagement.tests.conftest import Load

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: apt-get install chromium"),
]

SHEETS = re.compile(rb"/Type\s*/Page\b(?!s)")
OUTSIDE = """() => ['card', 'band'].flatMap(kind =>
  [...document.querySelectorAll(`.poster-box > .poster .poster__${kind}`)].flatMap(part => {
    const box = part.querySelector(kind === 'card' ? '.poster__paper' : '.poster__label').getBBox();
    return [...part.querySelectorAll(kind === 'card' ? 'text' : ':scope > text')].filter(text => {
      const b = text.getBBox();
      return b.x < box.x || b.x + b.width > box.x + box.width || b.y < box.y || b.y + b.height > box.y + box.height;
    }).map(text => text.textContent);
  }))"""
"""The words that stand outside their card, or outside the label of their band."""


def static(name: str) -> str:
    found = finders.find(name)
    assert isinstance(found, str)
    return Path(found).read_text(encoding="utf-8")


def whole(client: Client, url: str) -> str:
    """The page with its style sheets inside, so that it needs no server."""
    html = client.get(url).content.decode()
    html = re.sub(r"<link rel=\"stylesheet\"[^>]*>|<script[^>]*></script>", "", html)
    styles = static("kit/convenor.css") + static("engagement/poster.css")
    return html.replace(
        "</head>", f"<style>{styles}</style><style media=print>{static('kit/print.css')}</style></head>"
    )


@contextmanager
def browser() -> Iterator[Browser]:
    """Open only while no database is used: Playwright's loop and Django's guard do not go together."""
    with sync_playwright() as started:
        found = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield found
        found.close()


@pytest.fixture
def pages(load: Load, client: Client) -> dict[str, str]:
    """The poster pages of the shipped models. Read before the browser starts its loop."""
    for slug in ("dsp", "digital-agency"):
        load(slug)
    return {slug: whole(client, f"/engagement/{slug}/") for slug in ("dsp", "digital-agency")}


def test_each_poster_prints_on_one_sheet(pages: dict[str, str]) -> None:
    with browser() as opened:
        for slug, html in pages.items():
            page = opened.new_page()
            page.set_content(html)
            for sheet in ("A4", "A3"):
                printed = page.pdf(format=sheet, landscape=True, print_background=True)
                assert len(SHEETS.findall(printed)) == 1, (slug, sheet)


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_words_stay_in_their_boxes_and_nothing_scrolls_sideways(pages: dict[str, str], width: int) -> None:
    with browser() as opened:
        for slug, html in pages.items():
            page = opened.new_page(viewport={"width": width, "height": 900})
            page.set_content(html)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, slug
            assert page.is_visible(".poster-box > .poster") == (width == 1280)
            assert page.is_visible(".model-list") == (width < 1280)
            assert page.evaluate(OUTSIDE) == [] or width < 1280, slug
