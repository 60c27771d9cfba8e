"""What a program may have done to seats, to who sits in them and who chairs from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from convenor.core.accounts.models import Person
from convenor.core.exchange.resources import CANNOT_WAIT, Act, Call, Done, Input, Output
from convenor.core.records.rules import Breach, Refused, Verdict, Viewer
from convenor.domain.directory.commands.people import PersonFacts
from convenor.domain.directory.models import Segment
from convenor.domain.directory.queries import find_organisations, people_named
from convenor.domain.groups import permissions
from convenor.domain.groups.commands.appointments import (
    Term,
    appoint,
    ask_to_confirm,
    confirm_appointment,
    correct_appointment,
    end_appointment,
    strike_appointment,
)
from convenor.domain.groups.commands.chairs import end_chairing, start_chairing, strike_chairing
from convenor.domain.groups.commands.places import (
    CHANGEABLE,
    SeatFacts,
    add_seat,
    edit_seat,
    end_seat,
    seat_named_places,
    strike_seat,
)
from convenor.domain.groups.commands.terms import reappoint
from convenor.domain.groups.models import Appointment, Chairing, ChairRole, Seat, SeatRole
from convenor.domain.groups.queries.access import access_chairing, access_seat, access_term
from convenor.domain.groups.queries.naming import find_groups, find_offices
from convenor.domain.groups.resources.acts_of_groups import REASON, group_of, may_edit, may_edit_part
from convenor.domain.groups.resources.acts_of_life import WHY
from convenor.domain.groups.resources.seats import BASES, role_words
from convenor.domain.groups.resources.uploads_of_appointments import FILLED_BY

LAST_DAY: Final = Input("on", "Last day", "date", "The last day, inclusive.", required=True)
PRIVATE_REASON: Final = Input("reason", "Why", "text", "Officers read it in the history.")


def seat_of(viewer: Viewer, places: Mapping[str, Any]) -> Seat:
    """The seat in the address, or 404."""
    return access_seat(viewer, group_of(viewer, places), places["number"])


def term_of(viewer: Viewer, places: Mapping[str, Any]) -> Appointment:
    """The appointment in the address, or 404."""
    return access_term(viewer, group_of(viewer, places), places["id"])


def chairing_of(viewer: Viewer, places: Mapping[str, Any]) -> Chairing:
    """The chairing in the address, or 404."""
    return access_chairing(viewer, group_of(viewer, places), places["id"])


def may_edit_seated(viewer: Viewer, part: Appointment | Chairing) -> Verdict:
    return permissions.may_edit_group(viewer, part.seat.group)


def find_segments(_viewer: Viewer, said: str) -> list[Segment]:
    """A segment by its code or name."""
    wanted = said.casefold()
    return [row for row in Segment.objects.order_by("pk") if wanted in (row.slug, row.name.casefold())]


def find_seat_roles(_viewer: Viewer, said: str) -> list[SeatRole]:
    """A role of seats by its code or name."""
    wanted = said.casefold()
    return [row for row in SeatRole.objects.order_by("pk") if wanted in (row.slug, row.name.casefold())]


def _add(call: Call) -> Done:
    facts = SeatFacts(
        title=call.get("title", ""),
        basis=call["basis"],
        starts_on=call["starts_on"],
        office=call.get("office"),
        organisation=call.get("organisation"),
        segment=call.get("segment"),
        chair_of=call.get("chair_of"),
        constituency=call.get("constituency", ""),
        role=call.get("role"),
        votes=call.get("votes"),
        counts_to_quorum=call.get("counts_to_quorum"),
        order=call.get("order", 0),
        ends_on=call.get("ends_on"),
    )
    seat = add_seat(by=call.by, group=call.row, facts=facts, now=call.now, reason=call.get("reason", ""))
    return Done(call.row.record, {"number": seat.number})


def _end(call: Call) -> Done:
    end_seat(by=call.by, seat=call.row, on=call["on"], reason=call.get("reason", ""), now=call.now)
    return Done(call.row.group.record)


def _appoint(call: Call) -> Done:
    term = Term(call.get("starts_on"), call.get("ends_on"), call.get("acting", False), call.get("instrument", ""))
    made = appoint(
        by=call.by,
        seat=call.row,
        person=_whom(call),
        term=term,
        now=call.now,
        reason=call.get("reason", ""),
        published=call.get("published", True),
        filled_by=call.get("filled_by", ""),
    )
    if call.get("ask", False):
        ask_to_confirm(by=call.by, appointment=made, now=call.now)
    return Done(call.row.group.record, {"appointment": made.pk})


def _whom(call: Call) -> Person | PersonFacts:
    """Who is meant; somebody new where nobody is called that."""
    name, email = call["person"], call.get("email", "")
    found = people_named(call.by, email or name)
    if len(found) > 1:
        text = f"{len(found)} people here are called “{name[:80]}”: give the e-mail address of the right one."
        raise Refused([Breach("ambiguous", text, "person")])
    return found[0] if found else PersonFacts(name=name, email=email)


def _end_term(call: Call) -> Done:
    end_appointment(by=call.by, appointment=call.row, on=call["on"], reason=call.get("reason", ""), now=call.now)
    return Done(call.row.seat.group.record)


def _chair(call: Call) -> Done:
    role = ChairRole.objects.get(slug=call["role"])
    chairing = start_chairing(
        by=call.by,
        seat=call.row,
        role=role,
        starts_on=call["starts_on"],
        ends_on=call.get("ends_on"),
        reason=call.get("reason", ""),
        now=call.now,
    )
    return Done(call.row.group.record, {"chairing": chairing.pk})


def _end_chair(call: Call) -> Done:
    end_chairing(by=call.by, chairing=call.row, on=call["on"], reason=call.get("reason", ""), now=call.now)
    return Done(call.row.seat.group.record)


def _edit(call: Call) -> Done:
    """What was not sent stays as it is."""
    seat: Seat = call.row
    blank: dict[str, Any] = {"title": "", "constituency": "", "order": 0}
    sent = {name: blank.get(name) if value is None else value for name, value in call.given.items()}
    changed: dict[str, Any] = {name: sent.get(name, getattr(seat, name)) for name in CHANGEABLE}
    facts = SeatFacts(
        basis=seat.basis,
        starts_on=seat.starts_on,
        office=seat.office,
        organisation=seat.organisation,
        segment=seat.segment,
        chair_of=seat.chair_of,
        **changed,
    )
    edit_seat(by=call.by, seat=seat, facts=facts, reason=call.get("reason", ""), now=call.now)
    return Done(seat.group.record)


def _strike(call: Call) -> Done:
    strike_seat(by=call.by, seat=call.row, reason=call["reason"], now=call.now)
    return Done(call.row.group.record)


def _add_named(call: Call) -> Done:
    made = seat_named_places(by=call.by, group=call.row, starts_on=call["starts_on"], now=call.now)
    return Done(call.row.record, {"seats": len(made)})


def _correct_term(call: Call) -> Done:
    """What was not sent stays as it is."""
    there: Appointment = call.row
    term = Term(
        call.given.get("starts_on", there.starts_on),
        call.given.get("ends_on", there.ends_on),
        call.get("acting", there.acting),
        call.given.get("instrument", there.instrument) or "",
    )
    correct_appointment(by=call.by, appointment=there, term=term, reason=call["reason"], now=call.now)
    return Done(there.seat.group.record)


def _strike_term(call: Call) -> Done:
    strike_appointment(by=call.by, appointment=call.row, reason=call["reason"], now=call.now)
    return Done(call.row.seat.group.record)


def _reappoint(call: Call) -> Done:
    made = reappoint(by=call.by, appointment=call.row, now=call.now, ends_on=call.get("ends_on"))
    return Done(call.row.seat.group.record, {"appointment": made.pk})


def _ask(call: Call) -> Done:
    return Done(ask_to_confirm(by=call.by, appointment=call.row, now=call.now).seat.group.record)


def _confirm(call: Call) -> Done:
    return Done(confirm_appointment(by=call.by, appointment=call.row, now=call.now).seat.group.record)


def _may_confirm(viewer: Viewer, term: Appointment) -> Verdict:
    return permissions.may_confirm_appointment(viewer, term)


def _strike_chair(call: Call) -> Done:
    strike_chairing(by=call.by, chairing=call.row, reason=call["reason"], now=call.now)
    return Done(call.row.seat.group.record)


ADD: Final = Act(
    name="add",
    resource="seats",
    path="groups/<slug:key>/seats/add/",
    label="Add a seat to a group",
    description="A place at the table on one basis. Caps and eligibility are counted on every day it will stand.",
    row=group_of,
    may=may_edit,
    perform=_add,
    inputs=(
        Input("basis", "Basis", "text", "What it stands on.", required=True, choices=BASES, example="organisation"),
        Input("starts_on", "Exists since", "date", "Its first day.", required=True),
        Input("title", "Title of the seat", "text", "Left out, it is called what it stands for.", most=200),
        Input("office", "Office", "row", "Title, comma, organisation; or its reference.", find=find_offices, most=400),
        Input("organisation", "Organisation", "row", "Name, short name, reference or ABN.", find=find_organisations,
              example="ORG-2026-001"),
        Input("segment", "Segment", "row", "Its code or name.", find=find_segments),
        Input("chair_of", "The other group", "row", "Whose chair sits here: name or reference.", find=find_groups),
        Input("constituency", "Side of the table", "text", "Its code in the engagement model.", most=40),
        Input("role", "Role", "row", "As what somebody sits: its code or name; a member when left out.",
              find=find_seat_roles),
        Input("votes", "Votes", "boolean", "As its role says when left out."),
        Input("counts_to_quorum", "Counts to the quorum", "boolean", "As its role says when left out."),
        Input("order", "Place in the list", "integer", "0 when left out.", most=9999),
        Input("ends_on", "Last day", "date", "Where it is known already."),
        REASON,
    ),
    outputs=(Output("number", "integer", "the number of the seat in the group, for ever."),),
    makes=True,
)  # fmt: skip
END: Final = Act(
    name="end",
    resource="seats",
    path="groups/<slug:key>/seats/<int:number>/end/",
    label="End a seat",
    description="Appointments to it and chairing from it end too.",
    row=seat_of,
    may=may_edit_part,
    perform=_end,
    inputs=(LAST_DAY, REASON),
)
APPOINT: Final = Act(
    name="appoint",
    resource="appointments",
    path="groups/<slug:key>/seats/<int:number>/appoint/",
    label="Appoint somebody to a seat",
    description="For a time, or to act in it. Somebody who is not here yet is added.",
    row=seat_of,
    may=may_edit_part,
    perform=_appoint,
    inputs=(
        Input("person", "Who sits here", "text", "Their name, or the reference of their page.", required=True, most=200,
              example="Fictitious Person"),
        Input("email", "E-mail address", "text", "Tells people of one name apart; never published.", most=254),
        Input("starts_on", "From", "date", "Left out when it is not known."),
        Input("ends_on", "Last day", "date", "Where the term has an end."),
        Input("acting", "Acting", "boolean", "In this group only, in place of the holder or while there is none."),
        Input("instrument", "Appointed by", "text", "The letter or decision. Anybody can read it.", most=200),
        Input("published", "Publish their name", "boolean", "With offices and seats, on a page. True when left out."),
        Input("filled_by", "How the vacancy is filled", "text", "Where somebody left before their term ended, and the "
              "rules of the group say in which ways that seat is filled.", choices=FILLED_BY),
        Input("ask", "Ask them to confirm", "boolean", "By a signed link in an e-mail; they need no account."),
        PRIVATE_REASON,
        CANNOT_WAIT,
    ),
    outputs=(Output("appointment", "integer", "the id of the appointment."),),
    makes=True,
)  # fmt: skip
END_TERM: Final = Act(
    name="end",
    resource="appointments",
    path="groups/<slug:key>/appointments/<int:id>/end/",
    label="End an appointment",
    description="By its id, as the list of appointments gives it.",
    row=term_of,
    may=may_edit_seated,
    perform=_end_term,
    inputs=(LAST_DAY, PRIVATE_REASON),
)
CHAIR: Final = Act(
    name="start",
    resource="chairing",
    path="groups/<slug:key>/seats/<int:number>/chair/",
    label="Let a seat chair the group",
    description="For a time, in a role: whoever sits there then chairs.",
    row=seat_of,
    may=may_edit_part,
    perform=_chair,
    inputs=(
        Input("role", "As", "text", "Its role, by its code.", required=True, choices=role_words, most=40),
        Input("starts_on", "From", "date", "The first day.", required=True),
        Input("ends_on", "Last day", "date", "Where it is known already."),
        REASON,
        CANNOT_WAIT,
    ),
    outputs=(Output("chairing", "integer", "the id of the chairing."),),
    makes=True,
)
END_CHAIR: Final = Act(
    name="end",
    resource="chairing",
    path="groups/<slug:key>/chairs/<int:id>/end/",
    label="End a chairing",
    description="By its id, as the list of chairings gives it.",
    row=chairing_of,
    may=may_edit_seated,
    perform=_end_chair,
    inputs=(LAST_DAY, REASON),
)

EDIT: Final = Act(
    name="edit",
    resource="seats",
    path="groups/<slug:key>/seats/<int:number>/edit/",
    label="Change a seat",
    description="What is not sent stays as it is, and what it stands for always. Changing past rosters asks why.",
    row=seat_of,
    may=may_edit_part,
    perform=_edit,
    inputs=(
        Input("title", "Title of the seat", "text", "Null: it is called what it stands for.", most=200),
        Input("role", "Role", "row", "As what somebody sits: its code or name.", find=find_seat_roles),
        Input("constituency", "Side of the table", "text", "Its code in the engagement model.", most=40),
        Input("votes", "Votes", "boolean", "Null: as its role says."),
        Input("counts_to_quorum", "Counts to the quorum", "boolean", "Null: as its role says."),
        Input("order", "Place in the list", "integer", "Its place.", most=9999),
        REASON,
    ),
)
STRIKE: Final = Act(
    name="strike",
    resource="seats",
    path="groups/<slug:key>/seats/<int:number>/strike/",
    label="Take out a seat that never was",
    description="It is gone from every roster, old ones too. The history says that it was taken out.",
    row=seat_of,
    may=may_edit_part,
    perform=_strike,
    inputs=(WHY,),
)
ADD_NAMED: Final = Act(
    name="add-named",
    resource="seats",
    path="groups/<slug:key>/seats/named/",
    label="Set up the seats that the model names",
    description="Those that are not there yet. A place for which it is not clear who sits is left for later.",
    row=group_of,
    may=may_edit,
    perform=_add_named,
    inputs=(Input("starts_on", "Exist since", "date", "Their first day.", required=True),),
    outputs=(Output("seats", "integer", "how many were set up."),),
    makes=True,
)
CORRECT_TERM: Final = Act(
    name="correct",
    resource="appointments",
    path="groups/<slug:key>/appointments/<int:id>/correct/",
    label="Correct what is recorded of an appointment",
    description="What is not sent stays as it is; null empties it.",
    row=term_of,
    may=may_edit_seated,
    perform=_correct_term,
    inputs=(
        Input("reason", "Why", "text", "Officers read it in the history.", required=True),
        Input("starts_on", "From", "date", "Null when it is not known."),
        Input("ends_on", "Last day", "date", "Null while it goes on."),
        Input("acting", "Acting", "boolean", "In this group only."),
        Input("instrument", "Appointed by", "text", "The letter or decision. Anybody can read it.", most=200),
    ),
)
STRIKE_TERM: Final = Act(
    name="strike",
    resource="appointments",
    path="groups/<slug:key>/appointments/<int:id>/strike/",
    label="Take out an appointment that never was",
    description="The history keeps that it stood here.",
    row=term_of,
    may=may_edit_seated,
    perform=_strike_term,
    inputs=(Input("reason", "Why", "text", "Officers read it in the history.", required=True),),
)
REAPPOINT: Final = Act(
    name="reappoint",
    resource="appointments",
    path="groups/<slug:key>/appointments/<int:id>/reappoint/",
    label="Appoint the same person again",
    description="To the same seat, from the day after their term ends.",
    row=term_of,
    may=may_edit_seated,
    perform=_reappoint,
    inputs=(
        Input("ends_on", "Last day", "date", "By the rules, or as long as the old term, when left out."),
        CANNOT_WAIT,
    ),
    outputs=(Output("appointment", "integer", "the id of the new appointment."),),
    makes=True,
)
ASK: Final = Act(
    name="ask",
    resource="appointments",
    path="groups/<slug:key>/appointments/<int:id>/ask/",
    label="Ask somebody to confirm their appointment",
    description="By a signed link in an e-mail; they need no account.",
    row=term_of,
    may=may_edit_seated,
    perform=_ask,
)
CONFIRM: Final = Act(
    name="confirm",
    resource="appointments",
    path="groups/<slug:key>/appointments/<int:id>/confirm/",
    label="Confirm one's own appointment",
    description="The person themselves, or who assists them.",
    row=term_of,
    may=_may_confirm,
    perform=_confirm,
)
STRIKE_CHAIR: Final = Act(
    name="strike",
    resource="chairing",
    path="groups/<slug:key>/chairs/<int:id>/strike/",
    label="Take out a chairing that never was",
    description="The history keeps that it was so.",
    row=chairing_of,
    may=may_edit_seated,
    perform=_strike_chair,
    inputs=(WHY,),
)

ACTS: Final = (ADD, END, APPOINT, END_TERM, CHAIR, END_CHAIR)
MORE_ACTS: Final = (
    EDIT,
    STRIKE,
    ADD_NAMED,
    CORRECT_TERM,
    STRIKE_TERM,
    REAPPOINT,
    ASK,
    CONFIRM,
    STRIKE_CHAIR,
)
"""Corrections and what comes seldom."""
