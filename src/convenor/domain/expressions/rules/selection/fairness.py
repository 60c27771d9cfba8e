"""The mix of slates under which the smallest chance is as large as it can be, then the next smallest, and so on.

Column generation: a linear program mixes the slates known so far; its duals say what each kind is worth; the slate
worth most under them joins, until none is worth more than the mix already gives. That value is also the bound that
proves how near the best possible the mix is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from convenor.domain.expressions.rules.selection.crowds import Crowd, rows
from convenor.domain.expressions.rules.selection.solver import Program, Shares, share_out

NEAR: Final = 1e-6
"""A level is reached when the bound is no further above it than this (chances are at most 1)."""
MOST_SLATES: Final = 600
"""After so many slates the levels above the first are taken as they are: the first is always finished."""

SeatCounts = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Mix:
    """Slates with their shares, and the bound on the smallest chance."""

    shares: tuple[tuple[float, SeatCounts], ...]
    best: float


def fair_mix(crowd: Crowd) -> Mix:
    """The mix for a crowd whose rules can hold (see `blocking`)."""
    search = _Search(crowd)
    floors: list[float | None] = [None] * len(crowd.alikes)
    shares, best = search.level(floors)
    while any(floor is None for floor in floors) and len(search.slates) < MOST_SLATES:
        _fix(floors, shares)
        if any(floor is None for floor in floors):
            shares, _bound = search.level(floors)
    used = [(share, slate) for share, slate in zip(shares.shares, search.slates, strict=True) if share > 0]
    return Mix(tuple(used), best)


def _fix(floors: list[float | None], shares: Shares) -> None:
    """Kinds that hold the level back stay at it (complementary slackness)."""
    for place, worth in enumerate(shares.duals):
        if floors[place] is None and worth > NEAR:
            floors[place] = shares.level


class _Search:
    """The slates known so far, and how to find more."""

    def __init__(self, crowd: Crowd) -> None:
        self.sizes = crowd.sizes
        self.program = Program(crowd, tuple(rows(crowd)))
        self.slates: list[SeatCounts] = []
        self.table: list[list[float]] = [[] for _kind in self.sizes]
        self.learn([1.0 / size for size in self.sizes])

    def learn(self, worth: list[float]) -> float:
        """The most any slate is worth; it joins those known."""
        slate = self.program.maximise(worth)
        if slate is None:
            raise RuntimeError("the rules cannot hold")
        if slate not in self.slates:
            self.slates.append(slate)
            for kind, (many, size) in enumerate(zip(slate, self.sizes, strict=True)):
                self.table[kind].append(many / size)
        return sum(each * many for each, many in zip(worth, slate, strict=True))

    def level(self, floors: list[float | None]) -> tuple[Shares, float]:
        """The highest level of the kinds without a floor, and the bound that proves it."""
        while True:
            shares = share_out(self.table, [None if floor is None else floor - NEAR for floor in floors])
            known = len(self.slates)
            most = self.learn([dual / size for dual, size in zip(shares.duals, self.sizes, strict=True)])
            kept = sum(
                dual * (floor - NEAR) for dual, floor in zip(shares.duals, floors, strict=True) if floor is not None
            )
            bound = most - kept
            if bound - shares.level <= NEAR or len(self.slates) == known:
                # the slate just learnt is not in the mix yet
                return self.padded(shares), bound

    def padded(self, shares: Shares) -> Shares:
        extra = (0.0,) * (len(self.slates) - len(shares.shares))
        return Shares(shares.shares + extra, shares.level, shares.duals)
