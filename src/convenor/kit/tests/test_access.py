"""axe finds nothing on the gallery, and the browser's own policy refuses nothing, at any width and in any colours."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from playwright.sync_api import Browser, Page, sync_playwright

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = Path(__file__).parents[4] / "tests" / "vendor" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
LOOKS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "forced": {"color_scheme": "light", "forced_colors": "active"},
}


class Quiet(WSGIRequestHandler):
    """The test server's requests are no news."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the parent's name
        pass


@pytest.fixture(scope="module")
def address(alone: None) -> Iterator[str]:
    with ThreadedWSGIServer(("127.0.0.1", 0), Quiet) as server:
        server.set_app(StaticFilesHandler(WSGIHandler()))
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        pytest.skip("no Chromium here: apt-get install chromium")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


def opened(browser: Browser, address: str, width: int, look: str) -> tuple[Page, list[str]]:
    page = browser.new_context(viewport={"width": width, "height": 900}, **LOOKS[look]).new_page()  # type: ignore[arg-type]
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{address}/styleguide/")
    return page, said


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("width", [320, 768, 1280])
def test_axe_and_the_browser_have_nothing_to_say(browser: Browser, address: str, width: int, look: str) -> None:
    page, said = opened(browser, address, width, look)
    assert said == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    page.evaluate(AXE.read_text())
    result = page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", TAGS)
    assert [(found["id"], found["nodes"][0]["html"]) for found in result["violations"]] == []
    page.context.close()


def test_the_menu_and_the_filters_open_without_script_and_by_keyboard(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/styleguide/")
    panel = page.locator("#filters")
    assert not panel.is_visible()
    page.locator(".filters-open").focus()
    page.keyboard.press("Enter")
    assert panel.is_visible()
    page.keyboard.press("Escape")
    assert not panel.is_visible()
    context.close()


def test_desk_keys_move_can_be_switched_off_and_leave_typing_alone(browser: Browser, address: str) -> None:
    page, _said = opened(browser, address, 1280, "light")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == "Minutes of Reference Group 13"
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == "Agenda of Focus Group 3"
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.textContent") == "Minutes of Reference Group 13"
    page.keyboard.press("?")
    page.locator("[data-desk-toggle] input").uncheck()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.tagName") == "BODY"
    page.context.close()


def test_rows_become_cards_that_are_still_a_table(browser: Browser, address: str) -> None:
    page, _said = opened(browser, address, 320, "light")
    drawn = page.locator("td[data-label=Owner]").first
    assert drawn.evaluate("one => getComputedStyle(one, '::before').content") == '"Owner"'
    assert page.get_by_role("columnheader", name="Owner").count() == 1
    page.context.close()
