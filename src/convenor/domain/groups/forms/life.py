"""Forms of a group's life: proposals and their answers, deliveries, closing, renewing, correcting a parent."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from convenor.domain.groups.commands.deliveries import DeliveryFacts
from convenor.domain.groups.commands.proposals import Answer, ProposalFacts
from convenor.domain.groups.forms.base import GroupTask, group_field
from convenor.domain.groups.models import Closure
from convenor.domain.groups.rules import closings, proposals
from convenor.kit.forms import DayField

AREA = forms.Textarea(attrs={"rows": 3})
READ_BY_ALL = _("Anybody can read it in the history.")


class ProposeForm(GroupTask):
    """Which group is asked, who proposes, and why."""

    parent = group_field(label=_("Which group is asked"), help_text=_("One that this group is to stand under."))
    proposed_by = forms.CharField(label=_("Who proposes it"), max_length=200, required=False)
    why = forms.CharField(label=_("Why it is needed"), max_length=4000, widget=AREA)

    def facts(self) -> ProposalFacts:
        """What was entered."""
        return ProposalFacts(self.cleaned_data["proposed_by"], self.cleaned_data["why"])


class ReasonedAnswer(forms.Form):
    """By which meeting or letter, and why: what an answer needs beside its kind."""

    instrument = forms.CharField(
        label=_("Where it is recorded"), max_length=300, required=False, help_text=_("A meeting, an item, a letter.")
    )
    note = forms.CharField(
        label=_("What there is to say"),
        max_length=4000,
        required=False,
        widget=AREA,
        help_text=_("Needed to return or decline. Anybody can read it."),
    )


class AnswerForm(GroupTask, ReasonedAnswer):
    """The answer to a proposal."""

    field_order = ("kind", "on", "instrument", "note")
    kind = forms.ChoiceField(label=_("The answer"), widget=forms.RadioSelect)
    on = DayField(label=_("Given on"))

    def __init__(self, *args: Any, state: str, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {
            proposals.APPROVED: _t("Approve it"),
            proposals.RETURNED: _t("Return it for more work"),
            proposals.DECLINED: _t("Decline it"),
        }
        offered = [(kind, words[kind]) for kind in proposals.ANSWERS[state] if kind in words]
        self.fields["kind"].choices = offered  # type: ignore[attr-defined]
        self.fields["on"].initial = today

    def answer(self) -> Answer:
        """What was entered."""
        given = self.cleaned_data
        return Answer(given["on"], given["instrument"], given["note"])


class AgainForm(GroupTask):
    """What has changed since a proposal was returned."""

    note = forms.CharField(label=_("What has changed"), max_length=4000, widget=AREA, help_text=READ_BY_ALL)


class DeliveryForm(GroupTask):
    """What was delivered."""

    what = forms.CharField(label=_("What was delivered"), max_length=4000, widget=AREA)
    on = DayField(label=_("On"))
    link = forms.URLField(label=_("Where it can be read"), max_length=300, required=False, assume_scheme="https")
    note = forms.CharField(label=_("A note"), max_length=300, required=False)
    completes = forms.BooleanField(label=_("With this it has delivered all it was to deliver"), required=False)
    close = forms.BooleanField(label=_("Close the group with it, as of today"), required=False)

    def __init__(self, *args: Any, today: date, rule: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = today
        if rule:
            del self.fields["close"]
            self.fields["completes"].help_text = _t("%(rule)s So the group closes as of today.") % {"rule": rule}

    def facts(self) -> DeliveryFacts:
        """What was entered."""
        given = self.cleaned_data
        return DeliveryFacts(given["what"], given["on"], given["link"], given["note"], given["completes"])


class CloseForm(GroupTask):
    """How and why a group ends, and its last day."""

    kind = forms.ChoiceField(
        label=_("How it ends"),
        widget=forms.RadioSelect,
        choices=[(each.value, each.label) for each in Closure.Kind if each.value in closings.BY_HAND],
        initial=closings.OTHER,
        required=False,
    )
    on = DayField(label=_("Last day"))
    reason = forms.CharField(label=_("Why"), max_length=300, help_text=READ_BY_ALL)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = today

    def clean_kind(self) -> str:
        """Left empty, it is for another reason."""
        return str(self.cleaned_data["kind"] or closings.OTHER)


class SunsetForm(GroupTask):
    """A later day on which a group ends by itself."""

    until = DayField(
        label=_("It ends by"), required=False, help_text=_("Leave it empty for a group that is not to end by itself.")
    )
    reason = forms.CharField(label=_("Why"), max_length=300, help_text=READ_BY_ALL)


class CorrectParentForm(GroupTask):
    """From when to when a group stood under a parent."""

    starts_on = DayField(label=_("Since"))
    ends_on = DayField(label=_("Last day"), required=False, help_text=_("Leave it empty while it goes on."))
    reason = forms.CharField(label=_("Why"), max_length=300, help_text=READ_BY_ALL)
