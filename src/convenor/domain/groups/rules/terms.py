"""Terms of appointment: what may not overlap, what ends soon, and what only a correction may change."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta

from django.utils.translation import gettext as _

from convenor.core.records.rules import Breach
from convenor.domain.groups.rules.rosters import FOLLOWS, OFFICE, Holding, SeatFacts
from convenor.domain.groups.rules.spans import Span, say_span
from convenor.kit.dates import say_day


def backwards(span: Span) -> list[Breach]:
    """The last day lies before the first."""
    if span.first is None or span.last is None or span.first <= span.last:
        return []
    text = _("The last day, %(last)s, is before the first, %(first)s.")
    return [Breach("span-backwards", text % {"first": say_day(span.first), "last": say_day(span.last)}, "ends_on")]


def basis_breaches(seat: SeatFacts, *, acting: bool) -> list[Breach]:
    """Nobody is appointed to a seat whose holder follows from an office or a chair, except to act (DESIGN, groups)."""
    if acting or seat.basis not in FOLLOWS:
        return []
    if seat.basis == OFFICE:
        text = _(
            "Whoever holds the office sits here. Record its holder there, or appoint somebody to act in this group."
        )
    else:
        text = _("Whoever chairs the other group sits here. Change its chair there, or appoint somebody to act here.")
    return [Breach("seat-follows", text, "acting")]


def outside_seat(seat: SeatFacts, span: Span) -> list[Breach]:
    """An appointment may not begin before its seat or last longer than it."""
    if span.within(Span(seat.life.first, seat.life.last)):
        return []
    text = _("The seat exists %(life)s: the appointment must lie within that time.")
    return [Breach("outside-seat", text % {"life": say_span(seat.life)}, "starts_on")]


def overlap(held: Iterable[Holding], wanted: Holding, name: str = "") -> list[Breach]:
    """One substantive appointee, and one acting, per seat at a time."""
    found = [each for each in held if each.key != wanted.key and each.acting == wanted.acting]
    met = next((each for each in found if each.span.meets(wanted.span)), None)
    if met is None:
        return []
    who = name or _("somebody")
    text = (
        _("This seat already has %(who)s acting in it, %(span)s.")
        if wanted.acting
        else _("This seat already has %(who)s in it, %(span)s. End that appointment first, or appoint somebody to act.")
    )
    return [Breach("seat-taken", text % {"who": who, "span": say_span(met.span)}, "starts_on")]


def taken_by(held: Iterable[Holding], wanted: Holding) -> Holding | None:
    """The holding that `overlap` refuses for."""
    return next((each for each in held if overlap([each], wanted)), None)


def rewrites(held: Iterable[Holding], wanted: Holding, today: date) -> bool:
    """Whether recording it would name somebody else on a day gone by who is named already.

    That is a correction, and needs a reason (DESIGN, principle 1). Filling in what nobody knew is not.
    """
    past = gone_by(wanted.span, today)
    return past is not None and any(each.key != wanted.key and _touches(each.span, past) for each in held)


def gone_by(span: Span, today: date) -> Span | None:
    """The part of the span before today, if there is any."""
    past = Span(span.first, min(filter(None, (span.last, today - timedelta(days=1)))))
    return None if past.first is not None and past.first > (past.last or today) else past


def _touches(held: Span, past: Span) -> bool:
    """Whether they may share a day, reading an unknown beginning as far back as it could be."""
    ends_before = held.last is not None and past.first is not None and held.last < past.first
    begins_after = held.first is not None and past.last is not None and held.first > past.last
    return not (ends_before or begins_after)


def end_breaches(span: Span, on: date) -> list[Breach]:
    """Why it cannot end on that day."""
    if span.last is not None and span.last <= on:
        text = _("It has an end already: %(last)s. To change that day, correct it and say why.")
        return [Breach("ended-already", text % {"last": say_day(span.last)}, "on")]
    if span.first is not None and on < span.first:
        text = _("It begins on %(first)s, so it cannot end before that day.")
        return [Breach("ends-before-start", text % {"first": say_day(span.first)}, "on")]
    return []


def late_end(on: date, today: date, reason: str) -> list[Breach]:
    """A last day further back than yesterday changes who sat on days gone by: it needs a reason."""
    if reason.strip() or on >= today - timedelta(days=1):
        return []
    text = _("%(day)s has gone by: this changes who sat on days since. Say why.")
    return [Breach("reason-needed", text % {"day": say_day(on)}, "reason")]


def reason_needed(reason: str, why: str) -> list[Breach]:
    """A correction says why."""
    return [] if reason.strip() else [Breach("reason-needed", why, "reason")]


def no_casual_vacancy(filled_by: str) -> list[Breach]:
    """How a casual vacancy is filled is said only where there is one: nobody left this seat before their term ended."""
    if not filled_by:
        return []
    text = _("Nobody left this seat before their term ended: it is no casual vacancy.")
    return [Breach("no-casual-vacancy", text, "filled_by")]


def remainder(held: Iterable[tuple[Span, date | None]], today: date) -> date | None:
    """The end of the term that a casual vacancy cut short, which whoever is appointed to it serves out.

    held: each substantive appointment with the end it was made until, where it ended before its time. None where
    nobody left mid-term, or the term would be over by now.
    """
    last = max(held, key=lambda one: (one[0].last or date.max, one[0].first or date.min), default=None)
    if last is None or last[0].last is None or last[1] is None:
        return None
    return last[1] if last[1] >= today and last[1] > last[0].last else None


def next_end(span: Span, months: Callable[[date], date | None]) -> date | None:
    """The last day of the term after this one: as long as the rules say, else as long as it was. None: no end known.

    months: the last day of a full term that begins on a day, by the rules; None where they say nothing.
    """
    if span.last is None:
        return None
    first = span.last + timedelta(days=1)
    by_rules = months(first)
    if by_rules is not None or span.first is None:
        return by_rules
    return first + (span.last - span.first)


def ends_within(span: Span, today: date, days: int) -> bool:
    """Whether it runs today and its last day is at most so many days away."""
    return span.covers(today) and span.last is not None and span.last <= today + timedelta(days=days)
