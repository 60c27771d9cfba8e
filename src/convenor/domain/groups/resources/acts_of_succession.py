"""What a program may have done to groups that become others: merge and split. There is no way back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.utils.translation import gettext as _

from convenor.core.exchange.resources import CANNOT_WAIT, Act, Call, Done, Input, Output
from convenor.core.records.rules import Breach, Refused
from convenor.domain.groups.commands.foretelling import said
from convenor.domain.groups.commands.groups import GroupFacts
from convenor.domain.groups.commands.succession import (
    Part,
    Report,
    Succession,
    merge_groups,
    preview,
    seats_of,
    split_group,
)
from convenor.domain.groups.models import Group
from convenor.domain.groups.queries.naming import find_groups
from convenor.domain.groups.resources.acts_of_groups import find_types, group_of, groups_named, may_edit
from convenor.domain.groups.resources.acts_of_life import WHY
from convenor.domain.groups.rules import closings

MOST_PARTS: Final = 4


def _merge(call: Call) -> Done:
    """The group in the address goes on, unless another one or a new one is named."""
    group, others = call.row, groups_named(call.by, call.get("others", []), "others")
    into: Group | None = call.get("into")
    new = _new(group, call, "new") if call.get("new_name") and into is None else None
    into = group if into is None and new is None else into
    ended = tuple(each for each in dict.fromkeys([group, *others]) if into is None or each.pk != into.pk)
    seats = _seats(call, "seats", ended)
    whole = frozenset(seat.pk for seat in seats_of(ended, call["on"])) if seats is None else seats
    return _done(call, _plan(call, ended, (Part(into, new, whole),)), closings.MERGED)


def _split(call: Call) -> Done:
    """Seats and groups below that are named nowhere: seats end, groups below stand under the first part."""
    group, parts = call.row, []
    for number in range(1, MOST_PARTS + 1):
        if call.get(f"name_{number}"):
            below = frozenset(each.pk for each in groups_named(call.by, call.get(f"children_{number}", []), "children"))
            seats = _seats(call, f"seats_{number}", (group,)) or frozenset()
            parts.append(Part(None, _new(group, call, str(number)), seats, below))
    return _done(call, _plan(call, (group,), tuple(parts)), closings.SPLIT)


def _plan(call: Call, ended: tuple[Group, ...], parts: tuple[Part, ...]) -> Succession:
    people, chairs = call.get("people", True), call.get("chairs", True)
    return Succession(ended, parts, call["on"], call["reason"], people, chairs)


def _new(group: Group, call: Call, which: str) -> GroupFacts:
    """A new group like the one that ends, with a name, a purpose and a type of its own."""
    name, purpose, kind = (
        ("new_name", "new_purpose", "new_type")
        if which == "new"
        else (f"name_{which}", f"purpose_{which}", f"type_{which}")
    )
    if not call.get(purpose):
        raise Refused([Breach("purpose-needed", _("A new group has a name and a purpose."), purpose)])
    return GroupFacts(
        call[name],
        call[purpose],
        group.host,
        call.get(kind) or group.type,
        initiative=group.initiative,
        deliverable=group.deliverable,
    )


def _seats(call: Call, name: str, ended: Sequence[Group]) -> frozenset[int] | None:
    """The seats that are named as “GRP-2026-001/3”; None where nothing was said."""
    if call.get(name) is None:
        return None
    known = {f"{seat.group.record.ref}/{seat.number}": seat.pk for seat in seats_of(ended, call["on"])}
    unknown = [said for said in call[name] if said not in known]
    if unknown:
        text = _("No seat that ends here is “%(said)s”: write the group's reference, a stroke and the seat's number.")
        raise Refused([Breach("seat-unclear", text % {"said": unknown[0][:80]}, name)])
    return frozenset(known[said] for said in call[name])


def _done(call: Call, plan: Succession, kind: str) -> Done:
    """Do it; or only say what would follow, found as the page finds it: by doing it and taking it back."""
    given: dict[str, Any] = {"by": call.by, "plan": plan, "now": call.now}
    if call.get("only_say", False):
        report = preview(kind=kind, **given)
        return Done(call.row.record, {"follows": "", "said": _told(report, plan)})
    report = merge_groups(**given) if kind == closings.MERGED else split_group(**given)
    made: Any = report.made
    follows = ", ".join(group.record.ref for group in made)
    return Done(call.row.record, {"follows": follows, "said": _told(report, plan)})


def _told(report: Report, plan: Succession) -> str:
    return "\n".join(said(report, plan.on))


ON: Final = Input("on", "From", "date", "The first day of what follows; what ends ends the day before.", required=True)
PEOPLE: Final = Input("people", "Appoint the same people", "boolean", "Until their terms end. True when left out.")
CHAIRS: Final = Input(
    "chairs", "Whoever chairs goes on chairing", "boolean", "Where the rules allow. True when left out."
)
ONLY_SAY: Final = Input(
    "only_say", "Only say what would follow", "boolean", "Nothing is done; what would be refused, is.", example=True
)
FOLLOWS: Final = (
    Output("follows", "text", "The references of what follows, separated by commas; empty where it was only said."),
    Output("said", "text", "What moves, what ends and who goes on, or would, as the page says it: a sentence a line."),
)
SEAT: Final = "As “GRP-2026-001/3”: the group's reference and the seat's number."
MERGE: Final = Act(
    name="merge",
    resource="groups",
    path="groups/<slug:key>/merge/",
    label="Merge groups into one",
    description="The group of the address goes on, or another one, or a new one. There is no way back.",
    row=group_of,
    may=may_edit,
    perform=_merge,
    inputs=(
        Input("others", "Merged with", "texts", "Names, acronyms or references of the other groups.", most=50),
        Input("into", "They go on as", "row", "A group that is there; left out: this one.", find=find_groups),
        Input("new_name", "Name of the new group", "text", "Where they go on as a new one.", most=200),
        Input("new_purpose", "Purpose of the new group", "text", "In Markdown.", most=4000),
        Input("new_type", "Type of the new group", "row", "That of this group when left out.", find=find_types),
        ON,
        WHY,
        ONLY_SAY,
        PEOPLE,
        CHAIRS,
        Input("seats", "Seats set up again", "texts", f"{SEAT} All when left out.", most=500),
        CANNOT_WAIT,
    ),
    outputs=FOLLOWS,
)
SPLIT: Final = Act(
    name="split",
    resource="groups",
    path="groups/<slug:key>/split/",
    label="Split a group into several",
    description="Two to four new groups. Seats that are not named end. There is no way back.",
    row=group_of,
    may=may_edit,
    perform=_split,
    inputs=(
        *(
            item
            for number in range(1, MOST_PARTS + 1)
            for item in (
                Input(f"name_{number}", f"Name of group {number}", "text", "What it is called.",
                      required=number <= 2, most=200),
                Input(f"purpose_{number}", f"Purpose of group {number}", "text", "In Markdown.",
                      required=number <= 2, most=4000),
                Input(f"type_{number}", f"Type of group {number}", "row", "That of this group when left out.",
                      find=find_types),
                Input(f"seats_{number}", f"Seats of group {number}", "texts", SEAT, most=500),
                Input(f"children_{number}", f"Groups below group {number}", "texts",
                      "Names or references; those not named stand under the first.", most=500),
            )
        ),
        ON,
        WHY,
        ONLY_SAY,
        PEOPLE,
        CHAIRS,
        CANNOT_WAIT,
    ),
    outputs=FOLLOWS,
)  # fmt: skip

ACTS: Final = (MERGE, SPLIT)
