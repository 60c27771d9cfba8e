"""The forms of signing in: allauth's, with our rules and our words."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.forms import LoginForm, RequestLoginCodeForm
from allauth.account.forms import ResetPasswordForm as AllauthResetPasswordForm
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from convenor.core.accounts.models import Person


class CodeForm(RequestLoginCodeForm):  # type: ignore[misc]
    """Ask for a code. Somebody who may not sign in is treated like an address nobody has."""

    _user: Person | None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain_email(self.fields["email"])

    def clean_email(self) -> str:
        """Allauth's check, then ours."""
        email: str = super().clean_email()
        found = self._user
        self._user = found if found and found.may_sign_in else None
        return email


class SignInForm(LoginForm):  # type: ignore[misc]
    """One form for both ways: with a password, or left empty with a code by e-mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain_email(self.fields["login"])
        password = self.fields["password"]
        password.required = False
        password.widget.attrs.pop("placeholder", None)
        password.help_text = _("Leave this empty and we send a code to your e-mail address.")

    @property
    def sign_up_open(self) -> bool:
        """Whether the page offers to make an account."""
        return bool(settings.SIGN_UP)

    def _clean_without_password(self, email: str | None, phone: str | None) -> dict[str, Any]:  # noqa: ARG002 - allauth's
        form = CodeForm({"email": email or ""})
        if form.is_valid():
            self.user = form._user
        for text in form.errors.get("email", ()):
            self.add_error("login", text)
        return cast("dict[str, Any]", self.cleaned_data)


class ResetPasswordForm(AllauthResetPasswordForm):  # type: ignore[misc]
    """A new password; for those who may sign in."""

    users: list[Person]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain_email(self.fields["email"])

    def clean_email(self) -> str:
        """Allauth's check, then ours."""
        email: str = super().clean_email()
        self.users = [person for person in self.users if person.may_sign_in]
        return email


def _plain_email(field: forms.Field) -> None:
    field.label = _("E-mail address")
    field.widget.attrs.pop("placeholder", None)
