"""What the Desk and My work show: queues of rows, each one step from done. Plain values; no ORM."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from convenor.kit.structs import struct


@struct
class Task:
    """One row of a queue: what it is about, why it is here, by when, and the one step that ends it."""

    title: str
    url: str
    about: str
    step: str
    step_url: str
    due: date | datetime | None = None
    late: bool = False


@struct
class Queue:
    """A named list of tasks. `total` may exceed what is shown; `more_url` leads to all of them."""

    id: str
    title: str
    empty: str
    tasks: Sequence[Task]
    total: int
    more_url: str = ""


@struct
class Day:
    """A day of the week ahead with what falls due on it."""

    on: date
    tasks: Sequence[Task]
