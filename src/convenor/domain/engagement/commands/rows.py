"""The rows of one version: steps inside load_model, in its transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Model

from convenor.domain.directory.models import OrganisationKind, RoleClass, Segment
from convenor.domain.engagement.models import (
    ConstituencyRules,
    EngagementModel,
    GroupType,
    Level,
    LevelRules,
    ModelVersion,
    NamedPlace,
    TypeRules,
)
from convenor.domain.engagement.queries.loading import Plan
from convenor.domain.engagement.queries.values import COLUMNS, TYPE_REFERENCES, WORD_REFERENCES
from convenor.domain.engagement.rules import ModelValue, Named, TypeRulesValue, Vocabulary


def write_version(plan: Plan, model: EngagementModel, text: str, in_force_from: date, now: datetime) -> ModelVersion:
    """The version with its levels, types and all their rules. `plan.value` is what `text` says."""
    value = plan.value
    assert value is not None  # noqa: S101 - load_model has looked
    words = _declare(value.vocabulary)
    version = ModelVersion.objects.create(
        model=model,
        number=plan.number,
        in_force_from=in_force_from,
        summary=value.summary,
        source=value.source,
        yaml=text,
        digest=plan.digest,
        loaded_at=now,
    )
    types = _lasting(GroupType, model, [rules.slug for rules in value.types()])
    rows = _type_rows(version, value, types)
    _references(rows, value, types, words)
    _sides(rows, value)
    _places(rows, value)
    return version


def _lasting(kind: Any, model: EngagementModel, slugs: Sequence[str]) -> dict[str, Any]:
    """The Levels or GroupTypes that last through the versions, by their code; two queries, three for new ones."""
    there = set(kind.objects.filter(model=model).values_list("slug", flat=True))
    new = [kind(model=model, slug=slug) for slug in slugs if slug not in there]
    if new:
        kind.objects.bulk_create(new)
    return {row.slug: row for row in kind.objects.filter(model=model)}


def _type_rows(version: ModelVersion, value: ModelValue, types: Mapping[str, GroupType]) -> dict[str, TypeRules]:
    rows = []
    for level, level_row in zip(value.levels, _level_rows(version, value), strict=True):
        rows += [_type_row(level_row, number, rules, types) for number, rules in enumerate(level.types)]
    return {row.group_type.slug: row for row in TypeRules.objects.bulk_create(rows)}


def _level_rows(version: ModelVersion, value: ModelValue) -> list[LevelRules]:
    levels = _lasting(Level, version.model, [level.slug for level in value.levels])
    return LevelRules.objects.bulk_create(
        LevelRules(
            version=version,
            level=levels[level.slug],
            order=order,
            name=level.name,
            motto=level.motto,
            purpose=level.purpose,
            colour=level.colour,
        )
        for order, level in enumerate(value.levels)
    )


def _type_row(level: LevelRules, order: int, rules: TypeRulesValue, types: Mapping[str, GroupType]) -> TypeRules:
    return TypeRules(
        version=level.version,
        level=level,
        group_type=types[rules.slug],
        order=order,
        outputs=list(rules.outputs),
        casual_vacancies=list(rules.casual_vacancies),
        **{column: getattr(rules, column) for column in COLUMNS},
    )


def _references(
    rows: Mapping[str, TypeRules],
    value: ModelValue,
    types: Mapping[str, GroupType],
    words: Mapping[str, Mapping[str, Model]],
) -> None:
    """Every many-to-many, in the order the text has it (the rows' keys keep that order)."""
    for field in TYPE_REFERENCES:
        _through(field, "grouptype", rows, value, types)
    for field, to in WORD_REFERENCES.items():
        _through(field, to, rows, value, words[to])


def _through(
    field: str, to: str, rows: Mapping[str, TypeRules], value: ModelValue, targets: Mapping[str, Model]
) -> None:
    through = getattr(TypeRules, field).through
    pairs = [(rows[rules.slug], named) for rules in value.types() for named in _named(rules, field)]
    through._default_manager.bulk_create(through(typerules=row, **{to: targets[named.slug]}) for row, named in pairs)


def _named(rules: TypeRulesValue, field: str) -> Iterable[Named]:
    found: tuple[Named, ...] = getattr(rules, field)
    return found


def _sides(rows: Mapping[str, TypeRules], value: ModelValue) -> None:
    ConstituencyRules.objects.bulk_create(
        ConstituencyRules(
            rules=rows[rules.slug],
            slug=side.slug,
            order=order,
            name=side.name,
            minimum=side.minimum,
            maximum=side.maximum,
            counts=side.counts,
            chairs=side.chairs,
        )
        for rules in value.types()
        for order, side in enumerate(rules.constituencies)
    )


def _places(rows: Mapping[str, TypeRules], value: ModelValue) -> None:
    NamedPlace.objects.bulk_create(
        NamedPlace(
            rules=rows[rules.slug],
            order=order,
            title=place.title,
            organisation_name=place.organisation,
            constituency=place.constituency,
        )
        for rules in value.types()
        for order, place in enumerate(rules.named_places)
    )


def _declare(vocabulary: Vocabulary) -> dict[str, dict[str, Model]]:
    """The words by table and code; those the model declares are added, and those that are there stay as they are."""
    return {
        "roleclass": _words(RoleClass, {each.slug: {"name": each.name} for each in vocabulary.roles}),
        "organisationkind": _words(
            OrganisationKind,
            {
                each.slug: {"name": each.name, "name_plural": each.plural, "sector": each.sector}
                for each in vocabulary.kinds
            },
        ),
        "segment": _words(
            Segment, {each.slug: {"name": each.name, "description": each.description} for each in vocabulary.segments}
        ),
    }


def _words(kind: Any, declared: Mapping[str, Mapping[str, str]]) -> dict[str, Model]:
    """A table's rows by code, with those declared that were not there yet."""
    found = {row.slug: row for row in kind.objects.all()}
    new = [kind(slug=slug, **given) for slug, given in declared.items() if slug not in found]
    if new:
        kind.objects.bulk_create(new, ignore_conflicts=True)
        found = {row.slug: row for row in kind.objects.all()}
    return found
