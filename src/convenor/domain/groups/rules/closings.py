"""How a group ends: by delivering, by its sunset, into others, or otherwise; and what it delivered before."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from convenor.core.records.rules import Breach
from convenor.kit.dates import say_day

DELIVERED: Final = "delivered"
SUNSET: Final = "sunset"
MERGED: Final = "merged"
SPLIT: Final = "split"
DECLINED: Final = "declined"
OTHER: Final = "other"
BY_HAND: Final = (DELIVERED, SUNSET, OTHER)
"""The kinds that “Close the group” offers; the others come of merging, splitting and declining."""


def kind_breaches(kind: str, *, delivered: bool, sunset_on: date | None, on: date) -> list[Breach]:
    """Why a group cannot close for that reason on that day. `delivered`: a delivery is recorded."""
    if kind == DELIVERED and not delivered:
        return [Breach("nothing-delivered", _("Nothing is recorded that it delivered. Record the delivery."), "kind")]
    if kind == SUNSET and sunset_on is None:
        return [Breach("no-sunset", _("No day is set on which it ends by itself. Choose another reason."), "kind")]
    if kind == SUNSET and sunset_on is not None and on < sunset_on:
        text = _("Its time runs until %(day)s. Close it on that day, or choose another reason.")
        return [Breach("before-sunset", text % {"day": say_day(sunset_on)}, "on")]
    if kind not in {*BY_HAND, MERGED, SPLIT, DECLINED}:
        return [Breach("kind-unknown", _("Say how it ends."), "kind")]
    return []


def delivery_breaches(what: str, on: date, started_on: date | None, today: date) -> list[Breach]:
    """Why this cannot be recorded as delivered on that day."""
    found = []
    if not what.strip():
        found.append(Breach("what-needed", _("Say what was delivered."), "what"))
    if on > today:
        found.append(Breach("not-yet", _("This day lies ahead: record the delivery when it has been made."), "on"))
    elif started_on is not None and on < started_on:
        text = _("The group started on %(day)s: it cannot have delivered before.")
        found.append(Breach("delivered-before-start", text % {"day": say_day(started_on)}, "on"))
    return found


def sunset_breaches(was: date | None, until: date | None, reason: str, today: date) -> list[Breach]:
    """Why the day on which a group ends by itself cannot become that one."""
    found = []
    if not reason.strip():
        found.append(Breach("reason-needed", _("Say why: anybody can read it."), "reason"))
    if until is not None and until <= today:
        found.append(Breach("sunset-past", _("Choose a day still ahead, or close the group."), "until"))
    if until == was:
        found.append(Breach("sunset-same", _("That is the day it ends on already."), "until"))
    return found
