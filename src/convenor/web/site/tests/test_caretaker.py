"""The pages of caretaker periods, and what everybody reads while one holds."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localdate, now

from convenor.core.accounts.models import Duty
from convenor.core.records.models import CaretakerPeriod
from convenor.web.site.tests.test_retention import signed_in

pytestmark = pytest.mark.django_db
NOTE = "An election is to be held on 19 December."


def day(name: str, value: date | None) -> dict[str, Any]:
    parts = (value.day, value.month, value.year) if value else ("", "", "")
    return {f"{name}_{part}": told for part, told in zip(("day", "month", "year"), parts, strict=True)}


def sent(first: date, last: date | None = None) -> dict[str, Any]:
    return {**day("begins_on", first), **day("ends_on", last), "note": NOTE}


def test_begun_and_ended_from_the_pages_and_read_by_everybody(client: Client) -> None:
    browser, today = signed_in(Client(), Duty.ADMINISTRATOR, now()), localdate(now())
    assert "None is in force now." in browser.get("/caretaker/").content.decode()
    assert browser.post("/caretaker/begin/", sent(today, today + timedelta(days=19))).status_code == 302
    assert "One is in force: every page says so." in browser.get("/caretaker/").content.decode()
    for path in ("/", "/glossary/", "/account/login/", "/nowhere/"):
        page = client.get(path).content.decode()
        assert NOTE in page, path
        assert "Calls, results, appointments and new groups wait until it is over" in page
    one = CaretakerPeriod.objects.get()
    assert browser.post(f"/caretaker/{one.pk}/end/", {"reason": "The result is clear."}).status_code == 302
    assert NOTE not in client.get("/").content.decode()
    page = browser.get("/caretaker/").content.decode()
    assert "The result is clear." in page
    assert f"/caretaker/{one.pk}/end/" not in page


def test_one_that_has_not_begun_is_not_on_the_pages(client: Client) -> None:
    browser = signed_in(Client(), Duty.ADMINISTRATOR, now())
    browser.post("/caretaker/begin/", sent(localdate(now()) + timedelta(days=3)))
    assert NOTE not in client.get("/").content.decode()
    assert "Not begun yet" in browser.get("/caretaker/").content.decode()


def test_a_second_one_in_the_same_days_is_refused_and_nothing_is_lost() -> None:
    browser, today = signed_in(Client(), Duty.ADMINISTRATOR, now()), localdate(now())
    browser.post("/caretaker/begin/", sent(today))
    page = browser.post("/caretaker/begin/", sent(today + timedelta(days=9))).content.decode()
    assert "There is a caretaker period in these days already: end it first." in page
    assert page.count(NOTE) == 2


def test_the_secretariat_reads_and_is_told_who_may() -> None:
    browser = signed_in(Client(), Duty.SECRETARIAT, now())
    page = browser.get("/caretaker/").content.decode()
    assert "Only an administrator of the site may begin or end a caretaker period." in page
    assert browser.post("/caretaker/begin/", sent(localdate(now()))).status_code == 403
