"""Vacant seats with since when, and the term that a casual vacancy cut short."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from convenor.core.journal.unchanged import while_unchanged
from convenor.core.records.rules import Viewer
from convenor.domain.groups.models import Appointment, Group, Seat
from convenor.domain.groups.queries.desk import vacant_seats
from convenor.domain.groups.queries.rosters import SeatShown, table_of
from convenor.domain.groups.queries.vacant_since import follows_further, vacant_since_column
from convenor.domain.groups.rules import terms
from convenor.domain.groups.rules.rosters import vacant_since
from convenor.domain.groups.rules.spans import Span
from convenor.kit.structs import struct

FEED_LENGTH: Final = 50


@struct
class Vacancy:
    """A seat nobody sits in. `until`: the end of the term that a casual vacancy cut short, where there is one."""

    seat: SeatShown
    group: Group
    since: date | None
    until: date | None


def vacant(viewer: Viewer, on: date, *, group: str = "", casual: bool = False) -> QuerySet[Seat]:
    """The vacant seats of living groups that the viewer may read; of one group, or casual vacancies only."""
    groups = Group.objects.live().visible_to(viewer)
    rows = vacant_seats(groups.filter(slug=group) if group else groups, on)
    return rows.filter(Exists(_cut_short(on))) if casual else rows


def _cut_short(on: date) -> QuerySet[Appointment]:
    left = Appointment.objects.filter(seat=OuterRef("pk"), acting=False, ends_on__lt=on, until__gte=on)
    return left.filter(until__gt=F("ends_on"))


def vacant_keys(viewer: Viewer, on: date, *, group: str = "", casual: bool = False, newest: bool = False) -> list[int]:
    """The keys of the same, in their order or the newest first, kept until something changes (ADR 11).

    A page shows fifty of them and how many there are; to find them, every seat and who sits in it is gone through.
    """

    def found() -> list[int]:
        rows = vacant(viewer, on, group=group, casual=casual)
        if newest:
            return [each.seat.key for each in newest_vacancies(viewer, rows, on)]
        return list(rows.values_list("pk", flat=True))

    return while_unchanged(f"groups.vacant {group} {casual} {newest}", viewer, found)


def vacancies_at(viewer: Viewer, keys: Sequence[int], on: date) -> list[Vacancy]:
    """The vacant seats with these keys, in this order. Four queries."""
    rows = Seat.objects.visible_to(viewer).select_related("group__record", "group__host__record", "group__type__model")
    seats = rows.in_bulk(keys)
    return vacancies_of(viewer, [seats[key] for key in keys if key in seats], on)


def vacancies_of(viewer: Viewer, rows: Sequence[Seat], on: date) -> list[Vacancy]:
    """These seats with since when each is vacant: three queries, however many."""
    keys = [row.pk for row in rows]
    table = table_of(viewer, Q(pk__in=keys))
    ends = remainders(keys, on)
    return [
        Vacancy(
            table.seats[row.pk],
            row.group,
            vacant_since(table.facts, table.seats[row.pk].facts, on),
            ends.get(row.pk),
        )
        for row in rows
    ]


def newest_vacancies(viewer: Viewer, rows: QuerySet[Seat], on: date) -> list[Vacancy]:
    """The FEED_LENGTH of these that fell vacant last; of those of one day, the newest seats.

    The database finds them, however many there are; the few whose day it cannot tell are looked at as well.
    """
    newest = rows.annotate(since=vacant_since_column(on)).order_by(F("since").desc(), "-pk")
    looked_at = Q(pk__in=list(newest.values_list("pk", flat=True)[:FEED_LENGTH])) | follows_further()
    found = vacancies_of(viewer, list(rows.filter(looked_at)), on)
    return sorted(found, key=lambda row: (row.since or date.min, row.seat.key), reverse=True)[:FEED_LENGTH]


def cut_short(seat: int, on: date) -> date | None:
    """The end of the term that the last holder of the seat left before its time; None where it is over by `on`."""
    left = Appointment.objects.filter(seat=seat, acting=False, ends_on__lt=on)
    return terms.remainder(_held(left).get(seat, ()), on)


def remainders(seats: Sequence[int], on: date) -> dict[int, date]:
    """By seat: the end of the term that whoever left before their time had. Who begins later does not count."""
    begun = Q(starts_on__isnull=True) | Q(starts_on__lte=on)
    held = _held(Appointment.objects.filter(begun, seat__in=seats, acting=False))
    found = {seat: terms.remainder(each, on) for seat, each in held.items()}
    return {seat: until for seat, until in found.items() if until is not None}


def _held(rows: QuerySet[Appointment]) -> dict[int, list[tuple[Span, date | None]]]:
    """Seat → the span of each term in it, with the end it was made until. One query."""
    held: dict[int, list[tuple[Span, date | None]]] = {}
    for seat, first, last, until in rows.order_by("pk").values_list("seat", "starts_on", "ends_on", "until"):
        held.setdefault(seat, []).append((Span(first, last), until))
    return held
