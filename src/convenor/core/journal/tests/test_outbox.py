from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import OperationalError

from convenor.core.clock import commands as clock
from convenor.core.clock import schedules
from convenor.core.journal import consumers, jobs, outbox
from convenor.core.journal.models import Entry, Heartbeat, OutboxItem, ScheduledRun
from tests.things import note

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def items(now: datetime, count: int) -> list[OutboxItem]:
    entry = note(now, "thing.made")
    OutboxItem.objects.all().delete()
    return [OutboxItem.objects.create(entry=entry, consumer=f"c{i}", run_after=now) for i in range(count)]


def claim(now: datetime, worker: str = "one", limit: int = 20) -> list[int]:
    return [item.pk for item in outbox.claim(OutboxItem, worker=worker, now=now, limit=limit)]


def test_nobody_gets_what_another_holds_until_the_lease_lapses(now: datetime) -> None:
    a, b, c = (item.pk for item in items(now, 3))
    assert claim(now, "one", 2) == [a, b]
    assert claim(now, "two") == [c]
    assert claim(now, "two") == []
    assert claim(now + MINUTE, "two") == [a]  # tried before: alone
    assert claim(now + MINUTE, "three") == [b]


def test_what_is_not_due_or_done_or_failed_stays(now: datetime) -> None:
    items(now, 3)
    done, failed = outbox.claim(OutboxItem, worker="one", now=now, limit=2)
    assert outbox.finish(done, now)
    outbox.give_up(failed, now, "No.")
    OutboxItem.objects.filter(done_at=None, failed_at=None).update(run_after=now + MINUTE)
    assert claim(now + MINUTE / 2) == []
    assert len(claim(now + MINUTE)) == 1


def test_finishing_after_the_lease_was_lost_does_nothing(now: datetime) -> None:
    items(now, 1)
    [late] = outbox.claim(OutboxItem, worker="one", now=now)
    [other] = outbox.claim(OutboxItem, worker="two", now=now + MINUTE)
    assert not outbox.finish(late, now)
    assert outbox.finish(other, now)


def test_pauses_double_and_the_last_attempt_gives_up(now: datetime) -> None:
    [item] = items(now, 1)
    at, pauses = now, []
    while claimed := outbox.claim(OutboxItem, worker="one", now=at):
        outbox.fail(claimed[0], at, "no\nluck")
        item.refresh_from_db()
        pauses.append((item.run_after - at).total_seconds())
        at = item.run_after
        if item.failed_at:
            break
    assert pauses[:-1] == [5, 10, 20, 40, 80, 160, 320]
    assert (item.attempts, item.error, item.failed_at) == (8, "no\nluck", at)


def test_one_that_kills_its_workers_is_given_up_and_its_neighbours_are_not(now: datetime) -> None:
    poison, fine = items(now, 2)
    at, done = now, set()
    for turn in range(30):
        at += MINUTE
        for item in outbox.claim(OutboxItem, worker=f"w{turn}", now=at):
            if item.pk == poison.pk:
                break  # the worker died here
            outbox.finish(item, at)
            done.add(item.pk)
    poison.refresh_from_db()
    assert done == {fine.pk}
    assert (poison.attempts, poison.error) == (8, "Every worker that took it died.")


def run(now: datetime, handle: object, stop_after: int = 99) -> list[int]:
    seen: list[int] = []

    def each(item: OutboxItem) -> None:
        seen.append(item.pk)
        if isinstance(handle, Exception):
            raise handle

    outbox.drain(OutboxItem, each, worker="one", clock=lambda: now, stopping=lambda: len(seen) >= stop_after)
    return seen


def test_draining_finishes_what_is_in_hand_and_gives_back_the_rest(now: datetime) -> None:
    a, b, c = items(now, 3)
    assert run(now, None, stop_after=1) == [a.pk]
    rows = OutboxItem.objects.order_by("id").values_list("attempts", "leased_by", "done_at")
    assert list(rows) == [(1, "one", now), (0, "", None), (0, "", None)]
    assert run(now, None) == [b.pk, c.pk]


@pytest.mark.parametrize(
    ("raised", "attempts", "pause", "failed"),
    [
        (ValueError("bad"), 1, timedelta(seconds=5), False),
        (outbox.Later(MINUTE, "busy"), 0, MINUTE, False),
        (outbox.Never("gone"), 1, timedelta(0), True),
    ],
)
def test_what_a_handler_raises_decides(
    now: datetime, raised: Exception, attempts: int, pause: timedelta, failed: bool
) -> None:
    [item] = items(now, 1)
    run(now, raised)
    item.refresh_from_db()
    assert (item.attempts, item.run_after - now, item.failed_at is not None) == (attempts, pause, failed)
    assert item.leased_by == ""


def test_a_lost_connection_is_the_callers_and_the_lease_lapses(now: datetime) -> None:
    items(now, 1)
    with pytest.raises(OperationalError):
        run(now, OperationalError("gone away"))
    assert claim(now) == []
    assert len(claim(now + MINUTE)) == 1


def test_items_reach_their_consumers(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[int] = []
    monkeypatch.setitem(consumers.consumers, "c0", consumers.Consumer("c0", lambda *_: False, heard.append))
    items(now, 2)
    assert jobs.deliver(worker="one", clock=lambda: now, stopping=lambda: False) == 2
    assert heard == list(Entry.objects.values_list("pk", flat=True))
    assert list(OutboxItem.objects.order_by("id").values_list("done_at", "error")) == [
        (now, ""),
        (None, "Nothing is called c1 any more."),
    ]


def test_a_schedule_runs_once_a_slot_and_missed_ones_are_not_made_up(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[datetime] = []
    monkeypatch.setattr(schedules, "jobs", {})
    schedules.register(schedules.Job("test.hourly", schedules.HOURLY, ran.append))
    for module in (clock, jobs):
        monkeypatch.setattr(module, "jobs", schedules.jobs)
    clock.sync_schedules(now)

    def tick(at: datetime) -> None:
        jobs.queue_due(at)
        jobs.queue_due(at)
        while jobs.run_due(worker="one", clock=lambda: at, stopping=lambda: False):
            pass

    for at in (now, now + MINUTE, now + timedelta(hours=5, minutes=3)):
        tick(at)
    assert ran == [now, now + timedelta(hours=5, minutes=3)]
    slots = ScheduledRun.objects.order_by("slot").values_list("slot", flat=True)
    assert list(slots) == [now, now + timedelta(hours=5)]


def test_a_worker_shows_that_it_lives_and_the_dead_are_forgotten(now: datetime) -> None:
    jobs.beat("one", now, now)
    jobs.beat("one", now, now + MINUTE)
    jobs.beat("two", now, now + 9 * MINUTE)
    jobs.beat("three", now, now + 9 * MINUTE)
    jobs.stop_beating("three")
    assert dict(Heartbeat.objects.values_list("worker", "beat_at")) == {"one": now + MINUTE, "two": now + 9 * MINUTE}
    jobs.tidy(now + 10 * MINUTE)
    assert [row.worker for row in Heartbeat.objects.all()] == ["two"]


def test_what_was_delivered_long_ago_is_forgotten(now: datetime) -> None:
    items(now, 2)
    done, _waiting = outbox.claim(OutboxItem, worker="one", now=now)
    outbox.finish(done, now)
    jobs.tidy(now + timedelta(days=31))
    assert OutboxItem.objects.count() == 1
