"""The form for adding a passkey. Apart from sign_in, since allauth's own form module asks for second factors."""

from __future__ import annotations

from typing import Any

from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django.utils.translation import gettext_lazy as _


class KeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """Allauth's, in plain words, with the better choice made already."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("What you call this key")
        choice = self.fields.get("passwordless")
        if choice is not None:
            choice.label = _("Sign in with this key alone (a passkey)")
            choice.help_text = _("Your device asks for finger, face or PIN. Otherwise the key is a second factor.")
            choice.initial = True
