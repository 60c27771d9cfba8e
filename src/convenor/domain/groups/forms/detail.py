"""The day for which a roster is asked."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

EARLIEST = date(1901, 1, 1)
LATEST = date(2199, 12, 31)


class OnForm(forms.Form):
    """Who sat on a day: `?on=2026-11-24`. What makes no sense gives today, with a word why."""

    on = forms.DateField(
        label=_("Who sits on"),
        widget=forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": _("This is not a day: write it as 2026-11-24.")},
    )

    def __init__(self, data: Any, *, today: date) -> None:
        super().__init__(data, initial={"on": today})
        self.today = today

    def clean_on(self) -> date:
        """A day that calendars know."""
        on: date = self.cleaned_data["on"]
        if not EARLIEST <= on <= LATEST:
            raise forms.ValidationError(_("This day is too far away."))
        return on

    def day(self) -> date:
        """The day that is asked for, or today."""
        return self.cleaned_data["on"] if self.is_bound and self.is_valid() else self.today
