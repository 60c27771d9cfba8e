"""Scores: what counts, how far assessors differ, when all is scored. Pure arithmetic with exact decimals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from django.utils.translation import gettext as _

from convenor.core.records.rules import Breach
from convenor.kit.structs import struct

CENT: Final = Decimal("0.01")
HUNDRED: Final = Decimal(100)


@struct
class Measure:
    """A criterion as arithmetic sees it."""

    key: int
    weight: int
    maximum: int


@struct
class Spread:
    """The scores of one criterion, and the one that counts."""

    scores: tuple[int, ...]
    moderated: Decimal | None = None

    @property
    def mean(self) -> Decimal | None:
        if not self.scores:
            return None
        return (Decimal(sum(self.scores)) / len(self.scores)).quantize(CENT, ROUND_HALF_UP)

    @property
    def counts(self) -> Decimal | None:
        """The moderated score, else the mean of the assessors'."""
        return self.mean if self.moderated is None else self.moderated

    @property
    def width(self) -> int:
        """How far the highest is from the lowest."""
        return max(self.scores) - min(self.scores) if self.scores else 0


def total(measures: Sequence[Measure], spreads: Mapping[int, Spread]) -> Decimal | None:
    """Of 100: each criterion's share of its maximum, weighted. None while a criterion has no score."""
    whole = sum(measure.weight for measure in measures)
    if not whole:
        return None
    reached = Decimal(0)
    for measure in measures:
        counted = spreads.get(measure.key, Spread(())).counts
        if counted is None:
            return None
        reached += measure.weight * counted / measure.maximum
    return (reached / whole * HUNDRED).quantize(CENT, ROUND_HALF_UP)


def wide(spread: Spread, measure: Measure) -> bool:
    """Whether assessors differ by more than a quarter of the maximum: worth talking about."""
    return spread.width * 4 > measure.maximum


def score_breaches(given: Mapping[int, tuple[int | None, str]], measures: Iterable[Measure]) -> list[Breach]:
    """Each criterion has a score within its maximum, and a reason. Fields: score_<key>, reason_<key>."""
    found = []
    for measure in measures:
        score, reason = given.get(measure.key, (None, ""))
        if score is None or not 0 <= score <= measure.maximum:
            text = _("Give a score from 0 to %(most)d.") % {"most": measure.maximum}
            found.append(Breach("score-out-of-range", text, f"score_{measure.key}"))
        if not reason.strip():
            text = _("Say why: the applicant will read it.")
            found.append(Breach("reason-needed", text, f"reason_{measure.key}"))
    return found


def moderation_breaches(score: Decimal, maximum: int, reason: str, *, scored: bool) -> list[Breach]:
    """A moderated score comes after everybody's own, lies within the maximum and says why."""
    found = []
    if not scored:
        text = _("Scores are moderated when everybody who assesses it has given theirs.")
        found.append(Breach("not-all-scored", text))
    if not 0 <= score <= maximum:
        found.append(Breach("score-out-of-range", _("Give a score from 0 to %(most)d.") % {"most": maximum}, "score"))
    if not reason.strip():
        found.append(Breach("reason-needed", _("Say why: it is kept, and the applicant will read it."), "reason"))
    return found
