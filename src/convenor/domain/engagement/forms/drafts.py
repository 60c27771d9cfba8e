"""The editor of a draft: the model's words, its levels, its types with every rule as a typed field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any, Final

from django import forms
from django.core.validators import RegexValidator
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from convenor.core.records.rules import Breach
from convenor.domain.engagement.forms.load import LoadForm
from convenor.domain.engagement.forms.rows import Cell, RowsField
from convenor.domain.engagement.forms.rulefields import Codes, entered, owner, rule_fields
from convenor.domain.engagement.rules import RULES, LevelValue, ModelValue, Rule, TypeRulesValue
from convenor.domain.engagement.rules.rulebook import told
from convenor.domain.engagement.rules.values import COLOURS, SECTORS
from convenor.kit.forms import DayField

AREA: Final = {"rows": 3}
CODE: Final = RegexValidator(
    r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", _("Use small letters, digits and hyphens, as focus-group")
)
RULE_FIELDS: Final = tuple(dict.fromkeys(field for rule in RULES for field in rule.fields))


class DraftForm(forms.Form):
    """A part of a draft. `save`: the save it was made from, so that nobody writes over another unseen."""

    save = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def add_breaches(self, breaches: Sequence[Breach]) -> None:
        """What a step refused, at its field, else on top."""
        for breach in breaches:
            self.add_error(breach.field if breach.field in self.fields else None, breach.text)


class StartForm(forms.Form):
    """A next version begins."""

    name = forms.CharField(label=_("What is it to change?"), max_length=120)


SECTOR_WORDS: Final = [(sector, sector.capitalize()) for sector in SECTORS]
ROLES: Final = (Cell("role", _("Code")), Cell("name", _("Name")))
KINDS: Final = (
    Cell("kind", _("Code")),
    Cell("name", _("Name")),
    Cell("plural", _("Plural")),
    Cell("sector", _("Sector"), "words", SECTOR_WORDS),
)
SEGMENTS: Final = (Cell("segment", _("Code")), Cell("name", _("Name")), Cell("description", _("Description")))


class ModelForm(DraftForm):
    """What the model is called, whose it is, and the words it declares."""

    name = forms.CharField(label=_("Name"), max_length=200)
    owner = forms.CharField(label=_("Owner"), max_length=200, help_text=_("An organisation's code or name."))
    calendar = forms.CharField(label=_("Working-day calendar"), max_length=60, required=False)
    summary = forms.CharField(label=_("Summary"), required=False, widget=forms.Textarea(AREA))
    source = forms.CharField(
        label=_("Source"), required=False, widget=forms.Textarea(AREA), help_text=_("Where the rules come from.")
    )
    roles = RowsField(ROLES, label=_("Classes of office that it declares"))
    kinds = RowsField(KINDS, label=_("Kinds of organisation that it declares"))
    segments = RowsField(SEGMENTS, label=_("Segments that it declares"))
    sections = (
        (_("The model"), ["name", "owner", "calendar", "summary", "source"]),
        (_("Words of its own"), ["roles", "kinds", "segments"]),
    )

    def words(self) -> dict[str, str]:
        """What was entered, by the keys of the YAML."""
        return {key: self.cleaned_data[key] for key in ("name", "owner", "calendar", "summary", "source")}

    def vocabulary(self) -> dict[str, Any]:
        """The words it declares."""
        return {key: self.cleaned_data[key] for key in ("roles", "kinds", "segments")}


class LevelForm(DraftForm):
    """What a level is called, and for."""

    name = forms.CharField(label=_("Name"), max_length=80)
    colour = forms.ChoiceField(label=_("Colour"), choices=[(colour, colour.capitalize()) for colour in COLOURS])
    motto = forms.CharField(label=_("Motto"), max_length=120, required=False)
    purpose = forms.CharField(label=_("Purpose"), required=False, widget=forms.Textarea(AREA))

    def words(self) -> dict[str, str]:
        """What was entered, by the keys of the YAML."""
        return {key: self.cleaned_data[key] for key in ("name", "colour", "motto", "purpose")}


class AddForm(DraftForm):
    """A new level or type: its name; its code follows from it unless one is given."""

    name = forms.CharField(label=_("Name"), max_length=80)
    code = forms.CharField(
        label=_("Code"), max_length=40, required=False, validators=[CODE],
        help_text=_("Its address, the same in every version. Left empty, it follows from the name."),
    )  # fmt: skip

    def code_of(self) -> str:
        """The code that was given, or one made of the name."""
        return str(self.cleaned_data["code"] or slugify(self.cleaned_data["name"])[:40])


class AddTypeForm(AddForm):
    """A new type on a level."""

    level = forms.ChoiceField(label=_("On the level"))
    purpose = forms.CharField(label=_("Purpose"), widget=forms.Textarea(AREA))
    field_order = ("name", "level", "purpose", "code", "save")

    def __init__(self, *args: Any, value: ModelValue, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = _levels(value.levels)  # type: ignore[attr-defined]


class TypeForm(DraftForm):
    """A type of group: its words, its level, and every rule of the rule book as typed fields."""

    name = forms.CharField(label=_("Name"), max_length=120)
    plural = forms.CharField(label=_("Plural"), max_length=120)
    level = forms.ChoiceField(label=_("On the level"))
    purpose = forms.CharField(label=_("Purpose"), widget=forms.Textarea(AREA))
    membership = forms.CharField(label=_("Who takes part"), required=False, widget=forms.Textarea(AREA))
    examples = forms.CharField(label=_("Examples"), max_length=300, required=False)

    def __init__(self, *args: Any, value: ModelValue, rules: TypeRulesValue, codes: Codes, **kwargs: Any) -> None:
        words = {"name": rules.name, "plural": rules.name_plural, "level": rules.level, "purpose": rules.purpose}
        given = kwargs.get("initial", {})
        kwargs["initial"] = {**words, "membership": rules.membership, "examples": rules.examples, **given}
        super().__init__(*args, **kwargs)
        self.rules = rules
        self.fields["level"].choices = _levels(value.levels)  # type: ignore[attr-defined]
        self.fields.update(rule_fields(RULE_FIELDS, rules, codes))

    def words(self) -> dict[str, str]:
        """What was entered, by the keys of the YAML."""
        return {key: self.cleaned_data[key] for key in ("name", "plural", "purpose", "membership", "examples")}

    def values(self) -> dict[str, Any]:
        """Every rule's values."""
        return entered(self.cleaned_data, RULE_FIELDS)

    @property
    def about(self) -> list[forms.BoundField]:
        """The fields that are no rules."""
        return [self[name] for name in ("name", "plural", "level", "purpose", "membership", "examples")]

    @property
    def parts(self) -> list[dict[str, Any]]:
        """The rule book part by part: each rule with its fields, and the sentence it makes as it is saved."""
        return [
            {"title": str(title), "id": slugify(str(title)), "rules": [self._rule(rule) for rule in some]}
            for title, some in groupby(RULES, key=lambda rule: str(rule.part))
        ]

    def _rule(self, rule: Rule) -> dict[str, Any]:
        fields = [self[name] for name in rule.fields if owner(name) == rule.key]
        return {"label": rule.label, "about": rule.about, "fields": fields, "said": told(self.rules, rule)}


class TextForm(LoadForm):
    """The whole text of a draft: pasted or uploaded."""

    save = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, data: Any = None, files: Any = None, *, text: str = "", save: int = 0) -> None:
        super().__init__(data, files, first_day=date.today(), text=text)  # noqa: DTZ011 - the field is taken out
        del self.fields["in_force_from"], self.fields["accept"]
        self.fields["save"].initial = save

    def add_breaches(self, breaches: Sequence[Breach]) -> None:
        """What was refused, at its field, else on top."""
        for breach in breaches:
            self.add_error(breach.field if breach.field in self.fields else None, breach.text)


class UseForm(DraftForm):
    """From when a draft is in force."""

    in_force_from = DayField(label=_("In force from"), help_text=_("The version before it ends on the day before."))
    accept = forms.CharField(
        label=_("Why the groups named above may break a rule"),
        required=False,
        max_length=300,
        help_text=_("Everybody reads it in the history of the model."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, required=False)


def codes_of(value: ModelValue, known: Mapping[str, Sequence[Any]]) -> Codes:
    """What the rules of a draft may name: its types, its own words, and those of the directory."""

    def pairs(part: str) -> list[tuple[str, str]]:
        both = [*getattr(value.vocabulary, part), *known[part]]
        return list({each.slug: (each.slug, each.name) for each in both}.values())

    types = [(rules.slug, rules.name) for rules in value.types()]
    return Codes(types, pairs("roles"), pairs("kinds"), pairs("segments"))


def _levels(levels: Sequence[LevelValue]) -> list[tuple[str, str]]:
    return [(level.slug, level.name) for level in levels]
