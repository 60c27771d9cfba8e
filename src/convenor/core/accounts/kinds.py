"""What accounts registers: the purposes of its own signed links."""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from convenor.core.accounts import commands, letters
from convenor.core.accounts.commands.addresses import CONFIRM_EMAIL
from convenor.core.accounts.commands.invitations import SIGN_IN_INVITATION
from convenor.core.accounts.models import Person, SignedLink
from convenor.core.accounts.purposes import Choice, Description, Letter, Outcome, Purpose, purposes, register
from convenor.core.accounts.queries import viewer_of
from convenor.core.records.registry import registry


def register_all() -> None:
    """Called from AppConfig.ready(). Of people only the name is public, and only where their profile is."""
    registry.add_public_fields("accounts.Person", "name")
    for private in ("DutyAssignment", "AccessRow", "Assistance", "SignedLink", "ApiToken", "SharedCache"):
        registry.add_public_fields(f"accounts.{private}")
    for purpose in (INVITATION, NEW_ADDRESS):
        if purpose.slug not in purposes:
            register(purpose)


def _describe_invitation(link: SignedLink) -> Description:
    text = _("%(name)s, you have been invited to sign in to %(site)s. The button confirms your e-mail address.")
    return Description(
        _("Accept your invitation"),
        text % {"name": link.person.name, "site": settings.SITE_NAME},
        [Choice("accept", _("Accept and sign in"))],
    )


def _accept_invitation(link: SignedLink, now: datetime, choice: str) -> Outcome:  # noqa: ARG001 - one button
    commands.accept_invitation(by=viewer_of(link, now), person=link.person, now=now)
    return Outcome(_("You may sign in now"), "", reverse("account_login"), _("Sign in"))


def _invitation_letter(link: SignedLink, address: str) -> Letter:
    return letters.write("invitation", person=link.person, address=address, until=letters.moment(link.expires_at))


def _sign_in(request: HttpRequest, link: SignedLink) -> HttpResponseBase:
    """The link proved the address, as a code by e-mail would have; a second factor is still asked for."""
    if request.user.is_authenticated:
        get_adapter().logout(request)
    person = Person.objects.get(pk=link.person_id)
    record_authentication(request, person, method="code", email=link.email)
    login = Login(user=person, email=link.email, redirect_url=reverse("accounts:me"))
    answer: HttpResponseBase = perform_login(request, login)
    return answer


def _describe_new_address(link: SignedLink) -> Description:
    text = _("From then on %(name)s is reached, and signs in, at %(email)s. Every open session ends.")
    return Description(
        _("Confirm your new e-mail address"),
        text % {"name": link.person.name, "email": link.email},
        [Choice("confirm", _("Confirm the address"))],
    )


def _confirm_new_address(link: SignedLink, now: datetime, choice: str) -> Outcome:  # noqa: ARG001 - one button
    commands.confirm_email(by=viewer_of(link, now), person=link.person, email=link.email, now=now)
    text = _("Use it the next time you sign in.")
    return Outcome(_("Your e-mail address is changed"), text, reverse("account_login"), _("Sign in"))


def _new_address_letter(link: SignedLink, address: str) -> Letter:
    return letters.write("confirm_address", person=link.person, address=address, until=letters.moment(link.expires_at))


INVITATION = Purpose(
    slug=SIGN_IN_INVITATION,
    describe=_describe_invitation,
    perform=_accept_invitation,
    letter=_invitation_letter,
    welcome=_sign_in,
)
NEW_ADDRESS = Purpose(
    slug=CONFIRM_EMAIL,
    describe=_describe_new_address,
    perform=_confirm_new_address,
    letter=_new_address_letter,
    lifetime=timedelta(days=2),
    renewable=False,
    follows_email=False,
)
