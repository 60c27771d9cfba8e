"""What the screens show: one model on a day, with its versions and how many groups of each type there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from django.db.models import Case, F, Value, When
from django.http import Http404
from django.utils.timezone import get_current_timezone, localdate

from convenor.core.records.models import ScopedQuerySet
from convenor.core.records.rules import Viewer
from convenor.domain.directory.queries.shared import shown as readable
from convenor.domain.engagement.living import living
from convenor.domain.engagement.models import EngagementModel, GroupType, ModelVersion, TypeRules
from convenor.domain.engagement.queries.values import in_force, wholes
from convenor.domain.engagement.rules import LevelValue, ModelValue
from convenor.kit.structs import struct


def access_model(viewer: Viewer, slug: str) -> EngagementModel:
    """The model at this address, or 404: never a hint that it exists."""
    seen = EngagementModel.objects.visible_to(viewer).select_related("record", "owner", "owner__record", "calendar")
    found = with_owner(viewer, seen).filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


def with_owner(viewer: Viewer, rows: ScopedQuerySet[EngagementModel]) -> ScopedQuerySet[EngagementModel]:
    """Load with each model the name of its owner where the viewer may read that organisation: see `owner_of`."""
    name = Case(When(readable(viewer, "owner__record"), then=F("owner__name")), default=Value(""))
    return rows.annotate(owner_shown=name)


def owner_of(model: EngagementModel) -> str:
    """The owner's name as the viewer may read it, else ""; for models loaded `with_owner`."""
    return str(getattr(model, "owner_shown", ""))


def access_type(viewer: Viewer, model_slug: str, slug: str) -> GroupType:
    """The type at this address, with its model, or 404."""
    seen = GroupType.objects.visible_to(viewer).select_related("model__record", "model__owner")
    found = seen.filter(model__slug=model_slug, slug=slug).first()
    if found is None:
        raise Http404
    return found


def versions_of(model: EngagementModel) -> list[ModelVersion]:
    """Every version, the newest first, without their texts."""
    return list(model.versions.defer("yaml", "source").order_by("-number"))


def access_version(model: EngagementModel, number: int) -> ModelVersion:
    """The version with this number, with its text, or 404."""
    found = model.versions.filter(number=number).first()
    if found is None:
        raise Http404
    return found


def shown_version(versions: Sequence[ModelVersion], on: date) -> ModelVersion | None:
    """The version in force on the day; else the next that will be; else the last that was. `versions`: newest first."""
    begun = [version for version in versions if version.in_force_from <= on]
    return begun[0] if begun else (versions[-1] if versions else None)


def version_on(model: EngagementModel, on: date) -> ModelVersion:
    """The version that is shown on the day, with its text; 404 for a model without any."""
    shown = shown_version(versions_of(model), on)
    if shown is None:
        raise Http404
    return access_version(model, shown.number)


def changes_at(versions: Sequence[ModelVersion], on: date) -> datetime | None:
    """When a page becomes another by the clock alone: at the midnight one of these versions begins or has ended."""
    turns = [version.in_force_from for version in versions]
    turns += [version.in_force_to + timedelta(days=1) for version in versions if version.in_force_to]
    later = [day for day in turns if day > on]
    return datetime.combine(min(later), time.min, get_current_timezone()) if later else None


@struct(slots=False)
class Shown:
    """A model as its page shows it. counts: living groups the viewer may see, by the slug of their type."""

    model: EngagementModel
    version: ModelVersion
    versions: Sequence[ModelVersion]
    value: ModelValue
    type_ids: Mapping[str, int]
    counts: Mapping[str, int]
    on: date

    @property
    def begins_later(self) -> bool:
        """Whether it is not in force yet."""
        return self.version.in_force_from > self.on


def shown(viewer: Viewer, model: EngagementModel) -> Shown:
    """The model today: seven queries, one of them the groups app's."""
    on = localdate(viewer.now)
    versions = versions_of(model)
    version = shown_version(versions, on)
    if version is None:
        raise Http404
    return _shown(viewer, [(model, version, versions)], on)[0]


def _shown(
    viewer: Viewer, found: Sequence[tuple[EngagementModel, ModelVersion, Sequence[ModelVersion]]], on: date
) -> list[Shown]:
    said = wholes([version.pk for _model, version, _versions in found])
    counted = living.counts(viewer, [pk for whole in said.values() for pk in whole.type_ids.values()])
    return [
        Shown(
            model,
            version,
            versions,
            as_value(model, version, said[version.pk].levels),
            said[version.pk].type_ids,
            {slug: counted.get(pk, 0) for slug, pk in said[version.pk].type_ids.items()},
            on,
        )
        for model, version, versions in found
    ]


def as_value(model: EngagementModel, version: ModelVersion, levels: tuple[LevelValue, ...]) -> ModelValue:
    """The tables of one version as one value (its declared vocabulary stays in the text)."""
    owner = owner_of(model)
    return ModelValue(slug=model.slug, name=model.name, owner=owner, summary=version.summary, levels=levels)


def live_models(viewer: Viewer) -> ScopedQuerySet[EngagementModel]:
    """Every model the viewer may see that has something to show, by name."""
    seen = EngagementModel.objects.exclude(versions=None).select_related("record")
    return with_owner(viewer, seen.order_by("name", "pk").visible_to(viewer).live())


def shown_of(viewer: Viewer, models: Sequence[EngagementModel]) -> list[Shown]:
    """Several models today: as many queries as for one."""
    on = localdate(viewer.now)
    versions: dict[int, list[ModelVersion]] = defaultdict(list)
    for version in ModelVersion.objects.filter(model__in=models).defer("yaml", "source").order_by("-number"):
        versions[version.model_id].append(version)
    found = [(model, shown_version(versions[model.pk], on), versions[model.pk]) for model in models]
    return _shown(viewer, [(model, version, all_of) for model, version, all_of in found if version], on)


def types_on(model: EngagementModel, on: date) -> dict[int, tuple[str, str]]:
    """The types in force on a day, as drawn: key → code and name in the plural. One query."""
    rows = TypeRules.objects.filter(in_force(on, "version"), version__model=model).order_by("level__order", "order")
    found = rows.values_list("group_type_id", "group_type__slug", "name_plural")
    return {key: (slug, name) for key, slug, name in found}
