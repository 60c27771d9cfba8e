"""Reading calendars and deadlines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Case, Count, Q, Value, When, Window
from django.db.models.functions import RowNumber

from convenor.core.clock import rules
from convenor.core.clock.models import Calendar, Deadline, Schedule
from convenor.core.records.models import ScopedQuerySet
from convenor.core.records.rules import Breach, Refused, Viewer
from convenor.kit.structs import struct


def working_calendar(slug: str) -> rules.WorkingCalendar:
    """The named calendar with all its holidays, for arithmetic. Two queries; Refused when there is none."""
    calendar = Calendar.objects.filter(slug=slug).first()
    if calendar is None:
        raise Refused([Breach("calendar-unknown", f"There is no calendar called “{slug}”.", "calendar")])
    return rules.WorkingCalendar(
        name=calendar.name,
        zone=calendar.zone,
        holidays=frozenset(calendar.holidays.values_list("on", flat=True)),
        first=calendar.known_from,
        last=calendar.known_to,
    )


def open_deadlines(viewer: Viewer) -> ScopedQuerySet[Deadline]:
    """Deadlines not met yet, soonest first, of records this viewer may read."""
    rows = Deadline.objects.filter(met_at=None, record__state="live").select_related("record")
    return rows.order_by("due_at", "id").visible_to(viewer)


def overdue(viewer: Viewer) -> ScopedQuerySet[Deadline]:
    """Promises whose time has passed, the latest-standing first."""
    return open_deadlines(viewer).filter(due_at__lt=viewer.now)


def due_within(viewer: Viewer, span: timedelta) -> ScopedQuerySet[Deadline]:
    """Deadlines still ahead that fall due within this span from now."""
    return open_deadlines(viewer).filter(due_at__gte=viewer.now, due_at__lte=viewer.now + span)


@struct
class Pressing:
    """Deadlines that are overdue, at most so many of them, how many there are in all, and those that come next."""

    overdue: Sequence[Deadline]
    overdue_in_all: int
    ahead: Sequence[Deadline]


def pressing(viewer: Viewer, span: timedelta, most: int) -> Pressing:
    """`overdue` and `due_within` in one query."""
    late = Case(When(due_at__lt=viewer.now, then=Value(True)), default=Value(False))
    rows = open_deadlines(viewer).filter(due_at__lte=viewer.now + span).annotate(late=late)
    numbered = rows.annotate(
        nth=Window(RowNumber(), partition_by="late", order_by=["due_at", "id"]),
        in_all=Window(Count("*"), partition_by="late"),
    )
    found = list(numbered.filter(Q(late=False) | Q(nth__lte=most)))
    passed = [row for row in found if row.late]
    return Pressing(passed, passed[0].in_all if passed else 0, [row for row in found if not row.late])


def latest_slot(schedule: Schedule, now: datetime, window: timedelta = timedelta(days=400)) -> datetime | None:
    """The instant of the schedule's last occurrence up to now; None before the first. Missed ones are not repeated."""
    start = rules.local_of(schedule.starts, schedule.zone)
    found = rules.occurrences(schedule.rule, start, schedule.zone, max(schedule.starts, now - window), now)
    last = None
    for occurrence in found:
        last = occurrence.at
    return last
