"""Which of the groups' entries are new appointments or new bodies, so that they wait in a caretaker period. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from convenor.domain.groups.rules import states

Changes = Mapping[str, tuple[Any, Any]]


def sets_up(changes: Changes, begins_on: date) -> bool:
    """A group of ours that begins at work in the period or later; a proposal may be made, and waits for its answer."""
    ours = bool(changes.get("is_ours", (None, True))[1])
    return ours and _after(changes) != states.PROPOSED and _starts(changes) >= begins_on


def goes_to_work(changes: Changes, begins_on: date) -> bool:
    """A group that becomes active for the first time, in the period or later."""
    return "started_on" in changes and _starts(changes) >= begins_on


def _after(changes: Changes) -> str:
    return str(changes.get("state", (None, ""))[1])


def _starts(changes: Changes) -> date:
    day = changes.get("started_on", (None, None))[1]
    return day if isinstance(day, date) else date.max
