"""What a program may have done about proposals of groups: put one to a group, answer it, bring it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.timezone import localdate

from convenor.core.exchange.resources import Act, Call, Done, Input, Output
from convenor.core.records.rules import Verdict, Viewer
from convenor.domain.groups import permissions
from convenor.domain.groups.commands import proposals
from convenor.domain.groups.models import Proposal
from convenor.domain.groups.queries.chairs import chairs_of
from convenor.domain.groups.queries.naming import find_groups
from convenor.domain.groups.queries.proposals import access_proposal
from convenor.domain.groups.resources.acts_of_groups import group_of, may_edit, may_edit_part
from convenor.domain.groups.rules.proposals import APPROVED, DECLINED, RETURNED

COMMANDS: Final = {
    APPROVED: proposals.approve_proposal,
    RETURNED: proposals.return_proposal,
    DECLINED: proposals.decline_proposal,
}
ANSWERS: Final = {APPROVED: "Approve it", RETURNED: "Return it for more work", DECLINED: "Decline it"}


def _proposal(viewer: Viewer, places: Mapping[str, Any]) -> Proposal:
    return access_proposal(viewer, group_of(viewer, places), places["id"])


def _may_answer(viewer: Viewer, proposal: Proposal) -> Verdict:
    chairs = chairs_of(proposal.parent, localdate(viewer.now)) if proposal.parent else {}
    return permissions.may_answer_proposal(viewer, proposal, chairs)


def _propose(call: Call) -> Done:
    facts = proposals.ProposalFacts(call.get("proposed_by", ""), call["why"])
    made = proposals.propose_to(by=call.by, group=call.row, parent=call["parent"], facts=facts, now=call.now)
    return Done(call.row.record, {"proposal": made.pk})


def _answer(call: Call) -> Done:
    said = proposals.Answer(call["on"], call.get("instrument", ""), call.get("note", ""))
    made = COMMANDS[call["answer"]](by=call.by, proposal=call.row, answer=said, now=call.now)
    return Done(made.group.record, {"state": made.state})


def _again(call: Call) -> Done:
    made = proposals.propose_again(by=call.by, proposal=call.row, note=call["note"], now=call.now)
    return Done(made.group.record, {"state": made.state})


def _ask(call: Call) -> Done:
    asked = proposals.ask_chairs(by=call.by, proposal=call.row, now=call.now)
    return Done(call.row.group.record, {"asked": asked})


STATE: Final = Output("state", "text", "where the proposal stands now.")
PROPOSE: Final = Act(
    name="propose",
    resource="group-proposals",
    path="groups/<slug:key>/proposals/add/",
    label="Put the proposal of a group to another group",
    description="To one that it is to stand under, which answers. The group waits as proposed until it has.",
    row=group_of,
    may=may_edit,
    perform=_propose,
    inputs=(
        Input("parent", "Which group is asked", "row", "Name, acronym or reference.", required=True, find=find_groups),
        Input("why", "Why it is needed", "text", "In Markdown. Anybody can read it.", required=True, most=4000),
        Input("proposed_by", "Who proposes it", "text", "An office, a body, a group.", most=200),
    ),
    outputs=(Output("proposal", "integer", "the id of the proposal."),),
    makes=True,
)
ANSWER: Final = Act(
    name="answer",
    resource="group-proposals",
    path="groups/<slug:key>/proposals/<int:id>/answer/",
    label="Answer the proposal of a group",
    description="For the officers over the group that was asked, and who chairs it. By the id of the proposal.",
    row=_proposal,
    may=_may_answer,
    perform=_answer,
    inputs=(
        Input("answer", "The answer", "text", "What is said.", required=True, choices=ANSWERS, example="approved"),
        Input("on", "Given on", "date", "The day.", required=True),
        Input("instrument", "Where it is recorded", "text", "A meeting, an item, a letter."),
        Input("note", "What there is to say", "text", "Needed to return or decline. Anybody can read it.", most=4000),
    ),
    outputs=(STATE,),
)
AGAIN: Final = Act(
    name="propose-again",
    resource="group-proposals",
    path="groups/<slug:key>/proposals/<int:id>/again/",
    label="Bring back a proposal that was returned",
    description="Saying what has changed.",
    row=_proposal,
    may=may_edit_part,
    perform=_again,
    inputs=(Input("note", "What has changed", "text", "Anybody can read it.", required=True, most=4000),),
    outputs=(STATE,),
)
ASK: Final = Act(
    name="ask-chairs",
    resource="group-proposals",
    path="groups/<slug:key>/proposals/<int:id>/ask/",
    label="Ask those who chair the group that was asked",
    description="Each gets a letter with a link, by which they answer without an account.",
    row=_proposal,
    may=may_edit_part,
    perform=_ask,
    outputs=(Output("asked", "integer", "how many letters go out."),),
)

ACTS: Final = (PROPOSE, ANSWER, AGAIN, ASK)
