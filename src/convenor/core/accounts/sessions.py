"""Whose session a request carries, and for how long it holds.

The session itself is never written on a GET. Its absolute limit needs nothing but the moment of sign-in, stored
once. Its idle limit needs a last-seen time: that stands in a small signed cookie of its own, bound to the
session and renewed at most every sixth of the limit, so that reading pages keeps a person signed in without a
write to the database. Somebody who copies both cookies gains only what they would gain by copying the session:
a copy that lies unused still dies after the idle limit, because nobody can write a newer time into it.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

from convenor.core.accounts import rules
from convenor.core.accounts.models import Person

SIGNED_IN_AT = "signed_in_at"
SEEN_COOKIE = "convenor_seen"
SEEN_SALT = "convenor.accounts.seen"


def limits() -> rules.SessionLimits:
    """The limits this site sets (CONVENOR_SESSION_HOURS, CONVENOR_IDLE_MINUTES)."""
    return rules.SessionLimits(
        timedelta(seconds=settings.SESSION_COOKIE_AGE), timedelta(minutes=settings.SESSION_IDLE_MINUTES)
    )


def carries_session(request: HttpRequest) -> bool:
    """Whether there is a session to look at; asking must not make one, nor mark it as looked at."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES or request.session.session_key is not None


def person_of(request: HttpRequest, now: datetime) -> Person | AnonymousUser:
    """The person signed in, or nobody. A session past its limits is ended here and now."""
    if not carries_session(request):
        return AnonymousUser()
    person = auth.get_user(request)
    if not isinstance(person, Person):
        return AnonymousUser()
    began, seen = _instant(request.session.get(SIGNED_IN_AT)), _seen_at(request)
    if rules.session_over(now=now, signed_in_at=began, seen_at=seen, limits=limits()):
        request.session.flush()
        return AnonymousUser()
    return person


def remember_sign_in(request: HttpRequest, **_: Any) -> None:
    """Receiver of user_logged_in, whichever door was used: when this sign-in began."""
    request.session[SIGNED_IN_AT] = int(datetime.now(UTC).timestamp())


def renew_seen(request: HttpRequest, response: HttpResponseBase, now: datetime) -> None:
    """Write the last-seen cookie again when it is older than a step."""
    seen = _seen_at(request)
    if seen is not None and now - seen < limits().step:
        return
    response.set_signed_cookie(
        SEEN_COOKIE,
        f"{int(now.timestamp())}-{request.user.pk}",
        salt=_salt(request),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def whose_ended(request: HttpRequest) -> int | None:
    """Whose sign-in this browser carried, now ended: its last-seen cookie still fits its session cookie."""
    seen = _seen(request, request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""))
    return seen[1] if seen else None


def _seen_at(request: HttpRequest) -> datetime | None:
    seen = _seen(request, request.session.session_key or "")
    return _instant(seen[0]) if seen else None


def _seen(request: HttpRequest, session_key: str) -> tuple[str, int] | None:
    """When and who, as the cookie says; None unless it is ours and belongs to this session."""
    if SEEN_COOKIE not in request.COOKIES:
        return None
    try:
        seen = request.get_signed_cookie(SEEN_COOKIE, salt=_salt_of(session_key)) or ""
        at, _dash, person = seen.partition("-")
        return at, int(person)
    except (signing.BadSignature, ValueError):
        return None


def _salt(request: HttpRequest) -> str:
    return _salt_of(request.session.session_key or "")


def _salt_of(session_key: str) -> str:
    """Binds the cookie to one session, without showing its key."""
    return SEEN_SALT + hashlib.sha256(session_key.encode()).hexdigest()


def _instant(value: object) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(str(value)), UTC)
    except (ValueError, OverflowError, OSError):
        return None
