"""What the list of vacant seats is narrowed by; and the form of a seat's role."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from convenor.domain.directory.forms.base import GetForm, any_choice
from convenor.domain.groups.commands.vocabulary import RoleFacts
from convenor.domain.groups.forms.base import GroupTask
from convenor.domain.groups.models import SeatRole


class VacancyFilterForm(GetForm):
    """What the list of vacant seats is narrowed by."""

    casual = forms.ChoiceField(
        label=_("How it came about"), required=False, choices=any_choice([("yes", _("Casual vacancies only"))])
    )
    group = forms.SlugField(label=_("Group"), required=False, widget=forms.HiddenInput())


class RoleForm(GroupTask):
    """As what somebody sits."""

    name = forms.CharField(label=_("Name"), max_length=80)
    counts_under_caps = forms.BooleanField(
        label=_("Counts under caps"),
        required=False,
        help_text=_("The rules of members bind it: caps, one seat an organisation, who may sit."),
    )
    votes = forms.BooleanField(label=_("New seats of it vote"), required=False)
    counts_to_quorum = forms.BooleanField(label=_("New seats of it count to the quorum"), required=False)
    default_for = forms.ChoiceField(
        label=_("Usual role of"), required=False, choices=[("", _("No seats")), *SeatRole.DefaultFor.choices]
    )
    order = forms.IntegerField(label=_("Place in the list"), min_value=0, max_value=9999, initial=0)

    def __init__(self, *args: Any, role: SeatRole | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if role is not None:
            self.initial.update({name: getattr(role, name) for name in self.fields})

    def facts(self) -> RoleFacts:
        """What was entered."""
        return RoleFacts(**self.cleaned_data)
