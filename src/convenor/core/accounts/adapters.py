"""How allauth signs people in here: our rules in its adapters.

Three things differ from allauth as it comes. Only a person who accepted an invitation (or signed up, where that
is open) may sign in at all. Every redirect stays on this host. And somebody who has neither a password nor a
second factor proves who they are again with a code by e-mail, where allauth would ask for nothing.
"""

# ruff: noqa: ARG002 - allauth decides what its hooks are given

from __future__ import annotations

import base64
import hashlib
import logging
import time
from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.stagekit import clear_login
from allauth.core import context
from allauth.core.exceptions import ReauthenticationRequired
from allauth.core.internal.httpkit import get_client_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet, MultiFernet
from django import forms
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.encoding import force_str
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from convenor.core.accounts import commands
from convenor.core.accounts.models import Person

log = logging.getLogger("convenor.security")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Our rules where allauth asks for them."""

    error_messages = {  # noqa: RUF012 - allauth's own shape
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("The e-mail address or the password is not right."),
        "incorrect_code": _("This code is not right. Check the newest e-mail or your authenticator app."),
        "incorrect_password": _("The password is not right."),
        "too_many_login_attempts": _("There were too many attempts. Wait five minutes, then try again."),
        "rate_limited": _("There were too many requests. Wait a minute, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Only where CONVENOR_SIGN_UP says so."""
        return bool(settings.SIGN_UP)

    def is_safe_url(self, url: str | None) -> bool:
        """Whether a redirect stays on this very host; other hosts that may serve the site do not count."""
        request = context.request
        return url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())

    def get_client_ip(self, request: HttpRequest) -> str:
        """The reader's address behind CONVENOR_PROXIES trusted proxies; all strangers as one where it is unknown."""
        return get_client_ip(request) or "0.0.0.0"  # noqa: S104 - an address to count by, not to listen on

    def format_email_subject(self, subject: str) -> str:
        """As written: the site's name stands in our own subjects."""
        return str(subject)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """With the site's own name and address, never those of the request's Host header."""
        super().send_mail(
            template_prefix, email, {"site_name": settings.SITE_NAME, "site_url": settings.SITE_URL, **context}
        )

    def pre_login(self, request: HttpRequest, user: Person, **kwargs: Any) -> HttpResponse | None:
        """Refuse, by whichever door, somebody who is inactive or never was let in."""
        if not user.may_sign_in:
            clear_login(request)
            return cast("HttpResponse", self.respond_user_inactive(request, user))
        return cast("HttpResponse | None", super().pre_login(request, user, **kwargs))

    def login(self, request: HttpRequest, user: Person) -> None:
        """Sign in, and say so in the security log (ASVS 5.0 16.3.1), by key and not by name."""
        super().login(request, user)
        log.info("Person %s signed in from %s.", user.pk, self.get_client_ip(request))

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Say so in the security log; what was typed is nobody's business."""
        log.warning("Sign-in failed from %s.", self.get_client_ip(request))

    def save_user(self, request: HttpRequest, user: Person, form: forms.Form, commit: bool = True) -> Person:
        """A sign-up, where that is open: through our command, so that it is journalled."""
        return commands.sign_up(
            person=user,
            name=form.cleaned_data["name"],
            email=form.cleaned_data["email"],
            password=form.cleaned_data.get("password1"),
        )

    def get_reauthentication_methods(self, user: Person | AnonymousUser) -> list[dict[str, str]]:
        """Allauth's, or a code by e-mail for those who have neither password nor second factor."""
        found: list[dict[str, str]] = super().get_reauthentication_methods(user)
        if found or not user.is_authenticated:
            return found
        by_code = {"id": "code", "description": str(_("Send me a code")), "url": reverse("accounts:confirm")}
        return [by_code]

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whether who sits there must prove it again. Raises where allauth alone would let it pass."""
        if is_fresh(context.request):
            return False
        raise ReauthenticationRequired


def is_fresh(request: HttpRequest) -> bool:
    """Whether the person proved who they are (a sign-in counts) within ACCOUNT_REAUTHENTICATION_TIMEOUT seconds."""
    records = get_authentication_records(request, request.user)
    return bool(records) and time.time() - records[-1]["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


class ProviderAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Sign-in by an outside provider (CONVENOR_OIDC)."""

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> Person:
        """The one name we keep, from whichever claims the provider sends."""
        person: Person = super().populate_user(request, sociallogin, data)
        parts = [data.get("first_name") or "", data.get("last_name") or ""]
        person.name = str(data.get("name") or " ".join(parts).strip() or data.get("email") or "")[:200]
        return person

    def is_auto_signup_allowed(self, request: HttpRequest, sociallogin: Any) -> bool:
        """A newcomer always sees the form, so that each sign-up runs through one command."""
        return False

    def get_signup_form_initial_data(self, sociallogin: Any) -> dict[str, Any]:
        """Allauth's, with the name."""
        return {**super().get_signup_form_initial_data(sociallogin), "name": sociallogin.user.name}


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors: our words, our site's name, and secrets that a copy of the database alone does not give away."""

    error_messages = {  # noqa: RUF012 - allauth's own shape
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
        "cannot_delete_authenticator": _("You hold a duty, so you keep a second factor. Add another one first."),
        "unverified_email": _("Confirm your e-mail address first."),
    }

    def encrypt(self, text: str) -> str:
        """Under a key made from SECRET_KEY, which stands outside the database."""
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Also under the keys that are being retired."""
        return _fernet().decrypt(encrypted_text.encode()).decode()

    def build_totp_svg(self, url: str) -> str:
        """On white, so that a camera reads it in dark colours too."""
        import qrcode  # noqa: PLC0415 - drawn once in a person's life; every start of the server would load it
        from qrcode.image.svg import SvgPathFillImage  # noqa: PLC0415 - same

        return str(qrcode.make(url, image_factory=SvgPathFillImage).to_string(encoding="unicode"))

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Whoever must have a second factor keeps the last one."""
        if not settings.MFA_FOR_DUTIES or not authenticator.user.duties.exists():
            return True
        others = Authenticator.objects.filter(user=authenticator.user).exclude(pk=authenticator.pk)
        return bool(others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists())

    def _get_site_name(self) -> str:
        return str(settings.SITE_NAME)


def _fernet() -> MultiFernet:
    keys = [force_str(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    digests = (hashlib.sha256(f"convenor.second-factor:{key}".encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
