"""What stands in the way of a selection and who would hardly be drawn, worked out once for what it depends on.

With 2,000 expressions it takes seconds, and the page that shows it is opened again and again. What is kept is keyed by
all that the rules look at (and the language of the sentences), so it is never that of other inputs. It stays in this
process: random references, and only the traits that a rule names.
"""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock
from typing import Final

from django.utils.translation import get_language

from convenor.core.records.rules import Breach
from convenor.domain.expressions.rules.selection.blocking import blocking, entangled
from convenor.domain.expressions.rules.selection.freezing import slimmed
from convenor.domain.expressions.rules.selection.prospects import Prospect, sought
from convenor.domain.expressions.rules.selection.values import LOTTERY, Entrant, Panel, Unsolved
from convenor.kit.structs import struct

MOST: Final = 16
"""Selections that are kept at once: the newest."""

Key = tuple[Panel, tuple[Entrant, ...], str, str | None]


@struct
class Foresight:
    """blocked: why no selection can keep the rules. prospects: who would hardly be drawn; in a lottery that can be.

    settled: False where the solver gave up in time, which another day it may not.
    """

    blocked: tuple[Breach, ...]
    prospects: tuple[Prospect, ...] = ()
    settled: bool = True


_kept: Final[dict[Key, Foresight]] = {}
_turn: Final = Lock()


def foresee(panel: Panel, entrants: Iterable[Entrant], method: str) -> Foresight:
    """What the officer is told before anything is frozen."""
    key = (panel, slimmed(panel, entrants, method), method, get_language())
    with _turn:
        found = _kept.get(key)
    if found is None:
        found = _worked_out(*key[:3])
        if found.settled:
            _keep(key, found)
    return found


def _keep(key: Key, found: Foresight) -> None:
    with _turn:
        _kept[key] = found
        for old in list(_kept)[:-MOST]:
            del _kept[old]


def _worked_out(panel: Panel, entrants: tuple[Entrant, ...], method: str) -> Foresight:
    blocked = tuple(blocking(panel, entrants))
    if blocked or method != LOTTERY:
        return Foresight(blocked, settled=entangled() not in blocked)
    try:
        return Foresight((), tuple(sought(panel, entrants)))
    except Unsolved:
        return Foresight((), settled=False)
