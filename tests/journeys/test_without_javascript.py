"""The same product without JavaScript: read, search, sign in, change something, see it in the history."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from convenor.web.demo.people import PASSWORD


@pytest.fixture
def plain(browser: Browser, site: str) -> Iterator[Page]:
    context = browser.new_context(base_url=site, java_script_enabled=False, viewport={"width": 320, "height": 700})
    yield context.new_page()
    context.close()


def test_read_and_search(plain: Page) -> None:
    plain.goto("/")
    expect(plain.locator("h1")).to_contain_text("Who meets about what")
    plain.goto("/search/?q=architecture")
    plain.locator("main ol a").first.click()
    expect(plain.locator("h1")).to_be_visible()


def test_change_something_and_see_it_in_the_history(plain: Page) -> None:
    plain.goto("/account/login/?next=/organisations/bilby-tax-desk-fictitious/edit/")
    plain.fill("input[name=login]", "secretariat@demo.example")
    plain.fill("input[name=password]", PASSWORD)
    plain.locator("main form button[type=submit]").first.click()
    plain.fill("#id_summary", "Tax software for small desks.")
    plain.locator("main form button[type=submit]").first.click()
    expect(plain.locator("main")).to_contain_text("Tax software for small desks.")
    plain.locator("a:has-text('History')").first.click()
    expect(plain.locator("main")).to_contain_text("Tax software for small desks.")


def test_a_wrong_form_keeps_what_was_entered(plain: Page) -> None:
    plain.goto("/account/login/?next=/organisations/add/")
    plain.fill("input[name=login]", "secretariat@demo.example")
    plain.fill("input[name=password]", PASSWORD)
    plain.locator("main form button[type=submit]").first.click()
    plain.fill("#id_name", "Half-entered body")
    plain.fill("#id_abn", "51 824 753 557")
    plain.locator("main form button[type=submit]").first.click()
    expect(plain.locator(".error-summary")).to_be_visible()
    expect(plain.locator("#id_name")).to_have_value("Half-entered body")
    expect(plain.locator("#id_abn")).to_have_value("51 824 753 557")
