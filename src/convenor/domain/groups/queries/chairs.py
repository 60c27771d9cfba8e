"""Who chairs a group on a day."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from convenor.core.records.rules import BEGINNING, system
from convenor.domain.groups.models import Group
from convenor.domain.groups.queries.rosters import SeatLine, rosters, table_of_groups


def chairs_of(group: Group, on: date) -> dict[int, str]:
    """Key of each person who sits in a seat that leads the group on the day → their role and the seat's title.

    For deciding who may answer, not for showing: no names. Two queries.
    """
    return chairs_of_each([group.pk], on)[group.pk]


def chairs_of_each(groups: Collection[int], on: date) -> dict[int, dict[int, str]]:
    """The same of several groups at once, by the group's key: two queries, however many."""
    return {group: _leading(lines) for group, lines in rosters(system(BEGINNING), groups, on).items()}


def _leading(lines: Iterable[SeatLine]) -> dict[int, str]:
    found: dict[int, str] = {}
    for line in lines:
        role = next((chair.role for chair in line.chairs if chair.leads), "")
        if role:
            for holder in line.present:
                found.setdefault(holder.holding.person, f"{role}, {line.seat.title}")
    return found


def sitters_of(group: Group, on: date) -> dict[int, int]:
    """Key of each person who sits in the group on the day → the number of their seat. Two queries, no names."""
    lines = table_of_groups(system(BEGINNING), [group.pk], on).roster(group.pk, on)
    return {holder.holding.person: line.seat.number for line in lines for holder in line.present}
