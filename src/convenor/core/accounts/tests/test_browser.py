"""Passkeys in a real browser, with a key that the browser itself plays, under the site's own policy."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from convenor.core.accounts.tests.serving import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    source = Path(__file__).parents[4]
    given = {
        "CONVENOR_DATA": str(tmp_path_factory.mktemp("accounts")),
        "CONVENOR_URL": "http://localhost:1",
        "CONVENOR_TESTING": "yes",
        "DATABASE_URL": "sqlite://",
        "DJANGO_SETTINGS_MODULE": "convenor.settings",
        "PYTHONPATH": str(source),
    }
    command = [sys.executable, "-m", "convenor.core.accounts.tests.serving"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env={**os.environ, **given}, text=True, stdin=pipe, stdout=pipe) as server:
        assert server.stdout
        port = server.stdout.readline().strip()
        yield f"http://localhost:{port}"
        assert server.stdin
        server.stdin.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        pytest.skip("no Chromium here: apt-get install chromium")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def said() -> list[str]:
    """What the browser complained of: scripts, and everything the policy stopped."""
    return []


@pytest.fixture
def page(browser: Browser, address: str, said: list[str]) -> Iterator[Page]:
    """A page with a platform key that always says yes."""
    context = browser.new_context(base_url=address)
    page = context.new_page()
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda message: said.append(message.text) if "Security Policy" in message.text else None)
    authenticator = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
    }
    wire = context.new_cdp_session(page)
    wire.send("WebAuthn.enable")
    wire.send("WebAuthn.addVirtualAuthenticator", {"options": authenticator})
    yield page
    context.close()


def test_a_passkey_is_added_and_signs_in(page: Page, said: list[str]) -> None:
    page.goto("/account/login/")
    page.fill("input[name=login]", "mia@people.example")
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).first.click()
    page.wait_for_url("**/my-work/")
    page.goto("/account/2fa/")
    page.get_by_role("link", name="Add a key").click()
    assert page.is_checked("input[name=passwordless]")
    page.get_by_role("button", name="Add it").click()
    page.wait_for_url("**/recovery-codes/")
    assert page.locator("ul.codes code").count() == 10
    page.goto("/account/2fa/webauthn/")
    assert "Passkey" in page.inner_text("table")
    page.goto("/account/logout/")
    page.get_by_role("button", name="Sign out").last.click()
    page.goto("/account/login/?next=/elsewhere/")
    page.click("#passkey_login")
    page.wait_for_url(lambda url: urlsplit(url).path == "/elsewhere/")
    page.goto("/account/")
    assert "passkey or security key" in page.inner_text("main")
    assert said == []


def test_the_pages_hold_at_320_px(page: Page, said: list[str]) -> None:
    page.set_viewport_size({"width": 320, "height": 700})
    for path in ("/account/login/", "/account/login/code/", "/account/password/reset/", "/account/signup/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert said == []
