"""The signed link by which somebody confirms that they take a seat, without a sign-in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from convenor.core.accounts.models import SignedLink
from convenor.core.accounts.purposes import Choice, Description, Letter, Outcome, Purpose
from convenor.core.accounts.queries import viewer_of
from convenor.core.records.rules import Breach, Refused, refuse_if
from convenor.domain.groups.commands.appointments import CONFIRM, confirm_appointment, confirm_breaches
from convenor.domain.groups.models import Appointment
from convenor.domain.groups.rules.spans import Span, say_span
from convenor.kit.dates import local, say_moment
from convenor.kit.parts import Fact


def _appointment(link: SignedLink) -> Appointment:
    """The appointment the link is about, of the person it was sent to; Refused when it is no longer there."""
    rows = Appointment.objects.filter(pk=link.subject_id or 0, person=link.person_id)
    found = rows.select_related("seat__group__record", "person").first()
    if found is None:
        raise Refused([Breach("appointment-gone", _("This appointment no longer stands in the record."))])
    return found


def _describe(link: SignedLink) -> Description:
    term = _appointment(link)
    refuse_if(confirm_breaches(term, localdate(datetime.now(UTC))))
    words = {"seat": term.seat.title, "group": term.seat.group.name}
    facts = [
        Fact(_("Seat"), term.seat.title),
        Fact(_("Group"), term.seat.group.name),
        Fact(_("When"), say_span(Span(term.starts_on, term.ends_on))),
        Fact(_("How"), _("Acting") if term.acting else _("Appointed")),
        Fact(_("Appointed by"), term.instrument),
    ]
    text = _("You have been appointed to the seat “%(seat)s” in %(group)s. Do you take it?") % words
    choices = [Choice("confirm", _("Yes, I take the seat"))]
    return Description(_("Confirm your seat"), text, choices, [fact for fact in facts if fact.value])


def _perform(link: SignedLink, now: datetime, choice: str) -> Outcome:  # noqa: ARG001 - there is one button
    term = confirm_appointment(by=viewer_of(link, now), appointment=_appointment(link), now=now)
    words = {"seat": term.seat.title, "group": term.seat.group.name}
    page = reverse("groups:detail", args=[term.seat.group.slug]) if term.seat.group.record.is_public else ""
    text = _("You take the seat “%(seat)s” in %(group)s.") % words
    return Outcome(_("Thank you"), text, page, _("The group's page") if page else "")


def _letter(link: SignedLink, address: str) -> Letter:
    given = {
        "term": _appointment(link),
        "person": link.person,
        "address": address,
        "until": say_moment(local(link.expires_at)),
        "site_name": settings.SITE_NAME,
    }
    subject, _rest, body = render_to_string("groups/letters/confirm.txt", given).strip().partition("\n")
    return Letter(" ".join(subject.split()), body.strip() + "\n")


CONFIRMATION: Final = Purpose(slug=CONFIRM, describe=_describe, perform=_perform, letter=_letter)
