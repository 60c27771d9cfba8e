"""The rules of people, duties, sessions and links. Pure: no ORM."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from convenor.core.records.rules import Breach
from convenor.kit.structs import struct


@struct
class SessionLimits:
    """How long a sign-in lasts: at most `absolute` in all, and `idle` without a request."""

    absolute: timedelta
    idle: timedelta

    @property
    def step(self) -> timedelta:
        """How coarse the last-seen time is: a sixth of the idle limit, so that it is seldom written."""
        return self.idle / 6


def session_over(
    *, now: datetime, signed_in_at: datetime | None, seen_at: datetime | None, limits: SessionLimits
) -> bool:
    """Whether a sign-in has ended by age or by idleness (ASVS 5.0 7.3.1 and 7.3.2).

    A session that does not say when it began is over. Without a valid last-seen time the sign-in itself counts
    as the last request, so leaving that cookie out gains nothing.
    """
    if signed_in_at is None or now - signed_in_at >= limits.absolute:
        return True
    return now - max(signed_in_at, seen_at or signed_in_at) >= limits.idle


@struct
class LinkFacts:
    """What decides whether a signed link still opens its door."""

    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None
    person_is_active: bool
    sent_to: str
    email_now: str
    follows_email: bool
    """Whether the link dies when the person's e-mail address changes."""


LINK_TEXTS: Final = {
    "link-unknown": gettext_lazy(
        "This link is not one of ours, or part of it is missing. Copy the whole address from the e-mail."
    ),
    "link-inactive": gettext_lazy("This link no longer works: the person it was sent to is no longer active here."),
    "link-used": gettext_lazy("This link has been used. It works once."),
    "link-revoked": gettext_lazy("This link no longer works: a newer one was sent, or it was taken back."),
    "link-moved": gettext_lazy("This link no longer works: it was sent to an e-mail address that has changed since."),
    "link-expired": gettext_lazy("This link has expired."),
}


def check_link(facts: LinkFacts, now: datetime) -> list[Breach]:
    """Why a link does not work, or nothing. One reason is enough, the gravest first."""
    reasons = [
        ("link-inactive", not facts.person_is_active),
        ("link-used", facts.used_at is not None),
        ("link-revoked", facts.revoked_at is not None),
        ("link-moved", facts.follows_email and facts.sent_to != facts.email_now),
        ("link-expired", facts.expires_at <= now),
    ]
    return [link_breach(code) for code, holds in reasons if holds][:1]


def link_breach(code: str) -> Breach:
    """The breach with this code, in its words."""
    return Breach(code, str(LINK_TEXTS[code]))


TOKEN_MOST_DAYS: Final = 366
"""No key lasts longer than a year (ASVS 5.0 9.2.1 and 13.2: credentials that end)."""
TOKENS_AT_ONCE: Final = 20


def check_token(*, name: str, now: datetime, expires_at: datetime, held: int) -> list[Breach]:
    """A token is called something, ends within a year, and nobody holds heaps of them."""
    breaches = [] if name.strip() else [Breach("name-missing", _("Say what it is for."), "name")]
    if expires_at <= now:
        breaches.append(Breach("ends-before-start", _("Its last day must not lie behind us."), "ends_on"))
    if expires_at > now + timedelta(days=TOKEN_MOST_DAYS):
        breaches.append(Breach("token-too-long", _("A token lasts a year at most."), "ends_on"))
    if held >= TOKENS_AT_ONCE:
        text = _("You hold %(n)d tokens that work: take one back first.")
        breaches.append(Breach("tokens-too-many", text % {"n": held}))
    return breaches


def check_period(starts_at: datetime, ends_at: datetime | None) -> list[Breach]:
    """An end comes after the beginning."""
    if ends_at is not None and ends_at <= starts_at:
        return [Breach("ends-before-start", _("The end must be after the beginning."), "ends_on")]
    return []


def check_not_held(
    held: Iterable[tuple[datetime, datetime | None]], starts: datetime, ends: datetime | None
) -> list[Breach]:
    """Nobody holds the same duty over the same thing twice at once."""
    overlaps = [since for since, until in held if (ends is None or since < ends) and (until is None or starts < until)]
    if overlaps:
        return [Breach("duty-held", _("This person holds that duty already in that time."), "duty")]
    return []


def check_other_administrators(*, is_one: bool, others: int) -> list[Breach]:
    """The site always keeps an active administrator (ASVS 5.0 2.3.5: two people for steps of high value)."""
    if others > 0 or not is_one:
        return []
    return [Breach("last-administrator", _("This is the last active administrator. Appoint another one first."))]


def check_reason(reason: str) -> list[Breach]:
    """Steps that take something from somebody say why."""
    return [] if reason.strip() else [Breach("reason-missing", _("Give the reason."), "reason")]


def check_name(name: str) -> list[Breach]:
    """A person is called something."""
    return [] if name.strip() else [Breach("name-missing", _("Enter a name."), "name")]


def check_state(*, active: bool, wanted: bool) -> list[Breach]:
    """One deactivates who is active, and reactivates who is not."""
    if active != wanted:
        return []
    return [Breach("state-same", _("This person is active already.") if wanted else _("This person is not active."))]


def check_not_erased(erased_at: datetime | None) -> list[Breach]:
    """What was erased stays erased."""
    if erased_at is None:
        return []
    return [Breach("person-erased", _("This person's data was erased; nothing can be changed any more."))]


def check_assistance(*, principal_id: int, assistant_id: int, active: bool, already: bool) -> list[Breach]:
    """An assistant is an active other person, appointed once."""
    breaches = []
    if principal_id == assistant_id:
        breaches.append(Breach("assists-self", _("Nobody is their own assistant."), "assistant"))
    if not active:
        breaches.append(Breach("assistant-inactive", _("This person is not active."), "assistant"))
    if already:
        breaches.append(Breach("assists-already", _("This person is an assistant already."), "assistant"))
    return breaches


def check_address(email: str, *, needed: bool = False) -> list[Breach]:
    """What letters are sent to must be an address; none at all will do where it is not `needed`."""
    try:
        if needed or email.strip():
            validate_email(email.strip())
    except ValidationError:
        return [Breach("address", _("Enter an e-mail address, such as name@organisation.example."), "email")]
    return []


def check_invitation(*, email: str, active: bool, signs_in: bool) -> list[Breach]:
    """Whom one may invite: an active person with an address, who does not sign in yet."""
    breaches = []
    if not active:
        breaches.append(Breach("person-inactive", _("This person is not active. Reactivate them first.")))
    if not email:
        breaches.append(Breach("email-missing", _("There is no e-mail address to send the invitation to."), "email"))
    if signs_in:
        breaches.append(Breach("signs-in-already", _("This person signs in already: they can ask for a code.")))
    return breaches
