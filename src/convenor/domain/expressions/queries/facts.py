"""Calls and what was sent in as plain values, for the rules and for the screens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from convenor.domain.engagement import rules as engagement
from convenor.domain.engagement.rules import SeatValue
from convenor.domain.expressions.models import (
    Assessor,
    Call,
    Choice,
    Criterion,
    Declaration,
    Draw,
    Expression,
    Moderation,
    Offer,
    Option,
    Question,
    Score,
)
from convenor.domain.expressions.queries.access import sent_in
from convenor.domain.expressions.rules import assessing, calls
from convenor.domain.expressions.rules.assessing import Measure, Spread
from convenor.domain.expressions.rules.calls import Hours, OptionFacts, QuestionFacts, Told
from convenor.domain.expressions.rules.selection import Entrant, Frozen, Panel, Quota
from convenor.domain.groups.models import Group
from convenor.domain.groups.queries import values
from convenor.domain.groups.rules.spans import Span, say_span
from convenor.kit.structs import struct


def hours_of(call: Call) -> Hours:
    return Hours(call.opens_on, call.opens_time, call.closes_on, call.closes_time, call.zone)


def questions_of(call: Call) -> list[Question]:
    """The closed questions with their options. Two queries."""
    return list(Question.objects.filter(call=call).order_by("order", "pk").prefetch_related("options"))


def options_of(question: Question) -> list[Option]:
    return sorted(question.options.all(), key=lambda option: option.order)


def question_facts(rows: Iterable[Question]) -> tuple[QuestionFacts, ...]:
    return tuple(
        QuestionFacts(
            row.family,
            row.text,
            tuple(OptionFacts(each.label, each.minimum, each.maximum) for each in options_of(row)),
        )
        for row in rows
    )


def criteria_of(call: Call) -> list[Criterion]:
    return list(Criterion.objects.filter(call=call).order_by("order", "pk"))


def told(call: Call) -> Told:
    """What the call says, as the rules ask before it is published."""
    return Told(
        seats=call.seats,
        method=call.method,
        pass_mark=call.pass_mark,
        hours=hours_of(call),
        outcome_by=call.outcome_by,
        purge_on=call.purge_on,
        term=(call.term_starts_on, call.term_ends_on),
        criteria=Criterion.objects.filter(call=call).count(),
        questions=question_facts(questions_of(call)),
    )


def cap_breaches(group: Group, constituency: str, more: int, on: date) -> list[str]:
    """Why the group's type has no room for so many places more on that side."""
    rules = values.rules_of(group, on)
    if rules is None:
        return []
    then = values.course_of(group).composition(on)
    for _number in range(more):
        then = then.with_seat(SeatValue(constituency=constituency))
    return [breach.text for breach in engagement.check_caps(rules, then, only=constituency)]


def measures_of(call: Call) -> list[Measure]:
    return measures_from(criteria_of(call))


def measures_from(criteria: Iterable[Criterion]) -> list[Measure]:
    """What is measured, as the rules of assessing look at it."""
    return [Measure(row.pk, row.weight, row.maximum) for row in criteria]


@dataclass
class Standing:
    """One expression among the others: who assessed it, its scores, its total."""

    expression: Expression
    spreads: dict[int, Spread] = field(default_factory=dict)
    total: Decimal | None = None
    scored_by: int = 0
    conflicts: int = 0
    clear: int = 0

    @property
    def all_scored(self) -> bool:
        """Everybody who opened it has scored it, and somebody has."""
        return self.scored_by > 0 and self.scored_by >= self.clear

    @property
    def unassigned(self) -> bool:
        """Nobody who assesses this call may open it: all have an interest, or nobody is named."""
        return self.clear == 0 and self.conflicts > 0


def standings(call: Call, criteria: Sequence[Criterion] | None = None) -> list[Standing]:
    """Everything sent in, with scores and totals. Five queries, however many; four where the criteria are at hand."""
    scores = Score.objects.filter(expression__call=call, is_current=True).order_by("pk")
    moderations = Moderation.objects.filter(expression__call=call, is_current=True)
    declared = Declaration.objects.filter(expression__call=call)
    return stand(
        sent_in(call),
        measures_of(call) if criteria is None else measures_from(criteria),
        scores.values_list("expression_id", "criterion_id", "assessor_id", "score"),
        moderations.values_list("expression_id", "criterion_id", "score"),
        declared.values_list("expression_id", "conflicted"),
    )


def stand(
    expressions: Iterable[Expression],
    measures: Sequence[Measure],
    scores: Iterable[tuple[int, int, int, int]],
    moderations: Iterable[tuple[int, int, Decimal]],
    declared: Iterable[tuple[int, bool]],
) -> list[Standing]:
    """Where these expressions stand.

    scores: (expression, criterion, assessor, score) that count now; moderations: (expression, criterion, score);
    declared: (expression, whether with an interest).
    """
    found = {each.pk: Standing(each) for each in expressions}
    given: dict[tuple[int, int], list[int]] = defaultdict(list)
    by: dict[int, set[int]] = defaultdict(set)
    for expression, criterion, assessor, score in scores:
        given[expression, criterion].append(score)
        by[expression].add(assessor)
    moderated = {(expression, criterion): score for expression, criterion, score in moderations}
    for expression, conflicted in declared:
        if expression in found:
            found[expression].conflicts += conflicted
            found[expression].clear += not conflicted
    for key, standing in found.items():
        standing.scored_by = len(by[key])
        for measure in measures:
            at = (key, measure.key)
            standing.spreads[measure.key] = Spread(tuple(given.get(at, ())), moderated.get(at))
        standing.total = assessing.total(measures, standing.spreads)
    return list(found.values())


def panel_of(call: Call) -> Panel:
    """The seats still to fill and the balance rules, as the selection knows them."""
    quotas = tuple(
        Quota(
            calls.trait(row.question.family, row.value),
            _("%(question)s: %(answer)s") % {"question": row.question.text.rstrip("?"), "answer": row.label},
            row.minimum,
            row.maximum,
        )
        for row in Option.objects.filter(question__call=call)
        .exclude(minimum=None, maximum=None)
        .select_related("question")
        .order_by("question__order", "order", "pk")
    )
    return Panel(call.seats, quotas, call.one_per_organisation)


def labels_of(call: Call) -> dict[str, str]:
    """Trait → the answer as it is worded."""
    rows = Option.objects.filter(question__call=call).values_list("question__family", "value", "label")
    return {calls.trait(family, value): label for family, value, label in rows}


def traits_of(call: Call) -> dict[int, frozenset[str]]:
    """Expression → the traits its answers give. One query."""
    found: dict[int, set[str]] = defaultdict(set)
    rows = Choice.objects.filter(expression__call=call).values_list(
        "expression_id", "question__family", "option__value"
    )
    for expression, family, value in rows:
        found[expression].add(calls.trait(family, value))
    return {key: frozenset(traits) for key, traits in found.items()}


def taking_part(call: Call, rows: Sequence[Standing]) -> list[Standing]:
    """Those the selection looks at: not ruled out, scored where the method needs it, and not below the pass mark."""
    found = [each for each in rows if not each.expression.ruled_out]
    if call.method == calls.RANKED or call.pass_mark:
        found = [each for each in found if each.total is not None and each.total >= call.pass_mark]
    return found


def entrants_of(call: Call) -> list[Entrant]:
    """Whom the selection chooses from."""
    traits = traits_of(call)
    return [
        Entrant(
            each.expression.reference,
            traits.get(each.expression.pk, frozenset()),
            organisation_key(each.expression),
            each.total,
        )
        for each in taking_part(call, standings(call))
    ]


def organisation_key(expression: Expression) -> str:
    """The same for all of one organisation, be it in the directory or only named."""
    if expression.organisation_id is not None:
        return f"organisation {expression.organisation_id}"
    named = " ".join(expression.organisation_name.casefold().split())
    return f"named {named}" if named else ""


def current_draw(call: Call) -> Draw | None:
    """The selection in force."""
    return Draw.objects.filter(call=call, replaced_at=None).first()


def frozen_of(draw: Draw) -> Frozen:
    return Frozen(draw.inputs, draw.digest)


@struct
class Figures:
    """Numbers of a call, for everybody: counted while the rows are there, kept when they are purged."""

    received: int = 0
    taken_back: int = 0
    assessed: int = 0
    offered: int = 0
    accepted: int = 0
    declined: int = 0
    lapsed: int = 0


def figures(call: Call) -> Figures:
    """Two queries, none once the call was purged."""
    if call.purged_at is not None:
        names = ("received", "taken_back", "assessed", "offered", "accepted", "declined", "lapsed")
        return Figures(**{name: getattr(call, name) or 0 for name in names})
    rows = list(Expression.objects.filter(call=call).values_list("pk", "state", "submitted_at"))
    offers = list(Offer.objects.filter(call=call).values_list("state", flat=True))
    scored = set(Score.objects.filter(expression__call=call).values_list("expression_id", flat=True))
    return Figures(
        received=sum(at is not None for _pk, _state, at in rows),
        taken_back=sum(state == Expression.State.TAKEN_BACK and at is not None for _pk, state, at in rows),
        assessed=len(scored),
        offered=len(offers),
        accepted=offers.count(Offer.State.ACCEPTED),
        declined=offers.count(Offer.State.DECLINED),
        lapsed=offers.count(Offer.State.LAPSED),
    )


def assessors_of(call: Call, on: date) -> list[Assessor]:
    """Who assesses the call on a day."""
    rows = Assessor.objects.filter(call=call, starts_on__lte=on).exclude(ends_on__lt=on)
    return list(rows.select_related("person").order_by("person__name", "pk"))


def term_words(call: Call) -> str:
    """“from Mon 1 Feb 2027 to Wed 31 Jan 2029”; empty where the call does not say."""
    if call.term_starts_on is None and call.term_ends_on is None:
        return ""
    return say_span(Span(call.term_starts_on, call.term_ends_on))
