"""The signed link by which somebody who chairs a group endorses its terms of reference, without a sign-in."""

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
from convenor.domain.groups.commands.tor import ENDORSE, Endorsement, endorse_terms
from convenor.domain.groups.forms.tor import LinkedEndorsement
from convenor.domain.groups.models import TermsOfReference
from convenor.domain.groups.queries.chairs import chairs_of
from convenor.domain.groups.queries.tor import outline_of
from convenor.kit.dates import local, say_moment
from convenor.kit.parts import Fact


def _version(link: SignedLink) -> TermsOfReference:
    """The version, as long as it is not in force and the person still chairs its group; else Refused."""
    rows = TermsOfReference.objects.filter(pk=link.subject_id or 0, group__record__state="live")
    found = rows.select_related("group__record").prefetch_related("sections").first()
    if found is None:
        raise Refused([Breach("terms-gone", _("This draft does not stand any more."))])
    if found.in_force_from is not None:
        raise Refused([Breach("in-force", _("It is in force already."))])
    if link.person_id not in chairs_of(found.group, localdate(datetime.now(UTC))):
        raise Refused([Breach("chair-no-more", _("You do not chair the group any more."))])
    return found


def _describe(link: SignedLink) -> Description:
    row = _version(link)
    words = {"group": row.group.name, "number": row.number}
    text = _("Do you endorse version %(number)d of the terms of reference of %(group)s, which you chair?") % words
    facts = [Fact(_("What is different"), row.change_note)] if row.change_note else []
    facts += [Fact(str(section.title), said) for section, said in outline_of(row)]
    choices = [Choice("endorse", _("Yes, I endorse it"))]
    return Description(_("Terms of reference to endorse"), text, choices, facts)


def _form(_link: SignedLink, data: Any) -> LinkedEndorsement:
    return LinkedEndorsement(data)


def _perform(link: SignedLink, now: datetime, choice: str) -> Outcome:  # noqa: ARG001 - what is filled in comes with it
    raise Refused([Breach("answer-needed", _("Press the button to endorse it."))])


def _endorse(link: SignedLink, now: datetime, choice: str, form: Any) -> Outcome:  # noqa: ARG001 - there is one button
    given = form.cleaned_data
    endorsement = Endorsement(localdate(now), "", given["instrument"], given["note"])
    row = endorse_terms(by=viewer_of(link, now), version=_version(link), endorsement=endorsement, now=now)
    page = (
        reverse("groups:terms-version", args=[row.group.slug, row.number])
        if row.group.record.is_public and row.in_force_from
        else ""
    )
    text = _("Your endorsement is recorded. The secretariat puts the version in force.")
    return Outcome(_("Thank you"), text, page, _("The version's page") if page else "")


def _letter(link: SignedLink, address: str) -> Letter:
    given = {
        "version": _version(link),
        "person": link.person,
        "address": address,
        "until": say_moment(local(link.expires_at)),
        "site_name": settings.SITE_NAME,
    }
    subject, _rest, body = render_to_string("groups/letters/endorse.txt", given).strip().partition("\n")
    return Letter(" ".join(subject.split()), body.strip() + "\n")


ENDORSEMENT: Final = Purpose(
    slug=ENDORSE, describe=_describe, perform=_perform, letter=_letter, form=_form, perform_form=_endorse
)
