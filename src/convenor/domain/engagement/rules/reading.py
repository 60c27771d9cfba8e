"""From YAML text to a ModelValue, with every problem named by its line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
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
from convenor.kit.structs import struct

Data = Mapping[str, Any]
NOTHING_KNOWN = Vocabulary()


@struct(slots=False)
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
    return Parsed(model_of(tree.data, known), (), tree)


def model_of(data: Data, known: Vocabulary) -> ModelValue:
    """The value of data that fit the schema; a code that is not known stands for itself."""
    vocabulary = _vocabulary(data.get("vocabulary", {}))
    names = names_in(data, vocabulary, known)
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


class Called(dict[str, Named]):
    """What codes stand for. A code that nobody explains stands for itself."""

    def __missing__(self, slug: str) -> Named:
        return Named(slug, slug)


@struct(slots=False)
class Names:
    """What each code stands for: types of the model, classes of office, kinds of organisation, segments."""

    types: Called
    roles: Called
    kinds: Called
    segments: Called


LENIENT = Names(Called(), Called(), Called(), Called())


def names_of(types: Mapping[str, Named], *vocabularies: Vocabulary) -> Names:
    """The names of these words; those of a later vocabulary go before those of an earlier one."""
    return Names(
        Called(types),
        Called({each.slug: Named(each.slug, each.name) for words in vocabularies for each in words.roles}),
        Called({each.slug: Named(each.slug, each.name, each.plural) for words in vocabularies for each in words.kinds}),
        Called({each.slug: Named(each.slug, each.name) for words in vocabularies for each in words.segments}),
    )


def names_in(data: Data, declared: Vocabulary, known: Vocabulary) -> Names:
    """The types of this model, its own words, and those known, whose names go first."""
    types = {row["type"]: _type_name(row) for level in data["levels"] for row in level.get("types", ())}
    return names_of(types, declared, known)


def _type_name(row: Data) -> Named:
    return Named(row["type"], row["name"], _plural(row), row.get("only_one", False))


def _plural(row: Data) -> str:
    return str(row.get("plural") or f"{row['name']}s")


def _level(data: Data, names: Names) -> LevelValue:
    types = tuple(replace(read_type(row, names), level=data["level"]) for row in data.get("types", ()))
    motto, purpose = data.get("motto", ""), data.get("purpose", "")
    return LevelValue(data["level"], data["name"], data["colour"], motto, purpose, types)


def read_type(row: Data, names: Names) -> TypeRulesValue:
    """One type as its part of the YAML says it; `level` is left for whoever knows."""
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
        casual_vacancies=tuple(row.get("casual_vacancies", ())),
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
    "longest_gap_months",
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


_ELSEWHERE = {
    "constituencies": "seats.constituencies",
    "eligible_roles": "seats.eligible.roles",
    "eligible_kinds": "seats.eligible.kinds",
    "eligible_constituency": "seats.eligible.constituency",
    "segments": "seats.segments",
    "named_places": "seats.places",
    "parent_types": "parents.types",
    "consults": "consults",
    "refers_to": "refers_to",
    "outputs": "outputs",
    "casual_vacancies": "casual_vacancies",
    "cadence_as_required": "cadence",
}
_KEYS = {
    **{field: field for field in SAME_NAME},
    **{field: f"{part}.{key}" for part, fields in NESTED.items() for key, field in fields.items()},
    **_ELSEWHERE,
}


def yaml_key(field: str) -> str:
    """Where a type's YAML states this field: “seats.maximum”."""
    return _KEYS[field]


def _seats(data: Data, names: Names) -> dict[str, Any]:
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
