"""Forms of offices and of who holds them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from convenor.core.accounts.models import Person
from convenor.core.records.rules import Viewer
from convenor.domain.directory.commands import OfficeFacts, TenureFacts
from convenor.domain.directory.forms.base import PERSON_NAMES, GetForm, TaskForm, any_choice
from convenor.domain.directory.models import Office, RoleClass, Tenure
from convenor.domain.directory.queries import people_named
from convenor.kit.forms import DayField


class OfficeFilterForm(GetForm):
    """What the register of offices is narrowed by."""

    q = forms.CharField(label=_("Office or organisation"), required=False, max_length=100)
    role = forms.ChoiceField(label=_("Role"), required=False)
    standing = forms.ChoiceField(
        label=_("Which"),
        required=False,
        choices=any_choice([("vacant", _("Vacant")), ("abolished", _("Abolished")), ("all", _("All"))], _("Present")),
    )

    def __init__(self, *args: Any, roles: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = any_choice(roles)  # type: ignore[attr-defined]


class OfficeForm(TaskForm):
    """What is recorded of an office."""

    title = forms.CharField(
        label=_("Title"), max_length=200, help_text=_("Without the organisation: “Chief Information Officer”.")
    )
    role_class = forms.ModelChoiceField(
        RoleClass.objects.order_by("name"),
        label=_("Role"),
        required=False,
        help_text=_("What the rules of groups know it as."),
    )
    created_on = DayField(label=_("Created on"), required=False)
    reason = forms.CharField(
        label=_("Why"), required=False, max_length=300, help_text=_("Anybody can read it in the history.")
    )

    def __init__(self, *args: Any, office: Office | None = None, **kwargs: Any) -> None:
        names = ("title", "role_class", "created_on")
        initial = {name: getattr(office, name) for name in names} if office else {}
        super().__init__(*args, initial=initial, **kwargs)
        if office is None:
            del self.fields["reason"]

    def facts(self) -> OfficeFacts:
        """What was entered."""
        given = self.cleaned_data
        return OfficeFacts(given["title"], given["role_class"], given["created_on"])


class LastDayForm(TaskForm):
    """A last day and a reason."""

    on = DayField(label=_("Last day"))
    reason = forms.CharField(
        label=_("Why"), required=False, max_length=300, help_text=_("Anybody can read it in the history.")
    )

    def __init__(self, *args: Any, today: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if today is not None:
            self.fields["on"].initial = today


class WhoField(forms.CharField):
    """A person by name, e-mail address or reference; the page offers names while one types."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"list": PERSON_NAMES, "autocomplete": "off"}
        super().__init__(max_length=200, widget=forms.TextInput(attrs=attrs), **kwargs)


class DaysForm(TaskForm):
    """From when to when somebody holds an office."""

    starts_on = DayField(label=_("From"), required=False, help_text=_("Leave it empty when it is not known."))
    ends_on = DayField(label=_("Last day"), required=False, help_text=_("Where it is known already."))
    acting = forms.BooleanField(
        label=_("Acting"), required=False, help_text=_("In place of the holder, or while there is none.")
    )
    note = forms.CharField(label=_("Note for readers"), required=False, max_length=300)

    def facts(self) -> TenureFacts:
        """What was entered."""
        given = self.cleaned_data
        return TenureFacts(given["starts_on"], given["ends_on"], given["acting"], given["note"])


class TenureForm(DaysForm):
    """Who holds an office."""

    sections = (
        (_("Who"), ("who", "which", "email", "published")),
        (_("From when to when"), ("starts_on", "ends_on", "acting", "note")),
    )

    who = WhoField(label=_("Who holds it"), help_text=_("Their name. Somebody who is not here yet is added."))
    which = forms.ChoiceField(label=_("Which of them"), required=False, widget=forms.RadioSelect)
    email = forms.EmailField(
        label=_("E-mail address"), required=False, max_length=254, help_text=_("For somebody new. Never published.")
    )
    published = forms.BooleanField(
        label=_("Publish their name"),
        required=False,
        initial=True,
        help_text=_("A person of this name gets a public page with their offices and seats."),
    )

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, viewer=viewer, **kwargs)
        self.matches = people_named(viewer, str(self.data.get(self.add_prefix("who"), ""))) if self.is_bound else []
        if len(self.matches) < 2:
            del self.fields["which"]
        else:
            said = [(str(person.pk), _say(person)) for person in self.matches]
            self.fields["which"].choices = [*said, ("new", _("Somebody else of that name"))]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Where more than one is meant, one is chosen."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if "which" in self.fields and not given.get("which"):
            raise ValidationError({"which": _t("More than one person here is called that: choose one.")})
        return given

    def person(self) -> Person | None:
        """Who is meant; None for somebody new."""
        which = self.cleaned_data.get("which")
        if which:
            return next((person for person in self.matches if str(person.pk) == which), None)
        return self.matches[0] if self.matches else None


def _say(person: Person) -> str:
    profile = getattr(person, "profile", None)
    return f"{person.name} ({profile.record.ref})" if profile else f"{person.name} ({_t('no public page')})"


class TenureEditForm(DaysForm):
    """Correcting the days of a tenure."""

    reason = forms.CharField(label=_("Why"), max_length=300, help_text=_("Anybody can read it in the history."))

    def __init__(self, *args: Any, tenure: Tenure, **kwargs: Any) -> None:
        names = ("starts_on", "ends_on", "acting", "note")
        super().__init__(*args, initial={name: getattr(tenure, name) for name in names}, **kwargs)
