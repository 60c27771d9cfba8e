"""Who follows when somebody declines: the first in the order with whom the rules can still all hold."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from convenor.core.records.rules import Breach
from convenor.domain.expressions.rules.selection.blocking import clashes
from convenor.domain.expressions.rules.selection.crowds import gather
from convenor.domain.expressions.rules.selection.filling import Filling
from convenor.domain.expressions.rules.selection.freezing import thaw
from convenor.domain.expressions.rules.selection.values import Follower, Frozen


def next_reserve(
    frozen: Frozen,
    reserve: Sequence[str],
    *,
    kept: Collection[str],
    gone: Collection[str] = (),
    without: Collection[str] = (),
) -> Follower:
    """The first of the reserve whose seat lets the rules hold with those kept.

    `kept`: who sits or holds an offer. `gone`: who declined, lapsed or withdrew, from the reserve as well. `without`:
    traits whose rules are set aside from here on (a decision with a reason, for the caller to record).
    """
    inputs = thaw(frozen.text)
    quotas = tuple(quota for quota in inputs.panel.quotas if quota.trait not in without)
    panel = replace(inputs.panel, quotas=quotas)
    left = {each.reference: each for each in inputs.entrants if each.reference not in set(gone) - set(kept)}
    filling = Filling(panel, left.values())
    for reference in kept:
        filling.seat(left[reference])
    if filling.full:
        return Follower(None, (Breach("no-seat-free", _("Every seat is taken or offered.")),))
    skipped: dict[str, str] = {}
    for reference in reserve:
        if reference not in left or reference in kept:
            continue
        reason = filling.refusal(left[reference])
        if not reason:
            return Follower(reference, (), skipped)
        skipped[reference] = reason
    crowd = gather(panel, left.values())
    breaches = tuple(clash.breach for clash in clashes(crowd, tuple(filling.counts)))
    return Follower(None, breaches or (Breach("reserve-empty", _("Nobody is left on the reserve list.")),), skipped)
