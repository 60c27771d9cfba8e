"""What a program may have done in the life of a group: deliveries, its end by itself, reviews, who reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from convenor.core.exchange.resources import CANNOT_WAIT, Act, Call, Done, Input, Output
from convenor.core.records.rules import Viewer
from convenor.domain.groups.commands import deliveries, lives, mails, parents, showing
from convenor.domain.groups.models import Delivery, Parent
from convenor.domain.groups.queries.access import access_delivery, access_parent
from convenor.domain.groups.resources.acts_of_groups import READERS, REASON, group_of, may_edit, may_edit_part

WHY: Final = Input("reason", "Why", "text", "Anybody can read it in the history.", required=True)
KNOWN: Final = {
    "nothing": "Nothing",
    "existence": "That it exists, and why it is withheld",
    "title": "Its name, and why it is withheld",
}


def _delivery(viewer: Viewer, places: Mapping[str, Any]) -> Delivery:
    return access_delivery(viewer, group_of(viewer, places), places["id"])


def _parent(viewer: Viewer, places: Mapping[str, Any]) -> Parent:
    return access_parent(viewer, group_of(viewer, places), places["id"])


def _deliver(call: Call) -> Done:
    facts = deliveries.DeliveryFacts(
        call["what"], call["on"], call.get("link", ""), call.get("note", ""), call.get("completes", False)
    )
    close = call.get("close", False)
    made = deliveries.record_delivery(by=call.by, group=call.row, facts=facts, now=call.now, close=close)
    return Done(call.row.record, {"delivery": made.pk})


def _strike_delivery(call: Call) -> Done:
    deliveries.strike_delivery(by=call.by, delivery=call.row, reason=call["reason"], now=call.now)
    return Done(call.row.group.record)


def _sunset(call: Call) -> Done:
    until, reason = call.get("until"), call["reason"]
    return Done(deliveries.change_sunset(by=call.by, group=call.row, until=until, reason=reason, now=call.now).record)


def _reopen(call: Call) -> Done:
    made = lives.reopen_group(
        by=call.by,
        group=call.row,
        on=call["on"],
        reason=call["reason"],
        now=call.now,
        with_seats=call.get("with_seats", True),
    )
    return Done(made.record)


def _review(call: Call) -> Done:
    due, reviewed, outcome = call.get("due_on"), call.get("reviewed_on"), call.get("outcome", "")
    made = lives.set_review(by=call.by, group=call.row, due_on=due, now=call.now, reviewed_on=reviewed, outcome=outcome)
    return Done(made.record)


def _show(call: Call) -> Done:
    readers, known = call["readers"], call.get("known") or "nothing"
    made = showing.show_group(
        by=call.by, group=call.row, readers=readers, reason=call["reason"], now=call.now, known=known
    )
    return Done(made.record)


def _withdraw(call: Call) -> Done:
    return Done(showing.withdraw_group(by=call.by, group=call.row, reason=call["reason"], now=call.now).record)


def _restore(call: Call) -> Done:
    return Done(showing.restore_group(by=call.by, group=call.row, reason=call["reason"], now=call.now).record)


def _contact_readers(call: Call) -> Done:
    members, reason = call["members"], call.get("reason", "")
    made = mails.set_contact_readers(by=call.by, group=call.row, members=members, now=call.now, reason=reason)
    return Done(made.record)


def _correct_parent(call: Call) -> Done:
    starts, ends, reason = call["starts_on"], call.get("ends_on"), call["reason"]
    parents.correct_parent(by=call.by, link=call.row, starts_on=starts, ends_on=ends, reason=reason, now=call.now)
    return Done(call.row.group.record)


def _end_parent(call: Call) -> Done:
    parents.end_parent(by=call.by, link=call.row, on=call["on"], now=call.now, reason=call.get("reason", ""))
    return Done(call.row.group.record)


def _strike_parent(call: Call) -> Done:
    parents.strike_parent(by=call.by, link=call.row, reason=call["reason"], now=call.now)
    return Done(call.row.group.record)


DELIVER: Final = Act(
    name="record",
    resource="deliveries",
    path="groups/<slug:key>/deliveries/add/",
    label="Record what a group delivered",
    description="Where the rules of its type say so, the delivery that completes its work closes it.",
    row=group_of,
    may=may_edit,
    perform=_deliver,
    inputs=(
        Input("what", "What was delivered", "text", "In Markdown.", required=True, most=4000, example="A finding."),
        Input("on", "On", "date", "The day it was delivered.", required=True),
        Input("link", "Where it can be read", "text", "A web address."),
        Input("note", "Note", "text", "In one sentence."),
        Input("completes", "All of it", "boolean", "With this it has delivered all it was to deliver."),
        Input("close", "Close the group", "boolean", "With it, as of today, where no rule says so."),
    ),
    outputs=(Output("delivery", "integer", "the id of the delivery."),),
    makes=True,
)
STRIKE_DELIVERY: Final = Act(
    name="strike",
    resource="deliveries",
    path="groups/<slug:key>/deliveries/<int:id>/strike/",
    label="Take out a delivery that never was",
    description="By its id, as the list of deliveries gives it. The history keeps that it stood here.",
    row=_delivery,
    may=may_edit_part,
    perform=_strike_delivery,
    inputs=(WHY,),
)
SUNSET: Final = Act(
    name="set-sunset",
    resource="groups",
    path="groups/<slug:key>/sunset/",
    label="Renew a group, or shorten its time",
    description="Until a later day; without one it ends by itself no more.",
    row=group_of,
    may=may_edit,
    perform=_sunset,
    inputs=(Input("until", "It ends by", "date", "The new day; left out for none."), WHY),
)
REOPEN: Final = Act(
    name="reopen",
    resource="groups",
    path="groups/<slug:key>/reopen/",
    label="Reopen a closed group",
    description="The days since it closed stay as they were: nobody sat then.",
    row=group_of,
    may=may_edit,
    perform=_reopen,
    inputs=(
        Input("on", "From", "date", "The first day it goes on.", required=True),
        WHY,
        Input("with_seats", "With its seats", "boolean", "New seats like those that ended. True when left out."),
        CANNOT_WAIT,
    ),
)
REVIEW: Final = Act(
    name="review",
    resource="groups",
    path="groups/<slug:key>/review/",
    label="Record a review, and when the next is due",
    description="Both, or only the next day; without a day no review is due.",
    row=group_of,
    may=may_edit,
    perform=_review,
    inputs=(
        Input("due_on", "Next review due", "date", "Left out for none."),
        Input("reviewed_on", "Reviewed on", "date", "Where it was reviewed."),
        Input("outcome", "What came of it", "text", "Needed with the day of a review. Anybody can read it.", most=4000),
    ),
)
SHOW: Final = Act(
    name="show",
    resource="groups",
    path="groups/<slug:key>/readers/",
    label="Change who may read a group",
    description="Everybody, or its members and its secretariat.",
    row=group_of,
    may=may_edit,
    perform=_show,
    inputs=(
        Input("readers", "Who may read it", "text", "Who.", required=True, choices=READERS, example="public"),
        WHY,
        Input("known", "What others may know", "text", "Where not everybody reads it.", choices=KNOWN),
    ),
)
WITHDRAW: Final = Act(
    name="withdraw",
    resource="groups",
    path="groups/<slug:key>/withdraw/",
    label="Withdraw a group that should not have been there",
    description="It leaves every list; its page stays and says so. A group that has done its work is closed instead.",
    row=group_of,
    may=may_edit,
    perform=_withdraw,
    inputs=(WHY,),
)
RESTORE: Final = Act(
    name="restore",
    resource="groups",
    path="groups/<slug:key>/restore/",
    label="Bring back a group that was withdrawn",
    description="It stands in the lists again.",
    row=group_of,
    may=may_edit,
    perform=_restore,
    inputs=(WHY,),
)
CONTACT_READERS: Final = Act(
    name="set-contact-readers",
    resource="groups",
    path="groups/<slug:key>/contacts/readers/",
    label="Say who reads the contact list of a group",
    description="Its officers and chairs always do.",
    row=group_of,
    may=may_edit,
    perform=_contact_readers,
    inputs=(Input("members", "Its members too", "boolean", "Whether they do.", required=True), REASON),
)
CORRECT_PARENT: Final = Act(
    name="correct",
    resource="group-parents",
    path="groups/<slug:key>/parents/<int:id>/correct/",
    label="Correct from when to when a group stood under a parent",
    description="By the id of the place, as the list of places under parents gives it.",
    row=_parent,
    may=may_edit_part,
    perform=_correct_parent,
    inputs=(
        Input("starts_on", "Since", "date", "The first day.", required=True),
        Input("ends_on", "Last day", "date", "Left out while it goes on."),
        WHY,
    ),
)
END_PARENT: Final = Act(
    name="end",
    resource="group-parents",
    path="groups/<slug:key>/parents/<int:id>/end/",
    label="End a group's place under a parent",
    description="By the id of the place.",
    row=_parent,
    may=may_edit_part,
    perform=_end_parent,
    inputs=(Input("on", "Last day", "date", "The last day, inclusive.", required=True), REASON),
)
STRIKE_PARENT: Final = Act(
    name="strike",
    resource="group-parents",
    path="groups/<slug:key>/parents/<int:id>/strike/",
    label="Take out a place under a parent that never was",
    description="By its id. The history keeps that it stood here.",
    row=_parent,
    may=may_edit_part,
    perform=_strike_parent,
    inputs=(WHY,),
)

ACTS: Final = (
    DELIVER,
    STRIKE_DELIVERY,
    SUNSET,
    REOPEN,
    REVIEW,
    SHOW,
    WITHDRAW,
    RESTORE,
    CONTACT_READERS,
    CORRECT_PARENT,
    END_PARENT,
    STRIKE_PARENT,
)
