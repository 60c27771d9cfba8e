"""A selection in words and numbers, for everybody: read from what was frozen, so that nothing personal is touched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from django.utils.translation import gettext as _

from convenor.core.records.rules import Breach
from convenor.domain.expressions.models import Draw
from convenor.domain.expressions.rules import selection, small
from convenor.kit.structs import struct


@struct
class Reached:
    """One balance rule, and how many of those chosen it counts. None: so few applied that it is not told."""

    label: str
    wanted: str
    number: int | None


@struct
class ChanceRow:
    """So many people had this chance."""

    chance: str
    people: int
    width: str
    """Of a drawing a hundred wide."""


@struct
class Published:
    """What everybody may know of a selection."""

    entrants: int
    seats: int
    balance: Sequence[Reached]
    chances: Sequence[ChanceRow]
    faults: Sequence[Breach]
    smallest: str
    untold: bool
    """Whether some number of the balance is left out."""
    small_kinds: int
    """Kinds of fewer than five people: where there are any, what tells them apart is not public."""


def published(draw: Draw, *, whole: bool = False) -> Published:
    """Worked out from the frozen texts; a lottery is drawn again to see that it comes out as recorded.

    `whole`: for the officer. Others are told no number from which one of few could be found (see rules.small).
    """
    inputs = selection.thaw(draw.inputs)
    chosen = set(draw.chosen)
    told = frozenset(quota.trait for quota in inputs.panel.quotas) if whole else small.countable(inputs)
    balance = [
        Reached(
            quota.label,
            _wanted(quota.minimum, quota.maximum),
            sum(quota.trait in each.traits for each in inputs.entrants if each.reference in chosen)
            if quota.trait in told
            else None,
        )
        for quota in inputs.panel.quotas
    ]
    spread = selection.read_lottery(draw.distribution) if draw.distribution else None
    faults: list[Breach] = []
    if spread is not None and draw.drawn_at is not None:
        frozen = selection.Frozen(draw.inputs, draw.digest)
        faults = selection.verify(frozen, spread, draw.seed, draw.chosen)
    return Published(
        entrants=len(inputs.entrants),
        seats=inputs.panel.seats,
        balance=balance,
        chances=_rows(spread, whole=whole) if spread else [],
        faults=faults,
        smallest=_smallest(spread, whole=whole) if spread else "",
        untold=any(row.number is None for row in balance),
        small_kinds=small.small_kinds(inputs.entrants),
    )


def is_for_everybody(draw: Draw) -> bool:
    """Whether the frozen texts may be read by all: nobody in them is one of fewer than five who are alike."""
    return not small.small_kinds(selection.thaw(draw.inputs).entrants)


def took_part(draw: Draw, reference: str) -> bool:
    """Whether this expression was among those the selection looked at."""
    return any(each.reference == reference for each in selection.thaw(draw.inputs).entrants)


def chance_of(draw: Draw | None, reference: str) -> str:
    """One person's own chance in a lottery, in words; empty where there was none."""
    if draw is None or not draw.distribution:
        return ""
    chance = selection.read_lottery(draw.distribution).chances.get(reference)
    return percent(chance) if chance is not None else ""


def percent(chance: Fraction) -> str:
    """“37.5 %”."""
    return _("%(n)s %%") % {"n": f"{float(chance * 100):.1f}"}


def _rows(spread: selection.Lottery, *, whole: bool) -> list[ChanceRow]:
    if whole:
        counted = Counter(_share(chance) for chance in spread.chances.values())
        told = sorted(counted.items(), key=lambda row: -float(row[0]))
        return [ChanceRow(_("%(n)s %%") % {"n": share}, people, share) for share, people in told]
    rounded = {reference: Fraction(round(chance * 1000), 1000) for reference, chance in spread.chances.items()}
    rows = [row for row in small.merged(rounded) if row.low is not None or row.high is not None]
    return [ChanceRow(_range(row), row.people, _share(_middle(row))) for row in rows]


def _smallest(spread: selection.Lottery, *, whole: bool) -> str:
    """The chance of who has the least; untold where they are few."""
    people = sum(_share(chance) == _share(spread.smallest) for chance in spread.chances.values())
    return percent(spread.smallest) if whole or people >= small.FEWEST else ""


def _share(chance: Fraction) -> str:
    return f"{float(chance * 100):.1f}"


def _middle(row: small.Shared) -> Fraction:
    return ((row.low or Fraction(0)) + (1 if row.high is None else row.high)) / 2


def _range(row: small.Shared) -> str:
    """“37.5 %”, “above 20.0 %”, “below 20.0 %”, “between 10.0 % and 20.0 %”."""
    if row.low is not None and row.low == row.high:
        return percent(row.low)
    words = {
        "low": percent(row.low) if row.low is not None else "",
        "high": percent(row.high) if row.high is not None else "",
    }
    if row.low is not None and row.high is not None:
        return _("between %(low)s and %(high)s") % words
    if row.low is not None:
        return _("above %(low)s") % words
    return _("below %(high)s") % words


def _wanted(minimum: int | None, maximum: int | None) -> str:
    if minimum is not None and maximum is not None:
        return _("%(least)d to %(most)d") % {"least": minimum, "most": maximum}
    if minimum is not None:
        return _("at least %(least)d") % {"least": minimum}
    return _("at most %(most)d") % {"most": maximum or 0}
