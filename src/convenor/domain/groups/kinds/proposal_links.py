"""The signed link by which somebody who chairs a group answers a proposal that was put to it, without a sign-in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from convenor.core.accounts.models import SignedLink
from convenor.core.accounts.purposes import Choice, Description, Letter, Outcome, Purpose
from convenor.core.accounts.queries import viewer_of
from convenor.core.records.rules import Breach, Refused
from convenor.domain.groups.commands.proposals import (
    DECIDE,
    Answer,
    approve_proposal,
    decline_proposal,
    return_proposal,
)
from convenor.domain.groups.forms.life import ReasonedAnswer
from convenor.domain.groups.models import Group, Proposal
from convenor.domain.groups.queries.chairs import chairs_of
from convenor.domain.groups.rules import proposals
from convenor.kit.dates import local, say_moment
from convenor.kit.parts import Fact

COMMANDS: Final = {
    proposals.APPROVED: approve_proposal,
    proposals.RETURNED: return_proposal,
    proposals.DECLINED: decline_proposal,
}


def _proposal(link: SignedLink) -> Proposal:
    """The proposal, as long as it waits and the person still chairs the group that was asked; else Refused."""
    rows = Proposal.objects.filter(pk=link.subject_id or 0, group__record__state="live")
    found = rows.select_related("group__record", "parent__record").first()
    if found is None or found.parent is None or found.group.state != Group.State.PROPOSED:
        raise Refused([Breach("proposal-gone", _("This proposal does not stand any more."))])
    if found.state != proposals.WAITING:
        raise Refused([Breach("answered-already", _("Somebody has answered this proposal already."))])
    if link.person_id not in chairs_of(found.parent, localdate(datetime.now(UTC))):
        raise Refused([Breach("chair-no-more", _("You do not chair the group that was asked any more."))])
    return found


def _describe(link: SignedLink) -> Description:
    row = _proposal(link)
    asked = row.parent.name if row.parent else ""
    facts = [
        Fact(_("Proposed group"), row.group.name),
        Fact(_("Purpose"), row.group.purpose),
        Fact(_("To deliver"), row.group.deliverable),
        Fact(_("Proposed by"), row.proposed_by),
        Fact(_("Why"), row.why),
        Fact(_("Proposed on"), row.proposed_on),
    ]
    choices = [
        Choice(proposals.APPROVED, _("Approve it")),
        Choice(proposals.RETURNED, _("Return it for more work"), "secondary"),
        Choice(proposals.DECLINED, _("Decline it"), "warning"),
    ]
    text = _("A group is proposed under %(asked)s, which you chair. Does %(asked)s approve it?") % {"asked": asked}
    return Description(_("A proposal waits for you"), text, choices, [fact for fact in facts if fact.value])


def _form(_link: SignedLink, data: Any) -> ReasonedAnswer:
    return ReasonedAnswer(data)


def _perform(link: SignedLink, now: datetime, choice: str) -> Outcome:  # noqa: ARG001 - what is filled in comes with it
    raise Refused([Breach("answer-needed", _("Choose an answer."))])


def _answer(link: SignedLink, now: datetime, choice: str, form: Any) -> Outcome:
    command = COMMANDS.get(choice)
    if command is None:
        raise Refused([Breach("answer-needed", _("Choose an answer."))])
    given = form.cleaned_data
    answer = Answer(localdate(now), given["instrument"], given["note"])
    row = command(by=viewer_of(link, now), proposal=_proposal(link), answer=answer, now=now)
    page = reverse("groups:proposals", args=[row.group.slug]) if row.group.record.is_public else ""
    words = {"group": row.group.name, "state": row.get_state_display().lower()}
    return Outcome(_("Thank you"), _("%(group)s: %(state)s.") % words, page, _("The proposal's page") if page else "")


def _letter(link: SignedLink, address: str) -> Letter:
    given = {
        "proposal": _proposal(link),
        "person": link.person,
        "address": address,
        "until": say_moment(local(link.expires_at)),
        "site_name": settings.SITE_NAME,
    }
    subject, _rest, body = render_to_string("groups/letters/proposal.txt", given).strip().partition("\n")
    return Letter(" ".join(subject.split()), body.strip() + "\n")


DECISION: Final = Purpose(
    slug=DECIDE, describe=_describe, perform=_perform, letter=_letter, form=_form, perform_form=_answer
)
