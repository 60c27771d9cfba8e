"""Ending sessions."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import F

from convenor.core.accounts.models import Person


def end_sessions(person: Person) -> None:
    """End every session of a person at once: they hold at no request after this. A step inside commands.

    The epoch does it, for sessions we know of and those we do not; the rows go because they are of no use.
    """
    Person.objects.filter(pk=person.pk).update(session_epoch=F("session_epoch") + 1)
    keys = list(UserSession.objects.filter(user=person).values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(user=person).delete()
    person.refresh_from_db(fields=["session_epoch"])
