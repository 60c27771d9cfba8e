"""What one person has to do with the record: their seats (and those of whom they assist), and what they follow."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from convenor.core.notify import queries as mail
from convenor.core.records.rules import Viewer
from convenor.domain.expressions.queries import tasks as expressions
from convenor.domain.groups.queries.desk import NINETY_DAYS
from convenor.domain.groups.queries.joining import invitations_waiting
from convenor.domain.groups.queries.people import SeatHeld, seats_of
from convenor.domain.groups.queries.proposals import waiting_for_chairs
from convenor.domain.groups.queries.tor import to_endorse
from convenor.domain.groups.rules.terms import ends_within
from convenor.web.site.queues import Queue, Task
from convenor.web.site.words import record_address

SHOWN = 20


def queues(viewer: Viewer) -> list[Queue]:
    """Their own seats first; those of each principal behind them, by name."""
    people = {person for person in (viewer.person_id, *viewer.principals) if person is not None}
    held = seats_of(viewer, people, localdate(viewer.now))
    today = localdate(viewer.now)
    return [
        waiting(viewer, held, people),
        to_answer(viewer, held),
        terms_to_endorse(viewer, held),
        sent_in(viewer),
        ending(held, today),
        seats(held),
        followed(viewer),
    ]


def waiting(viewer: Viewer, held: list[SeatHeld], people: set[int]) -> Queue:
    """What waits for this person's answer: offers of a place, appointments, invitations, calls to assess."""
    asked = [*offers(viewer), *to_confirm(held).tasks, *invited(viewer, people), *assessments(viewer)]
    none = _("No offer, appointment, invitation or assessment waits for you.")
    return Queue("confirm", _("Waiting for your answer"), none, asked[:SHOWN], len(asked))


def offers(viewer: Viewer) -> list[Task]:
    """Places that the person is offered."""
    return [
        Task(
            title=offer.call.group.name,
            url=reverse("expressions:mine", args=[offer.call.slug]),
            about=_("You are offered a place"),
            step=_("Answer the offer"),
            step_url=reverse("expressions:mine", args=[offer.call.slug]),
            due=offer.due_at,
        )
        for offer in expressions.my_offers(viewer)[:SHOWN]
    ]


def assessments(viewer: Viewer) -> list[Task]:
    """Calls that the person assesses now."""
    return [
        Task(
            title=assessor.call.title,
            url=reverse("expressions:to-assess", args=[assessor.call.slug]),
            about=_("You assess what was sent in"),
            step=_("Assess"),
            step_url=reverse("expressions:to-assess", args=[assessor.call.slug]),
            due=assessor.call.outcome_by,
        )
        for assessor in expressions.my_assessments(viewer)[:SHOWN]
    ]


def sent_in(viewer: Viewer) -> Queue:
    """Expressions of interest that the person has begun or sent in."""
    tasks = [
        Task(
            title=each.call.title,
            url=reverse("expressions:mine", args=[each.call.slug]),
            about=f"{each.call.group.name} · {each.get_state_display()}",
            step=_("Open"),
            step_url=reverse("expressions:mine", args=[each.call.slug]),
            due=each.call.closes_at,
        )
        for each in expressions.my_expressions(viewer)[:SHOWN]
    ]
    none = _("You have no expression of interest under way. Open calls stand under Calls.")
    return Queue("expressions", _("My expressions of interest"), none, tasks, len(tasks), reverse("expressions:calls"))


def invited(viewer: Viewer, people: set[int]) -> list[Task]:
    """Groups that the person is invited to join."""
    return [
        Task(
            title=row.group.name,
            url=reverse("groups:detail", args=[row.group.slug]),
            about=_("%(name)s is invited to join.") % {"name": row.person.name},
            step=_("Join or decline"),
            step_url=reverse("groups:detail", args=[row.group.slug]),
            due=row.expires_at,
        )
        for row in invitations_waiting(viewer, people)[:SHOWN]
    ]


def ending(held: list[SeatHeld], today: date) -> Queue:
    """Seats whose time ends within 90 days."""
    soon = [each for each in held if ends_within(each.holder.span, today, NINETY_DAYS)]
    tasks = [
        Task(
            title=each.seat.group_name,
            url=each.seat.url,
            about=_("%(name)s sits in “%(seat)s” until then. The secretariat was told.")
            % {"name": each.holder.name, "seat": each.seat.title},
            step=_("Open the seat"),
            step_url=each.seat.url,
            due=each.holder.span.last,
        )
        for each in soon
    ]
    none = _("No seat of yours ends within 90 days.")
    return Queue("ending", _("Terms that end"), none, tasks[:SHOWN], len(tasks))


def to_confirm(held: list[SeatHeld]) -> Queue:
    """Appointments that the person has not confirmed yet."""
    tasks = [
        Task(
            title=f"{each.seat.group_name}: {each.seat.title}",
            url=each.seat.url,
            about=_("%(name)s was appointed. Is that so?") % {"name": each.holder.name},
            step=_("Confirm"),
            step_url=reverse("groups:appointment-confirm", args=[each.seat.slug, each.holder.holding.key]),
        )
        for each in held
        if each.unconfirmed
    ]
    none = _("No appointment waits for your answer.")
    return Queue("confirm", _("Waiting for your answer"), none, tasks[:SHOWN], len(tasks))


def to_answer(viewer: Viewer, held: list[SeatHeld]) -> Queue:
    """Proposals put to groups that the person chairs."""
    tasks = [
        Task(
            title=row.group.name,
            url=reverse("groups:detail", args=[row.group.slug]),
            about=_("Proposed under %(parent)s") % {"parent": row.parent.name if row.parent else ""},
            step=_("Answer it"),
            step_url=reverse("groups:proposal-answer", args=[row.group.slug, row.pk]),
            due=row.proposed_on,
        )
        for row in waiting_for_chairs(viewer, _chaired(held))
    ]
    none = _("No proposal waits for a group that you chair.")
    return Queue("answer", _("Proposals to answer"), none, tasks[:SHOWN], len(tasks))


def terms_to_endorse(viewer: Viewer, held: list[SeatHeld]) -> Queue:
    """Drafts of terms of reference that wait for who chairs the group."""
    tasks = [
        Task(
            title=row.group.name,
            url=reverse("groups:terms-version", args=[row.group.slug, row.number]),
            about=_("Version %(number)d of its terms of reference") % {"number": row.number},
            step=_("Read and endorse"),
            step_url=reverse("groups:terms-endorse", args=[row.group.slug, row.number]),
            due=row.sent_on,
        )
        for row in to_endorse(viewer, _chaired(held))
    ]
    none = _("No terms of reference wait for you.")
    return Queue("endorse", _("Terms of reference to endorse"), none, tasks[:SHOWN], len(tasks))


def _chaired(held: list[SeatHeld]) -> set[int]:
    return {each.seat.facts.group for each in held if each.line.leads and not each.away}


def seats(held: list[SeatHeld]) -> Queue:
    """The seats held today."""
    tasks = [
        Task(
            title=each.seat.group_name,
            url=reverse("groups:detail", args=[each.seat.slug]),
            about=_about(each),
            step=_("Open the seat"),
            step_url=each.seat.url,
            due=each.holder.span.last,
        )
        for each in held
    ]
    none = _("You hold no seat. When you are appointed to one, it stands here.")
    return Queue("seats", _("Seats"), none, tasks[:SHOWN], len(tasks))


def followed(viewer: Viewer) -> Queue:
    """What the person asked to hear of."""
    rows = mail.following(viewer)
    tasks = [
        Task(
            title=row.record.title,
            url=record_address(row.record),
            about=row.record.ref,
            step=_("History"),
            step_url=reverse("site:record-history", args=[row.record.ref]),
        )
        for row in rows[:SHOWN]
        if row.record
    ]
    none = _("You follow nothing yet. Every record has a Follow link.")
    return Queue("followed", _("You follow"), none, tasks, len(tasks), reverse("notify:following"))


def _about(each: SeatHeld) -> str:
    words = [each.seat.title, each.holder.name, *(chair.role for chair in each.line.chairs)]
    if each.away:
        words.append(_("somebody acts for them"))
    if each.holder.acting:
        words.append(_("acting"))
    return " · ".join(word for word in words if word)
