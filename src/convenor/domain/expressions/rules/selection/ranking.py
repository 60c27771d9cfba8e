"""Selection by score under the balance rules.

Everybody is taken in the order of their scores, the highest first, and gets a seat unless the rules could then no
longer all hold, whoever of the others followed. So nobody is passed over for somebody with a lower score but by a
rule, which is named. Among equal scores the order is by lot, from the digest of the inputs (and a seed, where one
is given). Who has no score comes last.
"""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from convenor.domain.expressions.rules.selection.blocking import blocking, entangled
from convenor.domain.expressions.rules.selection.filling import Filling
from convenor.domain.expressions.rules.selection.freezing import thaw
from convenor.domain.expressions.rules.selection.lots import lot
from convenor.domain.expressions.rules.selection.values import Entrant, Frozen, Impossible, Inputs, Ranking, Unsolved


def rank(frozen: Frozen, seed: str = "") -> Ranking:
    """The best by score that keep the rules. Raises Impossible where no selection keeps them."""
    inputs = thaw(frozen.text)
    if breaches := blocking(inputs.panel, inputs.entrants):
        raise Impossible(breaches)
    try:
        return _ranked(inputs, _ordered(inputs.entrants, frozen.digest, seed))
    except Unsolved as unsolved:
        raise Impossible([entangled()]) from unsolved


def _ranked(inputs: Inputs, ordered: list[Entrant]) -> Ranking:
    filling = Filling(inputs.panel, inputs.entrants)
    reasons: dict[str, str] = {}
    last: Decimal | None = None
    for each in ordered:
        if filling.full:
            reasons[each.reference] = _after_the_last(each, last)
        elif reason := filling.refusal(each):
            reasons[each.reference] = reason
        else:
            filling.seat(each)
            last = each.score
    chosen = tuple(each.reference for each in ordered if each.reference not in reasons)
    return Ranking(chosen, tuple(reasons), reasons)


def in_rank_order(frozen: Frozen, seed: str = "") -> list[str]:
    """Everybody's reference, by score and then by lot."""
    return [each.reference for each in _ordered(thaw(frozen.text).entrants, frozen.digest, seed)]


def _ordered(entrants: tuple[Entrant, ...], digest: str, seed: str) -> list[Entrant]:
    def place(each: Entrant) -> tuple[bool, Decimal, int]:
        score = Decimal(0) if each.score is None else each.score
        return each.score is None, -score, lot(seed, digest, f"tie/{each.reference}")

    return sorted(entrants, key=place)


def _after_the_last(entrant: Entrant, last: Decimal | None) -> str:
    if entrant.score is not None and entrant.score == last:
        return _("Equal to the score that took the last seat; the order among equals is by lot.")
    return _("The seats were taken by higher scores.")
