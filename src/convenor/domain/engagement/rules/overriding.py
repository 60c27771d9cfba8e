"""A group's own override of a rule: the rule's fields with other values, for a time, with a reason.

One mechanism for every rule: the values are laid over what the model says of the type as its YAML would say it, and
the same schema and the same checks judge the result. Nothing here knows of the database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields as fields_of
from dataclasses import replace
from datetime import date
from typing import Any, Final

from convenor.core.records.rules import Breach
from convenor.domain.engagement.rules.reading import LENIENT, Names, read_type, yaml_key
from convenor.domain.engagement.rules.rulebook import Rule, gone, known_rule
from convenor.domain.engagement.rules.schema import type_problems
from convenor.domain.engagement.rules.semantics import row_problems
from convenor.domain.engagement.rules.values import Overriding, TypeRulesValue
from convenor.domain.engagement.rules.writing import type_data
from convenor.kit.structs import struct

Values = Mapping[str, Any]
"""Field of TypeRulesValue → its value as JSON: codes for what is named, lists of keys as in the YAML."""

DEFAULTS: Final = {field.name: field.default for field in fields_of(TypeRulesValue)}
AS_REQUIRED: Final = "as required"


@struct
class Override:
    """One override that is kept. `values` holds some of the rule's fields; the others stay as the model says."""

    rule: str
    values: Values
    first: date
    last: date | None = None
    reason: str = ""

    @property
    def overriding(self) -> Overriding:
        """What the sentences say of it."""
        return Overriding(self.rule, self.first, self.last, self.reason)


def still(overrides: Iterable[Override]) -> list[Override]:
    """Those whose rule is still part of Convenor, with the fields that still are: what is dropped binds nobody."""
    found = [_still(each) for each in overrides]
    return [each for each in found if each.values]


def _still(override: Override) -> Override:
    known = override.values if known_rule(override.rule) else {}
    return replace(override, values={field: value for field, value in known.items() if field in DEFAULTS})


def overridden(rules: TypeRulesValue, overrides: Iterable[Override], names: Names = LENIENT) -> TypeRulesValue:
    """The rules of one group: the model's, with the group's own laid over them. `names`: what codes stand for."""
    found = still(overrides)
    if not found:
        return rules
    read = read_type(laid_over(rules, found), names)
    fields = {field for each in found for field in each.values}
    notes = tuple(each.overriding for each in found)
    return replace(rules, overrides=notes, **{field: getattr(read, field) for field in fields})


def laid_over(rules: TypeRulesValue, overrides: Iterable[Override]) -> dict[str, Any]:
    """What the YAML of the type would say with these overrides."""
    row = type_data(rules)
    for each in overrides:
        for field, value in each.values.items():
            _put(row, field, value)
    return row


def _put(row: dict[str, Any], field: str, value: Any) -> None:
    part, _dot, key = yaml_key(field).partition(".")
    value = None if value == DEFAULTS[field] else value
    if field == "cadence_as_required":
        _put_cadence(row, value)
    elif not key:
        _set(row, part, value)
    else:
        inside = row.get(part)
        inside = dict(inside) if isinstance(inside, Mapping) else {}
        _put_inside(inside, key, value)
        if inside:
            row[part] = inside
        elif part in row and not isinstance(row[part], str):
            del row[part]


def _put_inside(inside: dict[str, Any], key: str, value: Any) -> None:
    first, _dot, rest = key.partition(".")
    if not rest:
        _set(inside, first, value)
        return
    deeper = dict(inside.get(first, {}))
    _set(deeper, rest, value)
    _set(inside, first, deeper or None)


def _put_cadence(row: dict[str, Any], value: Any) -> None:
    if value:
        row["cadence"] = AS_REQUIRED
    elif row.get("cadence") == AS_REQUIRED:
        del row["cadence"]


def _set(row: dict[str, Any], key: str, value: Any) -> None:
    if value is None or value is False or value in ("", [], (), {}):
        row.pop(key, None)
    else:
        row[key] = value


def stated(rules: TypeRulesValue, rule: Rule) -> dict[str, Any]:
    """The values of a rule's own fields as JSON, as `Override.values` holds them."""
    return {field: as_json(rules, field) for field in rule.fields}


def as_json(rules: TypeRulesValue, field: str) -> Any:
    """One field as JSON: codes for what is named, dictionaries with the keys of the YAML for sides and places."""
    value = getattr(rules, field)
    if not isinstance(value, tuple):
        return value
    part, _dot, key = yaml_key(field).partition(".")
    found = type_data(rules).get(part, [])
    for each in key.split(".") if key else ():
        found = found.get(each, []) if isinstance(found, Mapping) else []
    return list(found)


def value_problems(
    rules: TypeRulesValue, override: Override, types: Iterable[str], words: Mapping[str, set[str]]
) -> list[Breach]:
    """What is wrong with the values of an override of these rules: by the schema, then by the checks of a model.

    types: the codes of the model's types. words: the codes of "roles", "kinds" and "segments" that are known.
    """
    rule = known_rule(override.rule)
    if rule is None:
        return [_breach(override.rule, gone(override.rule), "rule")]
    unknown = sorted(set(override.values) - set(rule.fields))
    if unknown:
        return [_breach(override.rule, f"“{', '.join(unknown)}” is not a field of this rule.", "values")]
    row = laid_over(rules, [override])
    found = type_problems(row) or row_problems(row, set(types), words)
    return [_breach(override.rule, text, field_at(path, override)) for path, text in found]


def _breach(rule: str, text: str, field: str) -> Breach:
    return Breach(f"engagement.{rule}", text, field)


def field_at(path: Sequence[str | int], override: Override) -> str:
    """The overridden field that a place in the YAML belongs to; the first of them where it is none."""
    keys = ".".join(part for part in path if isinstance(part, str))
    for field in override.values:
        if keys == yaml_key(field) or keys.startswith(f"{yaml_key(field)}."):
            return field
    return next(iter(override.values), "values")


def is_idle(rules: TypeRulesValue, override: Override) -> bool:
    """Whether the model says the same by itself, so that the override changes nothing."""
    return laid_over(rules, [override]) == laid_over(rules, [])


def contradicts(one: Override, other: Override) -> bool:
    """Whether two overrides that hold at once say different things of a field that both rules read."""
    return any(other.values[field] != value for field, value in one.values.items() if field in other.values)
