"""A selection in words and numbers, for everybody: read from what was frozen, so that nothing personal is touched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _

from convenor.core.records.rules import Breach
from convenor.domain.expressions.models import Draw
from convenor.domain.expressions.rules import selection


@dataclass(frozen=True, slots=True)
class Reached:
    """One balance rule, and how many of those chosen it counts."""

    label: str
    wanted: str
    number: int


@dataclass(frozen=True, slots=True)
class ChanceRow:
    """So many people had this chance."""

    chance: str
    people: int
    width: str
    """Of a drawing a hundred wide."""


@dataclass(frozen=True, slots=True)
class Published:
    """What everybody may know of a selection."""

    entrants: int
    seats: int
    balance: Sequence[Reached]
    chances: Sequence[ChanceRow]
    faults: Sequence[Breach]
    smallest: str


def published(draw: Draw) -> Published:
    """Worked out from the frozen texts; a lottery is drawn again to see that it comes out as recorded."""
    inputs = selection.thaw(draw.inputs)
    chosen = set(draw.chosen)
    balance = [
        Reached(
            quota.label,
            _wanted(quota.minimum, quota.maximum),
            sum(quota.trait in each.traits for each in inputs.entrants if each.reference in chosen),
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
        chances=_rows(spread) if spread else [],
        faults=faults,
        smallest=percent(spread.smallest) if spread else "",
    )


def chance_of(draw: Draw | None, reference: str) -> str:
    """One person's own chance in a lottery, in words; empty where there was none."""
    if draw is None or not draw.distribution:
        return ""
    chance = selection.read_lottery(draw.distribution).chances.get(reference)
    return percent(chance) if chance is not None else ""


def percent(chance: Fraction) -> str:
    """“37.5 %”."""
    return _("%(n)s %%") % {"n": f"{float(chance * 100):.1f}"}


def _rows(spread: selection.Lottery) -> list[ChanceRow]:
    counted = Counter(f"{float(chance * 100):.1f}" for chance in spread.chances.values())
    told = sorted(counted.items(), key=lambda row: -float(row[0]))
    return [ChanceRow(_("%(n)s %%") % {"n": share}, people, share) for share, people in told]


def _wanted(minimum: int | None, maximum: int | None) -> str:
    if minimum is not None and maximum is not None:
        return _("%(least)d to %(most)d") % {"least": minimum, "most": maximum}
    if minimum is not None:
        return _("at least %(least)d") % {"least": minimum}
    return _("at most %(most)d") % {"most": maximum or 0}
