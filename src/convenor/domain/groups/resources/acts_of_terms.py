"""What a program may have done to terms of reference: draft, change, discard, ask, endorse, put in force."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.timezone import localdate

from convenor.core.exchange.resources import Act, Call, Done, Input, Output
from convenor.core.records.rules import Verdict, Viewer
from convenor.domain.groups import permissions
from convenor.domain.groups.commands.tor import (
    AUDIENCES,
    Endorsement,
    TermsFacts,
    ask_endorsement,
    discard_draft,
    draft_terms,
    edit_draft,
    endorse_terms,
    put_in_force,
)
from convenor.domain.groups.models import TermsOfReference
from convenor.domain.groups.queries.chairs import chairs_of
from convenor.domain.groups.queries.tor import access_version, texts_of
from convenor.domain.groups.resources.acts_of_groups import group_of, may_edit, may_edit_part
from convenor.domain.groups.resources.acts_of_life import WHY
from convenor.domain.groups.rules import tor

READERS: Final = {tor.OFFICERS: "The officers who look after the group", tor.MEMBERS: "Its members too"}
LONGEST: Final = 20_000


def _version(viewer: Viewer, places: Mapping[str, Any]) -> TermsOfReference:
    return access_version(viewer, group_of(viewer, places), places["number"])


def _may_endorse(viewer: Viewer, version: TermsOfReference) -> Verdict:
    return permissions.may_endorse(viewer, version.group, chairs_of(version.group, localdate(viewer.now)))


def _draft(call: Call) -> Done:
    sections = {section.key: call.get(section.key, "") for section in tor.OUTLINE}
    note, due, readers = call.get("change_note", ""), call.get("review_due_on"), call.get("readers") or tor.OFFICERS
    facts = TermsFacts(sections, note, due, readers)
    made = draft_terms(by=call.by, group=call.row, facts=facts, now=call.now)
    return Done(call.row.record, {"number": made.number})


def _edit(call: Call) -> Done:
    """What was not sent stays as it is."""
    row: TermsOfReference = call.row
    there = texts_of(row)
    sections = {key: call.given.get(key, there.get(key, "")) or "" for key in tor.TITLES}
    facts = TermsFacts(
        sections,
        call.given.get("change_note", row.change_note) or "",
        call.given.get("review_due_on", row.review_due_on),
        call.get("readers") or _readers_of(row),
    )
    return Done(edit_draft(by=call.by, version=row, facts=facts, now=call.now).group.record)


def _readers_of(row: TermsOfReference) -> str:
    key = row.audience.key if row.audience else ""
    return next((readers for readers, word in AUDIENCES.items() if key.endswith(f":{word}")), tor.OFFICERS)


def _discard(call: Call) -> Done:
    discard_draft(by=call.by, version=call.row, reason=call["reason"], now=call.now)
    return Done(call.row.group.record)


def _ask(call: Call) -> Done:
    asked = ask_endorsement(by=call.by, version=call.row, now=call.now)
    return Done(call.row.group.record, {"asked": asked})


def _endorse(call: Call) -> Done:
    said = Endorsement(
        call["on"],
        call.get("endorsed_by", ""),
        call.get("instrument", ""),
        call.get("note", ""),
        call.get("in_force_from"),
    )
    return Done(endorse_terms(by=call.by, version=call.row, endorsement=said, now=call.now).group.record)


def _in_force(call: Call) -> Done:
    made = put_in_force(by=call.by, version=call.row, starts_on=call["starts_on"], now=call.now)
    return Done(made.group.record)


SECTIONS: Final = tuple(
    Input(section.key, str(section.title), "text", str(section.hint), most=LONGEST) for section in tor.OUTLINE
)
ABOUT: Final = (
    Input("change_note", "What is different from the version before", "text", "Needed from the second version on."),
    Input("review_due_on", "To be reviewed by", "date", "Where that is known."),
    Input("readers", "Who reads the draft", "text", "The officers when left out.", choices=READERS),
)
DRAFT: Final = Act(
    name="draft",
    resource="terms-of-reference",
    path="groups/<slug:key>/terms/add/",
    label="Draft the next version of the terms of reference",
    description="Section by section, in Markdown; at least its purpose. A group has one draft at a time.",
    row=group_of,
    may=may_edit,
    perform=_draft,
    inputs=(*SECTIONS, *ABOUT),
    outputs=(Output("number", "integer", "the number of the version in the group."),),
    makes=True,
)
EDIT: Final = Act(
    name="edit",
    resource="terms-of-reference",
    path="groups/<slug:key>/terms/<int:number>/edit/",
    label="Change a draft of the terms of reference",
    description="What is not sent stays as it is; null empties it. What was endorsed never changes.",
    row=_version,
    may=may_edit_part,
    perform=_edit,
    inputs=(*SECTIONS, *ABOUT),
)
DISCARD: Final = Act(
    name="discard",
    resource="terms-of-reference",
    path="groups/<slug:key>/terms/<int:number>/discard/",
    label="Discard a draft of the terms of reference",
    description="One that nobody endorsed. The history says that there was one.",
    row=_version,
    may=may_edit_part,
    perform=_discard,
    inputs=(WHY,),
)
ASK: Final = Act(
    name="ask",
    resource="terms-of-reference",
    path="groups/<slug:key>/terms/<int:number>/ask/",
    label="Ask those who chair to endorse a draft",
    description="In their work, and by a letter with a link.",
    row=_version,
    may=may_edit_part,
    perform=_ask,
    outputs=(Output("asked", "integer", "how many letters go out."),),
)
ENDORSE: Final = Act(
    name="endorse",
    resource="terms-of-reference",
    path="groups/<slug:key>/terms/<int:number>/endorse/",
    label="Record that terms of reference are endorsed",
    description="For the officers over the group, and who chairs it.",
    row=_version,
    may=_may_endorse,
    perform=_endorse,
    inputs=(
        Input("on", "On", "date", "The day it was endorsed.", required=True),
        Input("endorsed_by", "Endorsed by", "text", "A body, an office, a seat; left out by who chairs: their seat.",
              most=200),
        Input("instrument", "By which meeting or decision", "text", "Where there was one."),
        Input("note", "Note", "text", "Anybody can read it."),
        Input("in_force_from", "In force from", "date", "Officers only: with it, it is put in force."),
    ),
)  # fmt: skip
IN_FORCE: Final = Act(
    name="put-in-force",
    resource="terms-of-reference",
    path="groups/<slug:key>/terms/<int:number>/in-force/",
    label="Put endorsed terms of reference in force",
    description="From a day on; the version before ends the day before.",
    row=_version,
    may=may_edit_part,
    perform=_in_force,
    inputs=(Input("starts_on", "In force from", "date", "The first day.", required=True),),
)

ACTS: Final = (DRAFT, EDIT, DISCARD, ASK, ENDORSE, IN_FORCE)
