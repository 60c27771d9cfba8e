"""How forms are drawn: one renderer, one bound field, an error summary. `DayField` lives in `days`.

Settings: FORM_RENDERER = "convenor.kit.forms.KitRenderer". A form may group its fields:

    class MeetingForm(forms.Form):
        sections = [("When and where", ["day", "venue"]), ("Who is told", ["notify"])]
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import DjangoTemplates
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from convenor.kit.days import PARTS, DayField, DayWidget
from convenor.kit.structs import struct

__all__ = ["DayField", "DayWidget", "FormSection", "KitBoundField", "KitRenderer", "Wrong", "errors_of", "sections_of"]

_MISSING = {
    "plain": _("Fill in “%(label)s”"),
    "choices": _("Choose an answer to “%(label)s”"),
    "tick": _("Tick “%(label)s” to go on"),
    "file": _("Choose a file for “%(label)s”"),
    "day": _("Enter a date for “%(label)s”"),
}


class KitBoundField(forms.BoundField):
    """A field with its data, that knows what its template needs to know and names itself when it is left empty."""

    def __init__(self, form: forms.BaseForm, field: forms.Field, name: str) -> None:
        super().__init__(form, field, name)
        if field.error_messages.get("required") == forms.Field.default_error_messages["required"]:
            kind = "choices" if isinstance(field.widget, forms.Select) else self.kind
            field.error_messages["required"] = _MISSING[kind] % {"label": self.label}
        if field.error_messages.get("invalid") == forms.TimeField.default_error_messages["invalid"]:
            field.error_messages["invalid"] = _("Enter a time of day, such as 09:30 or 14:00")

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        """Django's attributes; radios carry their state on the fieldset, a day on the part that is wrong."""
        built = dict(super().build_widget_attrs(attrs, widget))
        if isinstance(self.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
            built.pop("aria-invalid", None)
        if isinstance(self.field.widget, DayWidget) and self.errors:
            built["data-wrong"] = " ".join(self.wrong_parts)
        return built

    @property
    def wrong_parts(self) -> list[str]:
        """For a day: which of day, month, year is at fault (all, when the fault is not one part's)."""
        told = " ".join((error.params or {}).get("parts", "") for error in _raised(self)).split()
        return [part for part in PARTS if part in told] or list(PARTS)

    @property
    def kind(self) -> str:
        """Which shape the template draws: tick, choices, day, file or plain."""
        shapes: list[tuple[str, type[forms.Widget] | tuple[type[forms.Widget], ...]]] = [
            ("tick", forms.CheckboxInput),
            ("choices", (forms.RadioSelect, forms.CheckboxSelectMultiple)),
            ("day", DayWidget),
            ("file", forms.FileInput),
        ]
        return next((kind for kind, widget in shapes if isinstance(self.field.widget, widget)), "plain")

    @property
    def focus_id(self) -> str:
        """Id of the input that an error about this field should lead to."""
        if isinstance(self.field.widget, DayWidget):
            return f"{self.auto_id}_{PARTS.index(self.wrong_parts[0])}"
        return f"{self.auto_id}_0" if self.kind == "choices" else self.id_for_label or self.auto_id


class KitRenderer(DjangoTemplates):
    """Draws forms, formsets and fields with the kit's templates; needs nothing in INSTALLED_APPS but the kit."""

    form_template_name = "kit/forms/form.html"
    formset_template_name = "kit/forms/formset.html"
    field_template_name = "kit/forms/field.html"
    bound_field_class = KitBoundField


@struct(slots=False)
class FormSection:
    """Fields under one heading; no title for those the form did not place."""

    title: str
    id: str
    fields: list[forms.BoundField]


@struct(slots=False)
class Wrong:
    """One line of the error summary; `target` is the id to go to, empty when the fault is the form's."""

    text: str
    target: str = ""


def sections_of(form: forms.BaseForm) -> list[FormSection]:
    """The visible fields in the form's declared sections; what is not placed comes last, so nothing is lost."""
    stem = f"{form.prefix}-part" if form.prefix else "part"
    waiting = {field.name: field for field in form.visible_fields()}
    made = []
    for title, names in getattr(form, "sections", ()):
        fields = [waiting.pop(name) for name in names if name in waiting]
        made.append(FormSection(str(title), f"{stem}-{slugify(title)}", fields))
    if waiting:
        made.append(FormSection("", f"{stem}-other", list(waiting.values())))
    return [section for section in made if section.fields]


def errors_of(shown: Iterable[Any]) -> list[Wrong]:
    """Everything that is wrong in these forms and formsets, in the order of the page."""
    return [wrong for item in shown if item for wrong in _errors(item)]


def loses_a_file(form: Any) -> bool:
    """Whether a file came with it that the person must choose again: no page can put one back into its field.

    A form that keeps what the file held says so: `keeps_files = True`.
    """
    return bool(getattr(form, "files", None)) and not getattr(form, "keeps_files", False)


def _errors(item: Any) -> list[Wrong]:
    if isinstance(item, forms.BaseFormSet):
        return [Wrong(str(text)) for text in item.non_form_errors()] + errors_of(item.forms)
    if not item.is_bound:
        return []
    target = f"{item.prefix or 'form'}-errors"
    whole = [Wrong(str(text), target) for text in item.non_field_errors()]
    hidden = [Wrong(str(text), target) for field in item.hidden_fields() for text in field.errors]
    return whole + hidden + [wrong for section in sections_of(item) for wrong in _field_errors(section)]


def _field_errors(section: FormSection) -> list[Wrong]:
    return [
        Wrong(str(text), getattr(field, "focus_id", field.auto_id)) for field in section.fields for text in field.errors
    ]


def _raised(field: forms.BoundField) -> list[ValidationError]:
    return list(field.errors.as_data())
