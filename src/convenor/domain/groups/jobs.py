"""What the worker does for groups: forget by date, tell of free places."""

from __future__ import annotations

from datetime import datetime

from convenor.core.records.rules import system
from convenor.domain.groups.commands import joining, mails, terms
from convenor.domain.groups.models import Group


def purge(now: datetime) -> None:
    """Let invitations lapse, forget what was asked and answered long ago, and the texts of old mails."""
    joining.purge_asking(by=system(now), now=now)
    mails.purge_mails(by=system(now), now=now)


def warn_of_ends(now: datetime) -> None:
    """Tell holders and secretariat of terms that end, 90 and 30 days before, once each."""
    terms.warn_of_ends(by=system(now), now=now)


def tell_of_places(now: datetime) -> None:
    """Wherever somebody waits for a place: tell them, once, when one is free, whatever freed it."""
    for group in Group.objects.filter(place_watches__isnull=False).distinct().order_by("pk"):
        joining.tell_of_place(by=system(now), group=group, now=now)
