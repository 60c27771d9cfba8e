"""What a program may have done about joining: how a group is joined, who is invited, taken in, taken out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.http import Http404
from django.utils.timezone import localdate

from convenor.core.accounts.models import Person
from convenor.core.exchange.resources import Act, Call, Done, Input, Output
from convenor.core.records.rules import Verdict, Viewer
from convenor.domain.directory.commands.people import PersonFacts
from convenor.domain.directory.queries import find_organisations, people_named
from convenor.domain.groups import permissions
from convenor.domain.groups.commands import joining
from convenor.domain.groups.models import Admission, Group, JoinInvitation, JoinRequest
from convenor.domain.groups.queries.joining import Standing, access_invitation, access_request, standings
from convenor.domain.groups.resources.acts_of_groups import REASON, group_of, may_edit, may_edit_part
from convenor.domain.groups.resources.acts_of_seats import may_edit_seated, term_of

WAYS: Final = {str(value): str(label) for value, label in Admission.Way.choices}
ANSWERS: Final = {"approve": "Take them in", "decline": "Turn them down"}
TOLD: Final = Input("reason", "Why", "text", "They are told. Officers read it in the history.", required=True)


def _mine(part: str) -> Callable[[Viewer, Mapping[str, Any]], Any]:
    """One's own request or invitation in the group of the address, or 404."""

    def find(viewer: Viewer, places: Mapping[str, Any]) -> Any:
        group, me = group_of(viewer, places), viewer.person_id or 0
        found = getattr(_standing(viewer, group, me), part)
        if found is None:
            raise Http404
        return found

    return find


def _standing(viewer: Viewer, group: Group, me: int) -> Standing:
    return standings(group, [me], localdate(viewer.now))[me]


def _may_mine(viewer: Viewer, row: JoinRequest | JoinInvitation) -> Verdict:
    return permissions.may_act_for(viewer, row.person_id)


def _themselves(viewer: Viewer, _group: Group) -> Verdict:
    return permissions.may_act_for(viewer, viewer.person_id or 0)


def _request(viewer: Viewer, places: Mapping[str, Any]) -> JoinRequest:
    """Nobody else is told whether there is one."""
    group = group_of(viewer, places)
    permissions.may_answer_requests(viewer, group).require()
    return access_request(group, places["id"])


def _may_answer(viewer: Viewer, request: JoinRequest) -> Verdict:
    return permissions.may_answer_requests(viewer, request.group)


def _invitation(viewer: Viewer, places: Mapping[str, Any]) -> JoinInvitation:
    """Nobody else is told whether there is one."""
    group = group_of(viewer, places)
    permissions.may_edit_group(viewer, group).require()
    return access_invitation(group, places["id"])


def _me(call: Call) -> Person:
    return Person.objects.get(pk=call.by.person_id or 0)


def _set(call: Call) -> Done:
    way, side, reason = call["way"], call.get("side", ""), call.get("reason", "")
    joining.set_admission(by=call.by, group=call.row, way=way, now=call.now, side=side, reason=reason)
    return Done(call.row.record)


def _invite(call: Call) -> Done:
    found = people_named(call.by, call["email"])
    person = found[0] if found else PersonFacts(call.get("name", ""), call["email"], published=False)
    made = joining.invite(
        by=call.by, group=call.row, person=person, now=call.now, note=call.get("note", ""), side=call.get("side", "")
    )
    return Done(call.row.record, {"invitation": made.pk})


def _take_back(call: Call) -> Done:
    joining.withdraw_invitation(by=call.by, invitation=call.row, now=call.now)
    return Done(call.row.group.record)


def _answer(call: Call) -> Done:
    approve, reason = call["answer"] == "approve", call.get("reason", "")
    joining.answer_request(by=call.by, request=call.row, approve=approve, now=call.now, reason=reason)
    return Done(call.row.group.record)


def _remove(call: Call) -> Done:
    joining.remove_member(by=call.by, appointment=call.row, reason=call["reason"], now=call.now)
    return Done(call.row.seat.group.record)


def _withdraw(call: Call) -> Done:
    joining.withdraw_request(by=call.by, request=call.row, now=call.now)
    return Done(call.row.group.record)


def _accept(call: Call) -> Done:
    facts = joining.Joining(call.get("side", ""), call.get("organisation"), call.get("named", False))
    joining.answer_invitation(by=call.by, invitation=call.row, accept=True, now=call.now, facts=facts)
    return Done(call.row.group.record)


def _decline(call: Call) -> Done:
    joining.answer_invitation(by=call.by, invitation=call.row, accept=False, now=call.now)
    return Done(call.row.group.record)


def _watch(call: Call) -> Done:
    joining.watch_places(by=call.by, group=call.row, person=_me(call), now=call.now)
    return Done(call.row.record)


def _unwatch(call: Call) -> Done:
    joining.stop_watching(by=call.by, group=call.row, person=_me(call), now=call.now)
    return Done(call.row.record)


SIDE: Final = Input("side", "Side of the table", "text", "Its code in the model, where it is asked.", most=40)
SET: Final = Act(
    name="set-admission",
    resource="groups",
    path="groups/<slug:key>/joining/way/",
    label="Choose how a group is joined",
    description="From today on, within what its type's formation allows.",
    row=group_of,
    may=may_edit,
    perform=_set,
    inputs=(
        Input("way", "How it is joined", "text", "The way in.", required=True, choices=WAYS, example="open"),
        SIDE,
        REASON,
    ),
)
INVITE: Final = Act(
    name="invite",
    resource="groups",
    path="groups/<slug:key>/joining/invite/",
    label="Invite somebody to a group",
    description="By an e-mail with a link, by which they accept or decline without an account.",
    row=group_of,
    may=may_edit,
    perform=_invite,
    inputs=(
        Input("email", "E-mail address", "text", "Never published.", required=True, most=254,
              example="somebody@agency.example"),
        Input("name", "Name", "text", "Needed for somebody who is not here yet.", most=200),
        SIDE,
        Input("note", "Note to them", "text", "It stands in the e-mail.", most=1000),
    ),
    outputs=(Output("invitation", "integer", "the id of the invitation."),),
    makes=True,
)  # fmt: skip
TAKE_BACK: Final = Act(
    name="withdraw-invitation",
    resource="groups",
    path="groups/<slug:key>/joining/invitations/<int:id>/",
    label="Take back an invitation",
    description="By the id that inviting gave; its link stops working.",
    row=_invitation,
    may=may_edit_part,
    perform=_take_back,
)
ANSWER: Final = Act(
    name="answer-request",
    resource="groups",
    path="groups/<slug:key>/joining/requests/<int:id>/",
    label="Answer who asks to join",
    description="For the officers and chairs of the group; by the id in the address of the page that answers it.",
    row=_request,
    may=_may_answer,
    perform=_answer,
    inputs=(
        Input("answer", "Answer", "text", "What they are told.", required=True, choices=ANSWERS, example="approve"),
        Input("reason", "Why", "text", "They are told. Needed to turn somebody down."),
    ),
)
REMOVE: Final = Act(
    name="end-membership",
    resource="appointments",
    path="groups/<slug:key>/members/<int:id>/remove/",
    label="End the membership of somebody who joined",
    description="By the id of their appointment. They are told why, and the public is not.",
    row=term_of,
    may=may_edit_seated,
    perform=_remove,
    inputs=(TOLD,),
)
WITHDRAW: Final = Act(
    name="withdraw-request",
    resource="groups",
    path="groups/<slug:key>/join/withdraw/",
    label="Take back one's request to join",
    description="It is deleted at once.",
    row=_mine("request"),
    may=_may_mine,
    perform=_withdraw,
)
ACCEPT: Final = Act(
    name="accept-invitation",
    resource="groups",
    path="groups/<slug:key>/join/accept/",
    label="Accept an invitation to a group",
    description="And take the seat. Refused in a sentence when it is full.",
    row=_mine("invitation"),
    may=_may_mine,
    perform=_accept,
    inputs=(
        SIDE,
        Input("organisation", "Organisation", "row", "Where you come from, where the rules ask.",
              find=find_organisations),
        Input("named", "Publish my name", "boolean", "In the list of members. False when left out."),
    ),
)  # fmt: skip
DECLINE: Final = Act(
    name="decline-invitation",
    resource="groups",
    path="groups/<slug:key>/join/decline/",
    label="Decline an invitation to a group",
    description="One may be invited again.",
    row=_mine("invitation"),
    may=_may_mine,
    perform=_decline,
)
WATCH: Final = Act(
    name="watch-places",
    resource="groups",
    path="groups/<slug:key>/join/tell/",
    label="Be told when a place is free",
    description="By one e-mail; the first to join then takes it.",
    row=group_of,
    may=_themselves,
    perform=_watch,
)
UNWATCH: Final = Act(
    name="stop-watching",
    resource="groups",
    path="groups/<slug:key>/join/untell/",
    label="Be told no more when a place is free",
    description="You get no e-mail about it.",
    row=group_of,
    may=_themselves,
    perform=_unwatch,
)

ACTS: Final = (SET, INVITE, TAKE_BACK, ANSWER, REMOVE, WITHDRAW, ACCEPT, DECLINE, WATCH, UNWATCH)
