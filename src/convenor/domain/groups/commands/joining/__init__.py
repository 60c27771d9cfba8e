"""Open membership: join, ask, invite, answer, leave, remove; and to be told when a place is free.

Who joins gets a seat (for an individual, in the usual role) and an appointment to it, in one transaction under the
group's lock and its caps: the thirteenth of twelve is never seated. Whether their name is public is theirs to say.
"""

from __future__ import annotations

from convenor.domain.groups.commands.joining.asking import answer_request, ask_to_join, withdraw_request
from convenor.domain.groups.commands.joining.inviting import (
    INVITATION,
    INVITED_FOR,
    answer_invitation,
    invitation_breaches,
    invite,
    withdraw_invitation,
)
from convenor.domain.groups.commands.joining.membership import join_group, leave_group, remove_member, set_admission
from convenor.domain.groups.commands.joining.seating import Joining, tell
from convenor.domain.groups.commands.joining.waiting import purge_asking, stop_watching, tell_of_place, watch_places

__all__ = [
    "INVITATION",
    "INVITED_FOR",
    "Joining",
    "answer_invitation",
    "answer_request",
    "ask_to_join",
    "invitation_breaches",
    "invite",
    "join_group",
    "leave_group",
    "purge_asking",
    "remove_member",
    "set_admission",
    "stop_watching",
    "tell",
    "tell_of_place",
    "watch_places",
    "withdraw_invitation",
    "withdraw_request",
]
