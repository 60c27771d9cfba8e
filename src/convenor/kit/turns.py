"""A queue for writers of one process, where the database keeps none.

SQLite lets one write at a time and makes the others try again and again: a hundred at once would run out of patience
before they are told that it is full. PostgreSQL queues those who want a row, but each of them holds a connection
meanwhile: there, those who want the same thing take turns. Correctness never stands on this: it stands on the row's
lock and on constraints.
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
def in_turn(about: Hashable = None) -> Iterator[None]:
    """Ask the database one after the other; on PostgreSQL only those who want the same, where that is said.

    Who is in a transaction has the database already and does not wait. Not to be nested but in a transaction.
    """
    alone = connection.vendor == "sqlite"
    if connection.in_atomic_block or not (alone or about):
        yield
        return
    with _turns["everybody" if alone else about]:
        yield
