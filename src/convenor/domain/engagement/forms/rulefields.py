"""The typed field of every value a rule can take: one way to enter rules, for a draft and for a group's override."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, cast, get_type_hints

from django import forms
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from convenor.domain.engagement.forms.rows import Cell, RowsField
from convenor.domain.engagement.models import Counts, TypeRules
from convenor.domain.engagement.rules import RULES, TypeRulesValue
from convenor.domain.engagement.rules.overriding import as_json
from convenor.domain.engagement.rules.reading import yaml_key
from convenor.domain.engagement.rules.rulebook import OUTPUT_WORDS, VACANCY_WORDS
from convenor.domain.engagement.rules.schema import schema
from convenor.domain.engagement.rules.values import LEFT_OPEN
from convenor.kit.structs import struct

Text = str | Promise
Choices = Sequence[tuple[str, Text]]

LABELS: Final[dict[str, Text]] = {
    "only_one": _("There is only one"),
    "lifespan": _("Lifespan"),
    "formation": _("How it is formed"),
    "parent_required": _("It has a parent"),
    "parent_types": _("Its parent may be"),
    "parent_approval": _("The parent's approval is recorded first"),
    "consults": _("It consults"),
    "consults_about": _("On what it consults them"),
    "refers_to": _("It may refer business to"),
    "total_minimum": _("Fewest places in all"),
    "total_maximum": _("Most places in all"),
    "total_counts": _("These count"),
    "constituencies": _("Sides of the table"),
    "one_seat_per_organisation": _("One seat per organisation"),
    "eligible_roles": _("Offices that may sit"),
    "eligible_kinds": _("Organisations that may sit"),
    "eligible_constituency": _("Eligibility binds this side only"),
    "segments": _("Segments that must be covered"),
    "segments_minimum": _("Fewest different segments"),
    "named_places": _("Places that the model names"),
    "must_deliver": _("It says what it is to deliver"),
    "closes_on_delivery": _("It closes when it has delivered"),
    "chairing": _("Who chairs"),
    "cadence_as_required": _("It meets as required"),
    "cadence_months": _("It meets every so many months"),
    "cadence_weeks": _("It meets every so many weeks"),
    "cadence_tolerance_days": _("Give or take so many days"),
    "longest_gap_months": _("Longest time without a meeting, in months"),
    "quorum_of": _("Quorum is counted of"),
    "quorum_number": _("Quorum as a number"),
    "quorum_percent": _("Quorum as a per cent"),
    "quorum_includes_chair": _("The chair or a co-chair must be there"),
    "proxy_counts": _("A proxy counts to the quorum"),
    "call_for_items_days": _("Items are called for, working days before"),
    "papers_due_days": _("Papers are due, working days before"),
    "papers_out_days": _("Papers go out, working days before"),
    "draft_minutes_days": _("Draft minutes are ready, working days after"),
    "outcomes_published_days": _("Outcomes are published, working days after"),
    "outputs": _("What it may give"),
    "publishes": _("Who reads its outcomes"),
    "highest_marking": _("Highest marking"),
    "review_months": _("Reviewed every so many months"),
    "sunset_months": _("Ends after so many months"),
    "term_months": _("Longest appointment, in months"),
    "casual_vacancies": _("How a seat is filled that falls vacant before its term ends"),
}

SIDES: Final = (
    Cell("constituency", _("Code")),
    Cell("name", _("Name")),
    Cell("minimum", _("Fewest"), "number"),
    Cell("maximum", _("Most"), "number"),
    Cell("counts", _("Counting"), "choice", Counts.choices),
    Cell("chairs", _("A chair comes from here"), "tick"),
)
PLACES: Final = (
    Cell("title", _("Title")),
    Cell("organisation", _("Organisation")),
    Cell("constituency", _("Side (its code)")),
)
ROWS: Final = {"constituencies": SIDES, "named_places": PLACES}
TYPES: Final = ("parent_types", "consults", "refers_to")
WORDS: Final = {"eligible_roles": "roles", "eligible_kinds": "kinds", "segments": "segments"}


@struct(slots=False)
class Codes:
    """What a rule may name, as code and name: types of the model, classes of office, kinds, segments."""

    types: Choices = ()
    roles: Choices = ()
    kinds: Choices = ()
    segments: Choices = ()


SHARED: Final = {"eligible_constituency": "eligible_kinds"}


def owner(field: str) -> str:
    """The key of the rule that a field is entered with, where several read it."""
    return SHARED.get(field) or next(rule.key for rule in RULES if field in rule.fields)


def rule_fields(fields: Iterable[str], rules: TypeRulesValue, codes: Codes) -> dict[str, forms.Field]:
    """A typed form field for each of these fields of the rules, holding what they say now."""
    made = {}
    for name in fields:
        field = _field(name, rules, codes)
        field.label, field.initial = cast("str", LABELS[name]), as_json(rules, name)
        field.help_text = field.help_text or about(name)
        made[name] = field
    return made


def _field(name: str, rules: TypeRulesValue, codes: Codes) -> forms.Field:
    if name in ROWS:
        return RowsField(ROWS[name])
    if name in TYPES or name in WORDS:
        return _several(getattr(codes, WORDS.get(name, "types")))
    if name == "outputs":
        return _several([(key, capfirst(str(word))) for key, word in OUTPUT_WORDS.items()])
    if name == "casual_vacancies":
        open_too = [*VACANCY_WORDS.items(), (LEFT_OPEN, _("it stays vacant until the term ends"))]
        return _several([(key, capfirst(str(word))) for key, word in open_too])
    if name == "eligible_constituency":
        sides = [(side.slug, side.name) for side in rules.constituencies]
        return forms.ChoiceField(choices=[("", _("All sides")), *sides], required=False)
    return _MAKERS[_KINDS[name]](name)


def _several(choices: Choices) -> forms.Field:
    return forms.MultipleChoiceField(choices=choices, required=False, widget=forms.CheckboxSelectMultiple)


def _words(name: str) -> forms.Field:
    column: Any = TypeRules._meta.get_field(name)
    choices = [each for each in column.flatchoices if each[0]]
    if choices:
        empty = [] if name == "total_counts" else [("", _("The model does not say"))]
        return forms.ChoiceField(choices=[*empty, *choices], required=False)
    return forms.CharField(max_length=column.max_length, required=False)


def _number(name: str) -> forms.Field:
    inside = _schema_of(name)
    most = inside.get("maximum", 10_000)
    widget = forms.NumberInput({"class": "short", "inputmode": "numeric"})
    return forms.IntegerField(min_value=inside.get("minimum", 0), max_value=most, required=False, widget=widget)


def _tick(name: str) -> forms.Field:  # noqa: ARG001 - the shape of the makers
    return forms.BooleanField(required=False)


_MAKERS: Final[dict[Any, Callable[[str], forms.Field]]] = {str: _words, bool: _tick, int: _number, int | None: _number}
_KINDS: Final = get_type_hints(TypeRulesValue)


def about(name: str) -> str:
    """What the schema says of a field."""
    return str(_schema_of(name).get("description", ""))


def _schema_of(name: str) -> Mapping[str, Any]:
    found: Any = schema()["properties"]["levels"]["items"]["properties"]["types"]["items"]
    for key in yaml_key(name).split("."):
        found = _inside(found).get(key, {})
    return found if isinstance(found, Mapping) else {}


def _inside(part: Mapping[str, Any]) -> Mapping[str, Any]:
    """The keys of a part, which may be one of several shapes (“as required”, or months and weeks)."""
    if "properties" in part:
        found: Mapping[str, Any] = part["properties"]
        return found
    shapes = [each for each in (*part.get("oneOf", ()), *part.get("anyOf", ())) if "properties" in each]
    return {key: value for shape in shapes for key, value in shape["properties"].items()}


def entered(cleaned: Mapping[str, Any], fields: Iterable[str]) -> dict[str, Any]:
    """What was entered, as JSON: what is empty lifts what the model says."""
    return {name: cleaned.get(name) for name in fields}
