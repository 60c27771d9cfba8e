"""Why no selection is possible: the rules that cannot hold together, none too many, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from convenor.core.records.rules import Breach
from convenor.domain.expressions.rules.selection.crowds import Crowd, Row, gather, rows
from convenor.domain.expressions.rules.selection.values import Entrant, Panel, Unsolved
from convenor.kit.structs import struct

if TYPE_CHECKING:
    from convenor.domain.expressions.rules.selection.solver import Program


@struct
class Clash:
    """Rules of which each could go and the others would hold."""

    rows: tuple[Row, ...]
    breach: Breach


def blocking(panel: Panel, entrants: Iterable[Entrant]) -> list[Breach]:
    """Why no selection can keep the rules; empty where one can."""
    crowd = gather(panel, entrants)
    if panel.seats < 1:
        return [Breach("no-seats", _("There is no seat to fill."), "seats")]
    many = sum(crowd.sizes)
    if many < panel.seats:
        return [Breach("too-few-entrants", _too_few(many, panel.seats), "seats")]
    try:
        return [clash.breach for clash in clashes(crowd)]
    except Unsolved:
        return [entangled()]


def entangled() -> Breach:
    """What to say where the solver gave no answer in time."""
    text = _("The balance rules are so entangled that no answer was found in time. Ask for fewer of them.")
    return Breach("rules-entangled", text, "quotas")


def clashes(crowd: Crowd, floor: tuple[int, ...] = ()) -> list[Clash]:
    """Sets of rules that cannot hold together, no rule in two sets, until what is left can hold.

    `floor`: how many of each kind sit already and stay.
    """
    left = rows(crowd)
    found = []
    while (some := _irreducible(crowd, left, floor)) is not None:
        found.append(Clash(tuple(some), _explain(crowd, some, floor)))
        if not some:
            break
        names = {row.rule for row in some}
        left = [row for row in left if row.rule not in names]
    return found


def can_hold(crowd: Crowd, some: Sequence[Row], floor: tuple[int, ...] = ()) -> bool:
    """Whether some selection keeps the rules and those who sit already."""
    return _program(crowd, some, floor).possible()


def rule_text(row: Row) -> str:
    """A rule as one says it: “at least 3 Payroll”, “one seat for each organisation”."""
    if row.quota is None:
        return _("one seat for each organisation")
    many, label = (row.low, row.quota.label) if row.rule.startswith("minimum") else (row.high, row.quota.label)
    text = _("at least %(many)d “%(label)s”") if row.rule.startswith("minimum") else _("at most %(many)d “%(label)s”")
    return text % {"many": many, "label": label}


def _program(crowd: Crowd, some: Sequence[Row], floor: tuple[int, ...], *, every_seat: bool = True) -> Program:
    from convenor.domain.expressions.rules.selection.solver import Program  # noqa: PLC0415 - it loads scipy

    return Program(crowd, tuple(some), floor, every_seat=every_seat)


def _irreducible(crowd: Crowd, some: Sequence[Row], floor: tuple[int, ...]) -> list[Row] | None:
    """Rules that together cannot hold, though any of them could go and the others would; None where all can."""
    if can_hold(crowd, some, floor):
        return None
    kept = list(some)
    for rule in reversed(dict.fromkeys(row.rule for row in some)):  # so that the first rules are those named
        without = [row for row in kept if row.rule != rule]
        if not can_hold(crowd, without, floor):
            kept = without
    return kept


def _explain(crowd: Crowd, some: Sequence[Row], floor: tuple[int, ...]) -> Breach:
    """The sentence for a set that clashes: it counts what can be reached without one of the rules."""
    named = list({row.rule: row for row in some}.values())
    asking = next((row for row in named if row.rule.startswith("minimum")), None)
    if asking is None:
        reached = _program(crowd, some, floor, every_seat=False).most((1,) * len(crowd.alikes)) or 0
        return _too_few_seats(named, reached, crowd.panel.seats)
    others = [row for row in some if row.rule != asking.rule]
    reached = _program(crowd, others, floor).most(asking.marks) or 0
    if others or floor:
        return _cannot_both(asking, [row for row in named if row is not asking], reached)
    return _too_few_with(asking, reached, crowd)


def _too_few(many: int, seats: int) -> str:
    text = ngettext("There is only %(many)d expression", "There are only %(many)d expressions", many)
    rest = ngettext(" for %(seats)d seat.", " for %(seats)d seats.", seats)
    return text % {"many": many} + rest % {"seats": seats}


def _too_few_with(row: Row, reached: int, crowd: Crowd) -> Breach:
    assert row.quota is not None  # noqa: S101 - a minimum comes from a quota
    if row.low > crowd.panel.seats:
        text = _("The rule %(rule)s asks for more than the %(seats)d seats.")
        said = text % {"rule": rule_text(row), "seats": crowd.panel.seats}
    else:
        only = ngettext("Only %(many)d expression counts", "Only %(many)d expressions count", reached)
        text = (only if reached else _("No expression counts")) + _(" as “%(label)s”; the rule asks for %(asked)d.")
        said = text % {"many": reached, "label": row.quota.label, "asked": row.low}
    return Breach("too-few-with-trait", said, "quotas")


def _too_few_seats(named: Sequence[Row], reached: int, seats: int) -> Breach:
    text = _("With %(rules)s only %(reached)d of the %(seats)d seats can be filled.")
    said = text % {"rules": _joined(named), "reached": reached, "seats": seats}
    return Breach("rules-leave-seats", said, "quotas")


def _cannot_both(asking: Row, others: Sequence[Row], reached: int) -> Breach:
    assert asking.quota is not None  # noqa: S101 - a minimum comes from a quota
    if others:
        text = _(
            "%(rule)s and %(others)s cannot hold together: with the others kept, "
            "no more than %(many)d of “%(label)s” can sit."
        )
    else:
        text = _("%(rule)s cannot hold with those who stay: no more than %(many)d of “%(label)s” can sit.")
    said = text % {
        "rule": rule_text(asking),
        "others": _joined(others),
        "many": reached,
        "label": asking.quota.label,
    }
    said = said[:1].upper() + said[1:]
    return Breach("rules-clash", said, "quotas")


def _joined(some: Sequence[Row]) -> str:
    return _(" and ").join(rule_text(row) for row in some)
