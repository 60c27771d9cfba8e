"""Forms of reports back."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from convenor.domain.directory.forms.base import GetForm
from convenor.domain.groups.commands import reports
from convenor.domain.groups.commands.reports import ReportFacts
from convenor.domain.groups.forms.base import GroupTask
from convenor.kit.forms import DayField

AREA = forms.Textarea(attrs={"rows": 6})


class ReportFields(forms.Form):
    """What a report back says; also what is filled in behind a signed link."""

    met_on = DayField(label=_("It met on"))
    subject = forms.CharField(label=_("What it was about"), max_length=200)
    said = forms.CharField(label=_("What was said"), max_length=20_000, widget=AREA)
    means = forms.CharField(label=_("What it means for us"), max_length=20_000, required=False, widget=AREA)
    readers = forms.ChoiceField(
        label=_("Who reads it"),
        widget=forms.RadioSelect,
        choices=[
            (reports.PUBLIC, _("Everybody")),
            (reports.MEMBERS, _("Those who sit there for us, and the officers")),
            (reports.OFFICERS, _("The officers who look after the group")),
        ],
        initial=reports.PUBLIC,
    )

    def facts(self) -> ReportFacts:
        """What was entered."""
        given = self.cleaned_data
        return ReportFacts(given["met_on"], given["subject"], given["said"], given["means"], given["readers"])


class ReportForm(GroupTask, ReportFields):
    """A report back; a correction says why."""

    field_order = ("met_on", "subject", "said", "means", "readers", "reason")
    reason = forms.CharField(label=_("Why it is corrected"), max_length=300)

    def __init__(self, *args: Any, correcting: bool, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["met_on"].initial = today
        if not correcting:
            del self.fields["reason"]


class ReportFilterForm(GetForm):
    """What the register of reports is narrowed by."""

    q = forms.CharField(label=_("Words"), required=False, max_length=100)
    group = forms.CharField(label=_("Group"), required=False, max_length=120, widget=forms.HiddenInput)
