"""Everything that changes people, duties, assistants, access and signed links."""

from __future__ import annotations

from convenor.core.accounts.commands.access import end_access, grant_access
from convenor.core.accounts.commands.addresses import change_email, confirm_email, request_email_change
from convenor.core.accounts.commands.assistants import appoint_assistant, end_assistance
from convenor.core.accounts.commands.duties import assign_duty, end_duty
from convenor.core.accounts.commands.invitations import (
    accept_invitation,
    invite_by_hand,
    invite_to_sign_in,
    open_sign_in,
)
from convenor.core.accounts.commands.links import issue_link, renew_link, revoke_links, send_link, use_link
from convenor.core.accounts.commands.people import (
    create_person,
    deactivate_person,
    erase_person,
    reactivate_person,
    rename_person,
    sign_up,
)
from convenor.core.accounts.commands.sessions import end_sessions
from convenor.core.accounts.commands.tokens import make_token, revoke_token, use_token

__all__ = [
    "accept_invitation",
    "appoint_assistant",
    "assign_duty",
    "change_email",
    "confirm_email",
    "create_person",
    "deactivate_person",
    "end_access",
    "end_assistance",
    "end_duty",
    "end_sessions",
    "erase_person",
    "grant_access",
    "invite_by_hand",
    "invite_to_sign_in",
    "issue_link",
    "make_token",
    "open_sign_in",
    "reactivate_person",
    "rename_person",
    "renew_link",
    "request_email_change",
    "revoke_links",
    "revoke_token",
    "send_link",
    "sign_up",
    "use_link",
    "use_token",
]
