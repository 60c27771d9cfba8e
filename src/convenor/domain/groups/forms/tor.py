"""Forms of terms of reference: the draft in its outline, endorsing, putting in force, comparing."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from convenor.domain.groups.commands.tor import Endorsement, TermsFacts
from convenor.domain.groups.forms.base import GroupTask
from convenor.domain.groups.rules import tor
from convenor.kit.forms import DayField

LONGEST = 20_000
BY_HEAD = ("change_note", "review_due_on", "readers")


class DraftForm(GroupTask):
    """A version, section by section; empty sections are left out."""

    sections = (
        (_("The text"), tuple(section.key for section in tor.OUTLINE)),
        (_("About this version"), BY_HEAD),
    )
    change_note = forms.CharField(label=_("What is different from the version before"), max_length=300, required=False)
    review_due_on = DayField(label=_("To be reviewed by"), required=False)
    readers = forms.ChoiceField(
        label=_("Who reads the draft"),
        widget=forms.RadioSelect,
        choices=[
            (tor.OFFICERS, _("The officers who look after the group")),
            (tor.MEMBERS, _("Its members too")),
        ],
        initial=tor.OFFICERS,
        help_text=_("Everybody reads it once it is put in force."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for section in tor.OUTLINE:
            self.fields[section.key] = forms.CharField(
                label=section.title,
                max_length=LONGEST,
                required=section.key == "purpose",
                widget=forms.Textarea(attrs={"rows": 5}),
                help_text=section.hint,
            )

    def facts(self) -> TermsFacts:
        """What was entered."""
        given = self.cleaned_data
        sections = {section.key: given[section.key] for section in tor.OUTLINE}
        return TermsFacts(sections, given["change_note"], given["review_due_on"], given["readers"])


class LinkedEndorsement(forms.Form):
    """What somebody who chairs says with their endorsement."""

    instrument = forms.CharField(
        label=_("By which meeting or decision"), max_length=300, required=False, help_text=_("Where there was one.")
    )
    note = forms.CharField(label=_("A note"), max_length=300, required=False, help_text=_("Anybody can read it."))


class EndorseForm(GroupTask, LinkedEndorsement):
    """Who endorsed a version, when, by which meeting or decision; and from when it is in force."""

    field_order = ("endorsed_by", "on", "instrument", "note", "in_force_from")
    endorsed_by = forms.CharField(
        label=_("Endorsed by"), max_length=200, required=False, help_text=_("A body, an office, a seat.")
    )
    on = DayField(label=_("On"))
    in_force_from = DayField(
        label=_("In force from"), required=False, help_text=_("Leave it empty to put it in force later.")
    )

    def __init__(self, *args: Any, today: date, seat: str, officer: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = today
        self.fields["endorsed_by"].required = not seat
        if seat:
            self.fields["endorsed_by"].help_text = _t("Left empty, you endorse it as: %(seat)s.") % {"seat": seat}
        if not officer:
            del self.fields["in_force_from"]

    def endorsement(self) -> Endorsement:
        """What was entered."""
        given = self.cleaned_data
        return Endorsement(
            given["on"], given["endorsed_by"], given["instrument"], given["note"], given.get("in_force_from")
        )


class InForceForm(GroupTask):
    """From when an endorsed version is in force."""

    starts_on = DayField(label=_("In force from"))


class CompareForm(forms.Form):
    """Two versions to compare."""

    before = forms.ChoiceField(label=_("From"))
    after = forms.ChoiceField(label=_("To"))

    def __init__(self, *args: Any, numbers: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(number), _t("Version %(number)d") % {"number": number}) for number in numbers]
        for name in ("before", "after"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def pair(self, numbers: list[int]) -> tuple[int, int]:
        """The two that are asked for; else the last two."""
        if self.is_valid():
            return int(self.cleaned_data["before"]), int(self.cleaned_data["after"])
        return numbers[min(1, len(numbers) - 1)], numbers[0]
