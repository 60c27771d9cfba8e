"""The canonical YAML of a model: one text for one value, and parse(dump(x)) == x."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from convenor.domain.engagement.rules.reading import NESTED, SAME_NAME
from convenor.domain.engagement.rules.schema import FORMAT
from convenor.domain.engagement.rules.values import (
    PERSONS,
    ConstituencyValue,
    LevelValue,
    ModelValue,
    Named,
    TypeRulesValue,
    Vocabulary,
)


def dump(model: ModelValue) -> str:
    """The canonical YAML. What the model does not say is left out."""
    return dump_data(as_data(model))


def dump_data(data: Mapping[str, Any]) -> str:
    """Plain data as YAML, laid out as every model is."""
    return yaml.dump(dict(data), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


def digest(model: ModelValue) -> str:
    """SHA-256 of the canonical YAML: the same rules load once, however they are laid out."""
    return hashlib.sha256(dump(model).encode()).hexdigest()


class _Dumper(yaml.SafeDumper):
    """Indents lists under their key, and never writes an alias."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002 - PyYAML's shape
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML's shape
        return True


def as_data(model: ModelValue) -> dict[str, Any]:
    """The model as the YAML and the JSON download say it."""
    return _kept(
        {
            "format": FORMAT,
            "model": model.slug,
            "name": model.name,
            "owner": model.owner,
            "calendar": model.calendar,
            "summary": model.summary,
            "source": model.source,
            "vocabulary": _vocabulary(model.vocabulary),
            "levels": [_level(level) for level in model.levels],
        }
    )


def _vocabulary(words: Vocabulary) -> dict[str, Any]:
    return _kept(
        {
            "roles": [{"role": each.slug, "name": each.name} for each in words.roles],
            "kinds": [
                {"kind": each.slug, "name": each.name, "plural": each.plural, "sector": each.sector}
                for each in words.kinds
            ],
            "segments": [
                _kept({"segment": each.slug, "name": each.name, "description": each.description})
                for each in words.segments
            ],
        }
    )


def _level(level: LevelValue) -> dict[str, Any]:
    return _kept(
        {
            "level": level.slug,
            "name": level.name,
            "colour": level.colour,
            "motto": level.motto,
            "purpose": level.purpose,
            "types": [type_data(rules) for rules in level.types],
        }
    )


def type_data(rules: TypeRulesValue) -> dict[str, Any]:
    """One type as the YAML says it."""
    made: dict[str, Any] = {"type": rules.slug, "name": rules.name, "plural": rules.name_plural}
    for key in SAME_NAME:
        made.setdefault(key, getattr(rules, key))
    for part, fields in NESTED.items():
        made[part] = _kept({key: getattr(rules, field) for key, field in fields.items()})
    made["parents"] = _kept({**made["parents"], "types": _slugs(rules.parent_types)})
    made["consults"], made["refers_to"] = _slugs(rules.consults), _slugs(rules.refers_to)
    made["seats"] = _seats(rules, made["seats"])
    made["outputs"], made["casual_vacancies"] = list(rules.outputs), list(rules.casual_vacancies)
    if not rules.cadence_tolerance_days:
        made["cadence"].pop("tolerance_days", None)
    if rules.cadence_as_required:
        made["cadence"] = "as required"
    return _kept({key: made[key] for key in ORDER})


ORDER = (
    "type", "name", "plural", "purpose", "membership", "examples", "only_one", "lifespan", "formation", "parents",
    "consults", "consults_about", "refers_to", "seats", "chairing", "cadence", "longest_gap_months", "quorum", "clock",
    "outputs", "delivers", "publishes", "highest_marking", "review_months", "sunset_months", "term_months",
    "casual_vacancies",
)  # fmt: skip


def _seats(rules: TypeRulesValue, caps: Mapping[str, Any]) -> dict[str, Any]:
    bounded = not (rules.total_minimum is None and rules.total_maximum is None)
    counts = rules.total_counts if bounded and rules.total_counts != PERSONS else ""
    return _kept(
        {
            **caps,
            "counts": counts,
            "constituencies": [_side(side) for side in rules.constituencies],
            "eligible": _kept(
                {
                    "roles": _slugs(rules.eligible_roles),
                    "kinds": _slugs(rules.eligible_kinds),
                    "constituency": rules.eligible_constituency,
                }
            ),
            "segments": _slugs(rules.segments),
            "places": [
                _kept({"title": each.title, "organisation": each.organisation, "constituency": each.constituency})
                for each in rules.named_places
            ],
        }
    )


def _side(side: ConstituencyValue) -> dict[str, Any]:
    return _kept(
        {
            "constituency": side.slug,
            "name": side.name,
            "minimum": side.minimum,
            "maximum": side.maximum,
            "counts": side.counts if side.counts != PERSONS else "",
            "chairs": side.chairs,
        }
    )


def _slugs(things: Iterable[Named]) -> list[str]:
    return [thing.slug for thing in things]


def _kept(data: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is not stated. A zero is stated."""
    return {key: value for key, value in data.items() if value or (value == 0 and value is not False)}
