"""A queue for those of one process who want the same thing.

PostgreSQL queues those who want a row, but each of them holds a connection meanwhile: a hundred at once would take
every connection there is. SQLite queues writers before they begin (kit.sqlite). Correctness never stands on this: it
stands on the row's lock and on constraints.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Final

from django.db import connection

_turns: Final[defaultdict[Hashable, Lock]] = defaultdict(Lock)


@contextmanager
def in_turn(about: Hashable) -> Iterator[None]:
    """One after the other, for those who want the same. Who is in a transaction has the database and does not wait."""
    if connection.in_atomic_block or connection.vendor == "sqlite":
        yield
        return
    with _turns[about]:
        yield
