"""Django's backend for SQLite, with a queue before BEGIN IMMEDIATE.

SQLite lets one write at a time and has no queue: who finds it taken looks again after a pause that grows to 100 ms,
and after `timeout` gives up. A hundred at once, or one writer that goes on and on, starve the others. Here those of one
process wait on a lock, and the first of each process looks at a file's lock every millisecond. Nothing rests on this
but patience: what is written stays guarded by SQLite's own lock, and who waited too long goes on to ask it.
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from threading import Lock
from typing import Final

from django.db.backends.sqlite3 import base

PAUSE: Final = 0.001
"""Seconds between two looks at the file's lock."""


class Turns:
    """Whose turn it is to write to one database file, in this process and among all."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.here = Lock()
        self.file: int | None = None
        """Open for as long as the process lives."""

    def take(self, patience: float) -> bool:
        """Wait for the turn; False when `patience` seconds were not enough."""
        until = time.monotonic() + patience
        if not self.here.acquire(timeout=patience):
            return False
        while not self._first_of_all():
            if time.monotonic() > until:
                self.here.release()
                return False
            time.sleep(PAUSE)
        return True

    def give_up(self) -> None:
        """Let the next one go."""
        if self.file is not None:
            fcntl.flock(self.file, fcntl.LOCK_UN)
        self.here.release()

    def _first_of_all(self) -> bool:
        try:
            if self.file is None:
                self.file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True  # no file can be kept beside the database, so there is no queue but this process's
        return True


_turns: Final[dict[str, Turns]] = {}
_making: Final = Lock()


def turns_at(name: str) -> Turns:
    """The one queue of this process for a database file."""
    with _making:
        return _turns.setdefault(name, Turns(Path(f"{name}-turns")))


class DatabaseWrapper(base.DatabaseWrapper):
    """Takes its turn where a transaction begins, and gives it up where that ends, however it ends."""

    turn: Turns | None = None

    def _start_transaction_under_autocommit(self) -> None:
        settings = self.settings_dict
        turns = turns_at(str(settings["NAME"]))
        if turns.take(settings["OPTIONS"].get("timeout", 5)):
            self.turn = turns
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc] # the stubs know no private methods
        except BaseException:
            self._give_up()
            raise

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc] # the stubs know no private methods
        finally:
            self._give_up()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc] # the stubs know no private methods
        finally:
            self._give_up()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc] # the stubs know no private methods
        finally:
            self._give_up()

    def _give_up(self) -> None:
        turn, self.turn = self.turn, None
        if turn is not None:
            turn.give_up()
