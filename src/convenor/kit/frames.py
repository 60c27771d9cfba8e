"""Room for the frames of a long call, taken once.

CPython keeps the frames of the functions that run in chunks of 16 KiB, and gives a chunk back to the system as soon as
the call that needed it returns. A loop that happens to stand at a chunk's edge then maps and unmaps one for every call
it makes: measured 200 times for one page, a seventh of its time. A call that asks for a large frame is given a chunk
large enough for it, and what it calls finds room there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

ROOM: Final = 70_000
"""Words (of 8 bytes) of the frame: with them CPython maps a chunk of 1 MiB, of which nearly half is left."""


def with_room(function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """What `function(*args, **kwargs)` returns, called with room for a few thousand frames."""
    return function(*args, **kwargs)


with_room.__code__ = with_room.__code__.replace(co_stacksize=ROOM)
