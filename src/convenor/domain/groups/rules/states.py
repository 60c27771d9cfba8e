"""The life of a group: proposed → recruiting → active → dormant ↔ active → closed (DESIGN, groups)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from convenor.core.records.rules import Breach
from convenor.kit.dates import say_day

PROPOSED: Final = "proposed"
RECRUITING: Final = "recruiting"
ACTIVE: Final = "active"
DORMANT: Final = "dormant"
CLOSED: Final = "closed"

MOVES: Final[Mapping[str, tuple[str, ...]]] = {
    PROPOSED: (RECRUITING, ACTIVE),
    RECRUITING: (ACTIVE,),
    ACTIVE: (DORMANT,),
    DORMANT: (ACTIVE,),
    CLOSED: (),
}
"""Where a group may go by itself. Any state but closed may close, and closed may be reopened, each with a reason.

Proposed groups that are appointed, not recruited, become active at once.
"""
MEETING: Final = (ACTIVE, DORMANT)


def move_breaches(was: str, to: str, names: Mapping[str, str]) -> list[Breach]:
    """Why a group may not go from one state to another. `names` are the states in words."""
    if to in MOVES.get(was, ()):
        return []
    if was == CLOSED:
        return [Breach("closed", _("The group is closed. Reopen it, and say why, before anything else."), "state")]
    if to == CLOSED:
        return [Breach("close-apart", _("To close the group, use “Close the group”, which asks why."), "state")]
    onward = [names[each] for each in MOVES.get(was, ())]
    text = _("A group that is %(was)s cannot become %(to)s. From here it can become: %(onward)s.")
    told = {"was": names.get(was, was).lower(), "to": names.get(to, to).lower(), "onward": ", ".join(onward).lower()}
    return [Breach("state-order", text % told, "state")]


def open_breaches(state: str) -> list[Breach]:
    """A closed group takes no changes but a reopening."""
    if state != CLOSED:
        return []
    return [Breach("closed", _("The group is closed. Reopen it, and say why, before anything else."))]


def close_breaches(state: str, on: date, reason: str, begun: Iterable[date], today: date) -> list[Breach]:
    """Why a group cannot close on that day. `begun` are the first days of what must end with it."""
    found = open_breaches(state)
    if not reason.strip():
        found.append(Breach("reason-needed", _("Say why the group closes."), "reason"))
    if on > today:
        found.append(Breach("not-yet", _("The last day cannot lie ahead: close the group when it comes."), "on"))
    latest = max(begun, default=on)
    if latest > on:
        text = _("Something in the group begins on %(day)s, after that. Choose a later day, or end that first.")
        found.append(Breach("closes-before-start", text % {"day": say_day(latest)}, "on"))
    return found


def reopen_breaches(state: str, closed_on: date | None, on: date, reason: str) -> list[Breach]:
    """Closed is final, except for an explicit reopening with its reason."""
    if state != CLOSED:
        return [Breach("not-closed", _("The group is not closed."), "state")]
    found = []
    if not reason.strip():
        found.append(Breach("reason-needed", _("Say why the group is reopened."), "reason"))
    if closed_on is not None and on <= closed_on:
        text = _("The group closed on %(day)s: it reopens on a later day.")
        found.append(Breach("reopens-before-close", text % {"day": say_day(closed_on)}, "on"))
    return found


def cycle_breaches(child: int, parent: int, parents_of: Mapping[int, Collection[int]], name: str = "") -> list[Breach]:
    """A group may not stand under itself, however long the way round. `parents_of` are the links in force."""
    if child == parent:
        return [Breach("parent-itself", _("A group cannot be its own parent."), "parent")]
    if child not in above(parent, parents_of):
        return []
    text = _("%(name)s stands under this group itself, so it cannot be its parent.")
    return [Breach("parent-cycle", text % {"name": name or _("That group")}, "parent")]


def above(group: int, parents_of: Mapping[int, Collection[int]]) -> set[int]:
    """Every group that stands over this one."""
    found: set[int] = set()
    waiting = list(parents_of.get(group, ()))
    while waiting:
        each = waiting.pop()
        if each not in found:
            found.add(each)
            waiting.extend(parents_of.get(each, ()))
    return found
