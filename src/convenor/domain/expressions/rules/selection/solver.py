"""The one module that calls scipy (HiGHS). It takes its time to load, so it is imported where it is used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp, nnls
from scipy.sparse import csc_array, hstack, vstack

from convenor.domain.expressions.rules.selection.crowds import Crowd, Row
from convenor.domain.expressions.rules.selection.values import Unsolved
from convenor.kit.structs import struct

EXACT: Final = {"mip_rel_gap": 0.0, "time_limit": 20.0}
"""Ordinary cases take hundredths of a second; only rules entangled on purpose come near the limit."""
NO_SLATE: Final = 2
"""HiGHS: the rows cannot hold together."""
ONE_IS_ONE: Final = 100.0
"""How much more it weighs that shares add up to one than that one kind has its seats."""

Numbers = NDArray[np.float64]


@struct
class Found:
    """A slate that weighs the most, and the bound that proves it."""

    seats: tuple[int, ...]
    bound: float


@struct
class Limits:
    """Where the values of a linear program may lie: rows of sums with bounds, and a bound on each value."""

    table: Any
    low: Numbers
    high: Numbers
    most: Numbers


@dataclass(slots=True)
class Lifted:
    """The values that lift a level the highest, that level, and what each kind's row counts for (its dual)."""

    values: Numbers
    level: float
    duals: Numbers


@struct(slots=False)
class Program:
    """The seats of each kind as whole numbers: within the rows, every seat filled, no kind beyond its entrants."""

    crowd: Crowd
    rows: tuple[Row, ...]
    floor: tuple[int, ...] = ()
    """How many of each kind sit already."""
    every_seat: bool = True

    def maximise(self, weights: Sequence[float] | Numbers) -> Found | None:
        """The slate whose seats weigh the most; None where no slate keeps the rules."""
        low = np.array(self.floor or (0,) * len(self.crowd.alikes), dtype=float)
        limits = self.relaxed
        if (low > limits.most).any():
            return None
        found = milp(
            -np.asarray(weights, dtype=float),
            integrality=np.ones(len(low)),
            bounds=Bounds(low, limits.most),
            constraints=LinearConstraint(limits.table, limits.low, limits.high),
            options=EXACT,
        )
        if found.status == NO_SLATE:
            return None
        if found.x is None:
            raise Unsolved(found.message)
        return Found(tuple(round(value) for value in found.x), -float(found.mip_dual_bound))

    def possible(self) -> bool:
        """Whether any slate keeps the rules."""
        return self.maximise([0.0] * len(self.crowd.alikes)) is not None

    def most(self, marks: Sequence[int]) -> int | None:
        """The most seats that marked kinds can have; None where no slate keeps the rules."""
        found = self.maximise([float(mark) for mark in marks])
        return None if found is None else sum(m * many for m, many in zip(marks, found.seats, strict=True))

    @cached_property
    def relaxed(self) -> Limits:
        """The same where seats may be split."""
        seats = self.crowd.panel.seats
        whole = Row((1,) * len(self.crowd.alikes), seats if self.every_seat else 0, seats, "seats")
        some = (whole, *self.rows)
        return Limits(
            csc_array(np.array([row.marks for row in some], dtype=float)),
            np.array([row.low for row in some], dtype=float),
            np.array([row.high for row in some], dtype=float),
            np.array(self.crowd.sizes, dtype=float),
        )


def simplex(many: int) -> Limits:
    """Shares that add up to one."""
    one = np.ones(1)
    return Limits(csc_array(np.ones((1, many))), one, one, np.full(many, np.inf))


def nearest(table: Numbers, goal: Numbers) -> Numbers | None:
    """Shares that add up to one, so that the table's columns, mixed, come nearest to the goal (least squares).

    None where the numbers are too much alike for the method to end.
    """
    heavy = np.full((1, table.shape[1]), ONE_IS_ONE)
    try:
        shares, _distance = nnls(np.vstack([table, heavy]), np.append(goal, ONE_IS_ONE), maxiter=20 * table.shape[1])
    except RuntimeError:
        return None
    whole: Numbers = shares / shares.sum()
    return whole


def lift(table: Numbers, floors: Numbers, limits: Limits) -> Lifted:
    """The values that lift the least of the kinds without a floor as high as it goes, the others at or over theirs.

    A kind's row of `table`, times the values, is where it stands; nan in `floors`: no floor.
    """
    without = np.isnan(floors)
    ranges = np.concatenate([limits.high, -limits.low])
    kinds = hstack([csc_array(-table), csc_array(without.astype(float)[:, None])])
    sums = vstack([limits.table, -limits.table])
    rest = hstack([sums, csc_array((sums.shape[0], 1))])
    found = linprog(
        np.append(np.zeros(table.shape[1]), -1.0),
        A_ub=vstack([kinds, rest]),
        b_ub=np.concatenate([-np.where(without, 0.0, floors), ranges]),
        bounds=np.column_stack([np.zeros(table.shape[1] + 1), np.append(limits.most, np.inf)]),
        method="highs-ds",
    )
    if found.x is None:
        raise Unsolved(found.message)
    duals = np.maximum(0.0, -found.ineqlin.marginals[: len(floors)])
    return Lifted(found.x[:-1], float(found.x[-1]), duals)
