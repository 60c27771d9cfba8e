"""From the tables to plain values: two queries for one type, three for a whole model, however many rules it has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields as fields_of
from datetime import date
from typing import Any, Final, NamedTuple

from django.db.models import BooleanField, F, IntegerField, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast

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
from convenor.kit.prepared import PreparedIn
from convenor.kit.structs import struct

TYPE_REFERENCES: Final = ("parent_types", "consults", "refers_to")
WORD_REFERENCES: Final = {"eligible_roles": "roleclass", "eligible_kinds": "organisationkind", "segments": "segment"}
NOT_COLUMNS: Final = {
    "slug", "level", "constituencies", "named_places", "outputs", "casual_vacancies", "overrides",
    *TYPE_REFERENCES, *WORD_REFERENCES,
}  # fmt: skip
COLUMNS: Final = tuple(field.name for field in fields_of(TypeRulesValue) if field.name not in NOT_COLUMNS)
"""Fields that the table and the value have in common by name."""
NOTHING: Final[Mapping[int, TypeRules]] = {}


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


def effective_rules_of(
    group_types: Iterable[GroupType], on: date, at_hand: Mapping[int, TypeRules] = NOTHING
) -> dict[int, TypeRulesValue]:
    """The same for many types at once, by the type's key: the same two queries.

    at_hand: rows of that day by their type's key, with their types and levels, which need not be read again.
    """
    wanted = {each.pk for each in group_types}
    found = [row for pk, row in at_hand.items() if pk in wanted]
    missing = wanted - at_hand.keys()
    if missing:
        rows = TypeRules.objects.filter(in_force(on, "version"), group_type__in=missing)
        found += rows.select_related("group_type", "level__level")
    values = _assembled(found)
    return {row.group_type_id: values[row.pk] for row in found}


@struct(slots=False)
class OverTime:
    """What one version says of a type, and the level it puts it on."""

    version: ModelVersion
    level: LevelRules
    rules: TypeRulesValue


def rules_over_time(group_type: GroupType) -> list[OverTime]:
    """What each version that has the type says of it, the newest first: two queries, however many versions."""
    rows = TypeRules.objects.filter(group_type=group_type).order_by("-version__number")
    found = list(rows.select_related("group_type", "level__level", "version").defer("version__yaml"))
    values = _assembled(found)
    return [OverTime(row.version, row.level, values[row.pk]) for row in found]


@struct(slots=False)
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


@struct(slots=False)
class Whole:
    """Everything a version says, with the keys of its GroupTypes by slug."""

    levels: tuple[LevelValue, ...]
    type_ids: Mapping[str, int]


def whole(version: ModelVersion) -> Whole:
    """All levels and rules of a version: three queries."""
    return wholes([version.pk])[version.pk]


def wholes(versions: Collection[int]) -> dict[int, Whole]:
    """The same for many versions at once, by their key: the same three queries."""
    found = TypeRules.objects.filter(version__in=versions).select_related("group_type", "level__level")
    rows = list(found.order_by("version", "level__order", "order", "pk"))
    values = _assembled(rows)
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


CONSTITUENCIES: Final = "constituencies"
PLACES: Final = "named_places"


class _Part(NamedTuple):
    """A row that belongs to some rules beside their columns; what its texts and numbers are depends on what it is."""

    order: int
    pk: int
    rules: int
    what: str
    slug: str
    name: str
    more: str
    flag: bool
    minimum: int | None
    maximum: int | None

    def value(self) -> Named | ConstituencyValue | NamedPlaceValue:
        if self.what == CONSTITUENCIES:
            return ConstituencyValue(self.slug, self.name, self.minimum, self.maximum, self.more, self.flag)
        if self.what == PLACES:
            return NamedPlaceValue(self.name, self.more, self.slug)
        return Named(self.slug, self.name, self.more, self.flag)


def _assembled(rows: Sequence[TypeRules]) -> dict[int, TypeRulesValue]:
    parts: dict[tuple[int, str], list[Any]] = defaultdict(list)
    for part in _parts([row.pk for row in rows]):
        parts[part.rules, part.what].append(part.value())
    return {row.pk: _value(row, parts) for row in rows}


def _value(row: TypeRules, parts: Mapping[tuple[int, str], Sequence[Any]]) -> TypeRulesValue:
    given: dict[str, Any] = {column: getattr(row, column) for column in COLUMNS}
    for name in (*TYPE_REFERENCES, *WORD_REFERENCES, CONSTITUENCIES, PLACES):
        given[name] = tuple(parts.get((row.pk, name), ()))
    return TypeRulesValue(
        slug=row.group_type.slug,
        level=row.level.level.slug,
        outputs=tuple(row.outputs),
        casual_vacancies=tuple(row.casual_vacancies),
        **given,
    )


def _parts(keys: Sequence[int]) -> list[_Part]:
    """All that belongs to these rules, each in the order it was written. One query."""
    return sorted((_Part(*row) for row in PARTS.rows(keys)), key=lambda part: part[:2])


def _union(keys: list[Any]) -> QuerySet[Any, Any]:
    parts = [_type_rows(name, keys) for name in TYPE_REFERENCES]
    parts += [_word_rows(name, to, keys) for name, to in WORD_REFERENCES.items()]
    parts += [_sides(keys), _places(keys)]
    return parts[0].union(*parts[1:], all=True)


PARTS: Final = PreparedIn(_union)

NO_TEXT: Final = Value("")
NO_NUMBER: Final = Cast(Value(None), IntegerField())
FIRST: Final = Value(0)
NO: Final = Value(False, output_field=BooleanField())


def _type_rows(field: str, keys: list[Any]) -> QuerySet[Any, Any]:
    """The types that some rules name, called what they are called in the same version."""
    rows = _through(field, keys).filter(grouptype__rules__version=F("typerules__version"))
    named = (f"grouptype__rules__{column}" for column in ("name", "name_plural", "only_one"))
    return _columns(rows, field, FIRST, "typerules_id", "grouptype__slug", *named, NO_NUMBER, NO_NUMBER)


def _word_rows(field: str, to: str, keys: list[Any]) -> QuerySet[Any, Any]:
    plural: Any = f"{to}__name_plural" if to == "organisationkind" else NO_TEXT
    words = (f"{to}__slug", f"{to}__name", plural)
    return _columns(_through(field, keys), field, FIRST, "typerules_id", *words, NO, NO_NUMBER, NO_NUMBER)


def _sides(keys: list[Any]) -> QuerySet[Any, Any]:
    rows = ConstituencyRules.objects.filter(rules__pk__in=keys)
    said = ("slug", "name", "counts", "chairs", "minimum", "maximum")
    return _columns(rows, CONSTITUENCIES, "order", "rules_id", *said)


def _places(keys: list[Any]) -> QuerySet[Any, Any]:
    rows = NamedPlace.objects.filter(rules__pk__in=keys)
    said = ("constituency", "title", "organisation_name", NO, NO_NUMBER, NO_NUMBER)
    return _columns(rows, PLACES, "order", "rules_id", *said)


def _columns(rows: QuerySet[Any], what: str, order: Any, rules: str, *said: Any) -> QuerySet[Any, Any]:
    """The columns of a _Part."""
    return rows.order_by().values_list(order, "pk", rules, Value(what, output_field=TextField()), *said)


def _through(field: str, keys: list[Any]) -> QuerySet[Any, Any]:
    rows: QuerySet[Any, Any] = getattr(TypeRules, field).through._default_manager.filter(typerules__pk__in=keys)
    return rows
