"""A person's e-mail address, which is also what they sign in with."""

from __future__ import annotations

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.translation import gettext as _

from convenor.core.accounts import letters, permissions, rules
from convenor.core.accounts.commands.links import send_link
from convenor.core.accounts.commands.sessions import end_sessions
from convenor.core.accounts.models import Person
from convenor.core.accounts.queries import lock_person
from convenor.core.records.ports import write_entry
from convenor.core.records.rules import Breach, Viewer, refuse_if

CONFIRM_EMAIL = "confirm-email"


def change_email(*, by: Viewer, person: Person, email: str, now: datetime) -> Person:
    """Change where somebody is reached who does not sign in, so that nothing hangs on the address."""
    with transaction.atomic():
        person = lock_person(person.pk)
        permissions.may_change_email(by, person).require()
        refuse_if(
            [
                *rules.check_not_erased(person.erased_at),
                *_signs_in(person),
                *rules.check_address(email),
                *_taken(email, person),
            ]
        )
        return _set_address(by, person, email, now, verified=False)


def request_email_change(*, by: Viewer, person: Person, email: str, now: datetime) -> None:
    """Send a link to the new address; nothing changes before it is used there.

    An address that somebody else has gets a letter that says so, and the asker sees no difference.
    """
    with transaction.atomic():
        person = lock_person(person.pk)
        permissions.may_change_email(by, person).require()
        refuse_if([*rules.check_not_erased(person.erased_at), *rules.check_address(email), *_same(email, person)])
        if _taken(email, person):
            letters.send(email, letters.write("address_taken"))
        else:
            send_link(purpose=CONFIRM_EMAIL, person=person, now=now, email=email.strip().lower())
        changes = {"person": (None, person.pk), "email": (None, email.strip().lower())}
        write_entry(by=by, verb="person.email-change-requested", record=None, now=now, changes=changes)


def confirm_email(*, by: Viewer, person: Person, email: str, now: datetime) -> Person:
    """The link sent to the new address was used: it is theirs. Other sessions end and the old address is told."""
    with transaction.atomic():
        person = lock_person(person.pk)
        permissions.may_change_email(by, person).require()
        refuse_if([*rules.check_not_erased(person.erased_at), *_taken(email, person)])
        old = person.email
        _set_address(by, person, email, now, verified=True)
        end_sessions(person)
        if old:
            letters.send(old, letters.write("address_changed", person=person, at=letters.moment(now)))
        return person


def _set_address(by: Viewer, person: Person, email: str, now: datetime, *, verified: bool) -> Person:
    before, person.email = person.email, email.strip().lower() or None
    person.save(update_fields=["email"])
    EmailAddress.objects.filter(user=person).delete()
    if person.email and verified:
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    changes = {"person": (None, person.pk), "email": (before, person.email)}
    write_entry(by=by, verb="person.email-changed", record=None, now=now, changes=changes)
    return person


def _taken(email: str, person: Person) -> list[Breach]:
    others = Person.objects.exclude(pk=person.pk).filter(email=email.strip().lower() or None)
    if others.exists():
        return [Breach("email-taken", _("Another person has this e-mail address."), "email")]
    return []


def _same(email: str, person: Person) -> list[Breach]:
    if email.strip().lower() == (person.email or ""):
        return [Breach("email-same", _("This is the present address."), "email")]
    return []


def _signs_in(person: Person) -> list[Breach]:
    if person.may_sign_in:
        return [Breach("email-unconfirmed", _("The new address must be confirmed with a link sent there."), "email")]
    return []
