"""Calls on their group's page, and what officers do from there and from a call's own page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from convenor.core.records.models import Record
from convenor.core.records.prepared import PreparedFor
from convenor.core.records.registry import Action, Panel
from convenor.core.records.rules import LIVE, Verdict, Viewer
from convenor.domain.expressions import permissions
from convenor.domain.expressions.models import Call
from convenor.domain.expressions.queries.access import calls
from convenor.domain.expressions.rules.calls import (
    ANNOUNCED,
    ASSESSING,
    CLOSED,
    DRAFT,
    OFFERS,
    OPEN,
    RUNNING,
    SELECTED,
    phase,
)
from convenor.domain.expressions.views.words import shown
from convenor.domain.groups.models import Group

LISTED = 10


def _calls_of_group(viewer: Viewer, record: Any) -> QuerySet[Call]:
    return calls(viewer).live().filter(group__record=record).order_by("-closes_at", "-pk")[: LISTED + 1]


CALLS_OF_GROUP: Final = PreparedFor(_calls_of_group)


def group_panels(record: Record, viewer: Viewer) -> Iterable[Panel]:
    """The group's calls, newest first: one query."""
    rows = CALLS_OF_GROUP.rows(viewer, record=record.pk)
    if rows:
        more = f"{reverse('expressions:calls')}?when=all&group={record.group.slug}"
        context = {
            "calls": [shown(row, viewer.now) for row in rows[:LISTED]],
            "more": more if len(rows) > LISTED else "",
        }
        yield Panel(_("Calls for expressions of interest"), "expressions/panel_group.html", context, "calls", 15)


def group_actions(record: Record, viewer: Viewer) -> Iterable[Action]:
    """Write a call, as long as the group lives."""
    if not permissions.is_officer(viewer) or record.state != LIVE:
        return
    group: Group = record.group
    if group.state != Group.State.CLOSED and group.is_ours:
        url = f"{reverse('expressions:add')}?group={group.slug}"
        yield _action(_("Call for interest"), url, permissions.may_add_call(viewer, group), 25)


def call_actions(record: Record, viewer: Viewer) -> Iterable[Action]:
    """The next step first."""
    if not permissions.is_officer(viewer) or record.state != LIVE:
        return
    call: Call = Call.objects.select_related("group__type__model", "group__host").get(record=record)
    may, args = permissions.may_edit_call(viewer, call), [call.slug]
    where = phase(call.state, call.opens_at, call.closes_at, viewer.now)
    if where == DRAFT:
        yield _action(_("Publish the call"), reverse("expressions:publish", args=args), may, 10)
        yield _action(_("Edit"), reverse("expressions:edit", args=args), may, 20)
        yield _action(_("Criteria"), reverse("expressions:criteria", args=args), may, 30)
        yield _action(_("Questions and balance"), reverse("expressions:questions", args=args), may, 40)
    if where in {ANNOUNCED, OPEN, CLOSED, ASSESSING, SELECTED, OFFERS}:
        yield _action(_("Run the call"), reverse("expressions:work", args=args), may, 10)
    if where in {ANNOUNCED, OPEN, CLOSED}:
        yield _action(_("Close it later"), reverse("expressions:prolong", args=args), may, 60)
    if may.ok and (call.state in RUNNING or where == DRAFT):
        yield _action(_("Declare an interest"), reverse("expressions:interest", args=args), may, 70)
    if call.state in RUNNING or where == DRAFT:
        yield _action(_("Withdraw"), reverse("expressions:withdraw", args=args), may, 80)


def _action(label: Any, url: str, may: Verdict, order: int) -> Action:
    return Action(str(label), url, ok=may.ok, reason=may.reason, order=order)
