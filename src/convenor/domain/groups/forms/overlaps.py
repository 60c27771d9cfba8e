"""What the list of groups that are alike is narrowed by."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from convenor.domain.directory.forms.base import GetForm, any_choice
from convenor.domain.groups.queries.overlaps import OFFICES, ORGANISATIONS, PEOPLE, SUBJECT, OverlapFilter


class OverlapFilterForm(GetForm):
    """By what they are alike, how much, and words of either name."""

    q = forms.CharField(label=_("Name of either group"), required=False, max_length=100)
    by = forms.ChoiceField(
        label=_("Alike in"),
        required=False,
        choices=any_choice(
            [
                (PEOPLE, _("The people who sit")),
                (ORGANISATIONS, _("The organisations")),
                (OFFICES, _("The offices")),
                (SUBJECT, _("What they are for")),
            ]
        ),
    )
    least = forms.ChoiceField(
        label=_("At least"),
        required=False,
        choices=any_choice([("60", _("60 %")), ("80", _("80 %")), ("100", _("All of it"))]),
    )
    same = forms.BooleanField(label=_("Of one type only"), required=False)

    def filter(self) -> OverlapFilter:
        """What is asked for and makes sense."""
        asked = self.asked()
        least = int(asked.get("least", 0))
        return OverlapFilter(asked.get("by", ""), least, asked.get("q", ""), asked.get("same", False))
