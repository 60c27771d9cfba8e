"""YAML to values and back: exact both ways, every problem with its line, nothing hostile gets through."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from convenor.core.records.rules import Refused
from convenor.domain.engagement.rules import ModelValue, OrganisationKindValue, Role, Vocabulary
from convenor.domain.engagement.rules.reading import parse
from convenor.domain.engagement.rules.schema import schema
from convenor.domain.engagement.rules.writing import as_data, digest, dump
from convenor.domain.engagement.rules.yamltree import read_tree
from convenor.domain.engagement.tests.strategies import models

SMALL = """\
format: engagement-model/1
model: forums
name: Our forums
owner: Our Agency
levels:
  - level: top
    name: Top
    colour: strategic
    types:
      - type: council
        name: Council
        purpose: To steer.
      - type: panel
        name: Panel
        purpose: To advise.
        parents:
          required: true
          types: [council]
"""


def problems(text: str) -> list[str]:
    return [str(problem) for problem in parse(text).problems]


@pytest.mark.slow
@settings(max_examples=20)
@given(models())
def test_what_is_dumped_is_read_back_exactly(model: ModelValue) -> None:
    found = parse(dump(model))
    assert found.problems == ()
    assert found.value == model
    assert digest(found.require()) == digest(model)


@pytest.mark.slow
@settings(max_examples=10)
@given(models(most_types=3))
def test_another_layout_of_the_same_rules_is_the_same(model: ModelValue) -> None:
    other = yaml.safe_dump(as_data(model), sort_keys=True, allow_unicode=False, width=40, default_flow_style=None)
    assert digest(parse(other).require()) == digest(model)


@pytest.mark.parametrize("text", ["08", "010", "007"])
def test_what_begins_with_a_nought_is_words(text: str) -> None:
    """Found by the test above: PyYAML writes 08 as it stands, since it is no octal number."""
    data = read_tree(f"quorum: {text}\nother: 8").data
    assert data == {"quorum": text, "other": 8}


@pytest.mark.parametrize("slug", ["dsp", "digital-agency"])
def test_shipped_models_are_sound_and_name_their_source(shipped: Callable[[str], str], slug: str) -> None:
    value = parse(shipped(slug)).require()
    assert value.slug == slug
    assert value.source
    assert parse(dump(value)).require() == value


def test_a_shipped_model_is_small_to_read(shipped: Callable[[str], str]) -> None:
    start = time.process_time()
    parse(shipped("dsp"))
    assert time.process_time() - start < 0.5


BAD: list[tuple[str, str, list[str]]] = [
    ("name: Our forums", "nam: Our forums", [
        "Line 1: “name” is missing.", "Line 3: “nam” is not known here; did you mean “name”?",
    ]),
    ("colour: strategic", "colour: pink", [
        "Line 8: “colour” must be strategic, operational, tactical or informative; it is “pink”.",
    ]),
    ("model: forums", "model: Our Forums", [
        "Line 2: “model” is “Our Forums”: a code is small letters and digits, with single hyphens between.",
    ]),
    ("format: engagement-model/1", "format: other", ["Line 1: “format” is “other”: it must be engagement-model/1."]),
    ("purpose: To steer.", "purpose: ''", ["Line 12: “purpose” is empty."]),
    ("purpose: To steer.", "purpose: [a]", ["Line 12: “purpose” must be words; it is a list."]),
    ("purpose: To steer.", "purpose:", ["Line 12: “purpose” must be words; it is nothing."]),
    ("required: true", "required: yes", ["Line 17: “required” must be true or false; it is “yes”."]),
    ("types: [council]", "types: [council, council]", ["Line 18: “types” names something twice."]),
    ("types: [council]", "types: []", ["Line 18: “types” is an empty list; leave it out."]),
    ("types: [council]", "types: [board]", ["Line 18: There is no type “board” in this model."]),
    ("- type: panel", "- type: council", ["Line 13: “council” is used already above."]),
    ("- type: panel", "- type: versions", [
        "Line 13: “versions” cannot be a code here: it is an address of the site.",
    ]),
    ("name: Panel", "name: Council", ["Line 14: “Council” is used already above."]),
    ("types: [council]", "types: [panel]", [
        "Line 16: No Panel can ever be set up: its parents run in a circle.",
    ]),
    ("purpose: To steer.", "purpose: To steer.\n        cadence: often", [
        "Line 13: “cadence” is “often”: it must be “as required”, or say months or weeks (one of them).",
    ]),
    ("purpose: To steer.", "purpose: To steer.\n        cadence: {months: 1, weeks: 4}", [
        "Line 13: “cadence” is a group of keys: it must be “as required”, or say months or weeks (one of them).",
    ]),
    ("purpose: To steer.", "purpose: To steer.\n        quorum: {of: filled}", [
        "Line 13: Say a number or a per cent (one of them).",
    ]),
    ("purpose: To steer.", "purpose: To steer.\n        quorum: {of: none, number: 3}", [
        "Line 13: Without a quorum there is nothing more to say of it.",
    ]),
    ("purpose: To steer.", "purpose: To steer.\n        seats: {minimum: 5, maximum: 3}", [
        "Line 13: The minimum is more than the maximum.",
    ]),
    ("purpose: To steer.", "purpose: To steer.\n        seats: {counts: persons}", [
        "Line 13: Say a minimum or a maximum that it counts for.",
    ]),
    ("purpose: To steer.", "purpose: To steer.\n        seats: {maximum: 0}", [
        "Line 13: “maximum” must be at least 1.",
    ]),
    ("purpose: To steer.", "purpose: To steer.\n        seats: {maximum: 99999}", [
        "Line 13: “maximum” must be at most 10000.",
    ]),
    ("purpose: To steer.", "purpose: To steer.\n        seats: {maximum: 1, places: [{title: A}, {title: B}]}", [
        "Line 13: More places are named than there may be in all.",
    ]),
    ("purpose: To steer.", "purpose: To steer.\n        seats: {eligible: {roles: [chief]}}", [
        "Line 13: “chief” is not known; declare it under vocabulary, roles.",
    ]),
    ("purpose: To steer.", "purpose: To steer.\n        seats: {eligible: {constituency: them}}", [
        "Line 13: “them” is not one of the constituencies.",
    ]),
    ("purpose: To steer.", "purpose: To steer.\n        seats: {places: [{title: A, constituency: them}]}", [
        "Line 13: “them” is not one of the constituencies.",
    ]),
    ("purpose: To steer.",
     ("purpose: To steer.\n        seats:\n          constituencies:\n"
      "            - {constituency: us, name: Us, minimum: 4, maximum: 2, chairs: true}\n"
      "            - {constituency: us, name: Us too, maximum: 1}"), [
        "Line 15: The minimum is more than the maximum.",
        "Line 15: The type has no chair that could come from here.",
        "Line 16: “us” is used already above.",
    ]),
    ("purpose: To steer.", "purpose: To steer.\n        clock: {papers_due: 5, papers_out: 9}", [
        "Line 13: “papers_out” comes before the step it follows.",
    ]),
    ("purpose: To steer.", "purpose: To steer.\n        parents: {approval: true}", [
        "Line 13: A parent's approval needs a parent.",
    ]),
    ("purpose: To steer.", "purpose: To steer.\n        delivers: {closes: true}", [
        "Line 13: It can only close on delivery when it must deliver.",
    ]),
    ("purpose: To steer.", "purpose: To steer.\n        consults: [council]\n", [
        "Line 13: A type does not consult itself.",
    ]),
    ("purpose: To steer.", "purpose: To steer.\n        consults_about: everything", [
        "Line 13: Say which types it consults.",
    ]),
    ("name: Our forums", "name: Our forums\nname: Their forums", ["Line 4: “name” stands here twice."]),
    ("name: Our forums", f"name: {'x' * 201}", ["Line 3: “name” is longer than 200 characters."]),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "expected"), BAD, ids=[line[2][0][:60] for line in BAD])
def test_every_problem_is_named_with_its_line(before: str, after: str, expected: list[str]) -> None:
    assert before in SMALL
    assert problems(SMALL.replace(before, after, 1)) == expected


def test_the_small_model_itself_is_sound() -> None:
    assert problems(SMALL) == []


BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"

HOSTILE = [
    ("", "The text is empty."),
    ("# only a comment\n", "The text is empty."),
    ("just words", "Line 1: the model must be a group of keys; it is “just words”."),
    ("- a\n- b", "Line 1: the model must be a group of keys; it is a list."),
    (BOMB, "Line 1: Anchors and aliases (& and *) are not used in engagement models."),
    ("a: *b", "Line 1: Anchors and aliases (& and *) are not used in engagement models."),
    ("a: !!python/object/apply:os.system ['true']", "Line 1: Tags (!) are not used in engagement models."),
    ("a: !!binary aGk=", "Line 1: Tags (!) are not used in engagement models."),
    ("a: 1\n---\nb: 2\n", "The text holds more than one document (---)."),
    ("a: [" * 40, "Line 1: The text is nested too deeply or too long."),
    ("? [a]\n: b\n", "Line 1: A key must be a word."),
    ("a: b\n\tc: d", "Line 2: This is not well-formed YAML: found character '\\t' that cannot start any token."),
    ("a: b\nc: \x00", "Line 2: There is a character here that YAML does not allow."),
    ("a: [1, 2", "Line 1: This is not well-formed YAML: expected ',' or ']', but got '<stream end>'."),
    ('a: "\\ud800"', "Line 1: There is half a character here (a surrogate)."),
    ("a: " + "x" * 300_000, "The text is larger than 256 kB."),
    ("- a\n" * 25_000, "Line 19999: The text is nested too deeply or too long."),
]


@pytest.mark.parametrize(("text", "expected"), HOSTILE, ids=[line[1][:50] for line in HOSTILE])
def test_hostile_text_is_refused_in_a_sentence(text: str, expected: str) -> None:
    assert problems(text)[0] == expected


@pytest.mark.slow
@pytest.mark.parametrize("opening", ["[", "{", "- ", "? ", "a: {", "? ["])
def test_deep_nesting_is_refused_soon(opening: str) -> None:
    start = time.process_time()
    assert parse(opening * (200_000 // len(opening))).value is None
    assert time.process_time() - start < 3


@settings(max_examples=150)
@given(st.text(st.characters(exclude_categories=()), max_size=200))
def test_no_text_at_all_raises(text: str) -> None:
    assert parse(text).value is None


@settings(max_examples=100)
@given(st.integers(0, len(SMALL) - 1), st.text(max_size=4))
def test_a_damaged_model_is_read_or_refused_never_broken(at: int, noise: str) -> None:
    found = parse(SMALL[:at] + noise + SMALL[at + len(noise) :])
    assert (found.value is None) == bool(found.problems)


def test_require_refuses_with_every_problem_on_the_field() -> None:
    with pytest.raises(Refused) as refused:
        parse(SMALL.replace("name: Panel", "nme: Panel")).require()
    assert {breach.field for breach in refused.value.breaches} == {"yaml"}
    assert [breach.text for breach in refused.value.breaches] == problems(SMALL.replace("name: Panel", "nme: Panel"))


def test_words_that_are_known_need_no_declaring_and_keep_their_names() -> None:
    text = SMALL.replace(
        "purpose: To steer.", "purpose: To steer.\n        seats: {eligible: {roles: [chief], kinds: [co]}}"
    )
    known = Vocabulary(
        roles=(Role("chief", "Chief"),), kinds=(OrganisationKindValue("co", "Company", "Companies", "private"),)
    )
    council = parse(text, known).require().type("council")
    assert council is not None
    assert [(role.slug, role.name) for role in council.eligible_roles] == [("chief", "Chief")]
    assert [(kind.name, kind.plural) for kind in council.eligible_kinds] == [("Company", "Companies")]


def test_words_of_yaml_1_1_are_words_here() -> None:
    """A forum may be called No, 12:30 or 2026-01-01 without quotes."""
    for name in ("No", "12:30", "2026-01-01", "1e3", "0x10", "on"):
        value = parse(SMALL.replace("name: Council", f"name: {name}")).require()
        assert value.levels[0].types[0].name == name


def test_the_schema_describes_every_key() -> None:
    def walk(part: dict[str, object], path: str) -> list[str]:
        silent = []
        for key, inside in part.get("properties", {}).items():  # type: ignore[attr-defined]
            silent += [] if "description" in inside or "$ref" in inside or key == "name" else [f"{path}.{key}"]
            silent += walk(inside.get("items", inside), f"{path}.{key}")
        return silent

    assert walk(schema(), "") == []
