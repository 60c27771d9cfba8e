"""From the tables to plain values: five queries for one type or for a whole model, however many rules it has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
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
from convenor.kit.once import once

TYPE_REFERENCES: Final = ("parent_types", "consults", "refers_to")
WORD_REFERENCES: Final = {"eligible_roles": "roleclass", "eligible_kinds": "organisationkind", "segments": "segment"}
NOT_COLUMNS: Final = {
    "slug", "level", "constituencies", "named_places", "outputs", "casual_vacancies", "overrides",
    *TYPE_REFERENCES, *WORD_REFERENCES,
}  # fmt: skip
COLUMNS: Final = tuple(field.name for field in fields_of(TypeRulesValue) if field.name not in NOT_COLUMNS)
"""Fields that the table and the value have in common by name."""


def in_force(on: date, path: str = "") -> Q:
    """Versions in force on the day; the last day is inside. `path` leads from a row to its version."""
    at = f"{path}__" if path else ""
    open_or_later = Q(**{f"{at}in_force_to__isnull": True}) | Q(**{f"{at}in_force_to__gte": on})
    return Q(**{f"{at}in_force_from__lte": on}) & open_or_later


def effective_rules(group_type: GroupType, on: date) -> TypeRulesValue | None:
    """What a type of group must be on a day; None when no version that has the type is in force."""
    return once(("rules", group_type.pk, on), lambda: _effective_rules(group_type, on))


def _effective_rules(group_type: GroupType, on: date) -> TypeRulesValue | None:
    rows = TypeRules.objects.filter(in_force(on, "version"), group_type=group_type)
    row = rows.select_related("group_type", "level__level").first()
    return _assembled([row])[row.pk] if row else None


def has_rules(group_type: GroupType, on: date) -> bool:
    """Whether a version in force on the day has the type."""
    rows = TypeRules.objects.filter(in_force(on, "version"), group_type=group_type)
    return once(("has rules", group_type.pk, on), rows.exists)


def effective_rules_of(group_types: Iterable[GroupType], on: date) -> dict[int, TypeRulesValue]:
    """The same for many types at once, by the type's key: the same five queries."""
    rows = TypeRules.objects.filter(in_force(on, "version"), group_type__in=list(group_types))
    found = list(rows.select_related("group_type", "level__level"))
    values = _assembled(found)
    return {row.group_type_id: values[row.pk] for row in found}


@dataclass(frozen=True)
class OverTime:
    """What one version says of a type, and the level it puts it on."""

    version: ModelVersion
    level: LevelRules
    rules: TypeRulesValue


def rules_over_time(group_type: GroupType) -> list[OverTime]:
    """What each version that has the type says of it, the newest first: five queries, however many versions."""
    rows = TypeRules.objects.filter(group_type=group_type).order_by("-version__number")
    found = list(rows.select_related("group_type", "level__level", "version").defer("version__yaml"))
    values = _assembled(found)
    return [OverTime(row.version, row.level, values[row.pk]) for row in found]


@dataclass(frozen=True)
class Neighbour:
    """Another type that names this one: "parents" (it is set up from it) or "consults"."""

    kind: str
    slug: str
    name: str


def neighbours(group_type: GroupType, version: ModelVersion) -> list[Neighbour]:
    """The types that are set up from this one or consult it, in the order they are drawn. One query."""
    rows = TypeRules.objects.filter(version=version).order_by()
    named = ("level__order", "order", "group_type__slug", "name")
    children = rows.filter(parent_types=group_type).values_list(Value("parents"), *named)
    asking = rows.filter(consults=group_type).values_list(Value("consults"), *named)
    return [
        Neighbour(kind, slug, name) for kind, _level, _order, slug, name in sorted(children.union(asking, all=True))
    ]


def levels_of(version: ModelVersion) -> tuple[LevelValue, ...]:
    """The levels of a version with the rules of their types, in the order they are drawn."""
    return whole(version).levels


@dataclass(frozen=True)
class Whole:
    """Everything a version says, with the keys of its GroupTypes by slug."""

    levels: tuple[LevelValue, ...]
    type_ids: Mapping[str, int]


def whole(version: ModelVersion) -> Whole:
    """All levels and rules of a version: five queries."""
    return wholes([version.pk])[version.pk]


def wholes(versions: Collection[int]) -> dict[int, Whole]:
    """The same for many versions at once, by their key: the same five queries."""
    found = TypeRules.objects.filter(version__in=versions).select_related("group_type", "level__level")
    rows = list(found.order_by("version", "level__order", "order", "pk"))
    values = _assembled(rows, _names_in(rows))
    by_level: dict[int, list[TypeRulesValue]] = defaultdict(list)
    type_ids: dict[int, dict[str, int]] = defaultdict(dict)
    for row in rows:
        by_level[row.level_id].append(values[row.pk])
        type_ids[row.version_id][row.group_type.slug] = row.group_type_id
    levels = _levels(versions, by_level)
    return {pk: Whole(tuple(levels[pk]), type_ids[pk]) for pk in versions}


def _levels(versions: Collection[int], types: Mapping[int, Sequence[TypeRulesValue]]) -> dict[int, list[LevelValue]]:
    found: dict[int, list[LevelValue]] = defaultdict(list)
    for row in LevelRules.objects.filter(version__in=versions).select_related("level").order_by("order", "pk"):
        inside = tuple(types.get(row.pk, ()))
        level = LevelValue(row.level.slug, row.name, row.colour, row.motto, row.purpose, inside)
        found[row.version_id].append(level)
    return found


def _names_in(rows: Iterable[TypeRules]) -> dict[tuple[int, str], Named]:
    """What the types are called, where all of a version's types are at hand."""
    return {
        (row.version_id, row.group_type.slug): Named(row.group_type.slug, row.name, row.name_plural, row.only_one)
        for row in rows
    }


@dataclass(frozen=True)
class _Parts:
    """What belongs to some rules beside their columns, by the rules' key."""

    names: Mapping[tuple[int, str], Named]
    references: Mapping[tuple[int, str], tuple[tuple[str, str, str], ...]]
    sides: Mapping[int, tuple[ConstituencyValue, ...]]
    places: Mapping[int, tuple[NamedPlaceValue, ...]]


def _assembled(
    rows: Sequence[TypeRules], names: Mapping[tuple[int, str], Named] | None = None
) -> dict[int, TypeRulesValue]:
    if not rows:
        return {}
    keys = [row.pk for row in rows]
    called = names or _names({row.version_id for row in rows})
    parts = _Parts(called, _references(keys), _sides(keys), _places(keys))
    return {row.pk: _value(row, parts) for row in rows}


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
        casual_vacancies=tuple(row.casual_vacancies),
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
