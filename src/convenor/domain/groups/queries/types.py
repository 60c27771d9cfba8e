"""Types of groups as registers and pages show them: name, level with its colour, cadence in words. One query."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from convenor.core.records.models import visible_filter
from convenor.core.records.prepared import PreparedFor
from convenor.core.records.rules import Viewer
from convenor.domain.engagement.models import ConstituencyRules, GroupType, TypeRules
from convenor.domain.engagement.queries import in_force
from convenor.domain.engagement.rules import TypeRulesValue
from convenor.domain.engagement.rules.rulebook import cadence
from convenor.domain.engagement.rules.values import tone_of
from convenor.kit.structs import struct


@struct
class TypeShown:
    """A type of group in force on a day."""

    key: int
    slug: str
    name: str
    name_plural: str
    purpose: str
    model_slug: str
    model_name: str
    level_slug: str
    level_name: str
    colour: str
    motto: str
    cadence: str
    chairing: str
    formation: str
    total_maximum: int | None
    total_counts: str
    row: GroupType
    """The type itself, with its model and the model's owner."""
    stated: TypeRules
    """What the version in force says of it, as far as it is in one row."""
    consults: bool
    """Whether its rules name types that it consults."""
    has_sides: bool
    """Whether they name sides of the table."""

    @property
    def tone(self) -> str:
        """The tone of its level, as the kit's tags know it."""
        return f"level-{tone_of(self.colour)}"

    @property
    def url(self) -> str:
        return reverse("engagement:type", args=[self.model_slug, self.slug])

    def size(self) -> TypeRulesValue:
        """As much of its rules as says whether a group of it takes in somebody more."""
        return TypeRulesValue(
            slug=self.slug,
            name=self.name,
            name_plural=self.name_plural,
            purpose="",
            formation=self.formation,
            total_maximum=self.total_maximum,
            total_counts=self.total_counts,
        )

    @property
    def needs_chair(self) -> bool:
        return self.chairing in {"chair", "co-chairs"}


def types_in_force(viewer: Viewer, on: date) -> dict[int, TypeShown]:
    """Every type of every model the viewer may read, by its key, in the order of the models' posters."""
    return _shown(TYPES_IN_FORCE.rows(viewer, on=on))


def type_in_force(viewer: Viewer, group_type: int | None, on: date) -> TypeShown | None:
    """One type on a day; None where no version of its model that the viewer may read has it then."""
    if group_type is None:
        return None
    rows = TypeRules.objects.filter(in_force(on, "version"), group_type=group_type)
    return _shown(_ordered(rows.filter(visible_filter(viewer, "version__model__record")))).get(group_type)


@struct
class SideShown:
    """A side of the table, with its cap."""

    slug: str
    name: str
    maximum: int | None
    counts: str


def sides_of(shown: TypeShown) -> list[SideShown]:
    """The sides of the table that a type's rules name, in their order. One query where there are any."""
    if not shown.has_sides:
        return []
    rows = ConstituencyRules.objects.filter(rules=shown.stated).order_by("order", "pk")
    return [SideShown(row.slug, row.name, row.maximum, row.counts) for row in rows]


def rows_of(types: Mapping[int, TypeShown]) -> dict[int, TypeRules]:
    """Their rows by the type's key, for whoever wants their whole rules next."""
    return {key: each.stated for key, each in types.items()}


def by_model(types: Iterable[TypeShown]) -> Mapping[str, list[TypeShown]]:
    """The types of each model, by the model's slug."""
    found: dict[str, list[TypeShown]] = {}
    for each in types:
        found.setdefault(each.model_slug, []).append(each)
    return found


def _shown(rows: Iterable[TypeRules]) -> dict[int, TypeShown]:
    return {row.group_type_id: _type(row) for row in rows}


def _in_force(viewer: Viewer, on: Any) -> QuerySet[TypeRules]:
    seen = visible_filter(viewer, "version__model__record")
    return _ordered(TypeRules.objects.filter(seen, in_force(on, "version"), version__model__record__state="live"))


def _ordered(rows: QuerySet[TypeRules]) -> QuerySet[TypeRules]:
    found = rows.select_related("group_type", "level__level", "version__model__owner", "version__model__record")
    return found.order_by("version__model__name", "version__model_id", "level__order", "order", "pk").annotate(
        consults_any=Exists(TypeRules.consults.through._default_manager.filter(typerules=OuterRef("pk"))),
        sides_any=Exists(ConstituencyRules.objects.filter(rules=OuterRef("pk"))),
    )


TYPES_IN_FORCE: Final = PreparedFor(_in_force)


def _type(row: Any) -> TypeShown:
    level, model, group_type = row.level, row.version.model, row.group_type
    group_type.model = model
    return TypeShown(
        key=row.group_type_id,
        slug=row.group_type.slug,
        name=row.name,
        name_plural=row.name_plural,
        purpose=row.purpose,
        model_slug=model.slug,
        model_name=model.name,
        level_slug=level.level.slug,
        level_name=level.name,
        colour=level.colour,
        motto=level.motto,
        cadence=cadence(_cadence_value(row)),
        chairing=row.chairing,
        formation=row.formation,
        total_maximum=row.total_maximum,
        total_counts=row.total_counts,
        row=group_type,
        stated=row,
        consults=row.consults_any,
        has_sides=row.sides_any,
    )


def _cadence_value(row: TypeRules) -> TypeRulesValue:
    return TypeRulesValue(
        slug="",
        name=row.name,
        name_plural=row.name_plural,
        purpose="",
        cadence_as_required=row.cadence_as_required,
        cadence_months=row.cadence_months,
        cadence_weeks=row.cadence_weeks,
    )
