"""Forgetting what is of no use any more. Registered with the clock by the journal, since the clock stands above."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Q

from convenor.core.accounts.models import ApiToken, SharedCache, SignedLink

KEEP_LINKS: Final = timedelta(days=90)
"""How long a link, or a key to the API, stays listed after its end: long enough to answer “I never got it”."""


def tidy(now: datetime) -> None:
    """Forget sessions and counters that are over, links and keys that ended a while ago. Run it as you like."""
    Session.objects.filter(expire_date__lt=now).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    SharedCache.objects.filter(expires__lt=now).delete()
    ended = now - KEEP_LINKS
    ApiToken.objects.filter(Q(expires_at__lt=ended) | Q(revoked_at__lt=ended)).delete()
    SignedLink.objects.filter(Q(expires_at__lt=ended) | Q(used_at__lt=ended) | Q(revoked_at__lt=ended)).delete()
