# ruff: noqa: DTZ001 - wall clocks have no zone
from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction

from convenor.core.clock import commands, queries, rules, schedules
from convenor.core.clock.models import Calendar, Deadline, Holiday, Schedule
from convenor.core.records import commands as records
from convenor.core.records.models import Record
from convenor.core.records.rules import SEALED, Refused, Viewer
from tests.things import make_thing

pytestmark = pytest.mark.django_db


@pytest.fixture
def thing(now: datetime) -> Record:
    return make_thing(now)


def test_setting_twice_moves_the_open_promise(thing: Record, now: datetime) -> None:
    with transaction.atomic():
        first = commands.set_deadline(record=thing, kind="review", due_at=now, now=now)
        again = commands.set_deadline(
            record=thing, kind="review", due_at=now + timedelta(days=1), now=now, note="Moved"
        )
    assert again.pk == first.pk
    assert Deadline.objects.values_list("due_at", "note").get() == (now + timedelta(days=1), "Moved")


def test_meeting_is_idempotent_and_the_next_promise_is_another_row(thing: Record, now: datetime) -> None:
    with transaction.atomic():
        commands.set_deadline(record=thing, kind="review", due_at=now, now=now)
        met = commands.meet_deadline(record=thing, kind="review", now=now)
        assert met is not None
        assert commands.meet_deadline(record=thing, kind="review", now=now + timedelta(hours=1)) is None
        commands.set_deadline(record=thing, kind="review", due_at=now + timedelta(days=365), now=now)
        commands.set_deadline(record=thing, kind="report", due_at=now, now=now)
        commands.drop_deadline(record=thing, kind="report")
    assert list(Deadline.objects.order_by("id").values_list("kind", "met_at")) == [("review", now), ("review", None)]


def test_a_deadline_is_an_instant(thing: Record, now: datetime) -> None:
    with transaction.atomic(), pytest.raises(ValueError, match="needs a zone"):
        commands.set_deadline(record=thing, kind="review", due_at=now.replace(tzinfo=None), now=now)


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_promised(thing: Record, now: datetime) -> None:
    with pytest.raises(RuntimeError, match="inside a command's transaction"):
        commands.set_deadline(record=thing, kind="review", due_at=now, now=now)


def test_a_viewer_reads_the_deadlines_of_what_they_may_read(
    thing: Record, now: datetime, public: Viewer, by_system: Viewer
) -> None:
    with transaction.atomic():
        hidden = make_thing(now, visibility=SEALED)
        gone = make_thing(now)
        records.withdraw(gone)
        for record in (thing, hidden, gone):
            commands.set_deadline(record=record, kind="late", due_at=now - timedelta(days=1), now=now)
        commands.set_deadline(record=thing, kind="soon", due_at=now + timedelta(days=3), now=now)
        commands.set_deadline(record=thing, kind="far", due_at=now + timedelta(days=300), now=now)
    assert [(row.record_id, row.kind) for row in queries.overdue(public)] == [(thing.pk, "late")]
    assert {row.record_id for row in queries.overdue(by_system)} == {thing.pk, hidden.pk}
    assert [row.kind for row in queries.due_within(public, timedelta(days=7))] == ["soon"]
    assert [row.kind for row in queries.open_deadlines(public)] == ["late", "soon", "far"]


def test_the_calendars_of_the_states_and_the_nation(now: datetime) -> None:
    assert not commands.calendars_are_current(now)
    assert commands.load_calendars(now) > 1500
    assert commands.load_calendars(now) == 0
    assert commands.calendars_are_current(now)
    assert not commands.calendars_are_current(now + timedelta(days=366))
    assert sorted(Calendar.objects.values_list("slug", flat=True)) == sorted(slug for slug, *_ in commands.REGIONS)
    act = queries.working_calendar("act")
    assert (act.first, act.last) == (date(2016, 1, 1), date(2031, 12, 31))
    assert rules.add_working_days(date(2026, 3, 6), 1, act) == date(2026, 3, 10)  # Canberra Day
    nation = queries.working_calendar("au")
    assert rules.add_working_days(date(2026, 3, 6), 1, nation) == date(2026, 3, 9)
    with pytest.raises(Refused, match="no calendar called “moon”"):
        queries.working_calendar("moon")


def test_days_gone_by_stay_as_they_were(now: datetime) -> None:
    commands.load_calendars(now)
    act = Calendar.objects.get(slug="act")
    Holiday.objects.filter(calendar=act, on=date(2026, 3, 9)).delete()  # as if nobody had known of it then
    Holiday.objects.create(calendar=act, on=date(2026, 12, 1), name="Dropped since", source="holidays 0.1")
    Holiday.objects.create(calendar=act, on=date(2026, 12, 2), name="Moving day")
    Holiday.objects.create(calendar=act, on=date(2026, 2, 2), name="Gone by", source="holidays 0.1")
    commands.load_calendars(now)
    off = queries.working_calendar("act").holidays
    days = [date(2026, 3, 9), date(2026, 12, 1), date(2026, 12, 2), date(2026, 2, 2)]
    assert [day in off for day in days] == [False, False, True, True]


def test_a_schedule_row_is_made_once_and_its_last_slot_found(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(schedules.jobs, "test.nightly", schedules.Job("test.nightly", schedules.daily(3), print))
    start = now - timedelta(days=40)
    commands.sync_schedules(start)
    commands.sync_schedules(now)
    row = Schedule.objects.get(job="test.nightly")
    assert rules.local_of(row.starts, row.zone) == datetime(2026, 10, 14, 0, 0)
    assert queries.latest_slot(row, start - timedelta(hours=30)) is None
    assert queries.latest_slot(row, now) == datetime(2026, 11, 22, 16, 0, tzinfo=UTC)  # 03:00 in Sydney
