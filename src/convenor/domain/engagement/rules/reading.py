"""From YAML text to a ModelValue, with every problem named by its line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from convenor.core.records.rules import Breach, Refused
from convenor.domain.engagement.rules.schema import schema_problems
from convenor.domain.engagement.rules.semantics import semantic_problems
from convenor.domain.engagement.rules.values import (
    PERSONS,
    ConstituencyValue,
    LevelValue,
    ModelValue,
    Named,
    NamedPlaceValue,
    OrganisationKindValue,
    Role,
    SegmentValue,
    TypeRulesValue,
    Vocabulary,
)
from convenor.domain.engagement.rules.yamltree import Problem, Tree, Unreadable, read_tree

Data = Mapping[str, Any]
NOTHING_KNOWN = Vocabulary()


@dataclass(frozen=True)
class Parsed:
    """What became of a text: its value, or what is wrong with it. `tree` tells the line of any part."""

    value: ModelValue | None
    problems: tuple[Problem, ...]
    tree: Tree

    def require(self) -> ModelValue:
        """The value, or Refused with a breach for each problem, on the field "yaml"."""
        if self.value is None:
            raise Refused([Breach("engagement.yaml", str(problem), "yaml") for problem in self.problems])
        return self.value


def parse(text: str, known: Vocabulary = NOTHING_KNOWN) -> Parsed:
    """Read a model. `known`: words that need not be declared because they are in the database already."""
    try:
        tree = read_tree(text)
    except Unreadable as error:
        return Parsed(None, (error.problem,), Tree())
    problems = tree.problems + schema_problems(tree)
    if not problems:
        problems = semantic_problems(tree, known)
    if problems:
        return Parsed(None, tuple(sorted(set(problems))), tree)
    return Parsed(_model(tree.data, known), (), tree)


def _model(data: Data, known: Vocabulary) -> ModelValue:
    vocabulary = _vocabulary(data.get("vocabulary", {}))
    names = _Names(data, vocabulary, known)
    return ModelValue(
        slug=data["model"],
        name=data["name"],
        owner=data["owner"],
        calendar=data.get("calendar", ""),
        summary=data.get("summary", ""),
        source=data.get("source", ""),
        vocabulary=vocabulary,
        levels=tuple(_level(level, names) for level in data["levels"]),
    )


def _vocabulary(data: Data) -> Vocabulary:
    return Vocabulary(
        roles=tuple(Role(row["role"], row["name"]) for row in data.get("roles", ())),
        kinds=tuple(
            OrganisationKindValue(row["kind"], row["name"], row["plural"], row["sector"])
            for row in data.get("kinds", ())
        ),
        segments=tuple(
            SegmentValue(row["segment"], row["name"], row.get("description", "")) for row in data.get("segments", ())
        ),
    )


class _Names:
    """What each code stands for: the types of this model, its own words, and those known, whose names go first."""

    def __init__(self, data: Data, declared: Vocabulary, known: Vocabulary) -> None:
        self.types = {row["type"]: _type_name(row) for level in data["levels"] for row in level.get("types", ())}
        self.roles = {each.slug: Named(each.slug, each.name) for each in (*declared.roles, *known.roles)}
        self.kinds = {each.slug: Named(each.slug, each.name, each.plural) for each in (*declared.kinds, *known.kinds)}
        self.segments = {each.slug: Named(each.slug, each.name) for each in (*declared.segments, *known.segments)}


def _type_name(row: Data) -> Named:
    return Named(row["type"], row["name"], _plural(row), row.get("only_one", False))


def _plural(row: Data) -> str:
    return str(row.get("plural") or f"{row['name']}s")


def _level(data: Data, names: _Names) -> LevelValue:
    types = tuple(replace(_type(row, names), level=data["level"]) for row in data.get("types", ()))
    motto, purpose = data.get("motto", ""), data.get("purpose", "")
    return LevelValue(data["level"], data["name"], data["colour"], motto, purpose, types)


def _type(row: Data, names: _Names) -> TypeRulesValue:
    given: dict[str, Any] = {key: row[key] for key in SAME_NAME if key in row}
    for part, fields in NESTED.items():
        inside = row.get(part)
        if isinstance(inside, Mapping):
            given.update({field: inside[key] for key, field in fields.items() if key in inside})
    for key in ("consults", "refers_to"):
        given[key] = _named(row.get(key, ()), names.types)
    return TypeRulesValue(
        slug=row["type"],
        name_plural=_plural(row),
        parent_types=_named(row.get("parents", {}).get("types", ()), names.types),
        cadence_as_required=isinstance(row.get("cadence"), str),
        outputs=tuple(row.get("outputs", ())),
        **given,
        **_seats(row.get("seats", {}), names),
    )


SAME_NAME = (
    "name",
    "purpose",
    "membership",
    "examples",
    "only_one",
    "lifespan",
    "formation",
    "consults_about",
    "chairing",
    "publishes",
    "highest_marking",
    "review_months",
    "sunset_months",
    "term_months",
)
NESTED = {
    "parents": {"required": "parent_required", "approval": "parent_approval"},
    "seats": {
        "minimum": "total_minimum",
        "maximum": "total_maximum",
        "counts": "total_counts",
        "one_per_organisation": "one_seat_per_organisation",
        "segments_minimum": "segments_minimum",
    },
    "cadence": {"months": "cadence_months", "weeks": "cadence_weeks", "tolerance_days": "cadence_tolerance_days"},
    "quorum": {
        "of": "quorum_of",
        "number": "quorum_number",
        "percent": "quorum_percent",
        "includes_chair": "quorum_includes_chair",
        "proxy_counts": "proxy_counts",
    },
    "clock": {
        "call_for_items": "call_for_items_days",
        "papers_due": "papers_due_days",
        "papers_out": "papers_out_days",
        "draft_minutes": "draft_minutes_days",
        "outcomes_published": "outcomes_published_days",
    },
    "delivers": {"required": "must_deliver", "closes": "closes_on_delivery"},
}
"""Where the YAML keeps what the value has flat: part → key → field. `writing` turns it round."""


def _seats(data: Data, names: _Names) -> dict[str, Any]:
    eligible = data.get("eligible", {})
    return {
        "constituencies": tuple(_side(row) for row in data.get("constituencies", ())),
        "eligible_roles": _named(eligible.get("roles", ()), names.roles),
        "eligible_kinds": _named(eligible.get("kinds", ()), names.kinds),
        "eligible_constituency": eligible.get("constituency", ""),
        "segments": _named(data.get("segments", ()), names.segments),
        "named_places": tuple(
            NamedPlaceValue(row["title"], row.get("organisation", ""), row.get("constituency", ""))
            for row in data.get("places", ())
        ),
    }


def _side(row: Data) -> ConstituencyValue:
    return ConstituencyValue(
        slug=row["constituency"],
        name=row["name"],
        minimum=row.get("minimum"),
        maximum=row.get("maximum"),
        counts=row.get("counts", PERSONS),
        chairs=row.get("chairs", False),
    )


def _named(slugs: Any, names: Mapping[str, Named]) -> tuple[Named, ...]:
    return tuple(names[slug] for slug in slugs)
