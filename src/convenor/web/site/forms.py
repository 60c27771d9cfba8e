"""Forms of the site itself. They parse and label; commands decide and write."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from convenor.core.records.registry import registry
from convenor.kit.forms import DayField


class FreezeForm(forms.Form):
    """Which kinds, from when, why, on whose authority."""

    kinds = forms.MultipleChoiceField(label=_("Kinds of record"), widget=forms.CheckboxSelectMultiple)
    starts_on = DayField(label=_("From"), help_text=_("Today or later."))
    authority = forms.CharField(
        label=_("Authority"),
        max_length=120,
        help_text=_("The reference of the notice or instruction: who is refused an erasure reads it."),
    )
    reason = forms.CharField(label=_("Why"), max_length=300, help_text=_("Kept in the history."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = sorted(registry.kinds.values(), key=lambda kind: kind.label_plural)
        self.fields["kinds"].choices = [(kind.slug, kind.label_plural) for kind in kinds]  # type: ignore[attr-defined]


class LiftForm(forms.Form):
    """Why it is over."""

    reason = forms.CharField(label=_("Why it is lifted"), max_length=300, help_text=_("Kept in the history."))
    sure = forms.BooleanField(label=_("I know that what was due is destroyed then"))


class CaretakerForm(forms.Form):
    """From when to when, and what everybody reads."""

    begins_on = DayField(label=_("First day"), help_text=_("Today or later."))
    ends_on = DayField(label=_("Last day"), required=False, help_text=_("Where it is known; it ends by itself then."))
    note = forms.CharField(
        label=_("What everybody reads"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A sentence or two that says why, on top of every page."),
    )


class EndCaretakerForm(forms.Form):
    """Why it ends."""

    reason = forms.CharField(label=_("Why it ends"), max_length=300, help_text=_("Kept in the history."))
