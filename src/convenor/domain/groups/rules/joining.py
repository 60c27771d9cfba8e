"""Open membership: which ways in a type's formation allows, who may come in now, and when a group is full.

Formation is a rule of the type (engagement model); the way in is the group's own choice within it, dated.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from convenor.core.records.rules import Breach
from convenor.domain.engagement.rules import ORGANISATIONS, Composition, SeatValue, TypeRulesValue, said
from convenor.domain.groups.rules import states
from convenor.kit.dates import say_day

NOBODY: Final = "nobody"
OPEN: Final = "open"
REQUEST: Final = "request"
INVITATION: Final = "invitation"

ALLOWED: Final[Mapping[str, tuple[str, ...]]] = {
    "": (NOBODY, OPEN, REQUEST, INVITATION),
    "open": (NOBODY, OPEN, REQUEST, INVITATION),
    "invitation": (NOBODY, INVITATION),
    "appointed": (NOBODY,),
    "expression-of-interest": (NOBODY,),
    "nomination": (NOBODY,),
}
"""The ways in that each formation leaves a group. Open membership may be narrowed, never the other way round."""
USUAL: Final[Mapping[str, str]] = {"open": OPEN, "invitation": INVITATION}
"""The way in where the group has chosen none."""
TAKES_PEOPLE: Final = (states.RECRUITING, states.ACTIVE)
KEPT_DAYS: Final = 90
"""How long an answered request or invitation is kept."""


def usual_way(rules: TypeRulesValue | None) -> str:
    """How people come in when the group has chosen nothing."""
    return USUAL.get(rules.formation, NOBODY) if rules else NOBODY


def way_breaches(rules: TypeRulesValue | None, way: str, side: str) -> list[Breach]:
    """Whether a group of the type may be joined like this."""
    if rules is None:
        if way == NOBODY:
            return []
        return [Breach("not-ours", _("Another body runs this group: people do not join it here."), "way")]
    if way not in ALLOWED[rules.formation]:
        text = _("%(rule)s It cannot be joined like that.") % {"rule": said(rules, "formation")}
        return [Breach("engagement.formation", text, "way")]
    if side and rules.constituency(side) is None:
        return [Breach("engagement.constituencies", _("The rules name no such side of the table."), "side")]
    return []


def shut(way: str, wanted: str, state: str) -> list[Breach]:
    """Why nobody comes in this way now. `way` is the one that holds, `wanted` the one that is tried."""
    if state not in TAKES_PEOPLE:
        return [Breach("takes-nobody", _("The group takes nobody in at this time."))]
    if way == wanted or (way == OPEN and wanted == INVITATION) or (way == REQUEST and wanted == INVITATION):
        return []
    words = {
        OPEN: _("This group is not joined by request: anybody joins it at once."),
        REQUEST: _("This group is joined on request: send one, and its officers answer."),
        INVITATION: _("This group is joined by invitation only."),
    }
    return [Breach("way-shut", words.get(way, _("People do not join this group by themselves.")))]


def full(rules: TypeRulesValue, now: Composition, seat: SeatValue) -> list[Breach]:
    """Says plainly that every place is taken, and of how many."""
    then = now.with_seat(seat)
    side = rules.constituency(seat.constituency)
    if side is not None and side.maximum is not None and then.side(side.slug).count(side.counts) > side.maximum:
        return [Breach("group-full", _full_words(side.maximum, side.counts, side.name))]
    if rules.total_maximum is not None and then.count(rules.total_counts) > rules.total_maximum:
        return [Breach("group-full", _full_words(rules.total_maximum, rules.total_counts, ""))]
    return []


def _full_words(most: int, counts: str, side: str) -> str:
    one, many = "The group is full: its %(n)d place is taken.", "The group is full: all %(n)d places are taken."
    if counts == ORGANISATIONS:
        one = "The group is full: its %(n)d place for an organisation is taken."
        many = "The group is full: all %(n)d places for organisations are taken."
    words = ngettext(one, many, most) % {"n": most}
    return f"{words} ({side})" if side else words


def purge_day(today: date) -> date:
    """When an answered request or invitation is forgotten."""
    return today + timedelta(days=KEPT_DAYS)


def last_day(starts_on: date | None, today: date) -> date | None:
    """The last day of somebody who leaves today: the day before, so that the place is free at once.

    None for somebody who came only today: then they never sat, and the history alone keeps it.
    """
    yesterday = today - timedelta(days=1)
    return yesterday if starts_on is None or starts_on <= yesterday else None


def sits_already(since: date | None) -> Breach:
    """Nobody joins twice."""
    if since is None:
        return Breach("in-already", _("They sit in this group already."))
    return Breach("in-already", _("They sit in this group already, since %(day)s.") % {"day": say_day(since)})
