"""Reading once what many small steps of one piece of work ask for again and again.

    with remembering():
        rules = once(("rules", key), lambda: slow(key))

Outside `remembering` nothing is kept: each `once` asks anew. Inside, whoever changes what was read says so (`drop`,
`put`); a step that is rolled back forgets everything, since what it wrote and what was read of it are gone.
Use it only for work under one transaction: what is kept may be as old as that.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, TypeVar

T = TypeVar("T")

_kept: Final[ContextVar[dict[Hashable, Any] | None]] = ContextVar("kept", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Keep what `once` finds until the end of the block."""
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def once(key: Hashable, find: Callable[[], T]) -> T:
    """What was found under this key before, or what `find` gives now."""
    kept = _kept.get()
    if kept is None:
        return find()
    if key not in kept:
        kept[key] = find()
    found: T = kept[key]
    return found


def known(key: Hashable) -> Any:
    """What is kept under the key; None when nothing is."""
    kept = _kept.get()
    return None if kept is None else kept.get(key)


def put(key: Hashable, value: Any) -> None:
    """Keep this from now on: the caller changed what it was read from."""
    kept = _kept.get()
    if kept is not None:
        kept[key] = value


def drop(key: Hashable) -> None:
    """Keep no longer what was found under the key."""
    kept = _kept.get()
    if kept is not None:
        kept.pop(key, None)


def forget() -> None:
    """Keep nothing of what was read so far."""
    kept = _kept.get()
    if kept is not None:
        kept.clear()
