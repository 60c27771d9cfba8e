"""Two versions compared: silent only when both say the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings

from convenor.domain.engagement.rules import ModelValue
from convenor.domain.engagement.rules.differences import Difference, differences
from convenor.domain.engagement.rules.reading import parse
from convenor.domain.engagement.tests.strategies import models


@pytest.fixture
def dsp(shipped: Callable[[str], str]) -> ModelValue:
    return parse(shipped("dsp")).require()


def changed(shipped: Callable[[str], str], *changes: tuple[str, str]) -> ModelValue:
    text = shipped("dsp")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    return parse(text).require()


def test_the_same_model_has_no_differences(dsp: ModelValue) -> None:
    assert differences(dsp, dsp) == []


def test_a_changed_rule_is_told_with_both_sentences(dsp: ModelValue, shipped: Callable[[str], str]) -> None:
    (found,) = differences(dsp, changed(shipped, ("months: 3", "months: 2")))
    assert found == Difference(
        "Strategic Working Group",
        "Cadence: the rule is different.",
        "A Strategic Working Group meets every 3 months.",
        "A Strategic Working Group meets every 2 months.",
    )


def test_new_and_dropped_rules_are_told(dsp: ModelValue, shipped: Callable[[str], str]) -> None:
    new = changed(shipped, ("formation: expression-of-interest", "review_months: 6"))
    assert [(found.text, found.before, found.after) for found in differences(dsp, new)] == [
        (
            "How it is formed: the model no longer says this.",
            "The members of a Focus Group are found by expression of interest.",
            "",
        ),
        ("Review: the model now says this.", "", "A Focus Group is reviewed every 6 months."),
    ]


def test_words_levels_types_and_their_order_are_told(dsp: ModelValue, shipped: Callable[[str], str]) -> None:
    renamed = changed(shipped, ("motto: Guiding our direction", "motto: Showing the way"), ("model: dsp", "model: dsp"))
    assert [(each.about, each.text) for each in differences(dsp, renamed)] == [("Strategic", "The motto is different.")]
    turned = replace(dsp, levels=dsp.levels[::-1])
    assert [each.text for each in differences(dsp, turned)] == [
        "The levels stand in another order.",
        "The types stand in another order.",
    ]
    fewer = replace(dsp, levels=dsp.levels[:3])
    assert [(each.about, each.text) for each in differences(dsp, fewer)] == [
        ("Informative", "The level is gone."),
        ("Standing Information Forum", "The type is gone; nothing new of it can be set up."),
        ("Initiative Information Forum", "The type is gone; nothing new of it can be set up."),
    ]
    assert [(each.about, each.text) for each in differences(fewer, dsp)] == [
        ("Informative", "The level is new."),
        ("Standing Information Forum", "The type is new, on the level Informative."),
        ("Initiative Information Forum", "The type is new, on the level Informative."),
    ]


def test_a_code_that_no_sentence_shows_is_told(dsp: ModelValue, shipped: Callable[[str], str]) -> None:
    new = changed(
        shipped,
        (
            "constituency: agency\n              name: Australian Taxation Office\n        cadence",
            "constituency: ato\n              name: Australian Taxation Office\n        cadence",
        ),
    )
    assert [each.text for each in differences(dsp, new)] == ["Constituencies: only its codes are different."]


def test_of_a_first_version_every_type_is_new(dsp: ModelValue) -> None:
    assert [each.about for each in differences(None, dsp)] == [rules.name for rules in dsp.types()]


@pytest.mark.slow
@settings(max_examples=10)
@given(models(most_types=2), models(most_types=2))
def test_two_models_differ_exactly_when_something_is_told(one: ModelValue, other: ModelValue) -> None:
    assert (differences(one, other) == []) == (one == other)
