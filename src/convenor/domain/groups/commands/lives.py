"""The life of a group: its states, its closing and reopening, its reviews."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from convenor.core.clock import commands as clock
from convenor.core.records.rules import Breach, Viewer, refuse_if
from convenor.domain.groups import permissions
from convenor.domain.groups.commands import ending, places, showing, steps
from convenor.domain.groups.models import Group, Seat
from convenor.domain.groups.rules import states


def move_group(*, by: Viewer, group: Group, to: str, now: datetime, on: date | None = None, reason: str = "") -> Group:
    """Take a group to its next state. The first time it becomes active is when it started, unless that is known."""
    with transaction.atomic():
        group = steps.opened(by, group)
        refuse_if(states.move_breaches(group.state, to, dict(Group.State.choices)))
        day = on or steps.today(now)
        refuse_if(steps.ahead(day, now, "on"))
        columns: dict[str, Any] = {"state": to}
        if to in states.MEETING and group.started_on is None:
            columns["started_on"] = day
        changes = steps.set_values(group, columns)
        group.save(update_fields=list(columns))
        steps.note(by, "group.moved", group.record, now, changes, reason)
        return group


def close_group(*, by: Viewer, group: Group, on: date, reason: str, now: datetime) -> Group:
    """Close a group for good; `on` is its last day. Its seats, terms, chairs and parents end with it."""
    with transaction.atomic():
        group = steps.opened(by, group)
        refuse_if(states.close_breaches(group.state, on, reason, ending.begun(group), steps.today(now)))
        refuse_if(ending.orphans(group, on))
        columns = {"state": states.CLOSED, "closed_on": on, "close_reason": reason.strip()}
        changes = steps.set_values(group, columns)
        group.save(update_fields=list(columns))
        ended = ending.end_everything(group, on, reason.strip())
        showing.drop_promises(group)
        steps.note(by, "group.closed", group.record, now, changes | steps.all_new(ended), reason)
        return group


def reopen_group(*, by: Viewer, group: Group, on: date, reason: str, now: datetime, with_seats: bool = True) -> Group:
    """Reopen a closed group from a day on; `with_seats`: with new seats like those that ended when it closed.

    The days between stay as they were: nobody sat.
    """
    with transaction.atomic():
        steps.hold_type(group.type)
        group = steps.locked(group)
        permissions.may_edit_group(by, group).require()
        refuse_if([*steps.withdrawn(group.record), *states.reopen_breaches(group.state, group.closed_on, on, reason)])
        refuse_if([*steps.ahead(on, now, "on"), *steps.only_one(group, on)])
        closed_on = group.closed_on
        columns = {"state": states.ACTIVE, "closed_on": None, "close_reason": ""}
        changes = steps.set_values(group, columns)
        group.save(update_fields=list(columns))
        showing.keep_promises(group, now)
        steps.note(by, "group.reopened", group.record, now, changes, reason)
        for seat in _seats_ended(group, closed_on) if with_seats else ():
            places.repeat_seat(by, group, seat, on, now)
        return group


def set_review(
    *, by: Viewer, group: Group, due_on: date | None, now: datetime, reviewed_on: date | None = None, outcome: str = ""
) -> Group:
    """Say when the group must be reviewed next; with `reviewed_on`, that it was, and what came of it."""
    with transaction.atomic():
        group = steps.opened(by, group)
        refuse_if(_review_breaches(due_on, reviewed_on, outcome, now))
        if reviewed_on is not None:
            clock.meet_deadline(record=group.record, kind=showing.REVIEW, now=now)
        changes = steps.set_values(group, {"review_due_on": due_on})
        group.save(update_fields=["review_due_on"])
        showing.keep_promises(group, now)
        if reviewed_on is not None:
            changes |= steps.all_new({"reviewed_on": reviewed_on, "outcome": outcome.strip()})
        steps.note(by, "group.review-set", group.record, now, changes)
        return group


def _review_breaches(due_on: date | None, reviewed_on: date | None, outcome: str, now: datetime) -> list[Breach]:
    found = steps.ahead(reviewed_on, now, "reviewed_on")
    if due_on is not None and due_on < steps.today(now):
        found.append(Breach("review-past", "The next review is due on a day still ahead.", "due_on"))
    if reviewed_on is not None and not outcome.strip():
        found.append(Breach("outcome-needed", "Say what came of the review.", "outcome"))
    return found


def _seats_ended(group: Group, on: date | None) -> list[Seat]:
    return list(Seat.objects.filter(group=group, ends_on=on).order_by("order", "number")) if on else []
