"""Before anything is frozen: who would have no chance, or hardly one, and the rule that makes it so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from convenor.core.records.rules import Breach
from convenor.domain.expressions.rules.selection.blocking import can_hold, clashes, rule_text
from convenor.domain.expressions.rules.selection.crowds import Crowd, Row, gather, rows
from convenor.domain.expressions.rules.selection.values import Entrant, Lottery, Panel, Unsolved
from convenor.kit.structs import struct

if TYPE_CHECKING:
    from convenor.domain.expressions.rules.selection.fairness import Numbers

HARDLY: Final = 0.25
"""A chance below this share of an even one is worth a word."""
NONE: Final = 1e-6
MOST_KINDS: Final = 200
"""Beyond so many kinds no rule is looked for that makes a chance small: it would take minutes."""


@struct
class Prospect:
    """Entrants whom the rules cannot tell apart, and who would hardly be drawn, if ever.

    `chance` is the one they would have if seats could be split: what the lottery comes to but for the last digits.
    `cause`: the rules that make it so, as one says them; empty where no single one does.
    """

    references: tuple[str, ...]
    traits: frozenset[str]
    chance: float
    cause: str

    @property
    def never(self) -> bool:
        """Whether no selection that keeps the rules holds any of them."""
        return self.chance == 0


def prospects(panel: Panel, entrants: Iterable[Entrant]) -> list[Prospect]:
    """Those with no chance or less than a quarter of an even one, the smallest first.

    For rules that can hold (see `blocking`). Empty too where the solver found no answer in time.
    """
    try:
        return sought(panel, entrants)
    except Unsolved:
        return []


def sought(panel: Panel, entrants: Iterable[Entrant]) -> list[Prospect]:
    """The same; raises Unsolved where the solver found no answer in time."""
    from convenor.domain.expressions.rules.selection.fairness import ideal_chances  # noqa: PLC0415 - it loads numpy
    from convenor.domain.expressions.rules.selection.solver import Program  # noqa: PLC0415 - it loads scipy

    crowd = gather(panel, entrants)
    some = rows(crowd)
    even = panel.seats / max(1, sum(crowd.sizes))
    ideal = ideal_chances(Program(crowd, tuple(some)))
    small = [kind for kind, chance in enumerate(ideal) if chance < HARDLY * even]
    never = {kind: said for kind in small if (said := _never(crowd, some, kind))}
    without = _lifting(crowd, some) if len(never) < len(small) and len(ideal) <= MOST_KINDS else []
    found = [
        Prospect(
            crowd.alikes[kind].references,
            crowd.alikes[kind].traits,
            0.0 if kind in never else float(ideal[kind]),
            never.get(kind) or _cause(without, kind, HARDLY * even),
        )
        for kind in small
    ]
    return sorted(found, key=lambda each: (each.chance, each.references))


def chanceless(spread: Lottery) -> list[Breach]:
    """Who takes part in a lottery that can never draw them should at least not be overlooked."""
    many = sum(chance == 0 for chance in spread.chances.values())
    if not many:
        return []
    text = ngettext(
        "%(n)d person who takes part would have no chance at all under the balance rules. Say that you know.",
        "%(n)d people who take part would have no chance at all under the balance rules. Say that you know.",
        many,
    )
    return [Breach("no-chance", text % {"n": many}, "despite")]


def _never(crowd: Crowd, some: Sequence[Row], kind: int) -> str:
    """Why nobody of a kind can ever sit; empty where somebody can."""
    floor = tuple(int(place == kind) for place in range(len(crowd.alikes)))
    if can_hold(crowd, some, floor):
        return ""
    return _joined(clashes(crowd, floor)[0].rows)


def _lifting(crowd: Crowd, some: Sequence[Row]) -> list[tuple[str, Numbers]]:
    """Each rule with the chances that everybody would have without it."""
    from convenor.domain.expressions.rules.selection.fairness import ideal_chances  # noqa: PLC0415 - it loads numpy
    from convenor.domain.expressions.rules.selection.solver import Program  # noqa: PLC0415 - it loads scipy

    found = []
    for rule, row in {row.rule: row for row in some if row.quota}.items():
        left = tuple(each for each in some if each.rule != rule)
        found.append((rule_text(row), ideal_chances(Program(crowd, left))))
    if crowd.panel.one_per_organisation:
        free = gather(replace(crowd.panel, one_per_organisation=False), _entrants(crowd))
        chances = ideal_chances(Program(free, tuple(rows(free))))
        at = free.places()
        found.append((_("one seat for each organisation"), chances[[at[each.references[0]] for each in crowd.alikes]]))
    return found


def _entrants(crowd: Crowd) -> list[Entrant]:
    return [each for pool in crowd.pools for organisation in pool for each in organisation.members]


def _cause(without: Sequence[tuple[str, Numbers]], kind: int, enough: float) -> str:
    """The rule without which the kind would have the largest chance, where that is a fair one."""
    best = max(without, key=lambda each: float(each[1][kind]), default=None)
    return best[0] if best is not None and float(best[1][kind]) >= enough else ""


def _joined(some: Iterable[Row]) -> str:
    return _(" and ").join(dict.fromkeys(rule_text(row) for row in some))
