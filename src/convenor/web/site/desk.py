"""What waits for an officer, computed from the record. Each row is one step from done."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any, TypeVar

from django.db.models import Count, Model, QuerySet, Window
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from convenor.core.clock import queries as deadlines
from convenor.core.clock.models import Deadline
from convenor.core.clock.queries import Pressing
from convenor.core.journal.unchanged import while_unchanged
from convenor.core.notify import queries as mail
from convenor.core.records.rules import Viewer
from convenor.domain.expressions.models import Call
from convenor.domain.expressions.queries import tasks as expressions
from convenor.domain.expressions.rules.calls import phase
from convenor.domain.groups.models import Group, Proposal, Seat
from convenor.domain.groups.queries import desk as groups
from convenor.domain.groups.queries.joining import requests_waiting
from convenor.domain.groups.queries.proposals import to_decide
from convenor.domain.groups.rules.proposals import RETURNED, WAITING
from convenor.web.site.queues import Day, Queue, Task
from convenor.web.site.words import deadline_in_words, record_address

SHOWN = 20
WEEK = timedelta(days=7)
M = TypeVar("M", bound=Model)


def desk(viewer: Viewer) -> tuple[list[Queue], list[Day]]:
    """Every queue, the most pressing first; today and the six days after, with what falls due on each."""
    pressing = deadlines.pressing(viewer, WEEK, SHOWN)
    return queues(viewer, pressing), week(viewer, pressing)


def queues(viewer: Viewer, pressing: Pressing) -> list[Queue]:
    return [
        late(pressing),
        calls(viewer),
        requests(viewer),
        *while_unchanged("site.desk", viewer, lambda: of_groups(viewer)),
        bounced(viewer),
    ]


def of_groups(viewer: Viewer) -> list[Queue]:
    """What follows from groups, seats and the day. Every seat must be looked at for it, so it is kept."""
    return [vacancies(viewer), terms(viewer), reviews(viewer), sunsets(viewer), proposals(viewer)]


def week(viewer: Viewer, pressing: Pressing) -> list[Day]:
    today = localdate(viewer.now)
    by_day: dict[date, list[Task]] = defaultdict(list)
    for row in pressing.ahead:
        by_day[localdate(row.due_at)].append(_deadline(row))
    days = [today + timedelta(days=ahead) for ahead in range(7)]
    return [Day(day, by_day[day]) for day in days]


def late(pressing: Pressing) -> Queue:
    tasks = [_deadline(row, late=True) for row in pressing.overdue]
    return Queue("overdue", _("Overdue"), _("Nothing is overdue."), tasks, pressing.overdue_in_all)


def calls(viewer: Viewer) -> Queue:
    """Calls for expressions of interest with the step that comes next."""
    rows = expressions.to_do(viewer)
    tasks = [_call(row, viewer) for row in rows[:SHOWN]]
    more = reverse("expressions:calls") + "?when=all"
    none = _("No call waits for a step of yours.")
    return Queue("calls", _("Calls for expressions of interest"), none, tasks, len(rows), more)


def _call(row: Call, viewer: Viewer) -> Task:
    """What waits: a draft to publish, a close within the week, an assessment, a selection, offers."""
    where = phase(row.state, row.opens_at, row.closes_at, viewer.now)
    about, step, due = {
        "draft": (_("A draft"), _("Publish it"), row.opens_at),
        "announced": (_("Opens soon"), _("Name assessors"), row.opens_at),
        "open": (_("Closes soon"), _("See what came in"), row.closes_at),
        "closed": (_("Closed"), _("Begin the assessment"), row.closes_at),
        "assessing": (_("Being assessed"), _("Go on"), row.outcome_by),
        "selected": (_("Selected"), _("Make the offers"), row.outcome_by),
        "offers": (_("Offers are out"), _("See the answers"), None),
    }[where]
    name = "call" if where == "draft" else "work"
    address = reverse(f"expressions:{name}", args=[row.slug])
    return Task(f"{row.group}: {row.title}", address, about, step, address, due)


def vacancies(viewer: Viewer) -> Queue:
    """Seats nobody sits in."""
    rows, total = _first(groups.vacancies(viewer).select_related("group__record", "office"))
    tasks = [
        Task(
            title=f"{seat.group}: {seat.title}",
            url=seat_address(seat.group.slug, seat.number),
            about=seat.get_basis_display(),
            step=_("Fill the seat"),
            step_url=filling_address(seat),
        )
        for seat in rows
    ]
    more = reverse("groups:vacancies")
    return Queue("vacancies", _("Vacant seats"), _("Every seat is held."), tasks, total, more)


def requests(viewer: Viewer) -> Queue:
    """Who asks to join."""
    rows, total = _first(requests_waiting(viewer))
    tasks = [
        Task(
            title=row.group.name,
            url=reverse("groups:joining", args=[row.group.slug]),
            about=_("%(name)s asks to join") % {"name": row.person.name},
            step=_("Answer"),
            step_url=reverse("groups:join-answer", args=[row.group.slug, row.pk]),
            due=row.asked_at,
        )
        for row in rows
    ]
    return Queue("joining", _("Requests to join"), _("Nobody asks to join a group."), tasks, total)


def terms(viewer: Viewer) -> Queue:
    """Seats whose holder's time ends within 90 days with nobody after them."""
    rows = groups.terms_ending(viewer)
    tasks = [
        Task(
            title=f"{row.group_name}: {row.seat_title}",
            url=seat_address(row.group_slug, row.seat_number),
            about=row.person,
            step=_("Renew or replace") if row.by_office else _("Appoint again"),
            step_url=seat_address(row.group_slug, row.seat_number)
            if row.by_office
            else reverse("groups:reappoint", args=[row.group_slug, row.key]),
            due=row.ends_on,
        )
        for row in rows[:SHOWN]
    ]
    return Queue("terms", _("Terms ending within 90 days"), _("No term ends within 90 days."), tasks, len(rows))


def reviews(viewer: Viewer) -> Queue:
    today = localdate(viewer.now)
    rows, total = _first(groups.reviews_due(viewer))
    tasks = [
        Task(
            title=group.name,
            url=group_address(group),
            about=_("Is it still needed, and right?"),
            step=_("Record the review"),
            step_url=reverse("groups:review", args=[group.slug]),
            due=group.review_due_on,
            late=group.review_due_on is not None and group.review_due_on < today,
        )
        for group in rows
    ]
    return Queue("reviews", _("Reviews due"), _("No review is due within 90 days."), tasks, total)


def sunsets(viewer: Viewer) -> Queue:
    """Groups whose time ends within 90 days or is over: renew them, or close them."""
    today = localdate(viewer.now)
    rows, total = _first(groups.sunsets_due(viewer))
    tasks = [
        Task(
            title=group.name,
            url=group_address(group),
            about=_("Its time is over") if group.sunset_on and group.sunset_on < today else _("Its time ends"),
            step=_("Renew or close"),
            step_url=reverse("groups:sunset", args=[group.slug]),
            due=group.sunset_on,
            late=group.sunset_on is not None and group.sunset_on < today,
        )
        for group in rows
    ]
    return Queue("sunsets", _("Groups ending"), _("No group ends within 90 days."), tasks, total)


def proposals(viewer: Viewer) -> Queue:
    """What waits for an answer, for more work, or to be set going."""
    rows, total = _first(to_decide(viewer))
    tasks = [_proposal(row) for row in rows]
    return Queue("proposals", _("Proposals to decide"), _("Nothing is proposed."), tasks, total)


def _proposal(row: Proposal) -> Task:
    """A waiting proposal is answered, a returned one brought back, an approved one set going."""
    args = [row.group.slug, row.pk]
    step, url = {
        WAITING: (_("Answer it"), reverse("groups:proposal-answer", args=args)),
        RETURNED: (_("Propose it again"), reverse("groups:proposal-again", args=args)),
    }.get(row.state, (_("Set it going"), reverse("groups:move", args=args[:1])))
    about = row.get_state_display()
    if row.parent is not None and getattr(row, "parent_seen", False):
        about = f"{about} · {row.parent.name}"
    return Task(row.group.name, group_address(row.group), about, step, url, row.proposed_on)


def group_address(group: Group) -> str:
    return reverse("groups:detail", args=[group.slug])


def seat_address(slug: str, number: int) -> str:
    return reverse("groups:seat", args=[slug, number])


def filling_address(seat: Seat) -> str:
    """Where somebody is put into it: an office's holder is recorded with the office."""
    if seat.basis == Seat.Basis.OFFICE and seat.office:
        return reverse("directory:tenure-add", args=[seat.office.slug])
    return reverse("groups:appoint", args=[seat.group.slug, seat.number])


def bounced(viewer: Viewer) -> Queue:
    """Mail that came back: the address needs mending."""
    rows, total = _first(mail.bounced(viewer))
    tasks = [
        Task(
            title=message.subject,
            url=reverse("notify:message", args=[message.pk]),
            about=mail.address_of(message),
            step=_("Mend or settle"),
            step_url=reverse("notify:message", args=[message.pk]),
            due=message.bounced_at,
        )
        for message in rows
    ]
    return Queue("bounced", _("Mail that bounced"), _("No mail came back."), tasks, total)


def _deadline(row: Deadline, *, late: bool = False) -> Task:
    address = record_address(row.record)
    return Task(row.record.title, address, deadline_in_words(row.kind), _("Open"), address, row.due_at, late)


def _first(rows: QuerySet[M]) -> tuple[list[M], int]:
    """The rows that are shown, and how many there are in all. One query, however many."""
    found: list[Any] = list(rows.annotate(in_all=Window(Count("*")))[:SHOWN])
    return found, found[0].in_all if found else 0
