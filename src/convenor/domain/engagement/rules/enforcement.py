"""May this group, seat or chair be? Every refusal begins with the rule's own sentence and says what stands against it.

The groups app calls these inside its commands, under the group's lock. Codes are "engagement.<rule key>".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date

from django.utils.translation import gettext as _

from convenor.core.records.rules import Breach
from convenor.domain.engagement.rules import words
from convenor.domain.engagement.rules.rulebook import said, side_said
from convenor.domain.engagement.rules.values import (
    LEFT_OPEN,
    Composition,
    ConstituencyValue,
    ParentValue,
    SeatValue,
    TypeRulesValue,
)
from convenor.kit.dates import say_day


def check_group(
    rules: TypeRulesValue,
    *,
    parents: Sequence[ParentValue],
    deliverable: str = "",
    has_initiative: bool = True,
    others_alive: int = 0,
) -> list[Breach]:
    """May a group of this type be set up like this? `others_alive`: groups of the type that are not closed."""
    return [
        *check_only_one(rules, others_alive),
        *check_initiative(rules, has_initiative),
        *check_parents(rules, parents),
        *check_deliverable(rules, deliverable),
    ]


def check_only_one(rules: TypeRulesValue, others_alive: int) -> list[Breach]:
    """A type that stands for one body has one living group."""
    if rules.only_one and others_alive:
        return [_breach(rules, "only_one", _("It is there already."), "type")]
    return []


def check_initiative(rules: TypeRulesValue, has_initiative: bool) -> list[Breach]:
    """A type that lasts as long as an initiative names one."""
    if rules.lifespan == "initiative" and not has_initiative:
        return [_breach(rules, "lifespan", _("Name the initiative."), "initiative")]
    return []


def check_parents(rules: TypeRulesValue, parents: Sequence[ParentValue]) -> list[Breach]:
    """Has it a parent if it must, only parents it may have, and their approval where that is needed?"""
    if rules.parent_required and not parents:
        return [_breach(rules, "parents", _("No parent is given."), "parents")]
    return [breach for parent in parents for breach in check_parent(rules, parent)]


def check_parent(rules: TypeRulesValue, parent: ParentValue) -> list[Breach]:
    """May this group be a parent, and is its approval recorded?"""
    name = parent.name or _("The parent")
    found = []
    allowed = {each.slug for each in rules.parent_types}
    if allowed and parent.type_slug not in allowed:
        found.append(_breach(rules, "parents", _("%(parent)s is of another type.") % {"parent": name}, "parents"))
    if rules.parent_approval and not parent.approved:
        found.append(
            _breach(rules, "parent_approval", _("%(parent)s has not approved it.") % {"parent": name}, "approved_on")
        )
    return found


def check_deliverable(rules: TypeRulesValue, deliverable: str) -> list[Breach]:
    """A type that must deliver says what."""
    if rules.must_deliver and not deliverable.strip():
        return [_breach(rules, "must_deliver", _("Say what it is to deliver."), "deliverable")]
    return []


def check_new_seat(rules: TypeRulesValue, now: Composition, seat: SeatValue) -> list[Breach]:
    """May this seat be added to those there are?"""
    unknown = check_constituency(rules, seat)
    if unknown:
        return unknown
    then = now.with_seat(seat)
    return [
        *(check_caps(rules, then, only=seat.constituency) if seat.counts else []),
        *check_one_seat(rules, then, only=seat.organisation),
        *check_eligible(rules, seat),
        *(check_chairs(rules, then) if seat.leads else []),
    ]


def check_constituency(rules: TypeRulesValue, seat: SeatValue) -> list[Breach]:
    """The seat stands on a side that the rules know; where they name sides, it must name one."""
    if rules.constituency(seat.constituency) or not (rules.constituencies or seat.constituency):
        return []
    problem = _("Say under which of them the seat is.") if rules.constituencies else _no_sides(rules)
    return [_breach(rules, "constituencies", problem, "constituency")]


def _no_sides(rules: TypeRulesValue) -> str:
    subject = words.capital(words.a(rules.name, rules.only_one))
    return _("%(S)s has no constituencies; leave this empty.") % {"S": subject}


def _would_be(taken: int, counts: str) -> str:
    return _("This would make it %(taken)s.") % {"taken": words.counted(taken, counts)}


def _there_are(taken: int, counts: str) -> str:
    return _("So far: %(taken)s.") % {"taken": words.counted(taken, counts)}


def check_caps(
    rules: TypeRulesValue,
    then: Composition,
    only: str | None = None,
    said: Callable[[int, str], str] = _would_be,
) -> list[Breach]:
    """Nowhere more places than the caps allow.

    only: of the constituencies, look at just this one. said: how the number is told.
    """
    sides = [side for side in rules.constituencies if only in {None, side.slug}]
    found = [breach for side in sides for breach in _check_side(rules, side, then, said)]
    taken = then.count(rules.total_counts)
    if rules.total_maximum is not None and taken > rules.total_maximum:
        found.append(_breach(rules, "size", said(taken, rules.total_counts), "organisation"))
    return found


def check_occupied(rules: TypeRulesValue, now: Composition) -> list[Breach]:
    """What is over its cap as it stands, with the rule and the number. A cap is not lowered below what is occupied."""
    return check_caps(rules, now, said=_there_are)


def _check_side(
    rules: TypeRulesValue, side: ConstituencyValue, then: Composition, said: Callable[[int, str], str]
) -> list[Breach]:
    taken = then.side(side.slug).count(side.counts)
    if side.maximum is None or taken <= side.maximum:
        return []
    text = f"{side_said(rules, side)} {said(taken, side.counts)}"
    return [Breach("engagement.constituencies", text, "constituency")]


def check_one_seat(rules: TypeRulesValue, then: Composition, only: int | None = None) -> list[Breach]:
    """No organisation holds two of the seats that the rule binds."""
    if not rules.one_seat_per_organisation:
        return []
    held = Counter(seat.organisation for seat in then.seats if _binds(rules, seat) and seat.organisation is not None)
    looked_at = held if only is None else {only: held[only]}
    if any(number > 1 for number in looked_at.values()):
        return [_breach(rules, "one_seat", _("This organisation has a seat already."), "organisation")]
    return []


def check_eligible(rules: TypeRulesValue, seat: SeatValue) -> list[Breach]:
    """The office is of a class, and the organisation of a kind, that may sit."""
    if not _binds(rules, seat):
        return []
    found = []
    if rules.eligible_roles and seat.role not in {role.slug for role in rules.eligible_roles}:
        found.append(_breach(rules, "eligible_roles", _("This seat is not for such an office."), "office"))
    if rules.eligible_kinds and seat.organisation_kind not in {kind.slug for kind in rules.eligible_kinds}:
        found.append(_breach(rules, "eligible_kinds", _("This organisation is not of such a kind."), "organisation"))
    return found


def _binds(rules: TypeRulesValue, seat: SeatValue) -> bool:
    """Eligibility and "one seat" bind all seats, or those of one constituency (the agency's own stay free).

    They bind members: an observer or an adviser may come from anywhere.
    """
    return seat.counts and rules.eligible_constituency in {"", seat.constituency}


def check_chairs(rules: TypeRulesValue, then: Composition) -> list[Breach]:
    """Not more chairs than the rules allow, and none from a side that has none. `then`: as it would be."""
    leading = [seat for seat in then.seats if seat.leads]
    if not leading or not rules.chairing:
        return []
    if rules.chairing == "none":
        return [_breach(rules, "chairing", _("Nobody can be made its chair."), "role")]
    if rules.chairing == "chair" and len(leading) > 1:
        return [_breach(rules, "chairing", _("It has a chair already."), "role")]
    sides = {side.slug for side in rules.chairing_sides}
    if rules.chairing == "chair" and sides and leading[0].constituency not in sides:
        return [_breach(rules, "chairing", _("This seat is not under it."), "seat")]
    return _check_co_chair_sides(rules, leading, sides) if rules.chairing == "co-chairs" else []


def _check_co_chair_sides(rules: TypeRulesValue, leading: Sequence[SeatValue], sides: set[str]) -> list[Breach]:
    """With several sides named, each has one co-chair; with one named, the other may come from anywhere."""
    if len(sides) < 2:
        return []
    led = Counter(seat.constituency for seat in leading)
    if set(led) - sides:
        return [_breach(rules, "chairing", _("This seat is under none of them."), "seat")]
    if any(number > 1 for number in led.values()):
        return [_breach(rules, "chairing", _("That side has its co-chair already."), "seat")]
    return []


def check_term(rules: TypeRulesValue, starts_on: date | None, ends_on: date | None) -> list[Breach]:
    """Nobody is appointed for longer than the term. An open end is longer than any term."""
    if rules.term_months is None or starts_on is None:
        return []
    if ends_on is not None and ends_on < months_after(starts_on, rules.term_months):
        return []
    return [_breach(rules, "term", _("Give an end within it."), "ends_on")]


def check_casual_vacancy(rules: TypeRulesValue, filled_by: str, until: date) -> list[Breach]:
    """A seat whose holder left before the end of the term, `until`, is filled in a way that the rules allow."""
    if not rules.casual_vacancies or filled_by in rules.casual_vacancies:
        return []
    if LEFT_OPEN in rules.casual_vacancies:
        text = _("This one stays vacant until %(day)s.") % {"day": say_day(until)}
        return [_breach(rules, "casual_vacancies", text, "starts_on")]
    text = _("This is another way.") if filled_by else _("Say which of these it is.")
    return [_breach(rules, "casual_vacancies", text, "filled_by")]


def months_after(start: date, months: int) -> date:
    """The same day so many months later; the last day of that month where there is no such day."""
    month = start.month - 1 + months
    year, month = start.year + month // 12, month % 12 + 1
    for day in range(start.day, 27, -1):
        try:
            return date(year, month, day)
        except ValueError:
            continue
    return date(year, month, start.day)


def check_output(rules: TypeRulesValue, output: str) -> list[Breach]:
    """The outcome is of a kind that the type may give."""
    if rules.outputs and output not in rules.outputs:
        return [_breach(rules, "outputs", _("This outcome is of another kind."), "kind")]
    return []


def shortfalls(rules: TypeRulesValue, now: Composition) -> list[Breach]:
    """What is still missing of a group: minimums, segments, chairs. Shown on its page; refuses nothing."""
    return [*_too_few(rules, now), *_segments_missing(rules, now), *_chairs_missing(rules, now)]


def _too_few(rules: TypeRulesValue, now: Composition) -> Iterable[Breach]:
    taken = now.count(rules.total_counts)
    if rules.total_minimum is not None and taken < rules.total_minimum:
        yield _breach(rules, "size", _there_are(taken, rules.total_counts), "seats")
    for side in rules.constituencies:
        taken = now.side(side.slug).count(side.counts)
        if side.minimum is not None and taken < side.minimum:
            text = f"{side_said(rules, side)} {_there_are(taken, side.counts)}"
            yield Breach("engagement.constituencies", text, "seats")


def _segments_missing(rules: TypeRulesValue, now: Composition) -> Iterable[Breach]:
    covered = {slug for seat in now.seats if seat.counts for slug in seat.segments}
    missing = [segment.name for segment in rules.segments if segment.slug not in covered]
    if missing:
        yield _breach(rules, "segments", _("Missing: %(which)s.") % {"which": words.both(missing)}, "seats")
    if rules.segments_minimum is not None and len(covered) < rules.segments_minimum:
        yield _breach(rules, "segments_minimum", _("So far: %(n)d.") % {"n": len(covered)}, "seats")


def _chairs_missing(rules: TypeRulesValue, now: Composition) -> Iterable[Breach]:
    leading = [seat for seat in now.seats if seat.leads]
    needed = {"chair": 1, "co-chairs": 2}.get(rules.chairing, 0)
    if len(leading) < needed:
        yield _breach(rules, "chairing", _("So far: %(n)d.") % {"n": len(leading)}, "seats")
    elif rules.chairing == "co-chairs":
        led = {seat.constituency for seat in leading}
        missing = [f"“{side.name}”" for side in rules.chairing_sides if side.slug not in led]
        if missing:
            yield _breach(rules, "chairing", _("Missing: %(which)s.") % {"which": words.both(missing)}, "seats")


def broken_by(
    rules: TypeRulesValue,
    now: Composition,
    parents: Sequence[ParentValue] = (),
) -> list[Breach]:
    """What these rules would break of a living group: used before new rules are loaded, and on its page."""
    return [
        *check_parents(rules, parents),
        *[breach for seat in _distinct(now.seats) for breach in _standing(rules, seat)],
        *check_occupied(rules, now),
        *check_one_seat(rules, now),
        *check_chairs(rules, now),
    ]


def _standing(rules: TypeRulesValue, seat: SeatValue) -> list[Breach]:
    return [*check_constituency(rules, seat), *check_eligible(rules, seat)]


def _distinct(seats: Iterable[SeatValue]) -> list[SeatValue]:
    """One seat of each side, kind and role: the others would say the same."""
    return list({(seat.constituency, seat.organisation_kind, seat.role, seat.counts): seat for seat in seats}.values())


def _breach(rules: TypeRulesValue, key: str, problem: str, field: str) -> Breach:
    return Breach(f"engagement.{key}", f"{said(rules, key)} {problem}".strip(), field)
