"""A call as screens show it: its state in a word, when it opens or closes, what comes next."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from convenor.domain.expressions.models import Call
from convenor.domain.expressions.rules import calls, small
from convenor.kit.dates import local, relative_words, say_moment
from convenor.kit.parts import State
from convenor.kit.structs import struct

TONES = {
    calls.DRAFT: "neutral",
    calls.ANNOUNCED: "info",
    calls.OPEN: "good",
    calls.CLOSED: "watch",
    calls.ASSESSING: "watch",
    calls.SELECTED: "watch",
    calls.OFFERS: "watch",
    calls.FINISHED: "neutral",
    calls.WITHDRAWN: "withheld",
}


@struct
class Shown:
    """One call in a list."""

    call: Call
    url: str
    where: str
    state: State
    when: str
    soon: str
    places: str


def where_of(call: Call, now: datetime) -> str:
    return calls.phase(call.state, call.opens_at, call.closes_at, now)


def state_of(call: Call, now: datetime) -> State:
    """The state in a word, by the clock."""
    words = {
        calls.DRAFT: _("Draft"),
        calls.ANNOUNCED: _("Opens later"),
        calls.OPEN: _("Open"),
        calls.CLOSED: _("Closed"),
        calls.ASSESSING: _("Being assessed"),
        calls.SELECTED: _("Selected"),
        calls.OFFERS: _("Offers made"),
        calls.FINISHED: _("Finished"),
        calls.WITHDRAWN: _("Withdrawn"),
    }
    where = where_of(call, now)
    return State(words[where], TONES[where])


def shown(call: Call, now: datetime) -> Shown:
    """A line of a list."""
    where = where_of(call, now)
    at = call.opens_at if where in {calls.DRAFT, calls.ANNOUNCED} else call.closes_at
    said = say_moment(local(at, call.zone))
    words = {
        calls.DRAFT: _("Opens %(at)s"),
        calls.ANNOUNCED: _("Opens %(at)s"),
        calls.OPEN: _("Closes %(at)s"),
    }
    places = ngettext("%(n)d place", "%(n)d places", call.seats) % {"n": call.seats}
    return Shown(
        call=call,
        url=reverse("expressions:call", args=[call.slug]),
        where=where,
        state=state_of(call, now),
        when=words.get(where, _("Closed %(at)s")) % {"at": said},
        soon=relative_words(at, now, call.zone),
        places=places,
    )


def shown_for_the_check(kinds: int) -> str:
    """What a call says of the answers that its balance rules count, before anybody gives them; empty without any."""
    if kinds < 2:
        return ""
    return _(
        "So that the selection can be checked, the answers that the balance counts are shown beside private "
        "references, without names: to everybody where at least five people share them all, else only to those who "
        "took part."
    )


def warning_of(kinds: int, seats: int) -> str:
    """What the officer should know of balance rules that tell many kinds of people apart."""
    if not small.likely_small(kinds, seats):
        return ""
    text = _(
        "The balance rules tell %(kinds)d kinds of people apart. Five of each would be %(people)d expressions, and "
        "fewer will probably come: then inputs and chances of the selection are given only to those who took part, and "
        "numbers of few are not published. Fewer bounded answers keep people safer and the result open to all."
    )
    return text % {"kinds": kinds, "people": kinds * small.FEWEST}
