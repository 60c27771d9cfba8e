"""Rosters as rows to page and to export: seats of a day, each with its line of the roster."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.timezone import localdate

from convenor.core.records.rules import Viewer
from convenor.domain.groups.models import Group, GroupPartQuerySet, Seat
from convenor.domain.groups.queries.desk import vacant_seats
from convenor.domain.groups.queries.rosters import SeatLine, in_force, table_of


class RosterRows(GroupPartQuerySet[Seat]):
    """Seats that bring `line` with them: who sits on the day they were asked for, as the viewer may read it."""

    viewer: Viewer | None = None
    day: date | None = None

    def _clone(self) -> Any:
        clone = super()._clone()  # type: ignore[misc]
        clone.viewer, clone.day = self.viewer, self.day
        return clone

    def _fetch_all(self) -> None:
        fresh = self._result_cache is None
        super()._fetch_all()
        if fresh and self.viewer is not None and self.day is not None:
            self._seat_people(list(self._result_cache or ()))

    def _seat_people(self, seats: list[Any]) -> None:
        """Two queries for all of them."""
        if self.viewer is None or self.day is None or not all(isinstance(seat, Seat) for seat in seats):
            return
        table = table_of(self.viewer, Q(pk__in=[seat.pk for seat in seats]), on=self.day)
        for seat in seats:
            seat.line = table.line(table.seats[seat.pk], self.day)
            seat.day = self.day


def roster_rows(viewer: Viewer, on: date | None = None) -> RosterRows:
    """The seats of a day (today) that the viewer may read, with who sits in them."""
    day = on or localdate(viewer.now)
    rows = RosterRows(Seat)
    rows.viewer, rows.day = viewer, day
    return rows.filter(in_force(day)).select_related("group__record", "role").visible_to(viewer)


def another_day(rows: Any, on: date) -> RosterRows:
    """The same as roster_rows for another day; what was narrowed before is forgotten, so ask for the day first."""
    return roster_rows(rows.viewer, on).live()


def only_vacant(rows: Any, vacant: bool) -> RosterRows:
    """Those nobody sits in on the day that was asked for, in groups that meet; or all others."""
    empty = Q(pk__in=vacant_seats(Group.objects.all(), rows.day).order_by().values("pk"))
    found: RosterRows = rows.filter(empty if vacant else ~empty)
    return found


def line_of(row: Any) -> SeatLine:
    """The line that a row of roster_rows brings."""
    line: SeatLine = row.line
    return line
