"""Who asks by a token: `Authorization: Bearer …`. The viewer is the person with their duties, never more.

A token that does not work is answered alike whatever is wrong with it: unknown, ended, taken back, somebody shut out.
"""

from __future__ import annotations

import time

from allauth.core.internal import ratelimit
from django.conf import settings
from django.utils.translation import gettext as _

from convenor.core.accounts.commands import use_token
from convenor.core.accounts.models import ApiToken
from convenor.core.accounts.queries import owes_second_factor, viewer_for
from convenor.kit.http import Request
from convenor.web.api.problems import Problem

SCHEME = "bearer"
LONGEST = 200
LIMITS = {"guess": "20/m/ip", "act": "120/m/key"}
PATIENCE = (0.03, 0.1, 0.0)
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="api"'}


def sent(request: Request) -> bool:
    """Whether a token was sent at all."""
    return request.headers.get("Authorization", "").lower().startswith(SCHEME)


def enter(request: Request) -> ApiToken:
    """The token that was sent; from now on its person is who asks. Raises Problem (401, 403, 429)."""
    secret = request.headers.get("Authorization", "")[len(SCHEME) :].strip() if sent(request) else ""
    if not secret:
        raise Problem(401, _("Send an API token: “Authorization: Bearer …”. Make one on your account page."), CHALLENGE)
    token = use_token(secret=secret, now=request.now) if len(secret) <= LONGEST else None
    if token is None:
        _count(request, "guess")
        text = _("This token does not work: it is not one of ours, has ended or was taken back.")
        raise Problem(401, text, CHALLENGE | {"WWW-Authenticate": 'Bearer realm="api", error="invalid_token"'})
    request.viewer = viewer_for(token.person, request.now)
    if settings.MFA_FOR_DUTIES and owes_second_factor(request.viewer):
        raise Problem(403, _("Whoever holds a duty here needs a second factor. Set one up on your account page first."))
    return token


def enter_to_act(request: Request) -> ApiToken:
    """The same for who wants something done: a token made for that, and not too often."""
    token = enter(request)
    if not token.may_act:
        raise Problem(403, _("This token reads only. Make one that may act on your account page."))
    _count(request, "act", str(token.person_id))
    return token


def _count(request: Request, action: str, key: str | None = None) -> None:
    """Refuse what is too much. Counters are locked while they are counted up; who finds one locked tries again."""
    for patience in PATIENCE:
        if ratelimit.consume(request, app="convenor.api", action=action, config=LIMITS, key=key, limit_get=True):
            return
        time.sleep(patience)
    raise Problem(429, _("Too many requests. Wait a minute."), {"Retry-After": "60"})
