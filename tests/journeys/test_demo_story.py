"""What the demonstration holds for each who signs in: no queue of the Desk is empty, and each has something to do."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.conftest import signed_in


def queues(page: Page) -> dict[str, int]:
    """Title of each queue → how many wait in it, as the contents beside the page say."""
    told = re.findall(r"^(.+) \((\d+)\)$", page.inner_text("main"), re.MULTILINE)
    return {title: int(number) for title, number in told}


def test_every_queue_of_the_desk_has_something_behind_it(officer: Page) -> None:
    officer.goto("/desk/")
    found = queues(officer)
    assert len(found) >= 9
    assert [title for title, number in found.items() if number == 0] == []


def test_a_group_says_how_a_casual_vacancy_is_filled_in_its_rules_and_in_its_models_health(officer: Page) -> None:
    """Made up for the demonstration: no source of a shipped model says how."""
    officer.goto("/groups/payroll-corrections-focus-group/rules/")
    said = "is filled from the reserve list or by a new call, and in no other way"
    assert said in officer.inner_text("main")
    officer.goto("/engagement/dsp/health/")
    assert "Casual vacancies: 1" in officer.inner_text("main")


@pytest.mark.parametrize(
    ("login", "waits"),
    [
        ("member", ("You are offered a place", "is invited to join", "MBR Design Working Group")),
        ("assistant", ("is invited to join",)),
        ("program", ("You assess what was sent in", "User research community")),
    ],
)
def test_each_role_has_something_to_do(browser: Browser, site: str, login: str, waits: tuple[str, ...]) -> None:
    state = signed_in(browser, site, f"{login}@demo.example")
    context = browser.new_context(base_url=site, storage_state=state)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto("/my-work/")
    told = page.inner_text("main")
    context.close()
    assert [words for words in waits if words not in told] == []
