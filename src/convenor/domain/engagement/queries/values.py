"""From the tables to plain values: five queries for one type or for a whole model, however many rules it has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import fields as fields_of
from datetime import date
from typing import Any, Final

from django.db.models import Q, QuerySet, Value

from convenor.domain.engagement.models import (
    ConstituencyRules,
    GroupType,
    LevelRules,
    ModelVersion,
    NamedPlace,
    TypeRules,
)
from convenor.domain.engagement.rules.values import (
    ConstituencyValue,
    LevelValue,
    Named,
    NamedPlaceValue,
    TypeRulesValue,
)

TYPE_REFERENCES: Final = ("parent_types", "consults", "refers_to")
WORD_REFERENCES: Final = {"eligible_roles": "roleclass", "eligible_kinds": "organisationkind", "segments": "segment"}
NOT_COLUMNS: Final = {"slug", "level", "constituencies", "named_places", "outputs", *TYPE_REFERENCES, *WORD_REFERENCES}
COLUMNS: Final = tuple(field.name for field in fields_of(TypeRulesValue) if field.name not in NOT_COLUMNS)
"""Fields that the table and the value have in common by name."""


def in_force(on: date, path: str = "") -> Q:
    """Versions in force on the day; the last day is inside. `path` leads from a row to its version."""
    at = f"{path}__" if path else ""
    open_or_later = Q(**{f"{at}in_force_to__isnull": True}) | Q(**{f"{at}in_force_to__gte": on})
    return Q(**{f"{at}in_force_from__lte": on}) & open_or_later


def effective_rules(group_type: GroupType, on: date) -> TypeRulesValue | None:
    """What a type of group must be on a day; None when no version that has the type is in force."""
    rows = TypeRules.objects.filter(in_force(on, "version"), group_type=group_type)
    row = rows.select_related("group_type", "level__level").first()
    return _assembled([row])[row.pk] if row else None


def effective_rules_of(group_types: Iterable[GroupType], on: date) -> dict[int, TypeRulesValue]:
    """The same for many types at once, by the type's key: the same five queries."""
    rows = TypeRules.objects.filter(in_force(on, "version"), group_type__in=list(group_types))
    found = list(rows.select_related("group_type", "level__level"))
    values = _assembled(found)
    return {row.group_type_id: values[row.pk] for row in found}


def levels_of(version: ModelVersion) -> tuple[LevelValue, ...]:
    """The levels of a version with the rules of their types, in the order they are drawn."""
    rows = list(version.types.select_related("group_type", "level__level").order_by("level__order", "order", "pk"))
    values = _assembled(rows)
    by_level: dict[int, list[TypeRulesValue]] = defaultdict(list)
    for row in rows:
        by_level[row.level_id].append(values[row.pk])
    levels = LevelRules.objects.filter(version=version).select_related("level").order_by("order", "pk")
    return tuple(
        LevelValue(level.level.slug, level.name, level.colour, level.motto, level.purpose, tuple(by_level[level.pk]))
        for level in levels
    )


@dataclass(frozen=True)
class _Parts:
    """What belongs to some rules beside their columns, by the rules' key."""

    names: Mapping[tuple[int, str], Named]
    references: Mapping[tuple[int, str], tuple[tuple[str, str, str], ...]]
    sides: Mapping[int, tuple[ConstituencyValue, ...]]
    places: Mapping[int, tuple[NamedPlaceValue, ...]]


def _assembled(rows: Iterable[TypeRules]) -> dict[int, TypeRulesValue]:
    found = list(rows)
    if not found:
        return {}
    keys = [row.pk for row in found]
    parts = _Parts(_names({row.version_id for row in found}), _references(keys), _sides(keys), _places(keys))
    return {row.pk: _value(row, parts) for row in found}


def _value(row: TypeRules, parts: _Parts) -> TypeRulesValue:
    given: dict[str, Any] = {column: getattr(row, column) for column in COLUMNS}
    for name in TYPE_REFERENCES:
        given[name] = tuple(parts.names[row.version_id, slug] for slug, *_ in parts.references.get((row.pk, name), ()))
    for name in WORD_REFERENCES:
        given[name] = tuple(Named(*each) for each in parts.references.get((row.pk, name), ()))
    return TypeRulesValue(
        slug=row.group_type.slug,
        level=row.level.level.slug,
        constituencies=parts.sides.get(row.pk, ()),
        named_places=parts.places.get(row.pk, ()),
        outputs=tuple(row.outputs),
        **given,
    )


def _names(versions: set[int]) -> dict[tuple[int, str], Named]:
    """What the types of these versions are called in them."""
    rows = TypeRules.objects.filter(version__in=versions).values_list(
        "version_id", "group_type__slug", "name", "name_plural", "only_one"
    )
    return {(version, slug): Named(slug, name, plural, only_one) for version, slug, name, plural, only_one in rows}


def _references(keys: list[int]) -> dict[tuple[int, str], tuple[tuple[str, str, str], ...]]:
    """Every many-to-many of these rules in one query, each in the order it was written."""
    parts = [_type_rows(name, keys) for name in TYPE_REFERENCES]
    parts += [_word_rows(name, to, keys) for name, to in WORD_REFERENCES.items()]
    found: dict[tuple[int, str], list[tuple[str, str, str]]] = defaultdict(list)
    for _, which, rules, slug, name, plural in sorted(parts[0].union(*parts[1:], all=True)):
        found[rules, which].append((slug, name, plural))
    return {key: tuple(rows) for key, rows in found.items()}


def _type_rows(field: str, keys: list[int]) -> QuerySet[Any, Any]:
    return _through(field, keys).values_list(
        "id", Value(field), "typerules_id", "grouptype__slug", Value(""), Value("")
    )


def _word_rows(field: str, to: str, keys: list[int]) -> QuerySet[Any, Any]:
    plural: Any = f"{to}__name_plural" if to == "organisationkind" else Value("")
    return _through(field, keys).values_list("id", Value(field), "typerules_id", f"{to}__slug", f"{to}__name", plural)


def _through(field: str, keys: list[int]) -> QuerySet[Any, Any]:
    rows: QuerySet[Any, Any] = getattr(TypeRules, field).through._default_manager.filter(typerules__in=keys)
    return rows


def _sides(keys: list[int]) -> dict[int, tuple[ConstituencyValue, ...]]:
    found: dict[int, list[ConstituencyValue]] = defaultdict(list)
    for row in ConstituencyRules.objects.filter(rules__in=keys).order_by("order", "pk"):
        side = ConstituencyValue(row.slug, row.name, row.minimum, row.maximum, row.counts, row.chairs)
        found[row.rules_id].append(side)
    return {key: tuple(sides) for key, sides in found.items()}


def _places(keys: list[int]) -> dict[int, tuple[NamedPlaceValue, ...]]:
    found: dict[int, list[NamedPlaceValue]] = defaultdict(list)
    for row in NamedPlace.objects.filter(rules__in=keys).order_by("order", "pk"):
        found[row.rules_id].append(NamedPlaceValue(row.title, row.organisation_name, row.constituency))
    return {key: tuple(places) for key, places in found.items()}
