"""Engagement models and their types of group as data: every typed rule is a column."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields as fields_of
from typing import Any, Final

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.timezone import localdate

from convenor.core.exchange.resources import Field, FieldType, Filter, Resource, add, add_act, record_fields
from convenor.core.records.models import ScopedQuerySet
from convenor.core.records.rules import Viewer
from convenor.domain.engagement.models import EngagementModel, LevelRules, ModelVersion, TypeRules
from convenor.domain.engagement.queries.values import COLUMNS, TYPE_REFERENCES, WORD_REFERENCES, in_force
from convenor.domain.engagement.resources import acts
from convenor.domain.engagement.rules import RULES, TypeRulesValue
from convenor.domain.engagement.rules.words import span

MODEL: Final = "engagement-model"
PLAIN: Final = {"name", "name_plural", "purpose", "membership", "examples"}


def register() -> None:
    """Called from AppConfig.ready()."""
    add(MODELS)
    add(TYPES)
    for act in acts.ACTS:
        add_act(act)


def _models(viewer: Viewer) -> ScopedQuerySet[EngagementModel]:
    return EngagementModel.objects.select_related("record", "owner", "calendar").visible_to(viewer)


def _models_prefetch(viewer: Viewer) -> Sequence[str | Prefetch[Any]]:
    """The version in force today, with its levels."""
    levels = Prefetch("levels", LevelRules.objects.order_by("order", "pk"))
    versions = ModelVersion.objects.filter(in_force(localdate(viewer.now))).defer("yaml").prefetch_related(levels)
    return (Prefetch("versions", versions, to_attr="current"),)


def _current(name: str) -> Callable[[Any], Any]:
    """A column of the version in force; None where none is."""
    return lambda row: getattr(row.current[0], name) if row.current else None


def _levels(row: Any) -> list[str]:
    return [level.name for level in row.current[0].levels.all()] if row.current else []


def _yaml_url(row: Any) -> str:
    return reverse("engagement:model_yaml", args=[row.slug])


MODELS: Final = Resource(
    kind=MODEL,
    name="engagement-models",
    label="Engagement models",
    description="How an agency engages: each model with the version that is in force.",
    queryset=_models,
    prefetch=_models_prefetch,
    key="slug",
    fields=(
        *record_fields(MODEL),
        Field("code", "Code", "text", "slug", "Its code, the same in every version.", required=True, example="forums"),
        Field("name", "Name", "text", "name", "What it is called.", required=True, term="schema:name"),
        Field("owner", "Owner", "ref", "owner.record_id", "The organisation whose model it is."),
        Field("calendar", "Calendar", "text", "calendar.slug", "Its working-day calendar."),
        Field("version", "Version", "integer", _current("number"), "The number of the version in force."),
        Field("in_force_from", "In force from", "date", _current("in_force_from"), "Its first day."),
        Field("in_force_to", "In force to", "date", _current("in_force_to"), "Its last day, where one is known."),
        Field("summary", "Summary", "text", _current("summary"), "What the model is.", term="schema:description"),
        Field("source", "Source", "text", _current("source"), "Where the rules come from."),
        Field("levels", "Levels", "texts", _levels, "Its levels, from the top."),
        Field("yaml", "Text", "url", _yaml_url, "The model as YAML, as it was loaded."),
    ),
    filters=(Filter("owner", "Owner", "owner__record_id", "Models of this organisation.", type="ref"),),
    jsonld_type="schema:DigitalDocument",
)


def _types(viewer: Viewer) -> ScopedQuerySet[TypeRules]:
    rows = TypeRules.objects.select_related("group_type", "version__model__record", "level__level")
    return rows.visible_to(viewer)


def _types_prefetch(_viewer: Viewer) -> Sequence[str | Prefetch[Any]]:
    return (*TYPE_REFERENCES, *WORD_REFERENCES, "constituencies", "named_places")


def _slugs(field: str) -> Callable[[Any], list[str]]:
    return lambda row: sorted(each.slug for each in getattr(row, field).all())


def _sides(row: Any) -> list[str]:
    """“Providers: up to 12 organisations”."""
    sides = sorted(row.constituencies.all(), key=lambda side: side.order)
    return [f"{side.name}: {said}" if (said := _span(side)) else side.name for side in sides]


def _span(side: Any) -> str:
    return span(side.minimum, side.maximum, side.counts)


def _places(row: Any) -> list[str]:
    return [place.title for place in sorted(row.named_places.all(), key=lambda place: place.order)]


def _type_url(row: Any) -> str:
    return reverse("engagement:type", args=[row.version.model.slug, row.group_type.slug])


_KINDS: Final[dict[str, FieldType]] = {"str": "text", "bool": "boolean", "int": "integer", "int | None": "integer"}


def _rule_fields() -> Iterable[Field]:
    """One column for every column of the rules, labelled by the rule it belongs to."""
    kinds = {field.name: _KINDS.get(str(field.type), "text") for field in fields_of(TypeRulesValue)}
    for name in COLUMNS:
        if name not in PLAIN:
            yield Field(name, _label(name), kinds[name], name, _about(name))


def _label(field: str) -> str:
    return field.replace("_", " ").capitalize()


def _about(field: str) -> str:
    return next(str(rule.about) for rule in RULES if field in rule.fields)


def _rows_in_force(rows: ScopedQuerySet[Any], on: Any) -> ScopedQuerySet[Any]:
    return rows.filter(in_force(on, "version"))


TYPES: Final = Resource(
    kind=MODEL,
    name="group-types",
    label="Types of group",
    description="Every type of group in every version of every model, with all its typed rules. Empty: not stated.",
    queryset=_types,
    prefetch=_types_prefetch,
    key="",
    fields=(
        Field("model", "Model", "ref", "version.model.record_id", "The engagement model.", required=True),
        Field("version", "Version", "integer", "version.number", "The version of the model.", required=True),
        Field("in_force_from", "In force from", "date", "version.in_force_from", "Its first day.", required=True),
        Field("in_force_to", "In force to", "date", "version.in_force_to", "Its last day, where one is known."),
        Field("code", "Code", "text", "group_type.slug", "Its code, the same in every version.", required=True),
        Field("url", "Page", "url", _type_url, "Where people read it.", required=True, term="schema:url"),
        Field("level", "Level", "text", "level.name", "The level it stands on.", required=True),
        Field("name", "Name", "text", "name", "What one such group is called.", required=True, term="schema:name"),
        Field("name_plural", "Plural", "text", "name_plural", "What several are called.", required=True),
        Field("purpose", "Purpose", "text", "purpose", "What it is for.", term="schema:description"),
        Field("membership", "Membership", "text", "membership", "Who takes part, in the model's own words."),
        Field("examples", "Examples", "text", "examples", "Examples of such groups."),
        *_rule_fields(),
        *(Field(name, _label(name), "texts", _slugs(name), _about(name)) for name in TYPE_REFERENCES),
        *(Field(name, _label(name), "texts", _slugs(name), _about(name)) for name in WORD_REFERENCES),
        Field("constituencies", "Constituencies", "texts", _sides, _about("constituencies")),
        Field("named_places", "Named places", "texts", _places, _about("named_places")),
        Field("outputs", "Outputs", "texts", "outputs", _about("outputs")),
        Field("casual_vacancies", "Casual vacancies", "texts", "casual_vacancies", _about("casual_vacancies")),
    ),
    filters=(
        Filter("model", "Model", "version__model__record_id", "Types of this model.", type="ref"),
        Filter("code", "Code", "group_type__slug", "The type with this code."),
        Filter("version", "Version", "version__number", "Only this version.", type="integer"),
        Filter("on", "In force on", "", "Only what is in force on this day.", type="date", apply=_rows_in_force),
    ),
    jsonld_type="schema:DefinedTerm",
)
