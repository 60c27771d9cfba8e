"""Better slates near a known one, by exchanging one seat at a time: quick, and as good as exact most of the time.

It finds; it proves nothing. What proves that there is no better slate is the solver.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from convenor.domain.expressions.rules.selection.crowds import Crowd, quota_rows

LOOK_AT: Final = 24
"""So many kinds that could come in are looked at first, those worth the most; then four times as many, and so on."""
GAIN: Final = 1e-12

Counts = NDArray[np.int64]
Worth = NDArray[np.float64]


class Climber:
    """Exchanges within the rules of one crowd."""

    def __init__(self, crowd: Crowd) -> None:
        some = quota_rows(crowd)
        self.marks = np.array([row.marks for row in some], dtype=np.float32).reshape(len(some), len(crowd.alikes))
        self.low = np.array([row.low for row in some])
        self.high = np.array([row.high for row in some])
        self.sizes = np.array(crowd.sizes, dtype=np.int64)
        self.pools = np.array([alike.pool for alike in crowd.alikes], dtype=np.int64)
        self.organisations = np.array([len(pool) for pool in crowd.pools], dtype=np.int64)

    def climb(self, seats: Counts, worth: Worth) -> Counts:
        """A slate worth at least as much, no exchange away from a better one."""
        seats = seats.copy()
        while (exchange := self._best(seats, worth)) is not None:
            leaves, comes = exchange
            seats[leaves] -= 1
            seats[comes] += 1
        return seats

    def _best(self, seats: Counts, worth: Worth) -> tuple[int, int] | None:
        leaving = np.flatnonzero(seats)
        coming = np.flatnonzero((seats < self.sizes) & (worth > worth[leaving].min() + GAIN))
        coming = coming[np.argsort(-worth[coming], kind="stable")]
        start, many = 0, LOOK_AT
        while start < coming.size:
            if exchange := self._best_of(seats, worth, leaving, coming[start : start + many]):
                return exchange
            start, many = start + many, 4 * many
        return None

    def _best_of(self, seats: Counts, worth: Worth, leaving: Counts, coming: Counts) -> tuple[int, int] | None:
        kept = self._allowed(seats, leaving, coming) & self._room(seats, leaving, coming)
        gains = np.where(kept, worth[coming][None, :] - worth[leaving][:, None], 0.0)
        best = int(gains.argmax())
        if gains.flat[best] <= GAIN:
            return None
        place, other = divmod(best, coming.size)
        return int(leaving[place]), int(coming[other])

    def _allowed(self, seats: Counts, leaving: Counts, coming: Counts) -> NDArray[np.bool_]:
        """Whether no quota at its maximum gains a seat by the exchange, and none at its minimum loses one."""
        out, come = self.marks[:, leaving], self.marks[:, coming]
        held = out @ seats[leaving]
        full, bare = held >= self.high, held <= self.low
        broken = (1 - out[full]).T @ come[full] + out[bare].T @ (1 - come[bare])
        allowed: NDArray[np.bool_] = broken == 0
        return allowed

    def _room(self, seats: Counts, leaving: Counts, coming: Counts) -> NDArray[np.bool_]:
        """Whether the pool of who comes has an organisation left, or who leaves makes room in it."""
        taken = np.bincount(self.pools[leaving], seats[leaving], minlength=len(self.organisations))
        free = (taken < self.organisations)[self.pools[coming]]
        same: NDArray[np.bool_] = self.pools[leaving][:, None] == self.pools[coming][None, :]
        return same | free[None, :]
