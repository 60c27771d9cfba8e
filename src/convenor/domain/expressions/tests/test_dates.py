"""Openings and closes for calendars: the right instant on the right clocks, moved when the call is."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.test import Client
from icalendar import Calendar

from convenor.domain.expressions.commands.calls import edit_call, prolong_call, publish_call
from convenor.domain.expressions.commands.telling import withdraw_call
from convenor.domain.expressions.tests.test_screens import page
from convenor.domain.expressions.tests.world import CallWorld

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def entries(world: CallWorld, url: str = "") -> dict[str, object]:
    """UID without its host → the entry, as a calendar program reads it."""
    answer = Client().get(url or f"/calls/{world.call.slug}/dates.ics")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    found = Calendar.from_ical(answer.content).walk("VEVENT")
    return {str(each["UID"]).partition("@")[0]: each for each in found}


@pytest.fixture
def abroad(present: CallWorld) -> CallWorld:
    """Announced, on the clocks of Perth, and closing after Sydney has moved its own."""
    day = date(present.now.year + 1, 10, 20)
    facts = present.facts(zone="Australia/Perth", closes_on=day, outcome_by=day + timedelta(days=20),
                          purge_on=day + timedelta(days=60), term_ends_on=day + timedelta(days=300))  # fmt: skip
    present.call = edit_call(by=present.by, call=present.call, facts=facts, now=present.now)
    present.call = publish_call(by=present.by, call=present.call, now=present.now)
    return present


def test_the_close_stands_at_its_instant_with_the_rules_of_its_zone(abroad: CallWorld) -> None:
    ref = abroad.call.record.ref
    found = entries(abroad)
    assert set(found) == {f"{ref}-opens", f"{ref}-closes"}
    close = found[f"{ref}-closes"]["DTSTART"]  # type: ignore[index]
    assert close.params["TZID"] == "Australia/Perth"
    assert close.dt.astimezone(UTC) == abroad.call.closes_at
    assert (close.dt.hour, close.dt.utcoffset()) == (17, timedelta(hours=8))
    body = Client().get(f"/calls/{abroad.call.slug}/dates.ics").content.decode()
    assert "BEGIN:VTIMEZONE" in body
    assert "TZID:Australia/Perth" in body
    assert f"/calls/{abroad.call.slug}/dates.ics" in page(Client(), "call", abroad.call.slug)
    assert f"/calls/{abroad.call.slug}/dates.ics" in page(Client(), "feed")


def test_a_close_that_is_moved_moves_in_calendars_and_a_call_withdrawn_is_cancelled(abroad: CallWorld) -> None:
    key = f"{abroad.call.record.ref}-closes"
    assert entries(abroad)[key]["SEQUENCE"] == 0  # type: ignore[index]
    later = abroad.call.closes_on + timedelta(days=3)
    prolong_call(
        by=abroad.by, call=abroad.call, closes_on=later, closes_time=time(12), reason="Floods.", now=abroad.now
    )
    moved = entries(abroad)[key]
    assert moved["SEQUENCE"] == 1  # type: ignore[index]
    assert moved["DTSTART"].dt.date() == later  # type: ignore[index]
    assert entries(abroad)[f"{abroad.call.record.ref}-opens"]["SEQUENCE"] == 0  # type: ignore[index]
    withdraw_call(by=abroad.by, call=abroad.call, reason="Stopped.", now=datetime.now(UTC))
    assert entries(abroad)[key]["STATUS"] == "CANCELLED"  # type: ignore[index]


def test_the_calendar_of_all_holds_what_is_announced_or_open(abroad: CallWorld) -> None:
    assert f"{abroad.call.record.ref}-closes" in entries(abroad, "/calls/calendar.ics")
    assert "/calls/calendar.ics" in page(Client(), "calls")
    withdraw_call(by=abroad.by, call=abroad.call, reason="Stopped.", now=datetime.now(UTC))
    assert not entries(abroad, "/calls/calendar.ics")


def test_a_draft_has_no_dates(present: CallWorld) -> None:
    assert Client().get(f"/calls/{present.call.slug}/dates.ics").status_code == 404
    assert not entries(present, "/calls/calendar.ics")
