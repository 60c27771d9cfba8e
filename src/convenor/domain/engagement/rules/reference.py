"""docs/reference/rules.md: every typed rule, generated from the rule book and the schema."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final

from convenor.domain.engagement.rules.reading import yaml_key
from convenor.domain.engagement.rules.rulebook import RULES, Rule
from convenor.domain.engagement.rules.schema import schema
from convenor.domain.engagement.rules.values import ConstituencyValue, Named, NamedPlaceValue, TypeRulesValue

EXAMPLE: Final = TypeRulesValue(
    slug="example",
    name="Working Group",
    name_plural="Working Groups",
    purpose="An example in which every rule is stated.",
    only_one=False,
    lifespan="standing",
    formation="expression-of-interest",
    parent_required=True,
    parent_types=(Named("committee", "Committee"),),
    parent_approval=True,
    consults=(Named("reference", "Reference Group", only_one=True),),
    consults_about="system-wide matters",
    refers_to=(Named("committee", "Committee"),),
    total_minimum=5,
    total_maximum=20,
    constituencies=(ConstituencyValue("industry", "Industry", None, 12, "organisations", chairs=True),),
    one_seat_per_organisation=True,
    eligible_roles=(Named("cio", "Chief Information Officer"),),
    eligible_kinds=(Named("company", "Company", "Companies"),),
    eligible_constituency="industry",
    segments=(Named("consumers", "Consumers"),),
    segments_minimum=3,
    named_places=(NamedPlaceValue("Treasury"),),
    must_deliver=True,
    closes_on_delivery=True,
    chairing="chair",
    cadence_weeks=6,
    cadence_tolerance_days=7,
    longest_gap_months=6,
    quorum_of="filled",
    quorum_percent=50,
    quorum_includes_chair=True,
    proxy_counts=True,
    call_for_items_days=20,
    papers_due_days=10,
    papers_out_days=5,
    draft_minutes_days=10,
    outcomes_published_days=20,
    outputs=("advice", "recommendation"),
    publishes="public",
    highest_marking="OFFICIAL",
    review_months=12,
    sunset_months=36,
    term_months=24,
    casual_vacancies=("reserve-list", "nomination", "call"),
)
_ONE_OF_A_KIND: Final = TypeRulesValue("example", "Forum", "Forums", "An example of one body.", only_one=True)


def reference_markdown() -> str:
    """The whole page, ready to be written to docs/reference/rules.md."""
    return "\n".join([*_head(), *_rules(), *_file()]) + "\n"


def _head() -> list[str]:
    return [
        "# The rules of an engagement model",
        "",
        "Generated from `engagement/rules`; do not edit by hand. Everything a model can say of a type of group, the",
        "sentence people read (the same words refuse what breaks it), where the YAML states it, and where it is held.",
        "A rule that is left out is not stated, and refuses nothing.",
        "",
    ]


def _rules() -> Iterator[str]:
    for part, rules in groupby(RULES, key=lambda rule: str(rule.part)):
        yield f"## {part}"
        yield ""
        yield "| Rule | What it is for | In the YAML | In words | Held |"
        yield "| --- | --- | --- | --- | --- |"
        yield from (_row(rule) for rule in rules)
        yield ""


def _row(rule: Rule) -> str:
    said = " ".join(rule.says(EXAMPLE) or rule.says(_ONE_OF_A_KIND))
    keys = ", ".join(dict.fromkeys(f"`{yaml_key(field)}`" for field in rule.fields))
    return f"| {rule.label} | {rule.about} | {keys} | {said} | {rule.held} |"


def _file() -> Iterator[str]:
    yield "## The file"
    yield ""
    yield "One YAML file holds one model. The schema is published at `/engagement/schema.json`. Anchors, aliases and"
    yield "tags are refused; every problem is named with its line."
    yield ""
    yield "| Key | What it says | Needed |"
    yield "| --- | --- | --- |"
    yield from _keys("", schema())
    level = schema()["properties"]["levels"]["items"]
    yield from _keys("levels[].", level)
    yield from _keys("levels[].types[].", level["properties"]["types"]["items"])


def _keys(prefix: str, part: dict[str, Any]) -> Iterator[str]:
    for key, inside in part["properties"].items():
        needed = "yes" if key in part.get("required", ()) else ""
        yield f"| `{prefix}{key}` | {inside.get('description', '')} | {needed} |"
