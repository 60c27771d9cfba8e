"""A real demonstration in a real browser: `./convenor demo` on a free port, and the machine's own Chromium."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from convenor.web.cli.browser import FLAGS, chromium
from convenor.web.demo.people import PASSWORD

ROOT = Path(__file__).resolve().parents[2]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "journeys" in str(item.path):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a demonstration of our own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "CONVENOR_DATA": str(tmp_path_factory.mktemp("journey")),
        "CONVENOR_ROOT": str(ROOT),
        "PYTHONPATH": str(ROOT / "src"),
    }
    environment.pop("CONVENOR_URL", None)
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "convenor", "demo", "--port", str(port)]
    server = subprocess.Popen(command, env=environment, cwd=ROOT, start_new_session=True, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address, server)
        yield address
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=20)


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 90
    while time.monotonic() < until:
        assert server.poll() is None, "The demonstration did not start."
        try:
            urllib.request.urlopen(f"{address}/readyz", timeout=2).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("The demonstration did not answer within 90 s.")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield found
        found.close()


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A stranger's page, 1280 wide; fails the test when the Content-Security-Policy stopped anything."""
    context = browser.new_context(base_url=site, viewport={"width": 1280, "height": 900})
    yield watched(context.new_page())
    context.close()


@pytest.fixture(scope="package")
def officer_state(browser: Browser, site: str) -> dict[str, object]:
    return signed_in(browser, site, "secretariat@demo.example")


@pytest.fixture
def officer(browser: Browser, site: str, officer_state: dict[str, object]) -> Iterator[Page]:
    """A page where the secretariat officer is signed in."""
    context = browser.new_context(base_url=site, storage_state=officer_state, viewport={"width": 1280, "height": 900})  # type: ignore[arg-type]
    yield watched(context.new_page())
    context.close()


def signed_in(browser: Browser, site: str, email: str) -> dict[str, object]:
    """The cookies of somebody who signed in through the page."""
    context: BrowserContext = browser.new_context(base_url=site)
    page = context.new_page()
    page.goto("/account/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(lambda url: "/account/login" not in url)
    state = context.storage_state()
    context.close()
    return dict(state)


def watched(page: Page) -> Page:
    """Nothing may break the Content-Security-Policy or throw in a script."""

    def heard(message: object) -> None:
        text = getattr(message, "text", "")
        assert "Content Security Policy" not in text, text

    page.on("console", heard)
    page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
    return page
