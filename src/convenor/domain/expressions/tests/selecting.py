"""Small selections by brute force, and large ones that look like life."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import combinations

import numpy as np
from hypothesis import strategies as st
from scipy.optimize import linprog

from convenor.domain.expressions.rules.selection import Entrant, Panel, Quota

TRAITS = ("a", "b", "c")
SEGMENTS = {"payroll": 50, "super": 25, "ledger": 12, "tax": 9, "other": 4}
SIZES = {"small": 25, "medium": 30, "large": 45}
STATES = {"NSW": 32, "VIC": 26, "QLD": 20, "WA": 10, "SA": 7, "TAS": 3, "ACT": 2, "NT": 2}


def keeps(panel: Panel, chosen: Sequence[Entrant]) -> bool:
    """Whether a whole panel keeps every rule, read off the rules as they are written."""
    for quota in panel.quotas:
        many = sum(quota.trait in each.traits for each in chosen)
        if many < (quota.minimum or 0) or (quota.maximum is not None and many > quota.maximum):
            return False
    shared = [each.organisation for each in chosen if each.organisation]
    return len(chosen) == panel.seats and not (panel.one_per_organisation and len(set(shared)) < len(shared))


def panels(panel: Panel, entrants: Iterable[Entrant]) -> list[tuple[Entrant, ...]]:
    """Every panel that keeps the rules."""
    return [some for some in combinations(list(entrants), panel.seats) if keeps(panel, some)]


def fairest(entrants: Sequence[Entrant], some: Sequence[Sequence[Entrant]]) -> list[float]:
    """The leximin chances over all panels: each level by a linear program, whoever cannot rise fixed by another."""
    table = np.array([[float(each in panel) for panel in some] for each in entrants])
    fixed: dict[int, float] = {}
    while len(fixed) < len(entrants):
        level = _most(table, fixed, [place for place in range(len(entrants)) if place not in fixed])
        held = {place: level for place in range(len(entrants)) if place not in fixed}
        for place in list(held):
            if _most(table, {**fixed, **{p: level for p in held if p != place}}, [place]) <= level + 1e-6:
                fixed[place] = level
    return [fixed[place] for place in range(len(entrants))]


def _most(table: np.ndarray, floors: dict[int, float], open_places: list[int]) -> float:
    rows = [*[np.append(-table[place], 1.0) for place in open_places], *[np.append(-table[p], 0.0) for p in floors]]
    ends = [0.0] * len(open_places) + [1e-9 - floor for floor in floors.values()]
    one = np.append(np.ones(table.shape[1]), 0.0)[None, :]
    found = linprog(np.append(np.zeros(table.shape[1]), -1.0), A_ub=rows, b_ub=ends, A_eq=one, b_eq=[1.0])
    return float(found.x[-1])


@st.composite
def selections(draw: st.DrawFn) -> tuple[Panel, list[Entrant]]:
    """Up to eight entrants with up to three traits, some of one organisation, and rules that may well clash."""
    entrants = [
        Entrant(
            f"r{number}",
            draw(st.frozensets(st.sampled_from(TRAITS))),
            draw(st.sampled_from(["", "", "x", "y"])),
            draw(st.none() | st.integers(0, 3).map(Decimal)),
        )
        for number in range(draw(st.integers(1, 8)))
    ]
    bound = st.none() | st.integers(0, 3)
    quotas = [
        Quota(trait, trait.upper(), draw(bound), draw(bound))
        for trait in draw(st.lists(st.sampled_from((*TRAITS, "nobody")), max_size=4))
    ]
    return Panel(draw(st.integers(1, 4)), tuple(quotas), draw(st.booleans())), entrants


def lifelike(many: int, *, organisations: bool, seed: int = 7) -> tuple[Panel, list[Entrant]]:
    """Twelve seats over segments, sizes, states and first-timers, as expressions from a market would have them."""
    chance = random.Random(seed)  # noqa: S311 - made-up people

    def entrant(number: int) -> Entrant:
        drawn = [
            f"{family}:{chance.choices(list(weights), list(weights.values()))[0]}"
            for family, weights in (("segment", SEGMENTS), ("size", SIZES), ("state", STATES))
        ]
        first = ["first-time"] if chance.random() < 0.2 else []
        return Entrant(f"r{number:04}", frozenset(drawn + first), f"org {chance.randrange(int(many * 0.7))}")

    bounds = {
        "segment:payroll": (3, 5), "segment:super": (2, 4), "segment:ledger": (1, 3), "segment:tax": (1, 3),
        "segment:other": (1, 2), "size:small": (4, None), "size:medium": (2, 5), "size:large": (2, 5),
        "state:NSW": (None, 4), "state:VIC": (None, 4), "state:QLD": (None, 4), "state:WA": (1, 2),
        "state:SA": (None, 2), "state:TAS": (1, 2), "state:ACT": (None, 2), "state:NT": (1, 2),
        "first-time": (4, None),
    }  # fmt: skip
    quotas = tuple(Quota(trait, trait, low, high) for trait, (low, high) in bounds.items())
    return Panel(12, quotas, organisations), [entrant(number) for number in range(many)]
