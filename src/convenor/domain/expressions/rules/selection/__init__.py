"""How seats are filled from expressions: a fair lottery or a ranking, both under balance rules (issue 3, point 4).

`freeze` the inputs and seal the digest; for a lottery work out `chances` and seal its digest too; only then draw
the seed. From then on `draw`, `verify` and `next_reserve` follow from the kept texts and the seed alone.
"""

from __future__ import annotations

from convenor.domain.expressions.rules.selection.blocking import blocking
from convenor.domain.expressions.rules.selection.foresight import Foresight, foresee
from convenor.domain.expressions.rules.selection.freezing import freeze, slimmed, thaw
from convenor.domain.expressions.rules.selection.lottery import chances, draw, read_lottery, verify
from convenor.domain.expressions.rules.selection.prospects import Prospect, chanceless, prospects
from convenor.domain.expressions.rules.selection.ranking import rank
from convenor.domain.expressions.rules.selection.reserve import next_reserve
from convenor.domain.expressions.rules.selection.values import (
    LOTTERY,
    METHODS,
    RANKED,
    Draw,
    Entrant,
    Follower,
    Frozen,
    Impossible,
    Inputs,
    Lottery,
    Panel,
    Quota,
    Ranking,
)

__all__ = [
    "LOTTERY",
    "METHODS",
    "RANKED",
    "Draw",
    "Entrant",
    "Follower",
    "Foresight",
    "Frozen",
    "Impossible",
    "Inputs",
    "Lottery",
    "Panel",
    "Prospect",
    "Quota",
    "Ranking",
    "blocking",
    "chanceless",
    "chances",
    "draw",
    "foresee",
    "freeze",
    "next_reserve",
    "prospects",
    "rank",
    "read_lottery",
    "slimmed",
    "thaw",
    "verify",
]
