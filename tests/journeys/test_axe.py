"""Every page, in each width and each colour mode at least once (pairwise): axe finds nothing, nothing scrolls.

Whatever can be opened on it is open.

And on paper nothing is cut off.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, Error, Page

from tests.journeys.conftest import watched

AXE = (Path(__file__).parents[1] / "vendor" / "axe-core" / "axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (320, 768, 1280)
MODES = ("light", "dark", "forced")
LEAST_PAGES = {"stranger": 30, "officer": 80}
SKIPPED = re.compile(
    r"\.(atom|csv|xlsx|json|jsonld|yaml|svg|txt|ics|zip)$|^/api/|^/r/|^/metrics|^/account/logout|format="
)


def same_origin_links(page: Page) -> list[str]:
    found: list[str] = page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
    return found


def one_of_each_route(page: Page, site: str, most: int = 400) -> Iterator[tuple[str, str]]:
    """Follow the site's own links and open one address of each route: its name and the address, while it is open."""
    waiting, seen, kept = deque(["/"]), {"/"}, set()
    while waiting and len(seen) < most:
        path = waiting.popleft()
        name = route_of(path)
        if name is None or name in kept:
            continue
        try:
            answer = page.goto(path)
        except Error as gone:
            if "Download is starting" in gone.message:
                continue
            raise
        if answer is None or answer.status >= 400:
            continue
        kept.add(name)
        for link in same_origin_links(page):
            parts = urlsplit(urljoin(site, link))
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            if f"{parts.scheme}://{parts.netloc}" == site and target not in seen and not SKIPPED.search(parts.path):
                seen.add(target)
                waiting.append(target)
        yield name, path


def route_of(path: str) -> str | None:
    try:
        return resolve(urlsplit(path).path).view_name
    except Resolver404:
        return None


def combinations(number: int) -> Iterator[tuple[int, str]]:
    """Three of the nine pairs: each width once, each mode once, turning with the page's number."""
    for turn, width in enumerate(WIDTHS):
        yield width, MODES[(turn + number) % len(MODES)]


def violations(page: Page) -> list[str]:
    found: dict[str, Any] = page.evaluate(
        "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", TAGS
    )
    return [f"{item['id']}: {item['help']} — {item['nodes'][0]['html'][:200]}" for item in found["violations"]]


def show(page: Page, width: int, mode: str) -> None:
    """The open page, as wide and in the colours of."""
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(
        color_scheme="dark" if mode == "dark" else "light",
        forced_colors="active" if mode == "forced" else "none",
        reduced_motion="reduce",
    )


PAPER: Final = 718
"""Pixels between the margins of an A4 sheet."""
CUT_OFF: Final = """() => [document.documentElement, ...document.querySelectorAll('main *')]
    .filter(each => ['auto', 'hidden', 'scroll'].includes(getComputedStyle(each).overflowX) || each.tagName == 'HTML')
    .filter(each => each.clientWidth > 1 && each.scrollWidth > each.clientWidth + 1)
    .map(each => `${each.tagName} ${each.className} ${each.scrollWidth} > ${each.clientWidth}`)"""


def cut_off(page: Page) -> list[str]:
    """What a sheet of paper would not show, where a screen scrolls."""
    page.set_viewport_size({"width": PAPER, "height": 900})
    page.emulate_media(media="print", color_scheme="light", forced_colors="none")
    found: list[str] = page.evaluate(CUT_OFF)
    page.emulate_media(media="screen")
    return found


@pytest.mark.parametrize("role", ["stranger", "officer"])
def test_axe_finds_nothing_on_any_page(
    browser: Browser, site: str, officer_state: dict[str, object], role: str
) -> None:
    state: Any = officer_state if role == "officer" else None
    context = browser.new_context(base_url=site, storage_state=state, bypass_csp=True)
    page = watched(context.new_page())
    faults, pages = [], []
    for name, path in one_of_each_route(page, site):
        page.evaluate(AXE)
        page.locator("details").evaluate_all("all => all.forEach(each => each.open = true)")
        for width, mode in combinations(len(pages)):
            show(page, width, mode)
            where = f"{name} {path} {width}px {mode}"
            faults += [f"{where}: {fault}" for fault in violations(page)]
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                faults.append(f"{where}: {wide} px wide")
        faults += [f"{name} {path} on paper: {what}" for what in cut_off(page)]
        pages.append(name)
    context.close()
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(faults[:80])
    assert len(pages) >= LEAST_PAGES[role], sorted(pages)
