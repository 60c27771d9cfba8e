"""The queue of SQLite's writers: taken and given up with the transaction, and never the cause of a failure."""

from __future__ import annotations

import fcntl
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, connections, transaction

from convenor.kit.sqlite.base import Turns, turns_at

only_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="the queue of SQLite")
committing = pytest.mark.django_db(transaction=True)


def free() -> bool:
    """Whether a writer of this database could go now."""
    turns = turns_at(str(connection.settings_dict["NAME"]))
    got = turns.take(0.01)
    if got:
        turns.give_up()
    return got


@only_sqlite
@committing
def test_a_transaction_has_the_turn_from_its_beginning_to_its_end() -> None:
    assert free()
    with transaction.atomic():
        assert not free()
        with transaction.atomic():
            assert not free()
        assert not free()
    assert free()


@only_sqlite
@committing
def test_a_transaction_that_fails_gives_the_turn_up() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assert 1 / 0
    assert free()


@only_sqlite
@committing
def test_a_connection_that_is_closed_in_the_middle_gives_the_turn_up() -> None:
    def half_done() -> None:
        with pytest.raises(ConnectionError), transaction.atomic():  # noqa: PT012 - it ends in the middle
            connections["default"].close()
            raise ConnectionError

    thread = Thread(target=half_done)
    thread.start()
    thread.join()
    assert free()


@only_sqlite
@committing
def test_who_waited_too_long_asks_the_database_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", {**connection.settings_dict["OPTIONS"], "timeout": 0.01})
    turns = turns_at(str(connection.settings_dict["NAME"]))
    assert turns.take(1)
    try:
        with transaction.atomic():
            Session.objects.create(session_key="late", expire_date=datetime(2026, 12, 1, tzinfo=UTC))
    finally:
        turns.give_up()
    assert Session.objects.filter(session_key="late").exists()
    assert free()


def test_another_process_is_waited_for_and_no_longer_than_said(tmp_path: Path) -> None:
    turns = Turns(tmp_path / "turns")
    with (tmp_path / "turns").open("a") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert not turns.take(0.02)
    assert turns.take(0.02)


def test_everybody_gets_a_turn_and_never_two_at_once(tmp_path: Path) -> None:
    turns, inside, seen = Turns(tmp_path / "turns"), [0], []

    def write() -> None:
        assert turns.take(60)
        inside[0] += 1
        seen.append(inside[0])
        inside[0] -= 1
        turns.give_up()

    threads: list[Any] = [Thread(target=write) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [1] * 50


def test_where_no_file_can_be_kept_the_process_queues_by_itself(tmp_path: Path) -> None:
    turns = Turns(tmp_path / "missing" / "turns")
    assert turns.take(0.02)
    assert not turns.take(0.02)
    turns.give_up()
    assert turns.take(0.02)
