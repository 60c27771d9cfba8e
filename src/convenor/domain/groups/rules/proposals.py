"""A proposal and its answers: waiting → approved, returned or declined; returned → proposed again (DESIGN, groups)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from convenor.core.records.rules import Breach
from convenor.domain.groups.rules.states import PROPOSED
from convenor.kit.dates import say_day

WAITING: Final = "waiting"
RETURNED: Final = "returned"
APPROVED: Final = "approved"
DECLINED: Final = "declined"
AGAIN: Final = "proposed"

ANSWERS: Final[Mapping[str, tuple[str, ...]]] = {
    WAITING: (APPROVED, RETURNED, DECLINED),
    RETURNED: (AGAIN, DECLINED),
    APPROVED: (),
    DECLINED: (),
}
"""What may be said next of a proposal in each state."""
NEXT: Final = {APPROVED: APPROVED, RETURNED: RETURNED, DECLINED: DECLINED, AGAIN: WAITING}


def step_breaches(state: str, kind: str, on: date, note: str, proposed_on: date, today: date) -> list[Breach]:
    """Why this cannot be said of the proposal on that day."""
    if kind not in ANSWERS.get(state, ()):
        return [_out_of_turn(state)]
    found = []
    if kind in {RETURNED, DECLINED} and not note.strip():
        text = _("Say what it lacks.") if kind == RETURNED else _("Say why it is declined.")
        found.append(Breach("reason-needed", text, "note"))
    if on > today:
        found.append(Breach("not-yet", _("This day lies ahead: record the answer when it has been given."), "on"))
    elif on < proposed_on:
        text = _("It was proposed on %(day)s: the answer cannot be older.")
        found.append(Breach("answered-before", text % {"day": say_day(proposed_on)}, "on"))
    return found


def _out_of_turn(state: str) -> Breach:
    said = {
        RETURNED: _("It was returned. Propose it again first."),
        APPROVED: _("It has been approved already."),
        DECLINED: _("It has been declined already."),
    }
    return Breach("answered-already", said.get(state, _("It waits for an answer first.")))


def propose_breaches(state: str) -> list[Breach]:
    """Only a group that is not set going yet is proposed to anybody."""
    if state == PROPOSED:
        return []
    return [Breach("not-proposed", _("The group is past being proposed. Record another parent instead."))]


def unanswered(proposals: Iterable[tuple[str, str]]) -> list[Breach]:
    """A group is not set going while a parent that was asked has not said yes. Pairs of its name and the state."""
    text = {
        WAITING: _("%(parent)s has been asked, and has not answered yet."),
        RETURNED: _("%(parent)s returned it for more work. Propose it again first."),
    }
    found = [(parent, text[state]) for parent, state in proposals if state in text]
    return [Breach("unanswered", said % {"parent": parent}, "state") for parent, said in found]
