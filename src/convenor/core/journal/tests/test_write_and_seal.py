from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from convenor.core.accounts.models import Person
from convenor.core.journal import commands, consumers, jobs
from convenor.core.journal.models import ChainLink, Entry, OutboxItem, SiteVersion, Value
from convenor.core.journal.rules import GENESIS, parse_seals
from convenor.core.records.rules import DutyHeld, NotAllowed, Viewer
from tests.things import make_thing, note

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_written(now: datetime, by_system: Viewer) -> None:
    with pytest.raises(RuntimeError, match="inside its command's transaction"):
        commands.write(by=by_system, verb="thing.made", record=None, now=now)


def test_only_what_changed_is_kept_and_its_reason(now: datetime, by_system: Viewer) -> None:
    with transaction.atomic():
        entry = commands.write(
            by=by_system,
            verb="thing.changed",
            record=make_thing(now),
            now=now,
            changes={
                "title": ("Old", "New"),
                "same": (1, 1),
                "on": (None, now.date()),
                "at": (now, None),
                "n": ([], [2]),
            },
            public=("title", "reason"),
            reason="Because",
        )
    kept = {value.field: (value.before, value.after, value.public) for value in entry.values.all()}
    assert kept == {
        "title": ("Old", "New", True),
        "on": (None, "2026-11-23", False),
        "at": ("2026-11-23T01:00:00.000000Z", None, False),
        "n": ("[]", "[2]", False),
        "reason": (None, "Because", True),
    }


def test_consumers_that_want_it_get_a_row_each(
    now: datetime, by_system: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "consumers", {})
    monkeypatch.setattr(commands, "consumers", consumers.consumers)
    consumers.register(consumers.Consumer("all", lambda *_: True, print))
    consumers.register(consumers.Consumer("things", lambda _verb, kind: kind == "thing", print))
    note(now, "site.changed", record=None)
    note(now, "thing.made")
    rows = OutboxItem.objects.order_by("id").values_list("consumer", "entry__verb", "run_after")
    assert list(rows) == [("all", "site.changed", now), ("all", "thing.made", now), ("things", "thing.made", now)]


@pytest.mark.parametrize("table", ["journal_entry", "journal_chainlink", "journal_seal"])
@pytest.mark.parametrize("sql", ["UPDATE {} SET hash = 'x'", "DELETE FROM {}"])
def test_the_database_itself_refuses_to_rewrite(now: datetime, table: str, sql: str) -> None:
    note(now, "thing.made")
    commands.seal(now)
    field = "digest" if table == "journal_entry" else "hash"
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        cursor.execute(sql.replace("hash", field).format(table))


@pytest.mark.django_db(transaction=True)  # on PostgreSQL the bump comes last, at the commit
def test_each_entry_bumps_the_site_version(now: datetime) -> None:
    before = SiteVersion.objects.first()
    note(now, "thing.made")
    note(now, "thing.made")
    after = SiteVersion.objects.get()
    assert after.number - (before.number if before else 0) == 2
    commands.seal(now)
    assert SiteVersion.objects.get().number == after.number + 1


def test_sealing_numbers_everything_once_and_in_batches(now: datetime) -> None:
    entries = [note(now, "thing.made") for _ in range(5)]
    first, second = commands.seal(now, limit=3), commands.seal(now)
    assert first
    assert second
    assert (first.number, second.number, commands.seal(now)) == (3, 5, None)
    assert list(ChainLink.objects.order_by("number").values_list("number", "entry_id")) == [
        (place, entry.pk) for place, entry in enumerate(entries, 1)
    ]
    assert ChainLink.objects.get(number=5).hash == second.hash != GENESIS


def test_an_entry_that_committed_very_late_is_sealed_by_the_whole_look(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    late, _on_time = note(now, "thing.made"), note(now, "thing.made")
    ChainLink.objects.create(number=1, entry=_on_time, hash="0" * 64)
    monkeypatch.setattr(commands, "LATE", 0)
    assert commands.seal(now) is None
    jobs.seal_everything(now)
    assert ChainLink.objects.get(number=2).entry_id == late.pk


def test_erasing_takes_an_administrator_and_says_so(now: datetime, by_system: Viewer) -> None:
    entry = note(now, "thing.made", changes={"email": (None, "a@example.org"), "title": (None, "T")})
    officer = Viewer(now=now, duties=frozenset([DutyHeld("secretariat")]))
    with pytest.raises(NotAllowed, match="Only an administrator"):
        commands.erase_values(by=officer, entry=entry, fields=["email"], authority="Authority 12", now=now)
    commands.erase_values(by=by_system, entry=entry, fields=["email"], authority="Authority 12", now=now)
    gone, kept = Value.objects.filter(entry=entry).order_by("field")
    assert (gone.after, gone.salt, gone.erased_at, kept.after) == (None, "", now, "T")
    told = Entry.objects.get(verb="journal.values-erased")
    assert dict(told.values.values_list("field", "after")) == {
        "entry": str(entry.pk),
        "fields": '["email"]',
        "reason": "Authority 12",
    }


def test_the_actor_and_whom_they_stood_for(now: datetime) -> None:
    clerk, chief = Person.objects.create(name="Clerk"), Person.objects.create(name="Chief")
    with transaction.atomic():
        by = Viewer(now=now, person_id=clerk.pk)
        entry = commands.write(by=by, verb="thing.made", record=None, now=now, on_behalf_of=chief.pk)
    assert (entry.actor_id, entry.on_behalf_of_id) == (clerk.pk, chief.pk)


def test_seals_are_published_once_and_never_rewritten(now: datetime) -> None:
    path = jobs.seals_path()
    path.unlink(missing_ok=True)
    jobs.publish_seals(now)
    assert not path.exists()
    note(now, "thing.made")
    first = commands.seal(now)
    jobs.publish_seals(now)
    jobs.publish_seals(now)
    note(now, "thing.made")
    second = commands.seal(now + timedelta(seconds=2))
    jobs.publish_seals(now)
    assert first
    assert second
    found = [(seal.number, seal.hash) for seal in parse_seals(path.read_text(), "the file")]
    assert found == [(1, first.hash), (2, second.hash)]
    with path.open("a") as lines:
        lines.write(f"9 {'a' * 64} later\n")
    with pytest.raises(RuntimeError, match="over 9 entries, and the chain has 2"):
        jobs.publish_seals(now)
    path.unlink()
