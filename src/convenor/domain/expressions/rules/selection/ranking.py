"""Selection by score under the balance rules.

Everybody is taken in the order of their scores, the highest first, and gets a seat unless the rules could then no
longer all hold, whoever of the others followed. So nobody is passed over for somebody with a lower score but by a
rule, which is named. Among equal scores the order is by lot, from the digest of the inputs (and a seed, where one
is given). Who has no score comes last.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from convenor.domain.expressions.rules.selection.blocking import blocking
from convenor.domain.expressions.rules.selection.filling import Filling
from convenor.domain.expressions.rules.selection.freezing import thaw
from convenor.domain.expressions.rules.selection.lots import lot
from convenor.domain.expressions.rules.selection.values import Entrant, Frozen, Impossible, Ranking


def rank(frozen: Frozen, seed: str = "") -> Ranking:
    """The best by score that keep the rules. Raises Impossible where no selection keeps them."""
    inputs = thaw(frozen.text)
    if breaches := blocking(inputs.panel, inputs.entrants):
        raise Impossible(breaches)
    ordered = sorted(inputs.entrants, key=lambda each: _place(each, frozen.digest, seed))
    filling = Filling(inputs.panel, inputs.entrants)
    reasons = {}
    for each in ordered:
        if filling.full:
            reasons[each.reference] = _("Others with a higher score, or drawn before at an equal one, took the seats.")
        elif reason := filling.refusal(each):
            reasons[each.reference] = reason
        else:
            filling.seat(each)
    chosen = tuple(each.reference for each in ordered if each.reference not in reasons)
    return Ranking(chosen, tuple(reasons), reasons)


def _place(entrant: Entrant, digest: str, seed: str) -> tuple[bool, object, int]:
    tie = lot(seed, digest, f"tie/{entrant.reference}")
    return entrant.score is None, -entrant.score if entrant.score is not None else 0, tie
