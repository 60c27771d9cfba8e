"""Which groups a group stands under, and their approval."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from convenor.core.records.rules import Breach, Viewer, refuse_if
from convenor.domain.engagement import rules as engagement
from convenor.domain.groups.commands import proposals, steps
from convenor.domain.groups.commands.ending import later
from convenor.domain.groups.models import Group, Parent
from convenor.domain.groups.queries import values
from convenor.domain.groups.rules import states, terms
from convenor.domain.groups.rules.spans import Span
from convenor.kit.structs import struct


@struct
class ParentFacts:
    """A parent, and when and how it approved the group, where it did."""

    parent: Group
    approved_on: date | None = None
    approval_note: str = ""


def set_parent(
    *, by: Viewer, group: Group, link: ParentFacts, starts_on: date, now: datetime, ends_on: date | None = None
) -> Parent:
    """Put a group under a parent from a day on; until its last day, where that is over and known."""
    with transaction.atomic():
        refuse_if(terms.backwards(Span(starts_on, ends_on)))
        take_turns()
        group = steps.opened(by, group)
        rules = values.rules_of(group, starts_on)
        if rules is not None:
            waits = group.state == states.PROPOSED  # it is asked for its approval next
            value = values.parent_value(link.parent, approved=waits or link.approved_on is not None)
            refuse_if(engagement.check_parent(rules, value))
        return add_parent(by, group, link, starts_on, now, ends_on)


def record_approval(*, by: Viewer, link: Parent, approved_on: date, note: str, now: datetime) -> Parent:
    """Record that the parent approved the group, after the event."""
    with transaction.atomic():
        group = steps.opened(by, link.group)
        link = Parent.objects.select_related("parent__record").get(pk=link.pk, group=group)
        refuse_if(_approval_breaches(approved_on, now))
        changes = steps.set_values(link, {"approved_on": approved_on, "approval_note": note.strip()})
        link.save(update_fields=["approved_on", "approval_note"])
        if changes:
            changes |= {"parent": (steps.plain(link.parent), steps.plain(link.parent))}
            steps.note(by, "group.parent-approved", group.record, now, changes)
            proposals.settle(by, group, link, now)
        return link


def correct_parent(
    *, by: Viewer, link: Parent, starts_on: date, ends_on: date | None, reason: str, now: datetime
) -> Parent:
    """Correct from when to when a group stood under a parent, with a reason."""
    with transaction.atomic():
        take_turns()
        group = steps.opened(by, link.group)
        link = Parent.objects.select_related("parent__record").get(pk=link.pk, group=group)
        refuse_if(
            [*terms.reason_needed(reason, _("Say why: it is kept in the history.")), *_met(link, starts_on, ends_on)]
        )
        refuse_if(terms.backwards(Span(starts_on, ends_on)))
        if ends_on is None or ends_on >= steps.today(now):
            refuse_if([*_closed(link.parent), *_ring(group, link.parent, starts_on)])
        else:
            refuse_if(_parentless(group, link, steps.today(now)))
        changes = steps.set_values(link, {"starts_on": starts_on, "ends_on": ends_on})
        link.save(update_fields=["starts_on", "ends_on"])
        if changes:
            changes |= {"parent": (steps.plain(link.parent), steps.plain(link.parent))}
            steps.note(by, "group.parent-corrected", group.record, now, changes, reason)
        return link


def strike_parent(*, by: Viewer, link: Parent, reason: str, now: datetime) -> None:
    """Take out a place under a parent that never was. The history keeps that it stood here."""
    with transaction.atomic():
        group = steps.opened(by, link.group)
        link = Parent.objects.select_related("parent__record").get(pk=link.pk, group=group)
        refuse_if(terms.reason_needed(reason, _("Say why: it is kept in the history.")))
        refuse_if(_parentless(group, link, steps.today(now)))
        gone = {"parent": (steps.plain(link.parent), None), "starts_on": (link.starts_on, None)}
        steps.note(by, "group.parent-struck", group.record, now, gone, reason)
        Parent.objects.filter(pk=link.pk).delete()


def end_parent(*, by: Viewer, link: Parent, on: date, now: datetime, reason: str = "") -> Parent:
    """End a group's place under a parent; `on` is the last day."""
    with transaction.atomic():
        group = steps.opened(by, link.group)
        link = Parent.objects.select_related("parent__record").get(pk=link.pk, group=group)
        refuse_if(terms.end_breaches(Span(link.starts_on, link.ends_on), on))
        refuse_if([*terms.late_end(on, steps.today(now), reason), *_parentless(group, link, on)])
        link.ends_on = on
        link.save(update_fields=["ends_on"])
        changes = steps.all_new({"parent": link.parent, "ends_on": on})
        steps.note(by, "group.parent-ended", group.record, now, changes, reason)
        return link


def add_parent(
    by: Viewer, group: Group, link: ParentFacts, starts_on: date, now: datetime, ends_on: date | None = None
) -> Parent:
    """The step that writes the link; the caller has locked, asked and judged by the model's rules."""
    parent = Group.objects.select_related("record").get(pk=link.parent.pk)
    refuse_if([*_closed(parent), *_twice(group, parent, starts_on, ends_on), *_ring(group, parent, starts_on)])
    if link.approved_on is not None:
        refuse_if(_approval_breaches(link.approved_on, now))
    row = Parent(group=group, parent=parent, starts_on=starts_on, ends_on=ends_on)
    row.approved_on, row.approval_note = link.approved_on, link.approval_note.strip()
    steps.refuse_bad_fields(row)
    row.save()
    columns = {
        "parent": parent,
        "starts_on": starts_on,
        "ends_on": ends_on,
        "approved_on": row.approved_on,
        "approval_note": row.approval_note,
    }
    steps.note(by, "group.parent-set", group.record, now, steps.all_new(columns))
    return row


def take_turns() -> None:
    """A ring can run through any groups at all, so those who set parents hold the first group's row in turn."""
    Group.objects.select_for_update().order_by("pk").first()


def _closed(parent: Group) -> list[Breach]:
    found = steps.withdrawn(parent.record)
    if parent.state == states.CLOSED:
        found.append(Breach("parent-closed", _("%(name)s is closed.") % {"name": parent.name}, "parent"))
    return found


def _twice(group: Group, parent: Group, starts_on: date, ends_on: date | None) -> list[Breach]:
    others = Parent.objects.filter(later(starts_on), group=group, parent=parent)
    if not (others.filter(starts_on__lte=ends_on) if ends_on else others).exists():
        return []
    text = _("%(name)s is its parent already.")
    return [Breach("parent-twice", text % {"name": parent.name}, "parent")]


def _ring(group: Group, parent: Group, on: date) -> list[Breach]:
    links: dict[int, list[int]] = defaultdict(list)
    for child, above in Parent.objects.filter(later(on)).values_list("group_id", "parent_id"):
        links[child].append(above)
    return states.cycle_breaches(group.pk, parent.pk, links, parent.name)


def _met(link: Parent, starts_on: date, ends_on: date | None) -> list[Breach]:
    """The same parent stands over the group once at a time."""
    wanted = Span(starts_on, ends_on)
    others = Parent.objects.filter(group=link.group_id, parent=link.parent_id).exclude(pk=link.pk)
    if not any(Span(row.starts_on, row.ends_on).meets(wanted) for row in others):
        return []
    text = _("%(name)s is recorded as its parent for part of that time already.")
    return [Breach("parent-twice", text % {"name": link.parent.name}, "starts_on")]


def _approval_breaches(approved_on: date, now: datetime) -> list[Breach]:
    if approved_on <= steps.today(now):
        return []
    return [Breach("not-yet", _("This day lies ahead: record the approval when it has been given."), "approved_on")]


def _parentless(group: Group, link: Parent, on: date) -> list[Breach]:
    """A group whose type must have a parent may not lose its last one while it lives."""
    rules = values.rules_of(group, on)
    others = Parent.objects.filter(later(on), group=group).exclude(pk=link.pk)
    if rules is None or others.exists():
        return []
    return [Breach(breach.code, breach.text, "on") for breach in engagement.check_parents(rules, [])]
