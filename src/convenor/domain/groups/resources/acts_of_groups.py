"""What a program may have done to groups and their parents: the commands of the forms, under the same names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from convenor.core.exchange.resources import CANNOT_WAIT, Act, Call, Done, Input, Output
from convenor.core.records.rules import Breach, Refused, Verdict, Viewer
from convenor.domain.directory.queries import find_organisations
from convenor.domain.engagement.models import GroupType
from convenor.domain.groups import permissions
from convenor.domain.groups.commands.groups import GroupFacts, create_group, edit_group
from convenor.domain.groups.commands.lives import close_group, move_group
from convenor.domain.groups.commands.parents import ParentFacts, record_approval, set_parent
from convenor.domain.groups.models import Closure, Group, Initiative, Parent
from convenor.domain.groups.queries.access import access_group
from convenor.domain.groups.queries.naming import find_groups
from convenor.domain.groups.queries.register import initiatives
from convenor.domain.groups.queries.types import types_in_force
from convenor.domain.groups.rules import closings, states
from convenor.kit.query import may_be_named

OPEN_STATES: Final = {str(value): str(label) for value, label in Group.State.choices if value != states.CLOSED}
READERS: Final = {"public": "Everybody", "members": "Its members and its secretariat"}
CLOSED_BY: Final = {kind.value: str(kind.label) for kind in Closure.Kind if kind.value in closings.BY_HAND}
REASON: Final = Input("reason", "Why", "text", "Anybody can read it in the history.")


def group_of(viewer: Viewer, places: Mapping[str, Any]) -> Group:
    """The group in the address, or 404."""
    return access_group(viewer, places["key"])


def may_edit(viewer: Viewer, group: Group) -> Verdict:
    """What every act on a group asks first."""
    return permissions.may_edit_group(viewer, group)


class PartOfGroup(Protocol):
    """A seat, a delivery, a version of its terms: what hangs on a group."""

    @property
    def group(self) -> Group: ...


def may_edit_part(viewer: Viewer, part: PartOfGroup) -> Verdict:
    """What every act on a part of a group asks first."""
    return permissions.may_edit_group(viewer, part.group)


def find_types(viewer: Viewer, said: str) -> Sequence[GroupType]:
    """A type in force by its code, by “model/type” where two models have one of that code, or by its name."""
    wanted = said.casefold()
    found = types_in_force(viewer, localdate(viewer.now)).values()
    whole = [each.row for each in found if f"{each.model_slug}/{each.slug}" == wanted]
    return whole or [each.row for each in found if wanted in (each.slug, each.name.casefold())]


def find_initiatives(viewer: Viewer, said: str) -> Sequence[Initiative]:
    """An initiative by its name, address or reference."""
    if not may_be_named(said):
        return []
    means = Q(name__iexact=said) | Q(slug=said.lower()) | Q(record__ref__iexact=said)
    return list(initiatives(viewer).filter(means)[:10])


def groups_named(viewer: Viewer, said: Sequence[str], field: str) -> list[Group]:
    """Groups by their names, acronyms or references, each once. Refused in a sentence where one is not clear."""
    found: dict[int, Group] = {}
    for each in said:
        rows = find_groups(viewer, each)
        if len(rows) != 1:
            text = _("More than one group is called “%(said)s”: write its reference.")
            text = text if rows else _("No group here is called “%(said)s”.")
            raise Refused([Breach("group-unclear", text % {"said": each[:80]}, field)])
        found[rows[0].pk] = rows[0]
    return list(found.values())


FACTS: Final = (
    Input("name", "Name", "text", "What it is called.", required=True, most=200, example="Payroll Focus Group"),
    Input("purpose", "Purpose", "text", "What it is there for, in Markdown.", required=True, most=4000,
          example="To try out the payroll service with those who will use it."),
    Input("host", "Run by", "row", "Who convenes it: name, short name, reference or ABN.", required=True,
          find=find_organisations, example="ORG-2026-001"),
    Input("acronym", "Acronym", "text", "As people say it.", most=20),
    Input("deliverable", "What it is to deliver", "text", "Where its type must deliver something.", most=4000),
    Input("initiative", "Initiative", "row", "The reform it is set up for: name or reference.", find=find_initiatives),
    Input("started_on", "Started on", "date", "Where that is known."),
    Input("review_due_on", "Review due", "date", "Left out, it follows from the rules of the type."),
    Input("sunset_on", "Ends by", "date", "Left out, it follows from the rules of the type."),
)  # fmt: skip


def _create(call: Call) -> Done:
    group_type = call.get("type")
    facts = GroupFacts(
        name=call["name"],
        purpose=call["purpose"],
        host=call["host"],
        type=group_type,
        is_ours=group_type is not None,
        acronym=call.get("acronym", ""),
        initiative=call.get("initiative"),
        deliverable=call.get("deliverable", ""),
        started_on=call.get("started_on"),
        review_due_on=call.get("review_due_on"),
        sunset_on=call.get("sunset_on"),
    )
    made = create_group(
        by=call.by,
        facts=facts,
        now=call.now,
        under=[_parent_facts(call)] if call.get("parent") else (),
        state=call.get("state") or states.PROPOSED,
        named_seats=call.get("named_seats", False),
        readers=call.get("readers") or "public",
        reason=call.get("reason", ""),
    )
    return Done(made.record, {"slug": made.slug})


def _parent_facts(call: Call) -> ParentFacts:
    return ParentFacts(call["parent"], call.get("approved_on"), call.get("approval_note", ""))


def _edit(call: Call) -> Done:
    """What was not sent stays as it is."""
    group = call.row
    as_it_is = {item.name: getattr(group, item.name) for item in FACTS}
    sent = {name: value for name, value in call.given.items() if name != "reason"}
    if sent.get("host", group.host) is None:
        raise Refused([Breach("required", _("“%(label)s” is needed.") % {"label": _("Run by")}, "host")])
    blank = {item.name: "" for item in FACTS if item.type == "text"}
    columns = {**as_it_is, **{name: blank.get(name) if value is None else value for name, value in sent.items()}}
    facts = GroupFacts(type=group.type, is_ours=group.is_ours, **columns)
    made = edit_group(by=call.by, group=group, facts=facts, now=call.now, reason=call.get("reason", ""))
    return Done(made.record, {"slug": made.slug})


def _may_be_left_out(item: Input) -> Input:
    return Input(item.name, item.label, item.type, item.description, most=item.most, find=item.find)


def _move(call: Call) -> Done:
    to, reason = call["state"], call.get("reason", "")
    return Done(move_group(by=call.by, group=call.row, to=to, on=call.get("on"), reason=reason, now=call.now).record)


def _close(call: Call) -> Done:
    on, reason, kind = call["on"], call["reason"], call.get("kind") or closings.OTHER
    return Done(close_group(by=call.by, group=call.row, on=on, reason=reason, now=call.now, kind=kind).record)


def _set_parent(call: Call) -> Done:
    set_parent(by=call.by, group=call.row, link=_parent_facts(call), starts_on=call["starts_on"], now=call.now)
    return Done(call.row.record)


def _approve(call: Call) -> Done:
    link = Parent.objects.filter(group=call.row, parent=call["parent"]).visible_to(call.by).order_by("-pk").first()
    if link is None:
        text = _("%(parent)s is no parent of %(group)s.") % {"parent": call["parent"].name, "group": call.row.name}
        raise Refused([Breach("not-a-parent", text, "parent")])
    note = call.get("approval_note", "")
    record_approval(by=call.by, link=link, approved_on=call["approved_on"], note=note, now=call.now)
    return Done(call.row.record)


SLUG: Final = Output("slug", "text", "the last part of its page's address.")
PARENT: Final = Input("parent", "Stands under", "row", "The parent: name, acronym or reference.", required=True,
                      find=find_groups)  # fmt: skip
NOTE: Final = Input("approval_note", "Where the approval is recorded", "text", "A meeting, an item, a letter.")

CREATE: Final = Act(
    name="create",
    resource="groups",
    path="groups/add/",
    label="Set up a group",
    description="As its type's rules ask on the day it starts. Without one it is another body's group.",
    row=lambda _viewer, _places: None,
    may=lambda viewer, _row: permissions.may_create_group(viewer),
    perform=_create,
    inputs=(
        *FACTS,
        Input("type", "Type", "row", "Its code in an engagement model, or “model/type”.", find=find_types),
        Input("state", "State", "text", "Where it begins; proposed when left out.", choices=OPEN_STATES),
        Input("parent", "Stands under", "row", "Its parent: name, acronym or reference.", find=find_groups),
        Input("approved_on", "Approved by the parent on", "date", "Where the type asks for the parent's approval."),
        NOTE,
        Input("named_seats", "Set up the named seats", "boolean", "With the seats that the model names for the type."),
        Input("readers", "Who may read it", "text", "Everybody when left out.", choices=READERS),
        REASON,
        CANNOT_WAIT,
    ),
    outputs=(SLUG,),
    makes=True,
)
EDIT: Final = Act(
    name="edit",
    resource="groups",
    path="groups/<slug:key>/edit/",
    label="Change what is recorded of a group",
    description="What is not sent stays as it is; null empties it. A new name changes the address; the old one still "
    "leads here.",
    row=group_of,
    may=may_edit,
    perform=_edit,
    inputs=(*map(_may_be_left_out, FACTS), REASON),
    outputs=(SLUG,),
)
MOVE: Final = Act(
    name="move",
    resource="groups",
    path="groups/<slug:key>/state/",
    label="Move a group to its next state",
    description="The first time it becomes active is when it started, unless that is known.",
    row=group_of,
    may=may_edit,
    perform=_move,
    inputs=(
        Input("state", "State", "text", "Where it goes.", required=True, choices=OPEN_STATES, example="active"),
        Input("on", "On", "date", "The day; today when left out."),
        REASON,
        CANNOT_WAIT,
    ),
)
CLOSE: Final = Act(
    name="close",
    resource="groups",
    path="groups/<slug:key>/close/",
    label="Close a group",
    description="For good; its seats, terms, chairs and parents end with it. Merging and splitting are other acts.",
    row=group_of,
    may=may_edit,
    perform=_close,
    inputs=(
        Input("on", "Last day", "date", "The group's last day.", required=True),
        Input(
            "reason",
            "Why",
            "text",
            "Anybody can read it.",
            required=True,
            example="It delivered what it was set up for.",
        ),
        Input("kind", "How it ends", "text", "For another reason when left out.", choices=CLOSED_BY),
    ),
)
SET_PARENT: Final = Act(
    name="set-parent",
    resource="groups",
    path="groups/<slug:key>/parents/",
    label="Put a group under a parent",
    description="From a day on; a group may have several.",
    row=group_of,
    may=may_edit,
    perform=_set_parent,
    inputs=(
        PARENT,
        Input("starts_on", "Since", "date", "The first day.", required=True),
        Input("approved_on", "Approved by it on", "date", "Where the type asks for its approval."),
        NOTE,
    ),
)
APPROVE: Final = Act(
    name="approve",
    resource="groups",
    path="groups/<slug:key>/parents/approval/",
    label="Record that a parent approved a group",
    description="After the event: when, and where that is recorded.",
    row=group_of,
    may=may_edit,
    perform=_approve,
    inputs=(PARENT, Input("approved_on", "Approved on", "date", "The day.", required=True), NOTE),
)

ACTS: Final = (CREATE, EDIT, MOVE, CLOSE, SET_PARENT, APPROVE)
