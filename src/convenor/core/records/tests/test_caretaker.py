"""Caretaker periods: begun, ended, remembered, and what waits while one holds."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate
from hypothesis import given
from hypothesis import strategies as st

from convenor.core.records import caretaker, queries
from convenor.core.records.commands.caretaker import begin_caretaker, end_caretaker
from convenor.core.records.models import CaretakerPeriod
from convenor.core.records.ports import write_entry
from convenor.core.records.rules import CaretakerFacts, DutyHeld, NotAllowed, Refused, Viewer, check_caretaker
from convenor.core.records.tests.journal import entries, said

DAYS = st.dates(date(2026, 1, 1), date(2026, 3, 1))
PERIODS = st.builds(CaretakerFacts, DAYS, st.none() | DAYS, st.just("An election."))
VERB = "specimen.appointed"


def as_(now: datetime, duty: str) -> Viewer:
    return Viewer(now=now, duties=frozenset({DutyHeld(duty)}))


def facts(now: datetime, first: int = 0, last: int | None = None) -> CaretakerFacts:
    today = localdate(now)
    ends = None if last is None else today + timedelta(days=last)
    return CaretakerFacts(today + timedelta(days=first), ends, "An election is to be held.")


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [breach.code for breach in refused.value.breaches]


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> str:
    """A verb that waits."""
    monkeypatch.setitem(caretaker.held, VERB, caretaker.from_then_on("starts_on"))
    return VERB


def write_one(now: datetime, by: Viewer, starts_on: date | None = None) -> Any:
    with transaction.atomic():
        changes: dict[str, Any] = {"starts_on": (None, starts_on)} if starts_on else {}
        return write_entry(by=by, verb=VERB, record=None, now=now, changes=changes)


@given(PERIODS, PERIODS)
def test_two_periods_meet_exactly_when_a_day_is_in_both(one: CaretakerFacts, other: CaretakerFacts) -> None:
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(60)]
    assert one.meets(other) == any(one.holds_on(day) and other.holds_on(day) for day in days)


def test_what_a_period_must_say(now: datetime) -> None:
    today = localdate(now)
    bad = CaretakerFacts(today - timedelta(days=1), today - timedelta(days=2), " ")
    assert [breach.code for breach in check_caretaker(bad, today, [])] == [
        "begins-past", "ends-before-beginning", "note-needed",
    ]  # fmt: skip
    assert [breach.code for breach in check_caretaker(facts(now), today, [facts(now, 3)])] == ["caretaker-twice"]
    assert check_caretaker(facts(now, 0, 2), today, [facts(now, 3)]) == []


@pytest.mark.django_db
def test_an_administrator_begins_and_ends_one(now: datetime) -> None:
    by = as_(now, "administrator")
    made = begin_caretaker(by=by, facts=facts(now, 0, 40), now=now)
    assert caretaker.current(now) == made.facts
    end_caretaker(by=by, period=made, reason="The result is clear.", now=now)
    assert caretaker.current(now) is None
    assert [entry.verb for entry in entries()] == ["caretaker.begun", "caretaker.ended"]
    assert CaretakerPeriod.objects.get().end_reason == "The result is clear."
    with pytest.raises(Refused) as twice:
        end_caretaker(by=by, period=made, reason="Again.", now=now)
    assert codes(twice) == ["caretaker-ended"]


@pytest.mark.django_db
@pytest.mark.parametrize("duty", ["secretariat", "publisher", "assessor"])
def test_nobody_else_does(now: datetime, by_system: Viewer, duty: str) -> None:
    with pytest.raises(NotAllowed):
        begin_caretaker(by=as_(now, duty), facts=facts(now), now=now)
    made = begin_caretaker(by=by_system, facts=facts(now), now=now)
    with pytest.raises(NotAllowed):
        end_caretaker(by=as_(now, duty), period=made, reason="x", now=now)
    assert queries.caretaker_periods(as_(now, duty)).exists() == (duty == "secretariat")


@pytest.mark.django_db
def test_it_begins_and_ends_by_the_clock(now: datetime, by_system: Viewer) -> None:
    begin_caretaker(by=by_system, facts=facts(now, 2, 4), now=now)
    seen = [caretaker.current(now + timedelta(days=days)) is not None for days in range(7)]
    assert seen == [False, False, True, True, True, False, False]


@pytest.mark.django_db
def test_what_is_held_waits_unless_somebody_says_why_not(now: datetime, by_system: Viewer, held: str) -> None:
    write_one(now, by_system)
    begin_caretaker(by=by_system, facts=facts(now), now=now)
    with pytest.raises(Refused, match="A caretaker period has begun on Mon 23 Nov 2026") as waits:
        write_one(now, by_system)
    assert [(breach.code, breach.field) for breach in waits.value.breaches] == [("caretaker", "caretaker_reason")]
    with caretaker.overriding("  "), pytest.raises(Refused):
        write_one(now, by_system)
    with caretaker.overriding(lambda: "The board has no quorum. "):
        entry = write_one(now, by_system)
    assert said(entry) == {"caretaker_reason": "The board has no quorum."}
    assert caretaker.reason_given() == ""
    assert held == VERB


@pytest.mark.django_db
def test_what_is_recorded_of_days_before_does_not_wait(now: datetime, by_system: Viewer, held: str) -> None:
    begin_caretaker(by=by_system, facts=facts(now), now=now)
    write_one(now, by_system, localdate(now) - timedelta(days=1))
    with caretaker.overriding("A reason nobody asked for."):
        entry = write_one(now, by_system, localdate(now) - timedelta(days=1))
    assert not entry.values.filter(field="caretaker_reason").exists()
    with pytest.raises(Refused):
        write_one(now, by_system, localdate(now))
    assert held == VERB


@pytest.mark.django_db
def test_a_reason_does_not_hold_nor_a_verb_that_is_not_held(now: datetime, by_system: Viewer) -> None:
    begin_caretaker(by=by_system, facts=facts(now), now=now)
    write_one(now, by_system)


@pytest.mark.django_db
def test_it_is_read_once_a_second_or_once_for_each_version(now: datetime) -> None:
    caretaker.forget()
    with CaptureQueriesContext(connection) as captured:
        for _ in range(50):
            caretaker.current(now)
    assert len(captured) == 1
    with CaptureQueriesContext(connection) as captured:
        for version in (7, 7, 6, 7, 8, 8):
            caretaker.current(now, version)
    assert len(captured) == 2


@pytest.mark.django_db
def test_a_page_kept_under_a_later_version_never_lacks_the_period(now: datetime) -> None:
    """Another process set it a moment ago: what this one remembers is not a second old, and is not trusted."""
    caretaker.forget()
    assert caretaker.current(now, 7) is None
    CaretakerPeriod.objects.create(begins_on=localdate(now), note="Set elsewhere.", set_at=now)
    assert caretaker.current(now, 7) is None
    found = caretaker.current(now, 8)
    assert found is not None
    assert found.note == "Set elsewhere."


@pytest.mark.django_db
def test_who_read_earlier_never_writes_over_what_was_read_later(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    """Two threads at once, the slow one with the older version: the newer page keeps its period."""
    caretaker.forget()
    asked, go_on = threading.Event(), threading.Event()
    later = (facts(now),)

    def read(version: int | None) -> None:
        if version == 7:
            asked.set()
            go_on.wait(5)
        caretaker._memory.periods = () if version == 7 else later
        caretaker._memory.version = max(caretaker._memory.version, version or -1)

    monkeypatch.setattr(caretaker, "_read", read)
    slow = threading.Thread(target=caretaker.current, args=(now, 7))
    slow.start()
    asked.wait(5)
    found: list[CaretakerFacts | None] = []
    quick = threading.Thread(target=lambda: found.append(caretaker.current(now, 8)))
    quick.start()
    quick.join(0.1)
    go_on.set()
    slow.join(5)
    quick.join(5)
    assert found == [later[0]]
    assert caretaker.current(now, 8) == later[0]
