"""What is joined on the poster, before anything has a place: nets of cards, and the channels they run in.

Rows of cards are numbered from the top; channel i lies above row i. A net joins cards of two rows (or of one):
several types that are set up from the same parents share one net, so that lines join instead of crossing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from convenor.domain.engagement.rules.values import Named, TypeRulesValue
from convenor.kit.structs import struct

PARENTS = "parents"
CONSULTS = "consults"


@struct
class Net:
    """Cards that one arrow joins. Rows are upper and lower; upper == lower for cards of one row.

    tails, tips: slugs; the heads are at the tips. tips_up: the tips are in the upper row.
    """

    kind: str
    upper: int
    lower: int
    tails: tuple[str, ...]
    tips: tuple[str, ...]
    tips_up: bool = False

    @property
    def members(self) -> tuple[str, ...]:
        return (*self.tails, *self.tips)

    @property
    def above(self) -> tuple[str, ...]:
        """The cards of the upper row, whose bottom edges it ends on; none when all are in one row."""
        if self.upper == self.lower:
            return ()
        return self.tips if self.tips_up else self.tails

    @property
    def below(self) -> tuple[str, ...]:
        """The cards of the lower row (or of the one row), whose top edges it ends on."""
        if self.upper == self.lower:
            return self.members
        return self.tails if self.tips_up else self.tips


def nets_of(rows: Sequence[Sequence[TypeRulesValue]]) -> list[Net]:
    """Every arrow of the model. A type that is its own parent is told in words, not drawn."""
    place = {rules.slug: number for number, row in enumerate(rows) for rules in row}
    found: dict[Net, None] = {}
    for number, row in enumerate(rows):
        for kind in (PARENTS, CONSULTS):
            found |= dict.fromkeys(_across(kind, number, row, place))
            found |= dict.fromkeys(_along(kind, number, row, place))
    return list(found)


def _others(rules: TypeRulesValue, kind: str) -> tuple[Named, ...]:
    return rules.parent_types if kind == PARENTS else rules.consults


def _across(kind: str, number: int, row: Sequence[TypeRulesValue], place: Mapping[str, int]) -> Iterable[Net]:
    """Nets from this row to others: types of the row that name the same types of another row share one."""
    groups: dict[tuple[int, tuple[str, ...]], list[str]] = {}
    for rules in row:
        named = [other.slug for other in _others(rules, kind) if place.get(other.slug, number) != number]
        for other_row in sorted({place[slug] for slug in named}):
            theirs = tuple(slug for slug in sorted(named) if place[slug] == other_row)
            groups.setdefault((other_row, theirs), []).append(rules.slug)
    for (other_row, theirs), ours in groups.items():
        yield _net(kind, (number, tuple(ours)), (other_row, theirs))


def _along(kind: str, number: int, row: Sequence[TypeRulesValue], place: Mapping[str, int]) -> Iterable[Net]:
    """Nets inside the row, one for each pair."""
    for rules in row:
        for other in _others(rules, kind):
            if place.get(other.slug) == number and other.slug != rules.slug:
                yield _net(kind, (number, (rules.slug,)), (number, (other.slug,)))


def _net(kind: str, subjects: tuple[int, tuple[str, ...]], named: tuple[int, tuple[str, ...]]) -> Net:
    """Parents' arrows lead to those that are set up; consulting leads to those that are consulted."""
    tails, tips = (named, subjects) if kind == PARENTS else (subjects, named)
    upper, lower = sorted((subjects[0], named[0]))
    return Net(kind, upper, lower, tails[1], tips[1], tips_up=tips[0] < tails[0])
