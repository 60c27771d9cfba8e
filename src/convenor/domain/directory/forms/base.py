"""What the forms of the directory share: who asks, breaches as field errors, fields that take a name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from convenor.core.records.rules import Breach, Viewer
from convenor.domain.directory.models import Organisation
from convenor.domain.directory.queries import find_organisations

ORGANISATION_NAMES = "organisation-names"
PERSON_NAMES = "person-names"
"""Ids of the lists of names that a page offers while somebody types (directory/task.html)."""


class TaskForm(forms.Form):
    """A form that parses and labels; it never saves. `viewer` decides what may be named in it."""

    sections: ClassVar[Sequence[tuple[Any, Sequence[str]]]] = ()

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        for field in self.fields.values():
            if isinstance(field, OrganisationField | OrganisationsField):
                field.viewer = viewer

    def add_breaches(self, breaches: Iterable[Breach]) -> None:
        """Show what a command refused: at the field it is about, else on top."""
        for breach in breaches:
            self.add_error(breach.field if breach.field in self.fields else None, breach.text)


class ReasonForm(TaskForm):
    """A reason, and nothing else."""

    reason = forms.CharField(label=gettext_lazy("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class OrganisationField(forms.CharField):
    """An organisation by its name, short name, reference or ABN; the page offers names while one types."""

    viewer: Viewer | None = None

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"list": ORGANISATION_NAMES, "autocomplete": "off"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        super().__init__(max_length=200, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value.name if isinstance(value, Organisation) else value

    def clean(self, value: Any) -> Any:
        said = super().clean(value)
        return find_one(self.viewer, said) if said else None


MOST_LINES: Final = 100
"""Organisations in one field: each line is looked up."""


class OrganisationsField(forms.CharField):
    """Several organisations, one a line."""

    viewer: Viewer | None = None

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 4}))
        super().__init__(max_length=MOST_LINES * 200, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(item.name for item in value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> Any:
        lines = [line.strip() for line in (super().clean(value) or "").splitlines()]
        if len(lines) > MOST_LINES:
            raise ValidationError(_("Enter at most %(most)d organisations, one a line.") % {"most": MOST_LINES})
        found, wrong = [], []
        for number, line in enumerate(lines, 1):
            try:
                if line:
                    found.append(find_one(self.viewer, line))
            except ValidationError as error:
                words = _("Line %(number)d: %(text)s")
                wrong.append(words % {"number": number, "text": " ".join(error.messages)})
        if wrong:
            raise ValidationError(wrong)
        return tuple(dict.fromkeys(found))


def find_one(viewer: Viewer | None, said: str) -> Organisation:
    """The one organisation that is meant; a ValidationError says why there is none."""
    found = find_organisations(viewer, said) if viewer is not None else []
    if not found:
        raise ValidationError(_("No organisation here is called “%(said)s”.") % {"said": said[:80]})
    if len(found) > 1:
        refs = ", ".join(f"{row.name} ({row.record.ref})" for row in found)
        words = _("More than one is called “%(said)s”. Enter its reference: %(refs)s.")
        raise ValidationError(words % {"said": said[:80], "refs": refs})
    return found[0]


class GetForm(forms.Form):
    """Filters of a register. What the address asks for wrongly is left out, never an error page."""

    def asked(self) -> dict[str, Any]:
        """What is asked for and makes sense, by field name."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}


def any_choice(choices: Iterable[tuple[str, Any]], label: Any = None) -> list[tuple[str, Any]]:
    """Choices with an empty one in front: “Any” unless it is called something else."""
    return [("", label or gettext_lazy("Any")), *choices]
