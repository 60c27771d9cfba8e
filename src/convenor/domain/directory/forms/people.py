"""Forms of people and their interests."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from convenor.domain.directory.commands import InterestFacts
from convenor.domain.directory.forms.base import GetForm, OrganisationField, TaskForm
from convenor.domain.directory.models import Profile
from convenor.kit.forms import DayField


class PersonFilterForm(GetForm):
    """What the list of people is narrowed by."""

    q = forms.CharField(label=_("Name"), required=False, max_length=100)


class ProfileForm(TaskForm):
    """What the public reads of a person."""

    name = forms.CharField(label=_("Name"), max_length=200)
    about = forms.CharField(
        label=_("About"),
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("A few sentences for anybody to read, agreed with the person."),
    )
    reason = forms.CharField(
        label=_("Why"), required=False, max_length=300, help_text=_("Anybody can read it in the history.")
    )

    def __init__(self, *args: Any, profile: Profile, **kwargs: Any) -> None:
        super().__init__(*args, initial={"name": profile.record.title, "about": profile.about}, **kwargs)


class InterestForm(TaskForm):
    """A standing interest."""

    description = forms.CharField(
        label=_("The interest"), max_length=400, help_text=_("Such as shares, a second position, a family tie.")
    )
    organisation = OrganisationField(label=_("In which organisation"), required=False)
    starts_on = DayField(label=_("Since"), required=False)
    public = forms.BooleanField(
        label=_("Publish it on the person’s page"),
        required=False,
        help_text=_("Otherwise the secretariat reads it, and chairs where it matters."),
    )

    def facts(self) -> InterestFacts:
        """What was entered."""
        return InterestFacts(**self.cleaned_data)
