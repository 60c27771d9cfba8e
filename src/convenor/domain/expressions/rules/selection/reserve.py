"""Who follows when somebody declines: the first in the order with whom the rules can still all hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from django.utils.translation import gettext as _

from convenor.core.records.rules import Breach
from convenor.domain.expressions.rules.selection.blocking import clashes, entangled, rule_text
from convenor.domain.expressions.rules.selection.crowds import ORGANISATIONS, Row
from convenor.domain.expressions.rules.selection.filling import Filling
from convenor.domain.expressions.rules.selection.freezing import thaw
from convenor.domain.expressions.rules.selection.values import Entrant, Follower, Frozen, Panel, Unsolved


def next_reserve(
    frozen: Frozen,
    reserve: Sequence[str],
    *,
    kept: Collection[str],
    gone: Collection[str] = (),
    without: Collection[str] = (),
) -> Follower:
    """The first of the reserve whose seat lets the rules hold with those kept; where several seats are free, for all.

    `kept`: who sits or holds an offer. `gone`: who declined, lapsed or withdrew, from the reserve as well. `without`:
    traits whose rules are set aside from here on, or "one-per-organisation" (a decision with a reason, for the caller
    to record). Where fewer people are left than there are seats, the rules are asked of as many seats as can be filled.
    """
    inputs = thaw(frozen.text)
    left = {each.reference: each for each in inputs.entrants if each.reference in kept or each.reference not in gone}
    waiting = [reference for reference in reserve if reference in left and reference not in kept]
    if len(kept) >= inputs.panel.seats:
        return Follower(None, (Breach("no-seat-free", _("Every seat is taken or offered.")),))
    if not waiting:
        return Follower(None, (Breach("reserve-empty", _("Nobody is left on the reserve list.")),))
    filling = Filling(_remaining(inputs.panel, without, len(left)), left.values())
    for reference in kept:
        filling.seat(left[reference])
    try:
        return _first(filling, [left[reference] for reference in waiting])
    except Unsolved:
        return Follower(None, (entangled(),), {}, _named(filling.rows))


def _first(filling: Filling, waiting: Sequence[Entrant]) -> Follower:
    skipped: dict[str, str] = {}
    for each in waiting:
        reason = filling.refusal(each)
        if not reason:
            return Follower(each.reference, (), skipped)
        skipped[each.reference] = reason
    some = clashes(filling.crowd, tuple(filling.counts))
    named = _named(row for clash in some for row in clash.rows)
    return Follower(None, tuple(clash.breach for clash in some), skipped, named)


def _named(some: Iterable[Row]) -> dict[str, str]:
    """Key of a rule → its words. Both bounds of one answer are set aside together."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in some:
        key, said = row.quota.trait if row.quota else ORGANISATIONS, rule_text(row)
        if said not in found[key]:
            found[key].append(said)
    return {key: _(" and ").join(said) for key, said in found.items()}


def _remaining(panel: Panel, without: Collection[str], left: int) -> Panel:
    quotas = tuple(quota for quota in panel.quotas if quota.trait not in without)
    one_each = panel.one_per_organisation and ORGANISATIONS not in without
    return Panel(min(panel.seats, left), quotas, one_per_organisation=one_each)
