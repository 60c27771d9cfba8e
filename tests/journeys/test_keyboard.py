"""Journeys without a mouse: find a group, seat a person, import organisations. Only keys are pressed."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

MOST_TABS = 120


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus, as somebody would; it must be reachable, and be seen."""
    wanted = page.locator(selector).first
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            outline = wanted.evaluate("element => getComputedStyle(element).outlineStyle")
            assert outline != "none", f"{selector} has the focus and does not show it"
            return
    raise AssertionError(f"{selector} was not reached with {MOST_TABS} tabs")


def follow(page: Page, selector: str) -> None:
    tab_to(page, selector)
    page.keyboard.press("Enter")
    page.wait_for_load_state()


def test_find_a_group(page: Page) -> None:
    page.goto("/")
    follow(page, "nav a[href='/groups/']")
    tab_to(page, "#id_q")
    page.keyboard.type("corrections")
    page.keyboard.press("Enter")
    page.wait_for_url("**/groups/?*q=corrections*")
    follow(page, "main a:has-text('Payroll corrections focus group')")
    expect(page.locator("h1")).to_have_text("Payroll corrections focus group")


def test_the_skip_link_leads_to_the_content(page: Page) -> None:
    page.goto("/groups/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_seat_a_person(officer: Page) -> None:
    officer.goto("/desk/")
    follow(officer, "main a[href='/groups/payroll-corrections-focus-group/seats/5/appoint/']")
    tab_to(officer, "#id_who")
    officer.keyboard.type("Keyboard Example")
    follow(officer, "main form button[type=submit]")
    expect(officer.locator("main")).to_contain_text("Keyboard Example")
    officer.goto("/groups/payroll-corrections-focus-group/")
    expect(officer.locator("main")).to_contain_text("Keyboard Example")


def test_import_organisations(officer: Page, tmp_path: Path) -> None:
    officer.goto("/data/organisations/")
    follow(officer, "main a[href='/uploads/new/organisations/']")
    template = officer.request.get("/uploads/new/organisations/template.csv").text()
    columns = template.lstrip("\ufeff").splitlines()[0].split(",")
    assert "name" in columns
    good = {
        "name": "Imported by keyboard (fictitious)",
        "kind": "Company",
        "source_id": "k-1",
        "id": "k-1",
        "key": "k-1",
    }
    row = ",".join(good.get(column, "") for column in columns)
    path = tmp_path / "organisations.csv"
    path.write_text(",".join(columns) + "\n" + row + "\n", encoding="utf-8")
    officer.locator("input[type=file]").set_input_files(path)  # choosing a file is the browser's own dialog
    tab_to(officer, "#id_source")
    officer.keyboard.type("Keyboard journey")
    follow(officer, "main form button[type=submit]")
    expect(officer.locator("main")).to_contain_text("1")
    follow(officer, "main form[action*='/load/'] button[type=submit], main a[href*='/load/']")
    for _ in range(40):
        if "Imported by keyboard" in (officer.request.get("/organisations/?q=keyboard").text()):
            break
        officer.wait_for_timeout(250)
    officer.goto("/organisations/?q=keyboard")
    expect(officer.locator("main")).to_contain_text("Imported by keyboard (fictitious)")
