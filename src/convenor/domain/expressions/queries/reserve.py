"""Who follows on the reserve list, and which rules stand in the way."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from convenor.core.records.rules import Breach
from convenor.domain.expressions.models import Call, Draw, Expression, Offer, RuleAside
from convenor.domain.expressions.queries import facts
from convenor.domain.expressions.rules import selection as rules

HELD: Final = (Offer.State.WAITING, Offer.State.ACCEPTED)
"""An offer that keeps a place."""
ENDED: Final = (Offer.State.DECLINED, Offer.State.LAPSED, Offer.State.TAKEN_BACK)


def places_left(call: Call) -> int:
    """Places that nobody sits in and nobody is offered."""
    return call.seats - Offer.objects.filter(call=call, state__in=HELD).count()


def follower_of(call: Call) -> rules.Follower:
    """Who is asked next for a free place, under the balance rules but those set aside. Five queries."""
    draw = facts.current_draw(call)
    if draw is None:
        return rules.Follower(None, (Breach("nothing-drawn", _("There is no selection.")),))
    offers = list(Offer.objects.filter(call=call).values_list("expression__reference", "state"))
    kept = {reference for reference, state in offers if state in HELD}
    passed = {reference for reference, state in offers if state in ENDED}
    left = Expression.objects.filter(call=call).exclude(state=Expression.State.SUBMITTED)
    gone = {*passed, *left.values_list("reference", flat=True)} - kept
    without = set(RuleAside.objects.filter(draw=draw).values_list("rule", flat=True))
    return rules.next_reserve(facts.frozen_of(draw), _order(call, draw), kept=kept, gone=gone, without=without)


def rules_aside_of(call: Call) -> list[RuleAside]:
    """The rules set aside for the reserve list of the selection in force, the first first."""
    return list(RuleAside.objects.filter(draw__call=call, draw__replaced_at=None).order_by("at", "pk"))


def _order(call: Call, draw: Draw) -> list[str]:
    """The reserve, with those in front who were chosen, accepted, and found every place taken."""
    late = Offer.objects.filter(call=call, state=Offer.State.TOO_LATE).order_by("answered_at", "pk")
    first = list(late.values_list("expression__reference", flat=True))
    return [*dict.fromkeys([*first, *draw.reserve])]
