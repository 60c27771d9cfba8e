"""What one person may know of their own expression: scores with reasons, their chance, how many others there were."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from convenor.domain.expressions.models import Criterion, Expression, Moderation, Score
from convenor.domain.expressions.queries import facts
from convenor.domain.expressions.queries.results import chance_of
from convenor.domain.expressions.rules import assessing, calls
from convenor.domain.expressions.rules.assessing import Measure, Spread
from convenor.kit.structs import struct


@struct
class Marked:
    """A criterion with what was given for it. Who gave it is not said."""

    criterion: Criterion
    counts: Decimal | None
    reasons: Sequence[str]


@struct
class Debrief:
    """How it came out for one person."""

    figures: facts.Figures
    chance: str
    marked: Sequence[Marked]
    total: Decimal | None


def debrief_of(expression: Expression) -> Debrief | None:
    """None until the selection has been made. What was scored for others is never in it."""
    call = expression.call
    if call.state not in {calls.SELECTED, calls.OFFERS, calls.FINISHED}:
        return None
    scores: dict[int, list[int]] = defaultdict(list)
    reasons: dict[int, list[str]] = defaultdict(list)
    for row in Score.objects.filter(expression=expression, is_current=True).order_by("pk"):
        scores[row.criterion_id].append(row.score)
        reasons[row.criterion_id].append(row.reason)
    moderated: dict[int, Decimal] = {}
    for changed in Moderation.objects.filter(expression=expression, is_current=True):
        moderated[changed.criterion_id] = changed.score
        reasons[changed.criterion_id].append(changed.reason)
    criteria = facts.criteria_of(call)
    spreads = {each.pk: Spread(tuple(scores[each.pk]), moderated.get(each.pk)) for each in criteria}
    measures = [Measure(each.pk, each.weight, each.maximum) for each in criteria]
    scored = any(spread.scores for spread in spreads.values())
    return Debrief(
        figures=facts.figures(call),
        chance=chance_of(facts.current_draw(call), expression.reference),
        marked=[Marked(each, spreads[each.pk].counts, reasons[each.pk]) for each in criteria] if scored else [],
        total=assessing.total(measures, spreads),
    )
