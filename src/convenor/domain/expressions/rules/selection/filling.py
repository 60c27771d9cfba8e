"""Seats filled one after the other, so that the rules can still all hold in the end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from convenor.domain.expressions.rules.selection.blocking import can_hold, clashes, rule_text
from convenor.domain.expressions.rules.selection.crowds import ORGANISATIONS, Row, gather, rows
from convenor.domain.expressions.rules.selection.values import Entrant, Panel


class Filling:
    """Who sits so far, of all who may."""

    def __init__(self, panel: Panel, entrants: Iterable[Entrant]) -> None:
        self.crowd = gather(panel, entrants)
        self.rows = rows(self.crowd)
        self.places = self.crowd.places()
        self.counts = [0] * len(self.crowd.alikes)
        self.taken: set[str] = set()
        self.able: dict[int, str] = {}

    @property
    def full(self) -> bool:
        """Whether every seat is filled."""
        return sum(self.counts) >= self.crowd.panel.seats

    def seat(self, entrant: Entrant) -> None:
        """They sit. Whoever could not follow before cannot now; whoever could must be asked again."""
        self.counts[self.places[entrant.reference]] += 1
        self.taken.add(self._organisation(entrant))
        self.able = {kind: reason for kind, reason in self.able.items() if reason}

    def refusal(self, entrant: Entrant) -> str:
        """Why they cannot sit beside those who do, in a sentence; empty where they can."""
        if self._organisation(entrant) in self.taken:
            return _("Somebody of the same organisation has a seat, and the rule is one seat for each organisation.")
        kind = self.places[entrant.reference]
        if kind not in self.able:
            self.able[kind] = self._why_not(kind)
        return self.able[kind]

    def _why_not(self, kind: int) -> str:
        floor = tuple(many + (place == kind) for place, many in enumerate(self.counts))
        if at_once := self._broken_at_once(floor):
            return _refused([at_once])
        if sum(floor) == self.crowd.panel.seats:  # and so it is whole, and keeps every rule
            return ""
        if can_hold(self.crowd, self.rows, floor):
            return ""
        broken = list({row.rule: row for clash in clashes(self.crowd, floor)[:1] for row in clash.rows}.values())
        return _refused(broken)

    def _broken_at_once(self, floor: Sequence[int]) -> Row | None:
        """A rule that those seated break by themselves, or whose minimum the seats left cannot reach."""
        left = self.crowd.panel.seats - sum(floor)
        for row in self.rows:
            held = sum(mark * many for mark, many in zip(row.marks, floor, strict=True))
            if held > row.high or held + left < row.low:
                return row
        return None

    def _organisation(self, entrant: Entrant) -> str:
        shared = self.crowd.panel.one_per_organisation and entrant.organisation
        return f"organisation/{entrant.organisation}" if shared else f"entrant/{entrant.reference}"


def _refused(broken: list[Row]) -> str:
    if len(broken) == 1 and broken[0].rule == ORGANISATIONS:
        return _("With one seat for each organisation, the seats could then no longer all be filled.")
    rules = _(" and ").join(rule_text(row) for row in broken)
    return _("With this one seated, the selection could no longer keep to %(rules)s.") % {"rules": rules}
