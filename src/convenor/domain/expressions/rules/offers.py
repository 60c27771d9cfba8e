"""Offers: what an answer does, and what one is told who comes too late."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from convenor.core.records.rules import Breach

WAITING: Final = "waiting"
ACCEPTED: Final = "accepted"
DECLINED: Final = "declined"
LAPSED: Final = "lapsed"
TOO_LATE: Final = "too-late"
TAKEN_BACK: Final = "taken-back"

ACCEPT: Final = "accept"
DECLINE: Final = "decline"


def over(state: str, due_at: datetime, now: datetime) -> bool:
    """Whether the time to answer has run out, be it written down yet or not."""
    return state == LAPSED or (state == WAITING and now >= due_at)


def said(state: str) -> str:
    """What a person is told of an offer that was answered, in one plain sentence."""
    return {
        ACCEPTED: _("You take the seat. Welcome."),
        DECLINED: _("You declined. Thank you for saying so: somebody else can be asked."),
        LAPSED: _("The time to answer has passed, and the place was offered to somebody else."),
        TOO_LATE: _(
            "Every place was taken by the time you accepted. You stay on the reserve list, and are asked again "
            "when a place becomes free."
        ),
        TAKEN_BACK: _("This offer was taken back."),
    }.get(state, "")


def answer_breaches(state: str) -> list[Breach]:
    """An offer that was declined or taken back is not accepted afterwards."""
    if state in {DECLINED, TAKEN_BACK}:
        return [Breach(f"offer-{state}", said(state))]
    return []


def days_breaches(days: int, extra: int, in_reserve: int) -> list[Breach]:
    """Time enough to answer, and no more extra offers than there are people to make them to."""
    found = []
    if not 1 <= days <= 60:
        found.append(Breach("offer-days", _("Give between 1 and 60 working days."), "days"))
    if extra < 0 or extra > in_reserve:
        text = _("The reserve list has %(n)d: offer at most so many more.") % {"n": in_reserve}
        found.append(Breach("offer-extra", text, "extra"))
    return found
