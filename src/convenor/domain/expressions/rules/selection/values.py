"""What a selection is made of: who asked for a seat, the balance rules, what was frozen, and what came out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal
from fractions import Fraction
from typing import Final

from convenor.core.records.rules import Breach
from convenor.kit.structs import struct

LOTTERY: Final = "lottery"
RANKED: Final = "ranked"
METHODS: Final = (LOTTERY, RANKED)

Seats = tuple[tuple[int, int], ...]
"""The number of a set of entrants who are alike and how many of them sit, for each that has a seat."""

TICKETS: Final = 10**9
"""A distribution over panels is dealt out as this many tickets, so that every chance is an exact fraction."""


@struct
class Entrant:
    """One expression that may be selected.

    `reference` is random and private to whoever made it. `traits` are keys such as "segment:payroll".
    `organisation` is any key that two entrants of one organisation share; empty: nobody shares it.
    """

    reference: str
    traits: frozenset[str] = frozenset()
    organisation: str = ""
    score: Decimal | None = None


@struct
class Quota:
    """How many of the seats entrants with a trait must or may have; None: no bound on that side."""

    trait: str
    label: str
    minimum: int | None = None
    maximum: int | None = None


@struct
class Panel:
    """The seats to fill and the balance rules every selection must keep."""

    seats: int
    quotas: tuple[Quota, ...] = ()
    one_per_organisation: bool = False


@struct
class Frozen:
    """All inputs of a selection as one canonical text, and its SHA-256 in hexadecimal digits: seal that first."""

    text: str
    digest: str


@struct
class Inputs:
    """What a frozen text says."""

    method: str
    panel: Panel
    entrants: tuple[Entrant, ...]


@struct
class Slate:
    """One way to share out the seats: how many go to which sets of entrants who are alike, and its tickets."""

    tickets: int
    seats: Seats


@struct
class Alike:
    """Entrants whom the balance rules cannot tell apart: each of them has the same chance.

    `pool` numbers sets of organisations that offer the same choice; without a rule on organisations every pool
    holds one such set.
    """

    pool: int
    traits: frozenset[str]
    references: tuple[str, ...]


@struct(slots=False)
class Lottery:
    """The chances: a distribution over slates, as canonical text with its digest. Seal it before the seed is drawn.

    `chances` are exact and sum to the seats. `best` is a bound no distribution's smallest chance can exceed
    (linear programming duality), as a number that the solver gave.
    """

    text: str
    digest: str
    alikes: tuple[Alike, ...]
    slates: tuple[Slate, ...]
    chances: Mapping[str, Fraction]
    best: float = 0.0

    @property
    def smallest(self) -> Fraction:
        """The chance of whoever has the least."""
        return min(self.chances.values())


@struct(slots=False)
class Draw:
    """What a seed drew: references. `reserve` is in the order in which they follow (see `next_reserve`)."""

    seed: str
    ticket: int
    chosen: tuple[str, ...]
    reserve: tuple[str, ...]
    chances: Mapping[str, Fraction]


@struct(slots=False)
class Ranking:
    """The best by score that keep the rules. `reasons` says of everybody passed over why, in a sentence."""

    chosen: tuple[str, ...]
    reserve: tuple[str, ...]
    reasons: Mapping[str, str]


@struct(slots=False)
class Follower:
    """Who follows when a seat comes free; nobody, and then `breaches` says which rules stand in the way."""

    reference: str | None
    breaches: tuple[Breach, ...] = ()
    skipped: Mapping[str, str] = field(default_factory=dict)
    """Who stood earlier in the order and would have broken a rule: the sentence of that rule."""
    blocking: Mapping[str, str] = field(default_factory=dict)
    """Where nobody can follow: the rules of which one must go, as `without` of next_reserve names them, in words."""


class Impossible(Exception):
    """No selection keeps the rules. Carries the sentences that say why."""

    def __init__(self, breaches: list[Breach]) -> None:
        self.breaches = tuple(breaches)
        super().__init__(" ".join(breach.text for breach in breaches))


class Unsolved(Exception):
    """The solver found no answer in the time it is given."""


def sha256(text: str) -> str:
    """The SHA-256 of a text's UTF-8 bytes, in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()
