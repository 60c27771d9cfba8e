"""What officers do from the pages of groups and initiatives."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from convenor.core.records.models import Record
from convenor.core.records.registry import Action
from convenor.core.records.rules import LIVE, YES, Verdict, Viewer
from convenor.domain.groups import permissions
from convenor.domain.groups.models import Group, Initiative
from convenor.domain.groups.rules.states import CLOSED, MEETING, MOVES, PROPOSED


def group_actions(record: Record, viewer: Viewer) -> Iterable[Action]:
    """Add a seat first, as long as the group lives; a closed one can only be reopened. Chairs write to it."""
    if record.state != LIVE or not viewer.signed_in:
        return
    group: Group = record.group
    if not permissions.is_officer(viewer):
        yield from _for_those_who_sit(group, viewer)
        return
    may = permissions.may_edit_group(viewer, group)
    args = [group.slug]
    if group.state == CLOSED:
        yield _action(_("Reopen"), reverse("groups:reopen", args=args), may, 10)
        return
    yield _action(_("Add a seat"), reverse("groups:seat-add", args=args), may, 10)
    yield _action(_("Edit"), reverse("groups:edit", args=args), may, 20)
    if MOVES[group.state]:
        yield _action(_("Move it on"), reverse("groups:move", args=args), may, 30)
    if group.type is not None:
        yield _action(_("Joining"), reverse("groups:joining", args=args), may, 35)
    yield _action(_("Write to it"), reverse("groups:write", args=args), may, 36)
    yield _action(_("Contacts"), reverse("groups:contacts", args=args), may, 37)
    yield _action(_("Parents"), reverse("groups:parents", args=args), may, 40)
    yield _action(_("Review"), reverse("groups:review", args=args), may, 50)
    yield _action(_("Readers"), reverse("groups:readers", args=args), may, 60)
    yield _action(_("Close"), reverse("groups:close", args=args), may, 70)
    yield _action(_("Withdraw"), reverse("groups:withdraw", args=args), may, 80)
    if may:
        yield from _of_its_life(group)


def _of_its_life(group: Group) -> Iterable[Action]:
    """What becomes of it; not shown greyed to officers of other groups, whose list is long enough."""
    args = [group.slug]
    if group.state == PROPOSED:
        yield _action(_("The proposal"), reverse("groups:proposals", args=args), YES, 5)
    yield _action(_("Terms of reference"), reverse("groups:terms", args=args), YES, 45)
    if group.sunset_on is not None:
        yield _action(_("Renew or end"), reverse("groups:sunset", args=args), YES, 55)
    if group.state in MEETING:
        if group.deliverable:
            yield _action(_("Record a delivery"), reverse("groups:delivery-add", args=args), YES, 38)
        yield _action(_("Merge"), reverse("groups:merge", args=args), YES, 64)
        yield _action(_("Split"), reverse("groups:split", args=args), YES, 66)


def _for_those_who_sit(group: Group, viewer: Viewer) -> Iterable[Action]:
    """What chairs, and members where the group says so, may do. Asks nothing for who sits in nothing."""
    if not viewer.memberships or group.state == CLOSED:
        return
    args = [group.slug]
    if permissions.may_write_to(viewer, group):
        yield _action(_("Write to it"), reverse("groups:write", args=args), YES, 10)
        yield _action(_("Contacts"), reverse("groups:contacts", args=args), YES, 20)
        yield _action(_("Joining"), reverse("groups:joining", args=args), YES, 30)
    elif permissions.may_read_contacts(viewer, group):
        yield _action(_("Contacts"), reverse("groups:contacts", args=args), YES, 20)


def initiative_actions(record: Record, viewer: Viewer) -> Iterable[Action]:
    """Change it, and set up a group for it."""
    if not permissions.is_officer(viewer):
        return
    initiative: Initiative = record.initiative
    may = permissions.may_edit_initiative(viewer, record.pk)
    yield _action(_("Edit"), reverse("groups:initiative-edit", args=[initiative.slug]), may, 10)
    if initiative.ended_on is None:
        yield _action(_("Set up a group"), reverse("groups:add"), permissions.may_create_group(viewer), 20)
        yield _action(_("End it"), reverse("groups:initiative-end", args=[initiative.slug]), may, 30)
    else:
        yield _action(_("Let it go on"), reverse("groups:initiative-reopen", args=[initiative.slug]), may, 30)


def _action(label: Any, url: str, may: Verdict, order: int) -> Action:
    return Action(str(label), url, ok=may.ok, reason=may.reason, order=order)
