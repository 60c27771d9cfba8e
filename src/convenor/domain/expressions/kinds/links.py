"""The signed link by which somebody answers an offer, without a sign-in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from convenor.core.accounts.models import SignedLink
from convenor.core.accounts.purposes import Choice, Description, Letter, Outcome, Purpose
from convenor.core.accounts.queries import viewer_of
from convenor.core.records.rules import Breach, Refused
from convenor.domain.expressions.commands.offering import ANSWER, accept_offer, decline_offer
from convenor.domain.expressions.models import Offer
from convenor.domain.expressions.queries.facts import term_words
from convenor.domain.expressions.rules import offers
from convenor.kit.dates import local, say_moment
from convenor.kit.parts import Fact

LASTS: Final = timedelta(days=90)
"""The offer's own deadline ends it sooner, and says so in its own words."""


def _offer(link: SignedLink) -> Offer:
    """The offer the link is about, made to whom it was sent; Refused when it is no longer there."""
    rows = Offer.objects.filter(pk=link.subject_id or 0, expression__person=link.person_id)
    found = rows.select_related("call__record", "call__group__record", "expression__person").first()
    if found is None:
        raise Refused([Breach("offer-gone", _("This offer no longer stands."))])
    return found


def _describe(link: SignedLink) -> Description:
    offer = _offer(link)
    if offers.over(offer.state, offer.due_at, datetime.now(UTC)):
        raise Refused([Breach("offer-lapsed", offers.said(offers.LAPSED))])
    if offer.state != offers.WAITING:
        raise Refused([Breach(f"offer-{offer.state}", offers.said(offer.state))])
    call = offer.call
    words = {"group": call.group.name}
    text = _("You were chosen for a place in %(group)s. Do you take it? Places go to the first who accept.") % words
    facts = [
        Fact(_("Group"), call.group.name),
        Fact(_("From the call"), call.title),
        Fact(_("Term"), term_words(call)),
        Fact(_("Answer by"), say_moment(local(offer.due_at, call.zone))),
    ]
    choices = [
        Choice(offers.ACCEPT, _("Yes, I take the place")),
        Choice(offers.DECLINE, _("No, thank you"), "secondary"),
    ]
    shown = [fact for fact in facts if fact.value]
    return Description(_("Your offer of a place"), text, choices, shown, until=offer.due_at)


def _perform(link: SignedLink, now: datetime, choice: str) -> Outcome:
    offer, by = _offer(link), viewer_of(link, now)
    if choice not in {offers.ACCEPT, offers.DECLINE}:
        raise Refused([Breach("choose", _("Choose one of the two answers."))])
    answer = accept_offer if choice == offers.ACCEPT else decline_offer
    done = answer(by=by, offer=offer, now=now)
    group = done.call.group
    page = reverse("groups:detail", args=[group.slug]) if group.record.is_public else ""
    titles = {
        offers.ACCEPTED: _("You take the place"),
        offers.DECLINED: _("You declined"),
        offers.TOO_LATE: _("Every place is taken"),
        offers.LAPSED: _("The time has passed"),
    }
    return Outcome(titles[done.state], offers.said(done.state), page, _("The group's page") if page else "")


def _letter(link: SignedLink, address: str) -> Letter:
    offer = _offer(link)
    given = {
        "offer": offer,
        "call": offer.call,
        "person": link.person,
        "address": address,
        "until": say_moment(local(offer.due_at, offer.call.zone)),
        "term": term_words(offer.call),
        "site_name": settings.SITE_NAME,
    }
    subject, _rest, body = render_to_string("expressions/letters/offer.txt", given).strip().partition("\n")
    return Letter(" ".join(subject.split()), body.strip() + "\n")


ANSWERING: Final = Purpose(
    slug=ANSWER, describe=_describe, perform=_perform, letter=_letter, lifetime=LASTS, follows_email=False
)
