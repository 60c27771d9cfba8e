"""What a program may have done for its person: join a group, ask to, leave. The commands of the forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.http import Http404
from django.utils.timezone import localdate

from convenor.core.accounts.models import Person
from convenor.core.exchange.resources import Act, Call, Done, Input
from convenor.core.records.rules import Verdict, Viewer
from convenor.domain.directory.queries import find_organisations
from convenor.domain.groups import permissions
from convenor.domain.groups.commands.joining import Joining, ask_to_join, join_group, leave_group
from convenor.domain.groups.models import Appointment, Group
from convenor.domain.groups.queries.joining import standings
from convenor.domain.groups.resources.acts_of_groups import group_of


def _themselves(viewer: Viewer, _group: Group) -> Verdict:
    return permissions.may_act_for(viewer, viewer.person_id or 0)


def _may_leave(viewer: Viewer, term: Appointment) -> Verdict:
    return permissions.may_act_for(viewer, term.person_id)


def membership_of(viewer: Viewer, places: Mapping[str, Any]) -> Appointment:
    """One's own membership of the group in the address, or 404."""
    group, me = group_of(viewer, places), viewer.person_id or 0
    found = standings(group, [me], localdate(viewer.now))[me].membership
    if found is None:
        raise Http404
    return found


def _facts(call: Call) -> Joining:
    return Joining(call.get("side", ""), call.get("organisation"), call.get("named", False))


def _me(call: Call) -> Person:
    return Person.objects.get(pk=call.by.person_id or 0)


def _join(call: Call) -> Done:
    join_group(by=call.by, group=call.row, person=_me(call), facts=_facts(call), now=call.now)
    return Done(call.row.record)


def _ask(call: Call) -> Done:
    note = call.get("note", "")
    ask_to_join(by=call.by, group=call.row, person=_me(call), facts=_facts(call), note=note, now=call.now)
    return Done(call.row.record)


def _leave(call: Call) -> Done:
    leave_group(by=call.by, appointment=call.row, now=call.now)
    return Done(call.row.seat.group.record)


FACTS: Final = (
    Input("side", "Side of the table", "text", "Its code in the engagement model, where it is asked.", most=40),
    Input("organisation", "Organisation", "row", "The one you sit for, where the rules ask.", find=find_organisations),
    Input("named", "Publish my name", "boolean", "In the list of members. False when left out."),
)
JOIN: Final = Act(
    name="join",
    resource="groups",
    path="groups/<slug:key>/join/",
    label="Join a group",
    description="Take a seat in a group that anybody joins. Refused in a sentence when it is full.",
    row=group_of,
    may=_themselves,
    perform=_join,
    inputs=FACTS,
)
ASK: Final = Act(
    name="ask",
    resource="groups",
    path="groups/<slug:key>/join/ask/",
    label="Ask to join a group",
    description="Where a group is joined on request: its officers and chairs answer.",
    row=group_of,
    may=_themselves,
    perform=_ask,
    inputs=(*FACTS, Input("note", "Why", "text", "Only those who answer read it.", most=1000)),
)
LEAVE: Final = Act(
    name="leave",
    resource="groups",
    path="groups/<slug:key>/leave/",
    label="Leave a group",
    description="At once; the place is free for somebody else.",
    row=membership_of,
    may=_may_leave,
    perform=_leave,
    inputs=(),
)

ACTS: Final = (JOIN, ASK, LEAVE)
