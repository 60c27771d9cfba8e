"""What waits for an officer, computed from the record. Each row is one step from done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from convenor.core.clock.models import Deadline
from convenor.core.clock.queries import due_within, overdue
from convenor.core.notify import queries as mail
from convenor.core.records.rules import Viewer
from convenor.web.site.queues import Day, Queue, Task
from convenor.web.site.words import deadline_in_words, record_address

SHOWN = 20
WEEK = timedelta(days=7)


def queues(viewer: Viewer) -> list[Queue]:
    """Every queue, the most pressing first."""
    return [late(viewer), bounced(viewer)]


def week(viewer: Viewer) -> list[Day]:
    """Today and the six days after, with what falls due on each."""
    today = localdate(viewer.now)
    by_day: dict[date, list[Task]] = defaultdict(list)
    for row in due_within(viewer, WEEK):
        by_day[localdate(row.due_at)].append(_deadline(row))
    days = [today + timedelta(days=ahead) for ahead in range(7)]
    return [Day(day, by_day[day]) for day in days]


def late(viewer: Viewer) -> Queue:
    rows = overdue(viewer)
    tasks = [_deadline(row, late=True) for row in rows[:SHOWN]]
    return Queue("overdue", _("Overdue"), _("Nothing is overdue."), tasks, _total(rows, tasks))


def bounced(viewer: Viewer) -> Queue:
    """Mail that came back: the address needs mending."""
    rows = mail.bounced(viewer)
    tasks = [
        Task(
            title=message.subject,
            url=reverse("notify:message", args=[message.pk]),
            about=mail.address_of(message),
            step=_("Mend or settle"),
            step_url=reverse("notify:message", args=[message.pk]),
            due=message.bounced_at,
        )
        for message in rows[:SHOWN]
    ]
    return Queue("bounced", _("Mail that bounced"), _("No mail came back."), tasks, _total(rows, tasks))


def _deadline(row: Deadline, *, late: bool = False) -> Task:
    address = record_address(row.record)
    return Task(row.record.title, address, deadline_in_words(row.kind), _("Open"), address, row.due_at, late)


def _total(rows: Iterable[object], shown: list[Task]) -> int:
    return len(shown) if len(shown) < SHOWN else rows.count()  # type: ignore[attr-defined,no-any-return]
