"""Caretaker mode: which entries of the journal wait while it holds, and the reason for which one may not wait.

The conventions ask that no significant appointment or commitment is made from the dissolution of the House until the
result is clear. Apps say with `hold` which of their verbs that is (from AppConfig.ready); the journal asks `asked` of
every entry, in the command's own transaction, so that no door can go round it: page, signed link, API, upload, worker.

Each door says with `overriding` why what follows cannot wait. A reason that a command takes for something else does
not count: an upload gives one to every row by itself.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from convenor.core.records.models import CaretakerPeriod
from convenor.core.records.rules import Breach, CaretakerFacts, Refused
from convenor.kit.dates import say_day

FIELD: Final = "caretaker_reason"
"""What forms, acts and the journal call the reason why something cannot wait."""

LONGEST: Final = 300
LASTS: Final = 1.0
"""Seconds for which what was read is taken for true, where nobody says which version of the site it must be."""

Changes = Mapping[str, tuple[Any, Any]]
When = Callable[[Changes, date], bool]
"""(what the entry says, first day of the period) → whether this is one of those that wait."""


def _always(changes: Changes, begins_on: date) -> bool:  # noqa: ARG001 - the shape of When
    return True


held: dict[str, When] = {}
"""Verb → when an entry of it waits."""
Reason = str | Callable[[], str]
_reason: ContextVar[Reason] = ContextVar("caretaker_reason", default="")


def hold(verb: str, when: When = _always) -> None:
    """Let entries with this verb wait in a caretaker period, unless somebody says why they cannot."""
    held[verb] = when


def from_then_on(field: str) -> When:
    """Only what begins in the period or later, by this field: what is recorded of days before was decided before."""

    def begins(changes: Changes, begins_on: date) -> bool:
        day = changes.get(field, (None, None))[1]
        return not isinstance(day, date) or day >= begins_on

    return begins


@contextmanager
def overriding(reason: Reason) -> Iterator[None]:
    """What the block does cannot wait, for this reason; an empty one lets it wait. A function is asked when needed."""
    token = _reason.set(reason)
    try:
        yield
    finally:
        _reason.reset(token)


def reason_given() -> str:
    """Why what is being done cannot wait; "" where nobody said."""
    reason = _reason.get()
    return (reason if isinstance(reason, str) else reason()).strip()[:LONGEST]


def asked(verb: str, changes: Changes, now: datetime) -> Changes:
    """What the entry is to say: the same, with the reason where it would have had to wait. Refused without one."""
    when = held.get(verb)
    period = current(now) if when else None
    if when is None or period is None or not when(changes, period.begins_on):
        return changes
    if not reason_given():
        text = _("A caretaker period has begun on %(day)s: this waits until it is over. Or say why it cannot wait.")
        raise Refused([Breach("caretaker", text % {"day": say_day(period.begins_on)}, FIELD)])
    return {**changes, FIELD: (None, reason_given())}


@dataclass(slots=True)
class Memory:
    """What this process read last: the periods, when, and at which version of the site at least."""

    periods: tuple[CaretakerFacts, ...] = ()
    read_at: float = float("-inf")
    version: int = -1


_memory = Memory()
_reading = threading.Lock()


def current(now: datetime, version: int | None = None) -> CaretakerFacts | None:
    """The period that holds now, if any. Asks the database once a second at most, or once for each `version`.

    version: of the site (journal.SiteVersion), under which the page cache will keep what is being drawn. It moves with
    every write, so a page that is kept never lacks a period that was set before.
    """
    if not _fresh(version):
        with _reading:  # one after another: who read earlier never writes over what was read later
            if not _fresh(version):
                _read(version)
    today = localdate(now)
    return next((period for period in _memory.periods if period.holds_on(today)), None)


def forget() -> None:
    """Read anew next time: who begins or ends a period sees it at once."""
    with _reading:
        _memory.read_at, _memory.version = float("-inf"), -1


def remember_none() -> None:
    """Take it for long that there is none: for tests that count queries."""
    _memory.periods, _memory.read_at, _memory.version = (), float("inf"), 2**63


def _fresh(version: int | None) -> bool:
    if version is not None:
        return _memory.version >= version
    return time.monotonic() - _memory.read_at < LASTS


def _read(version: int | None) -> None:
    read_at = time.monotonic()
    rows = CaretakerPeriod.objects.filter(ended_at=None).order_by("begins_on")
    _memory.periods = tuple(row.facts for row in rows)
    _memory.read_at = read_at
    _memory.version = max(_memory.version, -1 if version is None else version)
