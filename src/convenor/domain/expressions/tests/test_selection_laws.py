"""The laws of selection, on small cases against every panel there is."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings

from convenor.domain.expressions.rules.selection import (
    LOTTERY,
    RANKED,
    Entrant,
    Impossible,
    Panel,
    Quota,
    blocking,
    chances,
    draw,
    freeze,
    next_reserve,
    rank,
    read_lottery,
    thaw,
    verify,
)
from convenor.domain.expressions.rules.selection.blocking import clashes
from convenor.domain.expressions.rules.selection.crowds import gather
from convenor.domain.expressions.rules.selection.ranking import in_rank_order
from convenor.domain.expressions.tests.selecting import fairest, keeps, panels, selections

pytestmark = pytest.mark.slow
Case = tuple[Panel, list[Entrant]]


@given(selections())
@settings(max_examples=150)
def test_blocking_speaks_exactly_where_no_panel_keeps_the_rules(case: Case) -> None:
    panel, entrants = case
    possible = bool(panels(panel, entrants))
    assert (blocking(panel, entrants) == []) == possible
    if not possible:
        with pytest.raises(Impossible):
            chances(freeze(panel, entrants, LOTTERY))
        with pytest.raises(Impossible):
            rank(freeze(panel, entrants, RANKED))


@given(selections())
@settings(max_examples=150)
def test_each_rule_that_is_named_as_blocking_is_needed_for_the_block(case: Case) -> None:
    panel, entrants = case
    assume(len(entrants) >= panel.seats and not panels(panel, entrants))
    for clash in clashes(gather(panel, entrants)):
        named = {row.rule for row in clash.rows}
        assert not panels(only(panel, named), entrants)
        for rule in named:
            assert panels(only(panel, named - {rule}), entrants), (rule, clash.breach.text)


def only(panel: Panel, named: set[str]) -> Panel:
    """The panel with no rules but those named."""
    quotas = tuple(
        Quota(
            quota.trait,
            quota.label,
            quota.minimum if f"minimum {number}" in named else None,
            quota.maximum if f"maximum {number}" in named else None,
        )
        for number, quota in enumerate(panel.quotas)
    )
    return Panel(panel.seats, quotas, panel.one_per_organisation and "one-per-organisation" in named)


@given(selections())
@settings(max_examples=120)
def test_chances_are_the_fairest_over_all_panels(case: Case) -> None:
    panel, entrants = case
    some = panels(panel, entrants)
    assume(some)
    lottery = chances(freeze(panel, entrants, LOTTERY))
    assert sum(lottery.chances.values()) == panel.seats
    best = fairest(entrants, some)
    assert [float(lottery.chances[each.reference]) for each in entrants] == pytest.approx(best, abs=2e-4)
    assert lottery.best >= min(best) - 1e-6


@given(selections())
@settings(max_examples=120)
def test_every_draw_keeps_the_rules_repeats_and_is_verified(case: Case) -> None:
    panel, entrants = case
    assume(panels(panel, entrants))
    frozen = freeze(panel, entrants, LOTTERY)
    kept = read_lottery(chances(frozen).text)
    named = {each.reference: each for each in entrants}
    for seed in ("one", "two", "three"):
        drawn = draw(frozen, seed, kept)
        assert drawn == draw(frozen, seed, kept) == draw(frozen, seed)
        assert keeps(panel, [named[name] for name in drawn.chosen])
        assert sorted((*drawn.chosen, *drawn.reserve)) == sorted(named)
        assert verify(frozen, kept, seed, drawn.chosen) == []


@given(selections())
@settings(max_examples=120)
def test_a_ranking_is_the_first_panel_in_rank_order(case: Case) -> None:
    panel, entrants = case
    some = panels(panel, entrants)
    assume(some)
    frozen = freeze(panel, entrants, RANKED)
    ranking = rank(frozen)
    order = {name: place for place, name in enumerate(in_rank_order(frozen))}
    best = min(sorted(order[each.reference] for each in panel_) for panel_ in some)
    assert [order[name] for name in ranking.chosen] == best
    assert set(ranking.reasons) == set(ranking.reserve) == set(order) - set(ranking.chosen)
    assert all(ranking.reasons.values())
    scores = {each.reference: each.score for each in entrants}
    known = [scores[name] for name in in_rank_order(frozen)]
    assert known == sorted(known, key=lambda score: (score is None, -(score or 0)))


@given(selections())
@settings(max_examples=120)
def test_whoever_follows_is_the_first_with_whom_the_rules_can_hold(case: Case) -> None:
    panel, entrants = case
    assume(panels(panel, entrants))
    frozen = freeze(panel, entrants, LOTTERY)
    drawn = draw(frozen, "seed")
    gone, kept = drawn.chosen[:1], drawn.chosen[1:]
    left = [each for each in entrants if each.reference not in gone]
    whole = [names(some) for some in panels(replace(panel, seats=min(panel.seats, len(left))), left)]
    able = [name for name in drawn.reserve if any({*kept, name} <= some for some in whole)]
    follower = next_reserve(frozen, drawn.reserve, kept=kept, gone=gone)
    assert follower.reference == (able[0] if able else None)
    assert bool(follower.breaches) == (not able)
    assert all(follower.skipped.values())


def names(some: tuple[Entrant, ...]) -> set[str]:
    return {each.reference for each in some}


@given(selections())
@settings(max_examples=100)
def test_a_frozen_text_says_all_that_the_rules_look_at_whatever_the_order(case: Case) -> None:
    panel, entrants = case
    for method in (LOTTERY, RANKED):
        frozen = freeze(panel, entrants, method)
        inputs = thaw(frozen.text)
        assert freeze(inputs.panel, inputs.entrants, inputs.method) == frozen
        turned = replace(panel, quotas=panel.quotas[::-1])
        assert freeze(turned, entrants[::-1], method) == frozen
        again = {each.reference: each for each in inputs.entrants}
        assert bool(panels(inputs.panel, inputs.entrants)) == bool(panels(panel, entrants))
        assert all(again[each.reference].traits <= each.traits for each in entrants)


@given(selections())
@settings(max_examples=60)
def test_without_rules_the_lottery_is_uniform(case: Case) -> None:
    panel, entrants = case
    assume(len(entrants) >= panel.seats)
    lottery = chances(freeze(Panel(panel.seats), entrants, LOTTERY))
    assert set(lottery.chances.values()) == {Fraction(panel.seats, len(entrants))}
    assert lottery.smallest == Fraction(panel.seats, len(entrants))
