"""Small numbers: what is published of a selection must not show what one person of few answered.

A kind is everybody who gave the same answers to what the balance rules name. Where fewer than five share them, whoever
knows one of them could find their line. Five is the usual floor of public statistics: the Australian Bureau of
Statistics and the Office of the Australian Information Commissioner (De-identification and the Privacy Act) both ask
that cells of few contributors are suppressed or merged, those from which they could be worked out as well.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Final

from convenor.domain.expressions.rules.calls import QuestionFacts
from convenor.domain.expressions.rules.selection import Entrant, Inputs
from convenor.kit.structs import struct

FEWEST: Final = 5
"""So many must share what is said of them."""
APPLICANTS: Final = 10
"""How many expressions for each place an officer may hope for, where nothing better is known."""


@struct
class Shared:
    """So many people had a chance between two (both None: just `low`). None: told only that it lies beyond."""

    people: int
    low: Fraction | None
    high: Fraction | None


def small_kinds(entrants: Iterable[Entrant]) -> int:
    """How many kinds have fewer than five; who shares an organisation with another is told apart by that too."""
    counted = Counter((each.traits, bool(each.organisation)) for each in entrants)
    return sum(many < FEWEST for many in counted.values())


def told_apart(questions: Iterable[QuestionFacts]) -> int:
    """Into how many kinds the balance rules of a call can part those who apply; 1 where there are none."""
    many = 1
    for question in questions:
        bounded = [each for each in question.options if each.minimum is not None or each.maximum is not None]
        many *= max(1, len(bounded) + (len(bounded) < len(question.options) and bool(bounded)))
    return many


def likely_small(kinds: int, seats: int) -> bool:
    """Whether some kind will probably have fewer than five people: so many kinds for so few who will apply."""
    return kinds > 1 and kinds * FEWEST > seats * APPLICANTS


def countable(inputs: Inputs) -> frozenset[str]:
    """Traits of whose people one may say how many were chosen: five with it at least, and five or nobody without.

    All of a question or none: the last one of its answers could be worked out from the others.
    """
    families: dict[str, list[str]] = defaultdict(list)
    for quota in inputs.panel.quotas:
        families[quota.trait.partition(":")[0]].append(quota.trait)
    found: set[str] = set()
    for traits in families.values():
        counts = [sum(trait in each.traits for each in inputs.entrants) for trait in traits]
        rest = sum(not each.traits & set(traits) for each in inputs.entrants)
        if min(counts) >= FEWEST and (rest == 0 or rest >= FEWEST):
            found |= set(traits)
    return frozenset(found)


def merged(chances: Mapping[str, Fraction]) -> list[Shared]:
    """How many had which chance, the largest first: neighbours are put together until each row counts five.

    A row of several does not say where it begins and ends, only beyond which chances of five or more it lies.
    """
    counted = sorted(Counter(chances.values()).items(), reverse=True)
    rows: list[list[tuple[Fraction, int]]] = [[]]
    for pair in counted:
        if sum(many for _chance, many in rows[-1]) >= FEWEST:
            rows.append([])
        rows[-1].append(pair)
    if len(rows) > 1 and sum(many for _chance, many in rows[-1]) < FEWEST:
        last = rows.pop()
        rows[-1] += last
    if sum(many for _chance, many in rows[-1]) < FEWEST:
        return []
    return [_shared(rows, number) for number in range(len(rows))]


def _shared(rows: Sequence[Sequence[tuple[Fraction, int]]], number: int) -> Shared:
    row = rows[number]
    people = sum(many for _chance, many in row)
    if len(row) == 1:
        return Shared(people, row[0][0], row[0][0])
    many = [chance for each in rows for chance, held in each if held >= FEWEST]
    above = min((chance for chance in many if chance > row[0][0]), default=None)
    below = max((chance for chance in many if chance < row[-1][0]), default=None)
    return Shared(people, below, above)
