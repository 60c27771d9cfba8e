"""What a program may have done to the words that groups share: as what people sit. And to initiatives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.shortcuts import get_object_or_404

from convenor.core.exchange.resources import Act, Call, Done, Input, Output
from convenor.core.records.rules import Verdict, Viewer
from convenor.domain.groups import permissions
from convenor.domain.groups.commands.initiatives import (
    InitiativeFacts,
    create_initiative,
    edit_initiative,
    end_initiative,
    reopen_initiative,
)
from convenor.domain.groups.commands.vocabulary import PUBLIC, RoleFacts, add_seat_role, edit_seat_role
from convenor.domain.groups.models import Initiative, SeatRole
from convenor.domain.groups.queries.access import access_initiative
from convenor.domain.groups.resources.acts_of_groups import REASON, groups_named
from convenor.domain.groups.resources.acts_of_life import WHY

DEFAULTS: Final = {str(value): str(label) for value, label in SeatRole.DefaultFor.choices}


def _role(viewer: Viewer, places: Mapping[str, Any]) -> SeatRole:  # noqa: ARG001 - the shape of Act.row
    return get_object_or_404(SeatRole, slug=places["role"])


def _may_keep(viewer: Viewer, _row: object) -> Verdict:
    return permissions.may_keep_vocabulary(viewer)


def _add_role(call: Call) -> Done:
    facts = RoleFacts(**{name: value for name, value in call.given.items() if value is not None})
    return Done(None, {"role": add_seat_role(by=call.by, facts=facts, now=call.now).slug})


def _edit_role(call: Call) -> Done:
    """What was not sent stays as it is."""
    there = {name: getattr(call.row, name) for name in PUBLIC}
    blank = {"default_for": "", "name": ""}
    sent = {name: blank.get(name, there[name]) if value is None else value for name, value in call.given.items()}
    made = edit_seat_role(by=call.by, role=call.row, facts=RoleFacts(**there | sent), now=call.now)
    return Done(None, {"role": made.slug})


def _initiative(viewer: Viewer, places: Mapping[str, Any]) -> Initiative:
    return access_initiative(viewer, places["key"])


def _may_edit_initiative(viewer: Viewer, row: Initiative | None) -> Verdict:
    return permissions.may_edit_initiative(viewer, row.record_id if row else None)


def _add_initiative(call: Call) -> Done:
    facts = InitiativeFacts(call["name"], call.get("summary", ""), call.get("started_on"))
    made = create_initiative(by=call.by, facts=facts, now=call.now)
    return Done(made.record, {"slug": made.slug})


def _edit_initiative(call: Call) -> Done:
    """What was not sent stays as it is."""
    row: Initiative = call.row
    facts = InitiativeFacts(
        call.given.get("name", row.name) or "",
        call.given.get("summary", row.summary) or "",
        call.given.get("started_on", row.started_on),
    )
    made = edit_initiative(by=call.by, initiative=row, facts=facts, now=call.now, reason=call.get("reason", ""))
    return Done(made.record, {"slug": made.slug})


def _end_initiative(call: Call) -> Done:
    made = end_initiative(
        by=call.by,
        initiative=call.row,
        on=call["on"],
        reason=call["reason"],
        now=call.now,
        outcome=call.get("outcome", ""),
        close=[group.pk for group in groups_named(call.by, call.get("close", []), "close")],
    )
    return Done(made.record)


def _reopen_initiative(call: Call) -> Done:
    return Done(reopen_initiative(by=call.by, initiative=call.row, reason=call["reason"], now=call.now).record)


ROLE: Final = (
    Input("counts_under_caps", "Counts under caps", "boolean", "Whether the rules of members bind it."),
    Input("votes", "Votes", "boolean", "Whether new seats of it vote."),
    Input("counts_to_quorum", "Counts to the quorum", "boolean", "Whether new seats of it do."),
    Input("default_for", "Usual role of", "text", "Which seats have it when nothing is said.", choices=DEFAULTS),
    Input("order", "Place in the list", "integer", "0 when left out.", most=9999),
)
CODE: Final = Output("role", "text", "the code of the role.")
SLUG: Final = Output("slug", "text", "the last part of its page's address.")
ADD_ROLE: Final = Act(
    name="add-role",
    resource="seats",
    path="groups/seat-roles/add/",
    label="Add a role that seats may have",
    description="As what somebody sits: for administrators.",
    row=lambda _viewer, _places: None,
    may=_may_keep,
    perform=_add_role,
    inputs=(Input("name", "Name", "text", "What it is called.", required=True, most=80, example="Adviser"), *ROLE),
    outputs=(CODE,),
    makes=True,
    of_record=False,
)
EDIT_ROLE: Final = Act(
    name="edit-role",
    resource="seats",
    path="groups/seat-roles/<slug:role>/",
    label="Change a role that seats may have",
    description="What is not sent stays. Seats that are there keep their vote; their count under caps follows it.",
    row=_role,
    may=_may_keep,
    perform=_edit_role,
    inputs=(Input("name", "Name", "text", "What it is called.", most=80), *ROLE),
    outputs=(CODE,),
    of_record=False,
)
ADD_INITIATIVE: Final = Act(
    name="add",
    resource="initiatives",
    path="groups/initiatives/add/",
    label="Add an initiative",
    description="A named reform or project that groups are set up for, in public.",
    row=lambda _viewer, _places: None,
    may=_may_edit_initiative,
    perform=_add_initiative,
    inputs=(
        Input("name", "Name", "text", "What it is called.", required=True, most=200, example="Payday reform"),
        Input("summary", "Summary", "text", "What it is, in Markdown.", most=4000),
        Input("started_on", "Started on", "date", "Where that is known."),
    ),
    outputs=(SLUG,),
    makes=True,
)
EDIT_INITIATIVE: Final = Act(
    name="edit",
    resource="initiatives",
    path="groups/initiatives/<slug:key>/edit/",
    label="Change what is recorded of an initiative",
    description="What is not sent stays as it is; null empties it. A new name changes the address.",
    row=_initiative,
    may=_may_edit_initiative,
    perform=_edit_initiative,
    inputs=(
        Input("name", "Name", "text", "What it is called.", most=200),
        Input("summary", "Summary", "text", "What it is, in Markdown.", most=4000),
        Input("started_on", "Started on", "date", "Where that is known."),
        REASON,
    ),
    outputs=(SLUG,),
)
END_INITIATIVE: Final = Act(
    name="end",
    resource="initiatives",
    path="groups/initiatives/<slug:key>/end/",
    label="End an initiative",
    description="And say what came of it; groups that are named close with it, on the same day.",
    row=_initiative,
    may=_may_edit_initiative,
    perform=_end_initiative,
    inputs=(
        Input("on", "Last day", "date", "The day it ends.", required=True),
        WHY,
        Input("outcome", "What came of it", "text", "In Markdown.", most=4000),
        Input("close", "Groups that close with it", "texts", "Their names, acronyms or references.", most=100),
    ),
)
REOPEN_INITIATIVE: Final = Act(
    name="reopen",
    resource="initiatives",
    path="groups/initiatives/<slug:key>/reopen/",
    label="Let an initiative go on that had ended",
    description="Groups that closed with it are reopened one by one.",
    row=_initiative,
    may=_may_edit_initiative,
    perform=_reopen_initiative,
    inputs=(WHY,),
)

ACTS: Final = (ADD_ROLE, EDIT_ROLE, ADD_INITIATIVE, EDIT_INITIATIVE, END_INITIATIVE, REOPEN_INITIATIVE)
