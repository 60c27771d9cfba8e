"""Every typed rule is whole: a sentence, a few words for the table, a row in the reference, a key in the YAML."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given, settings

from convenor.domain.engagement.models import TypeRules
from convenor.domain.engagement.rules import RULES, Named, Rule, TypeRulesValue, said, sentences
from convenor.domain.engagement.rules.briefs import brief
from convenor.domain.engagement.rules.poster.content import strip
from convenor.domain.engagement.rules.reading import parse, yaml_key
from convenor.domain.engagement.rules.reference import EXAMPLE, reference_markdown
from convenor.domain.engagement.rules.rulebook import rule_of
from convenor.domain.engagement.rules.values import (
    CHAIRINGS,
    COUNTS,
    FORMATIONS,
    LIFESPANS,
    OUTPUTS,
    PUBLICATIONS,
    QUORUMS,
)
from convenor.domain.engagement.tests.strategies import models

DESCRIPTIVE = {"slug", "name", "name_plural", "purpose", "level", "membership", "examples", "overrides"}
BARE = TypeRulesValue("board", "Board", "Boards", "To steer.")
ALL_STATED = replace(EXAMPLE, only_one=True)
REFERENCE = Path(__file__).parents[5] / "docs" / "reference" / "rules.md"

by_rule = pytest.mark.parametrize("rule", RULES, ids=[rule.key for rule in RULES])


def test_every_field_belongs_to_a_rule() -> None:
    ruled = {name for rule in RULES for name in rule.fields}
    assert {field.name for field in fields(TypeRulesValue)} - DESCRIPTIVE == ruled


def test_rules_have_keys_of_their_own() -> None:
    assert len({rule.key for rule in RULES}) == len(RULES)


@by_rule
def test_every_rule_that_is_stated_has_a_sentence(rule: Rule) -> None:
    for text in rule.says(ALL_STATED):
        assert text.endswith(".")
        assert text[0].isupper()
        assert "Working Group" in text
    assert rule.says(ALL_STATED)


@by_rule
def test_a_rule_that_is_not_stated_says_nothing(rule: Rule) -> None:
    assert list(rule.says(BARE)) == []
    assert brief(BARE, rule.key) == ""


@by_rule
def test_every_rule_has_a_place_in_the_table(rule: Rule) -> None:
    assert brief(ALL_STATED, rule.key)


@by_rule
def test_every_rule_has_a_row_in_the_reference(rule: Rule) -> None:
    (row,) = [line for line in reference_markdown().split("\n") if line.startswith(f"| {rule.label} | {rule.about}")]
    for name in rule.fields:
        assert f"`{yaml_key(name)}`" in row


def test_the_reference_in_the_docs_is_the_one_generated() -> None:
    assert REFERENCE.read_text(encoding="utf-8").endswith(reference_markdown())


@pytest.mark.slow
@settings(max_examples=15)
@given(models(most_types=3))
def test_sentence_and_table_agree_on_what_is_stated(model: object) -> None:
    for rules in model.types():  # type: ignore[attr-defined]
        for rule in RULES:
            assert bool(rule.says(rules)) == bool(brief(rules, rule.key)), rule.key


SENTENCES = [
    ("only_one", {"only_one": True}, "There is only one of its kind: the Board."),
    ("lifespan", {"lifespan": "task"}, "A Board is set up for one task and lasts as long as that does."),
    ("formation", {"formation": "open"}, "Everybody it is for may join a Board."),
    ("parents", {"parent_required": True}, "A Board has a parent group."),
    ("parents", {"parent_types": (Named("a", "Assembly"),)},
     "A Board may be set up from an Assembly, and from nothing else."),
    ("parents", {"parent_required": True, "parent_types": (Named("a", "Assembly"), Named("c", "Court", "", True))},
     "A Board is set up from an Assembly or the Court."),
    ("size", {"total_minimum": 3}, "A Board has places for at least 3 people in all."),
    ("size", {"total_maximum": 1}, "A Board has places for up to 1 person in all."),
    ("size", {"total_minimum": 3, "total_maximum": 3, "total_counts": "organisations"},
     "A Board has places for exactly 3 organisations in all."),
    ("chairing", {"chairing": "none"}, "A Board has no chair."),
    ("cadence", {"cadence_as_required": True}, "A Board meets as required."),
    ("cadence", {"cadence_months": 1}, "A Board meets every month."),
    ("cadence", {"cadence_weeks": 6, "cadence_tolerance_days": 1}, "A Board meets every 6 weeks, give or take 1 day."),
    ("quorum", {"quorum_of": "none"}, "A Board needs no quorum."),
    ("quorum", {"quorum_of": "all", "quorum_number": 4},
     "A Board has a quorum when at least 4 of all its seats are present."),
    ("papers_due", {"papers_due_days": 1}, "Papers for a Board are due 1 working day before it meets."),
    ("review", {"review_months": 12}, "A Board is reviewed every 12 months."),
]  # fmt: skip


@pytest.mark.parametrize(("key", "stated", "text"), SENTENCES, ids=[line[2][:50] for line in SENTENCES])
def test_the_words_of_a_rule(key: str, stated: dict[str, object], text: str) -> None:
    assert said(replace(BARE, **stated), key) == text  # type: ignore[arg-type]


VALUES: dict[str, tuple[object, ...]] = {
    "lifespan": LIFESPANS,
    "formation": FORMATIONS,
    "chairing": CHAIRINGS,
    "quorum_of": QUORUMS,
    "publishes": PUBLICATIONS,
    "total_counts": COUNTS,
    "outputs": tuple((output,) for output in OUTPUTS),
}
WITH = {"quorum_of": {"quorum_number": 3}, "total_counts": {"total_maximum": 3}}


@by_rule
def test_every_value_a_field_can_take_has_a_sentence_and_a_place_in_the_table(rule: Rule) -> None:
    for name in rule.fields:
        column = TypeRules._meta.get_field(name)
        choices = {value for value, _label in getattr(column, "flatchoices", ()) if value}
        assert choices <= set(VALUES.get(name, ())), f"{name}: give each of its values a sentence"
        for value in VALUES.get(name, ()):
            stated = replace(BARE, **{**WITH.get(name, {}), name: value})  # type: ignore[arg-type]
            assert rule.says(stated), (name, value)
            assert brief(stated, rule.key), (name, value)


def test_a_body_of_which_there_is_one_is_named_with_the() -> None:
    assert said(replace(BARE, only_one=True, cadence_months=3), "cadence") == "The Board meets every 3 months."


def test_sentences_come_in_the_order_of_the_rule_book() -> None:
    order = [rule.key for rule in RULES]
    keys = [sentence.rule for sentence in sentences(ALL_STATED)]
    assert keys == sorted(keys, key=order.index)


def test_there_is_no_rule_by_an_unknown_key() -> None:
    with pytest.raises(KeyError):
        rule_of("colour")


def test_published_nominations_are_said_in_words(shipped: Callable[[str], str]) -> None:
    forum = parse(shipped("open-government")).require().type("multi-stakeholder-forum")
    assert forum is not None
    assert forum.formation == "nomination"
    assert brief(forum, "formation") == "By published nomination"
    assert said(forum, "formation").endswith("are nominated, and the nominations are published.")
    assert "By published nomination" in strip(forum)
