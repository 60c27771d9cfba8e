"""The same product without JavaScript: read, search, sign in, change something, see it in the history."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import Workbook
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


def test_a_sheet_of_a_workbook_and_what_every_row_says(plain: Page, tmp_path: Path) -> None:
    """What every row says is written where it was chosen, and seen there; one that is wrong stays to be mended."""
    path, book = tmp_path / "firms.xlsx", Workbook(write_only=True)
    firms = [["No", "Firm"], ["f1", "Sheet Firm (fictitious)"]]
    for title, rows in {"About": [["Firms"], ["2026"]], "Firms": firms}.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    plain.goto("/account/login/?next=/uploads/new/organisations/")
    plain.fill("input[name=login]", "secretariat@demo.example")
    plain.fill("input[name=password]", PASSWORD)
    send = plain.locator("main form button[type=submit]").first
    send.click()
    plain.locator("input[type=file]").set_input_files(path)
    plain.fill("#id_source", "Journey of sheets")
    send.click()
    plain.locator("label:has-text('Firms No, Firm')").click()
    send.click()
    expect(plain.locator("main")).to_contain_text("The sheet “Firms” of firms.xlsx has its own headings.")
    value = plain.locator("#id_same_kind")
    expect(value).to_be_hidden()
    plain.select_option("#id_column_kind", "same")
    expect(value).to_be_visible()
    value.fill("No such kind")
    plain.select_option("#id_column_name", label="Firm: Sheet Firm (fictitious)")
    send.click()
    expect(plain.locator("#id_same_kind_error")).to_contain_text("“No such kind” is not one of")
    expect(value).to_have_value("No such kind")
    value.fill("Company")
    send.click()
    expect(plain.locator("main")).to_contain_text("1 of 1 row can be loaded.")
    expect(plain.locator(".facts")).to_contain_text("Kind, in every row")
    send.click()
    plain.goto("/organisations/?q=sheet+firm")
    expect(plain.locator("main")).to_contain_text("Sheet Firm (fictitious)")
