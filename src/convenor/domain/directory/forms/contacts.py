"""Forms of the engagement log."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from convenor.core.records.models import Disclosure
from convenor.domain.directory.commands import ContactFacts
from convenor.domain.directory.forms.base import GetForm, OrganisationField, OrganisationsField, TaskForm, any_choice
from convenor.domain.directory.models import Contact
from convenor.domain.directory.queries import ContactFilter
from convenor.kit.forms import DayField

FORMAL = (("yes", _("Formal")), ("no", _("Informal")))


class ContactFilterForm(GetForm):
    """What the log is narrowed by."""

    q = forms.CharField(label=_("Words"), required=False, max_length=100)
    nature = forms.ChoiceField(label=_("What"), required=False, choices=any_choice(Contact.Nature.choices))
    formal = forms.ChoiceField(label=_("How"), required=False, choices=any_choice(FORMAL))
    organisation = forms.SlugField(required=False, widget=forms.HiddenInput)

    def filter(self) -> ContactFilter:
        """The filter the queries take."""
        asked = self.asked()
        formal = {"yes": True, "no": False}.get(asked.pop("formal", ""))
        return ContactFilter(formal=formal, **asked)


class ContactForm(TaskForm):
    """An entry of the log."""

    sections = (
        (_("What happened"), ("nature", "formal", "on", "organisations", "host")),
        (_("What it was about"), ("subject", "about", "outcome")),
        (_("About this change"), ("reason",)),
    )

    nature = forms.ChoiceField(label=_("What it was"), choices=Contact.Nature.choices, widget=forms.RadioSelect)
    formal = forms.ChoiceField(label=_("How"), choices=FORMAL, widget=forms.RadioSelect, initial="no")
    on = DayField(label=_("When"))
    organisations = OrganisationsField(label=_("With whom"), help_text=_("One organisation a line."))
    host = OrganisationField(label=_("For which organisation"), help_text=_("Whose engagement it was: usually ours."))
    subject = forms.CharField(label=_("Subject"), max_length=200)
    about = forms.CharField(
        label=_("What was said or done"), max_length=10000, widget=forms.Textarea(attrs={"rows": 6})
    )
    outcome = forms.CharField(
        label=_("What came of it"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 4})
    )
    reason = forms.CharField(label=_("Why"), max_length=300, help_text=_("Anybody can read it in the history."))

    def __init__(self, *args: Any, today: date, contact: Contact | None = None, **kwargs: Any) -> None:
        initial = {"on": today, **(_initial(contact) if contact else {}), **kwargs.pop("initial", {})}
        super().__init__(*args, initial=initial, **kwargs)
        day = self.fields["on"]
        if isinstance(day, DayField):
            day.latest = today
        if contact is None:
            del self.fields["reason"]

    def facts(self) -> ContactFacts:
        """What was entered."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "reason"}
        return ContactFacts(**{**given, "formal": given["formal"] == "yes"})


def _initial(contact: Contact) -> dict[str, Any]:
    names = ("nature", "on", "host", "subject", "about", "outcome")
    given = {name: getattr(contact, name) for name in names}
    return {
        **given,
        "formal": "yes" if contact.formal else "no",
        "organisations": list(contact.organisations.order_by("name")),
    }


class WithholdForm(TaskForm):
    """What others may still know of a withheld entry."""

    disclosure = forms.ChoiceField(
        label=_("What others may still know"),
        choices=Disclosure.choices,
        initial=Disclosure.EXISTENCE,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Withheld because"), max_length=300, help_text=_("Others read it in place of the entry.")
    )
