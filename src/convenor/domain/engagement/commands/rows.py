"""The rows of one version: steps inside load_model, in its transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
from convenor.domain.engagement.rules import LevelValue, ModelValue, Named, TypeRulesValue, Vocabulary


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
    types = {rules.slug: _lasting(GroupType, model, rules.slug) for rules in value.types()}
    rows = _type_rows(version, value, types)
    _references(rows, value, types, words)
    _sides(rows, value)
    _places(rows, value)
    return version


def _lasting(kind: Any, model: EngagementModel, slug: str) -> Any:
    """The Level or GroupType that lasts through the versions."""
    return kind.objects.get_or_create(model=model, slug=slug)[0]


def _type_rows(version: ModelVersion, value: ModelValue, types: Mapping[str, GroupType]) -> dict[str, TypeRules]:
    rows = []
    for order, level in enumerate(value.levels):
        level_row = _level_row(version, order, level)
        rows += [_type_row(level_row, number, rules, types) for number, rules in enumerate(level.types)]
    return {row.group_type.slug: row for row in TypeRules.objects.bulk_create(rows)}


def _level_row(version: ModelVersion, order: int, level: LevelValue) -> LevelRules:
    return LevelRules.objects.create(
        version=version,
        level=_lasting(Level, version.model, level.slug),
        order=order,
        name=level.name,
        motto=level.motto,
        purpose=level.purpose,
        colour=level.colour,
    )


def _type_row(level: LevelRules, order: int, rules: TypeRulesValue, types: Mapping[str, GroupType]) -> TypeRules:
    return TypeRules(
        version=level.version,
        level=level,
        group_type=types[rules.slug],
        order=order,
        outputs=list(rules.outputs),
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
    for role in vocabulary.roles:
        RoleClass.objects.get_or_create(slug=role.slug, defaults={"name": role.name})
    for kind in vocabulary.kinds:
        given = {"name": kind.name, "name_plural": kind.plural, "sector": kind.sector}
        OrganisationKind.objects.get_or_create(slug=kind.slug, defaults=given)
    for segment in vocabulary.segments:
        given = {"name": segment.name, "description": segment.description}
        Segment.objects.get_or_create(slug=segment.slug, defaults=given)
    return {
        "roleclass": {row.slug: row for row in RoleClass.objects.all()},
        "organisationkind": {row.slug: row for row in OrganisationKind.objects.all()},
        "segment": {row.slug: row for row in Segment.objects.all()},
    }
