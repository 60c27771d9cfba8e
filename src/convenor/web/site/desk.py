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
from convenor.domain.directory.models import Tenure
from convenor.domain.groups.models import Appointment, Seat
from convenor.domain.groups.queries import desk as groups
from convenor.web.site.queues import Day, Queue, Task
from convenor.web.site.words import deadline_in_words, record_address

SHOWN = 20
WEEK = timedelta(days=7)


def queues(viewer: Viewer) -> list[Queue]:
    """Every queue, the most pressing first."""
    today = localdate(viewer.now)
    return [
        late(viewer),
        vacancies(viewer, today),
        terms(viewer, today),
        reviews(viewer, today),
        proposals(viewer),
        chairless(viewer, today),
        bounced(viewer),
    ]


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


def vacancies(viewer: Viewer, today: date) -> Queue:
    """Seats nobody sits in."""
    rows = groups.vacant_seats(viewer, today)
    tasks = [
        Task(
            title=f"{seat.group}: {seat.title}",
            url=seat_address(seat),
            about=seat.get_basis_display(),
            step=_("Fill the seat"),
            step_url=filling_address(seat),
        )
        for seat in rows[:SHOWN]
    ]
    return Queue("vacancies", _("Vacant seats"), _("Every seat is held."), tasks, _total(rows, tasks))


def terms(viewer: Viewer, today: date) -> Queue:
    """Appointments and tenures that end within 90 days with nobody after them."""
    appointments = groups.ending_appointments(viewer, today)
    tenures = groups.ending_tenures(viewer, today)
    tasks = [*map(_ending_appointment, appointments[:SHOWN]), *map(_ending_tenure, tenures[:SHOWN])]
    tasks.sort(key=lambda task: str(task.due))
    total = len(tasks) if len(tasks) < SHOWN else appointments.count() + tenures.count()
    return Queue("terms", _("Terms ending within 90 days"), _("No term ends within 90 days."), tasks[:SHOWN], total)


def _ending_appointment(row: Appointment) -> Task:
    address = seat_address(row.seat)
    title = f"{row.seat.group}: {row.seat.title}"
    return Task(title, address, str(row.person), _("Renew or replace"), filling_address(row.seat), row.ends_on)


def _ending_tenure(row: Tenure) -> Task:
    address = reverse("directory:office", args=[row.office.slug])
    return Task(str(row.office), address, str(row.person), _("Record who follows"), address, row.ends_on)


def reviews(viewer: Viewer, today: date) -> Queue:
    rows = groups.reviews_due(viewer, today)
    tasks = [
        Task(
            title=group.name,
            url=reverse("groups:detail", args=[group.slug]),
            about=_("Is it still needed, and right?"),
            step=_("Record the review"),
            step_url=reverse("groups:review", args=[group.slug]),
            due=group.review_due_on,
            late=group.review_due_on is not None and group.review_due_on < today,
        )
        for group in rows[:SHOWN]
    ]
    return Queue("reviews", _("Reviews due"), _("No review is due within 30 days."), tasks, _total(rows, tasks))


def proposals(viewer: Viewer) -> Queue:
    rows = groups.proposals(viewer)
    tasks = [
        Task(
            title=group.name,
            url=reverse("groups:detail", args=[group.slug]),
            about=_("Proposed"),
            step=_("Decide"),
            step_url=reverse("groups:state", args=[group.slug]),
            due=group.record.created_at,
        )
        for group in rows[:SHOWN]
    ]
    return Queue("proposals", _("Proposals to decide"), _("Nothing is proposed."), tasks, _total(rows, tasks))


def chairless(viewer: Viewer, today: date) -> Queue:
    rows = groups.without_chair(viewer, today)
    tasks = [
        Task(
            title=group.name,
            url=reverse("groups:detail", args=[group.slug]),
            about=_("Its type asks for a chair, and nobody chairs"),
            step=_("Name a chair"),
            step_url=reverse("groups:detail", args=[group.slug]) + "#seats",
        )
        for group in rows[:SHOWN]
    ]
    return Queue("chairs", _("Groups without a chair"), _("Every group that must have one has a chair."), tasks,
                 _total(rows, tasks))  # fmt: skip


def seat_address(seat: Seat) -> str:
    return reverse("groups:seat", args=[seat.group.slug, seat.number])


def filling_address(seat: Seat) -> str:
    """Where somebody is put into it: an office's holder is recorded with the office."""
    if seat.basis == Seat.Basis.OFFICE and seat.office:
        return reverse("directory:office", args=[seat.office.slug])
    return seat_address(seat)


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
