"""The one form about mail."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class BounceForm(forms.Form):
    """Why a mail came back, as its bounce notice says."""

    reason = forms.CharField(
        label=_("What the notice says"),
        help_text=_("Such as “550 No such user”. The sentence with the number is enough."),
        max_length=500,
    )
