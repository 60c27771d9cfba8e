"""The signed link with which somebody of a named party may challenge a partnership’s stage, without a sign-in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from convenor.core.accounts.models import SignedLink
from convenor.core.accounts.purposes import Choice, Description, Letter, Outcome, Purpose
from convenor.core.records.rules import Breach, refuse_if
from convenor.domain.directory.commands import challenges
from convenor.domain.directory.models import StageChange
from convenor.kit.dates import local, say_day, say_moment
from convenor.kit.parts import Fact

CHALLENGES: Final = {
    "stage": (
        _("The stage or its date is wrong"),
        _("The stage or its date, as recorded here, is not right."),
    ),
    "agreed": (
        _("We have not agreed to this"),
        _("We have not agreed to what is recorded here."),
    ),
    "purpose": (
        _("What it is for is described wrongly"),
        _("What the partnership is for is not described rightly."),
    ),
}
"""What the buttons of the link are called, and what each publishes."""


def _describe(link: SignedLink) -> Description:
    """What the page of the link says; refused when the stage cannot be challenged any more."""
    party = challenges.party_of(link)
    stage = challenges.stage_now(party)
    refuse_if(challenges.open_breaches(stage, datetime.now(UTC)))
    facts = [Fact(gettext("For"), party.organisation.name), Fact(gettext("We wrote"), stage.note)]
    choices = [Choice(key, str(label), "secondary") for key, (label, _text) in CHALLENGES.items()]
    shown = [fact for fact in facts if fact.value]
    return Description(gettext("Is this right?"), _said(party.partnership.name, stage), choices, shown)


def _said(partnership: str, stage: StageChange) -> str:
    text = gettext("We recorded that %(partnership)s is at the stage “%(stage)s” since %(on)s.")
    said = text % {"partnership": partnership, "stage": stage.get_stage_display(), "on": say_day(stage.on)}
    if stage.challenge_by is None:
        return said
    until = gettext("You may challenge that until %(day)s. What you choose is published at once; our answer follows.")
    return f"{said} {until % {'day': say_day(stage.challenge_by)}}"


def _perform(link: SignedLink, now: datetime, choice: str) -> Outcome:
    words = CHALLENGES.get(choice)
    if words is None:
        refuse_if([Breach("challenge-choice", gettext("Choose what is wrong."))])
    stage = challenges.challenge_by_link(link, str(words[1]) if words else "", now)
    page = reverse("directory:partnership", args=[stage.partnership.slug])
    text = gettext("It stands on the page of the partnership. We answer there.")
    return Outcome(gettext("Your challenge is published"), text, page, gettext("Read it"))


def _letter(link: SignedLink, address: str) -> Letter:
    given = {
        "party": challenges.party_of(link),
        "person": link.person,
        "address": address,
        "until": say_moment(local(link.expires_at)),
        "site_name": settings.SITE_NAME,
    }
    subject, _rest, body = render_to_string("directory/letters/challenge.txt", given).strip().partition("\n")
    return Letter(" ".join(subject.split()), body.strip() + "\n")


CHALLENGE: Final = Purpose(slug=challenges.PURPOSE, describe=_describe, perform=_perform, letter=_letter)
