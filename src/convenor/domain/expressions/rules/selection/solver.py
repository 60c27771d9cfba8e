"""The one module that calls HiGHS, through scipy. numpy and scipy are imported when it is first used, and only then."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from convenor.domain.expressions.rules.selection.crowds import Crowd, Row

EXACT: Final = {"mip_rel_gap": 0.0}


@dataclass(frozen=True)
class Program:
    """The seats of each kind as whole numbers: within the rows, every seat filled, no kind beyond its entrants."""

    crowd: Crowd
    rows: tuple[Row, ...]
    floor: tuple[int, ...] = ()
    """How many of each kind sit already."""
    every_seat: bool = True

    def maximise(self, weights: Sequence[float]) -> tuple[int, ...] | None:
        """The slate whose seats weigh the most; None where no slate keeps the rules."""
        import numpy as np  # noqa: PLC0415 - costs a tenth of a second, and only selections pay it
        from scipy.optimize import milp  # noqa: PLC0415 - the same

        if any(low > high for low, high in zip(self._low, self._high, strict=True)):
            return None
        found = milp(
            -np.asarray(weights, dtype=float),
            integrality=np.ones(len(self._high)),
            bounds=self._bounds,
            constraints=self._constraints,
            options=EXACT,
        )
        if found.x is None:
            return None
        return tuple(round(value) for value in found.x)

    def possible(self) -> bool:
        """Whether any slate keeps the rules."""
        return self.maximise([0.0] * len(self._high)) is not None

    def most(self, marks: Iterable[int], sign: int = 1) -> int | None:
        """The most seats (sign -1: the fewest) that marked kinds can have; None where no slate keeps the rules."""
        marked = list(marks)
        found = self.maximise([float(sign * mark) for mark in marked])
        return None if found is None else sum(m * many for m, many in zip(marked, found, strict=True))

    @cached_property
    def _low(self) -> tuple[int, ...]:
        return self.floor or (0,) * len(self.crowd.alikes)

    @cached_property
    def _high(self) -> tuple[int, ...]:
        return self.crowd.sizes

    @cached_property
    def _bounds(self) -> Any:
        from scipy.optimize import Bounds  # noqa: PLC0415 - as above

        return Bounds(self._low, self._high)

    @cached_property
    def _constraints(self) -> Any:
        from scipy.optimize import LinearConstraint  # noqa: PLC0415 - as above

        seats = self.crowd.panel.seats
        whole = Row((1,) * len(self.crowd.alikes), seats if self.every_seat else 0, seats, "seats")
        some = (whole, *self.rows)
        return LinearConstraint([row.marks for row in some], [row.low for row in some], [row.high for row in some])


@dataclass(frozen=True, slots=True)
class Shares:
    """How often each slate is used, the level reached, and what each kind's share counts for (the dual)."""

    shares: tuple[float, ...]
    level: float
    duals: tuple[float, ...]


def share_out(chances: Sequence[Sequence[float]], floors: Sequence[float | None]) -> Shares:
    """The mix of slates that lifts the least of the kinds without a floor as high as it goes, the others at theirs.

    `chances` has a row for each kind and a column for each slate: the chance of one of that kind under that slate.
    """
    import numpy as np  # noqa: PLC0415 - as above
    from scipy.optimize import linprog  # noqa: PLC0415 - the same

    table = np.asarray(chances, dtype=float)
    open_kinds = np.array([floor is None for floor in floors], dtype=float)
    floor = np.array([0.0 if each is None else each for each in floors])
    slates = table.shape[1]
    found = linprog(
        np.append(np.zeros(slates), -1.0),
        A_ub=np.column_stack([-table, open_kinds]),
        b_ub=-floor,
        A_eq=np.append(np.ones(slates), 0.0).reshape(1, -1),
        b_eq=[1.0],
        method="highs-ds",
    )
    if found.x is None:
        raise RuntimeError(f"the solver gave up: {found.message}")
    duals = tuple(max(0.0, -float(value)) for value in found.ineqlin.marginals)
    return Shares(tuple(float(value) for value in found.x[:-1]), float(found.x[-1]), duals)
