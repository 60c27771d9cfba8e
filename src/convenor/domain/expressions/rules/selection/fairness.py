"""The mix of slates under which the smallest chance is as large as it can be, then the next smallest, and so on.

1. The ideal: those chances if seats could be split (a small linear program for each level). No lottery has a larger
   smallest chance.
2. Slates are sought that, mixed, give the ideal: the mix of those known that comes nearest leaves some kinds short
   and some over; that says what a seat of each kind is worth; slates worth more than the mix join. Most are found by
   exchanging seats; that there is no better one is for the integer solver to prove. The ideal is nearly always met.
3. Where it is not, because seats cannot be split, the levels are climbed over whole slates by linear programs, with
   the solver's bound as the proof that the smallest chance cannot be larger.

With very many kinds (hundreds of organisations, each with its own mix of expressions) exact work would take minutes:
then slates are taken one after the other, each making up for what those before left short, and all count the same.
"""

from __future__ import annotations

import time
from typing import Final

import numpy as np
from numpy.typing import NDArray

from convenor.domain.expressions.rules.selection.climbing import Climber, Counts, Worth
from convenor.domain.expressions.rules.selection.crowds import Crowd, rows
from convenor.domain.expressions.rules.selection.solver import Lifted, Program, lift, nearest, simplex
from convenor.domain.expressions.rules.selection.values import Seats, Unsolved
from convenor.kit.structs import struct

NEAR: Final = 1e-6
"""A level is reached when the bound is no further above it than this (chances are at most 1)."""
SAME: Final = 1e-4
"""The ideal is reached when every chance is this near to it, as a share of it."""
CLOSE: Final = 1e-2
"""Good enough once `MOST_ROUNDS` are over."""
MOST_ROUNDS: Final = 250
"""After so many rounds the levels above the first are taken as they are; the first is always finished."""
STARTS: Final = 40
"""From so many of the slates in use each round climbs."""
FADE: Final = 0.6
"""In one round, what a kind is worth fades each time it is seated, so that the slates found differ."""
KEPT: Final = 1.5
"""Slates beyond so many for each kind are forgotten, those that are worth the least first."""
PATIENCE: Final = 15.0
"""Seconds of work after which the mix is taken as it is, its bound beside it: for rules entangled on purpose."""
MANY_KINDS: Final = 450
TURNS: Final = 7000
"""How many slates are taken one after the other where there are more kinds than that."""

Numbers = NDArray[np.float64]


@struct
class Mix:
    """Slates with their shares, and a bound that no mix's smallest chance exceeds."""

    shares: tuple[tuple[float, Seats], ...]
    best: float


def fair_mix(crowd: Crowd) -> Mix:
    """The mix for a crowd whose rules can hold (see `blocking`)."""
    search = _Search(crowd)
    ideal = ideal_chances(search.program)
    if len(crowd.alikes) > MANY_KINDS:
        return search.take_turns(ideal)
    return search.reach(ideal) or search.climb_levels(float(ideal.min()))


def ideal_chances(program: Program) -> Numbers:
    """The chance of each kind, lifted level by level, if seats could be split."""
    sizes = np.array(program.crowd.sizes, dtype=float)
    floors = np.full(len(sizes), np.nan)
    while np.isnan(floors).any():
        _fix(floors, lift(np.diag(1.0 / sizes), floors - NEAR**2, program.relaxed))
    return floors


def _fix(floors: Numbers, lifted: Lifted) -> None:
    """Kinds that hold the level back stay at it (complementary slackness)."""
    floors[np.isnan(floors) & (lifted.duals > NEAR)] = max(0.0, lifted.level)


def _seats(slate: Counts) -> Seats:
    return tuple((int(place), int(slate[place])) for place in np.flatnonzero(slate))


class _Search:
    """The slates known so far, and how to find more."""

    def __init__(self, crowd: Crowd) -> None:
        self.sizes = np.array(crowd.sizes, dtype=float)
        self.program = Program(crowd, tuple(rows(crowd)))
        self.climber = Climber(crowd)
        self.slates: list[Counts] = []
        self.known: set[bytes] = set()
        self.rounds = 0
        self.bound = 0.0
        self.until = time.thread_time() + PATIENCE
        self.learn(self.exact(1.0 / self.sizes))

    def reach(self, ideal: Numbers) -> Mix | None:
        """The mix that gives the ideal chances; None where no mix does."""
        self.spread()
        wanted = ideal > NEAR
        goal = np.where(wanted, self.sizes * ideal, 1.0)
        root = np.where(wanted, np.sqrt(goal), np.inf)  # distances as chi-square counts them: by what is expected
        least = np.inf
        while True:
            self.rounds += 1
            shares = nearest(np.column_stack(self.slates)[wanted] / root[wanted, None], root[wanted])
            if shares is None:
                return None
            short = np.where(wanted, goal - np.column_stack(self.slates) @ shares, 0.0)
            off = float(np.abs(short / goal).max())
            if off <= (SAME if self.rounds < MOST_ROUNDS else CLOSE):
                return self.mix(shares, float(ideal.min()))
            worth = short / root**2
            distance = float(worth @ short)
            if distance < least * 0.9:  # forgetting only after a gain, or the same slates would come and go
                least = distance
                shares = self.forget(shares, worth)
            enough = self.rounds >= MOST_ROUNDS or time.thread_time() > self.until
            if enough or not self.improve(shares, worth, NEAR**1.5):
                return None

    def climb_levels(self, bound: float) -> Mix:
        """The mix by whole slates, level by level. That no smallest chance exceeds `bound` is known already."""
        able = self.cover()
        floors = np.where(able, np.nan, 0.0)
        lifted, proven = self.level(floors)
        best = min(bound, proven) if able.all() else 0.0
        _fix(floors, lifted)
        while np.isnan(floors).any() and self.rounds < 2 * MOST_ROUNDS and time.thread_time() < self.until:
            lifted, _bound = self.level(floors)
            _fix(floors, lifted)
        return self.mix(lifted.values, best)

    def take_turns(self, ideal: Numbers) -> Mix:
        """Slates one after the other, each for those left short so far; all count the same."""
        wanted = ideal > NEAR
        goal = np.where(wanted, self.sizes * ideal, 1.0)
        seated = np.zeros(len(goal))
        times: dict[bytes, int] = {}
        slate = self.slates[0]
        for turn in range(1, TURNS + 1):
            slate = self.climber.climb(slate, np.where(wanted, turn - seated / goal, 0.0))
            seated += slate
            times[slate.tobytes()] = times.get(slate.tobytes(), 0) + 1
        self.slates = [np.frombuffer(key, dtype=np.int64) for key in times]
        return self.mix(np.array(list(times.values()), dtype=float), float(ideal.min()))

    def level(self, floors: Numbers) -> tuple[Lifted, float]:
        """The highest level of the kinds without a floor, and the bound that proves it (infinite, out of patience)."""
        lowered = floors - NEAR
        while True:
            self.rounds += 1
            table = np.column_stack(self.slates) / self.sizes[:, None]
            lifted = lift(table, lowered, simplex(len(self.slates)))
            if not self.improve(lifted.values, lifted.duals / self.sizes, NEAR):
                return lifted, self.bound - float(np.nansum(lifted.duals * lowered))

    def improve(self, shares: Numbers, worth: Worth, margin: float) -> bool:
        """Learn slates worth more than the mix gives; False where there are none, and then `bound` proves it."""
        given = float(worth @ (np.column_stack(self.slates[: len(shares)]) @ shares))
        used = np.argsort(-shares, kind="stable")[: min(STARTS, int((shares > 0).sum()))]
        faded = worth
        found: list[tuple[float, Counts]] = []
        for place in used:
            slate = self.climber.climb(self.slates[place], faded)
            gain = float(worth @ slate) - given
            if gain > margin and slate.tobytes() not in self.known:
                found.append((gain, slate))
                faded = np.where((slate > 0) & (faded > 0), faded * FADE, faded)
        if not found:
            found = self.prove(worth, given + margin)
        most = max((gain for gain, _slate in found), default=0.0)
        return sum(self.learn(slate) for gain, slate in found if gain >= most / 10) > 0

    def prove(self, worth: Worth, given: float) -> list[tuple[float, Counts]]:
        """The slate worth the most, where it is worth more than what is given."""
        self.bound = np.inf
        try:
            slate = self.exact(worth) if time.thread_time() < self.until else None
        except Unsolved:
            slate = None
        if slate is None or float(worth @ slate) <= given:
            return []
        return [(float(worth @ slate) - given, slate)]

    def learn(self, slate: Counts) -> bool:
        """A slate joins those known; False where it was."""
        if (key := slate.tobytes()) in self.known:
            return False
        self.known.add(key)
        self.slates.append(slate)
        return True

    def forget(self, shares: Numbers, worth: Worth) -> Numbers:
        """Keep the slates in use and those worth the most, so that the tables stay small. Gives their shares."""
        many = int(KEPT * len(self.sizes)) + STARTS
        if len(self.slates) <= many:
            return shares
        value = worth @ np.column_stack(self.slates)
        value[shares > 0] = np.inf
        kept = np.sort(np.argsort(-value, kind="stable")[:many])
        self.slates = [self.slates[place] for place in kept]
        self.known = {slate.tobytes() for slate in self.slates}
        return shares[kept]

    def exact(self, worth: Worth) -> Counts:
        """The slate worth the most; no slate is worth more than `bound`."""
        found = self.program.maximise(worth)
        if found is None:
            raise RuntimeError("the rules cannot hold")
        self.bound = found.bound
        return np.array(found.seats, dtype=np.int64)

    def spread(self) -> None:
        """Learn some slates that differ as much as exchanges allow."""
        worth = 1.0 / self.sizes
        slate = self.slates[0]
        for _turn in range(2 * len(self.sizes)):
            worth = np.where(slate > 0, worth * FADE, worth)
            slate = self.climber.climb(slate, worth)
            self.learn(slate)

    def cover(self) -> NDArray[np.bool_]:
        """Learn slates until each kind that can sit at all sits in one. Says which can."""
        covered: NDArray[np.bool_] = np.sum(self.slates, axis=0) > 0
        while not covered.all():
            slate = self.exact(np.where(covered, 0.0, 1.0))
            if not slate[~covered].any():
                break
            self.learn(slate)
            covered |= slate > 0
        return covered

    def mix(self, shares: Numbers, best: float) -> Mix:
        """The slates in use and their shares."""
        used = zip(shares, self.slates, strict=False)  # slates learnt last have no share yet
        return Mix(tuple((float(share), _seats(slate)) for share, slate in used if share > 0), best)
