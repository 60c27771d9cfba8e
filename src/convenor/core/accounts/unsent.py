"""What somebody sent after their session had ended: kept while they sign in again, so that nothing is lost.

Kept in the new session, only for a browser that really was signed in (its signed last-seen cookie says so), only
text, only for a while. Nothing is sent again by itself: the page shows a button.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.http import HttpRequest

from convenor.core.accounts import sessions

STATE: Final = "accounts_unsent"
KEPT: Final = timedelta(minutes=30)
LARGEST: Final = 100_000
"""Bytes of a form that is kept; a longer one would make the session's row a burden."""
SECRET: Final = ("csrfmiddlewaretoken", "password", "oldpassword", "password1", "password2", "code", "credential")


def keep(request: HttpRequest, now: datetime) -> bool:
    """Keep the form just sent; False when there is nothing to keep, or no sign-in that has ended."""
    person = sessions.whose_ended(request)
    if request.method != "POST" or not request.POST or person is None:
        return False
    fields = [(name, value) for name, values in request.POST.lists() if name not in SECRET for value in values]
    if sum(len(name) + len(value) for name, value in fields) > LARGEST:
        return False
    request.session[STATE] = {"person": person, "path": request.path, "fields": fields, "at": now.isoformat()}
    return True


def kept(request: HttpRequest, now: datetime) -> dict[str, Any] | None:
    """What this person sent, its fields as (name, value) pairs; None when there is nothing, or not any more."""
    state: dict[str, Any] | None = request.session.get(STATE)
    if state is None or state["person"] != request.user.pk or now - datetime.fromisoformat(state["at"]) > KEPT:
        return None
    return state
