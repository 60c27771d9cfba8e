"""Inviting a person to sign in: bound to that person, that address, this one purpose, for a time."""

from __future__ import annotations

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction

from convenor.core.accounts import permissions, rules
from convenor.core.accounts.commands.links import issue_link, revoke_links, send_link
from convenor.core.accounts.models import Person, SignedLink
from convenor.core.accounts.queries import lock_person
from convenor.core.records.ports import write_entry
from convenor.core.records.rules import Breach, Viewer, refuse_if

SIGN_IN_INVITATION = "sign-in-invitation"


def invite_to_sign_in(*, by: Viewer, person: Person, now: datetime) -> SignedLink:
    """Send an invitation; an earlier one stops working. It gives no duty and shows nothing by itself."""
    with transaction.atomic():
        person = lock_person(person.pk)
        permissions.may_invite(by).require()
        refuse_if(_breaches(person))
        link = send_link(purpose=SIGN_IN_INVITATION, person=person, now=now)
        _note(by, link, now)
        return link


def invite_by_hand(*, by: Viewer, person: Person, now: datetime) -> tuple[SignedLink, str]:
    """The same where no mail goes out yet: the token is for whoever runs the machine to hand on."""
    with transaction.atomic():
        person = lock_person(person.pk)
        permissions.may_see_tokens(by).require()
        refuse_if(_breaches(person))
        revoke_links(person=person, now=now, purpose=SIGN_IN_INVITATION)
        link, token = issue_link(purpose=SIGN_IN_INVITATION, person=person, now=now)
        _note(by, link, now)
        return link, token


def _note(by: Viewer, link: SignedLink, now: datetime) -> None:
    changes = {"person": (None, link.person_id), "email": (None, link.email), "expires_at": (None, link.expires_at)}
    write_entry(by=by, verb="person.invited", record=None, now=now, changes=changes)


def accept_invitation(*, by: Viewer, person: Person, now: datetime) -> Person:
    """From now on the person may sign in; using the link proved the address."""
    with transaction.atomic():
        person = lock_person(person.pk)
        permissions.may_accept_invitation(by, person).require()
        refuse_if(_breaches(person))
        open_sign_in(person)
        changes = {"person": (None, person.pk), "may_sign_in": (False, True)}
        write_entry(by=by, verb="person.invitation-accepted", record=None, now=now, changes=changes)
        return person


def open_sign_in(person: Person) -> None:
    """Let a person sign in, at an address that counts as verified. A step: for commands, loaders and the demo."""
    person.may_sign_in = True
    person.save(update_fields=["may_sign_in"])
    EmailAddress.objects.filter(user=person).delete()
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)


def _breaches(person: Person) -> list[Breach]:
    return rules.check_invitation(email=person.email or "", active=person.is_active, signs_in=person.may_sign_in)
