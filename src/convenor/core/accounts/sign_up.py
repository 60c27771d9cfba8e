"""What sign-up asks beside the e-mail address. Apart from sign_in, because allauth loads it while loading itself."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from convenor.core.accounts.models import Person


class NameForm(forms.Form):
    """Mixed into allauth's sign-up form."""

    name = forms.CharField(label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    field_order = ("name", "email", "password1")

    def signup(self, request: HttpRequest, user: Person) -> None:
        """Allauth asks for this; AccountAdapter.save_user has done it all."""
