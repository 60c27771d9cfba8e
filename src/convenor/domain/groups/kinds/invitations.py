"""The signed link by which somebody who is invited joins a group, or says no, without a sign-in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from convenor.core.accounts.models import SignedLink
from convenor.core.accounts.purposes import Choice, Description, Letter, Outcome, Purpose
from convenor.core.accounts.queries import viewer_of
from convenor.core.records.rules import Breach, Refused, refuse_if
from convenor.domain.groups.commands.joining import (
    INVITATION,
    INVITED_FOR,
    Joining,
    answer_invitation,
    invitation_breaches,
)
from convenor.domain.groups.models import JoinInvitation
from convenor.kit.dates import local, say_moment
from convenor.kit.parts import Fact

DECLINE: Final = "decline"
NAMED: Final = "join-named"


def _invitation(link: SignedLink) -> JoinInvitation:
    """The invitation the link is about, of the person it was sent to; Refused when it is no longer there."""
    rows = JoinInvitation.objects.filter(pk=link.subject_id or 0, person=link.person_id)
    found = rows.select_related("group__record", "person").first()
    if found is None:
        raise Refused([Breach("invitation-gone", _("This invitation no longer stands in the record."))])
    return found


def _describe(link: SignedLink) -> Description:
    found = _invitation(link)
    refuse_if(invitation_breaches(found, datetime.now(UTC)))
    text = _("You are invited to join %(group)s. Will you?") % {"group": found.group.name}
    facts = [
        Fact(_("Group"), found.group.name),
        Fact(_("What it is for"), found.group.purpose),
        Fact(_("Note to you"), found.note),
        Fact(_("Answer by"), say_moment(local(found.expires_at))),
        Fact(_("Your name"), _("The public list of members names you only if you choose so.")),
    ]
    choices = [
        Choice("join", _("Join")),
        Choice(NAMED, _("Join, and publish my name"), "secondary"),
        Choice(DECLINE, _("No, thank you"), "secondary"),
    ]
    return Description(_("An invitation to join"), text, choices, [fact for fact in facts if fact.value])


def _perform(link: SignedLink, now: datetime, choice: str) -> Outcome:
    found, by = _invitation(link), viewer_of(link, now)
    words = {"group": found.group.name}
    page = reverse("groups:detail", args=[found.group.slug]) if found.group.record.is_public else ""
    label = _("The group's page") if page else ""
    if choice == DECLINE:
        answer_invitation(by=by, invitation=found, accept=False, now=now)
        return Outcome(_("Thank you"), _("You have declined the invitation to %(group)s.") % words, page, label)
    facts = Joining(named=choice == NAMED)
    answer_invitation(by=by, invitation=found, accept=True, facts=facts, now=now)
    return Outcome(_("Welcome"), _("You are a member of %(group)s.") % words, page, label)


def _letter(link: SignedLink, address: str) -> Letter:
    given = {
        "invitation": _invitation(link),
        "person": link.person,
        "address": address,
        "until": say_moment(local(link.expires_at)),
        "site_name": settings.SITE_NAME,
    }
    subject, _rest, body = render_to_string("groups/letters/invitation.txt", given).strip().partition("\n")
    return Letter(" ".join(subject.split()), body.strip() + "\n")


JOIN_INVITATION: Final = Purpose(
    slug=INVITATION, describe=_describe, perform=_perform, letter=_letter, lifetime=INVITED_FOR, renewable=False
)
