"""The life of a group: its states, its closing and reopening, its reviews."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from convenor.core.clock import commands as clock
from convenor.core.records.rules import Breach, Viewer, refuse_if
from convenor.domain.engagement import rules as engagement
from convenor.domain.groups import permissions
from convenor.domain.groups.commands import ending, places, proposals, showing, steps
from convenor.domain.groups.models import Closure, Group, Seat
from convenor.domain.groups.queries import values
from convenor.domain.groups.rules import closings, states


def move_group(*, by: Viewer, group: Group, to: str, now: datetime, on: date | None = None, reason: str = "") -> Group:
    """Take a group to its next state. The first time it becomes active is when it started, unless that is known."""
    with transaction.atomic():
        group = steps.opened(by, group)
        refuse_if(states.move_breaches(group.state, to, dict(Group.State.choices)))
        day = on or steps.today(now)
        refuse_if(steps.ahead(day, now, "on"))
        if group.state == states.PROPOSED:
            refuse_if(_unapproved(group, day))
            proposals.set_going(by, group, day, now)
        columns: dict[str, Any] = {"state": to}
        if to in states.MEETING and group.started_on is None:
            columns["started_on"] = day
        changes = steps.set_values(group, columns)
        group.save(update_fields=list(columns))
        steps.note(by, "group.moved", group.record, now, changes, reason)
        return group


def close_group(*, by: Viewer, group: Group, on: date, reason: str, now: datetime, kind: str = closings.OTHER) -> Group:
    """Close a group for good; `on` is its last day. Its seats, terms, chairs and parents end with it.

    kind: how it ends. Merging, splitting and declining close a group by their own commands.
    """
    with transaction.atomic():
        group = steps.opened(by, group)
        refuse_if(_kind_by_hand(kind))
        return ending.close(by, group, kind, on, reason, now)


def reopen_group(*, by: Viewer, group: Group, on: date, reason: str, now: datetime, with_seats: bool = True) -> Group:
    """Reopen a closed group from a day on; `with_seats`: with new seats like those that ended when it closed.

    The days between stay as they were: nobody sat. A group that was proposed and declined is proposed again.
    """
    with transaction.atomic():
        steps.hold_type(group.type)
        group = steps.locked(group)
        permissions.may_edit_group(by, group).require()
        refuse_if([*steps.withdrawn(group.record), *states.reopen_breaches(group.state, group.closed_on, on, reason)])
        refuse_if([*steps.ahead(on, now, "on"), *steps.only_one(group, on)])
        closed_on = group.closed_on
        closure = Closure.objects.filter(group=group, reopened_on=None).first()
        refuse_if(_gone_over(closure))
        declined = closure is not None and closure.kind == closings.DECLINED
        state = states.PROPOSED if declined else states.ACTIVE
        columns = {"state": state, "closed_on": None, "close_reason": ""}
        changes = steps.set_values(group, columns)
        group.save(update_fields=list(columns))
        if closure is not None:
            closure.reopened_on, closure.reopen_reason = on, reason.strip()[:300]
            closure.save(update_fields=["reopened_on", "reopen_reason"])
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


def _kind_by_hand(kind: str) -> list[Breach]:
    if kind in closings.BY_HAND:
        return []
    text = "A group is merged, split or declined by its own step, which says what it becomes."
    return [Breach("kind-apart", text, "kind")]


def _gone_over(closure: Closure | None) -> list[Breach]:
    """What was merged or split goes on as what followed."""
    if closure is None or closure.kind not in {closings.MERGED, closings.SPLIT}:
        return []
    text = "It goes on as another group: it cannot be reopened. Set up a new group instead."
    return [Breach("gone-over", text)]


def _unapproved(group: Group, on: date) -> list[Breach]:
    """The model's rule for its parents, which a proposed group may still lack the approval of (DESIGN, groups)."""
    rules = values.rules_of(group, on)
    found = engagement.check_parents(rules, values.parent_values(group, on)) if rules else []
    return [Breach(breach.code, breach.text, "state") for breach in found]


def _review_breaches(due_on: date | None, reviewed_on: date | None, outcome: str, now: datetime) -> list[Breach]:
    found = steps.ahead(reviewed_on, now, "reviewed_on")
    if due_on is not None and due_on < steps.today(now):
        found.append(Breach("review-past", "The next review is due on a day still ahead.", "due_on"))
    if reviewed_on is not None and not outcome.strip():
        found.append(Breach("outcome-needed", "Say what came of the review.", "outcome"))
    return found


def _seats_ended(group: Group, on: date | None) -> list[Seat]:
    return list(Seat.objects.filter(group=group, ends_on=on).order_by("order", "number")) if on else []
