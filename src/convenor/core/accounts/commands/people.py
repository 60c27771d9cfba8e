"""People: made, named, deactivated, erased."""

from __future__ import annotations

from datetime import UTC, datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.utils.translation import gettext as _

from convenor.core.accounts import permissions, rules
from convenor.core.accounts.commands.invitations import invite_to_sign_in
from convenor.core.accounts.commands.links import revoke_links
from convenor.core.accounts.commands.sessions import end_sessions
from convenor.core.accounts.commands.tokens import revoke_tokens
from convenor.core.accounts.models import AccessRow, ApiToken, Assistance, DutyAssignment, Person, SignedLink
from convenor.core.accounts.queries import administrators, in_force, lock_administrators, lock_person
from convenor.core.records.ports import erase_traces, name_claims, write_entry
from convenor.core.records.queries import refuse_if_frozen
from convenor.core.records.rules import Breach, Viewer, refuse_if

ERASED_NAME = "Erased person"


def create_person(
    *, by: Viewer, name: str, now: datetime, email: str = "", invite: bool = False, is_fictitious: bool = False
) -> Person:
    """Enter a person without a sign-in, and invite them in the same step. The address must be nobody else's."""
    with transaction.atomic():
        permissions.may_add_person(by).require()
        refuse_if([*rules.check_name(name), *rules.check_address(email), *_address_taken(email)])
        person = Person(name=name.strip()[:200], email=email.strip().lower() or None, is_fictitious=is_fictitious)
        person.set_unusable_password()
        person.save()
        changes = {"person": (None, person.pk), "name": (None, person.name), "email": (None, person.email)}
        write_entry(by=by, verb="person.created", record=None, now=now, changes=changes)
        if invite:
            invite_to_sign_in(by=by, person=person, now=now)
        return person


def sign_up(*, person: Person, name: str, email: str, password: str | None) -> Person:
    """A newcomer makes their own account, where the site lets them (allauth asked and checked the form)."""
    now = datetime.now(UTC)
    with transaction.atomic():
        person.name, person.email, person.may_sign_in = name.strip()[:200], email.lower(), True
        person.set_password(password or None)
        person.save()
        by = Viewer(now=now, person_id=person.pk, name=person.name)
        changes = {"person": (None, person.pk), "name": (None, person.name), "email": (None, person.email)}
        write_entry(by=by, verb="person.signed-up", record=None, now=now, changes=changes)
        return person


def rename_person(*, by: Viewer, person: Person, name: str, now: datetime) -> Person:
    """Change what a person is called."""
    with transaction.atomic():
        person = lock_person(person.pk)
        permissions.may_rename(by, person).require()
        refuse_if([*rules.check_not_erased(person.erased_at), *rules.check_name(name)])
        before, person.name = person.name, name.strip()[:200]
        person.save(update_fields=["name"])
        changes = {"person": (None, person.pk), "name": (before, person.name)}
        write_entry(by=by, verb="person.renamed", record=None, now=now, changes=changes)
        return person


def deactivate_person(*, by: Viewer, person: Person, reason: str, now: datetime) -> Person:
    """Shut a person out: at the next request their sessions, links and every token tied to them are dead."""
    with transaction.atomic():
        lock_administrators()
        person = lock_person(person.pk)
        permissions.may_administer(by).require()
        refuse_if(_may_not_deactivate(person, reason, now))
        person.is_active = False
        person.save(update_fields=["is_active"])
        _shut_out(person, now)
        changes = {"person": (None, person.pk), "is_active": (True, False)}
        write_entry(by=by, verb="person.deactivated", record=None, now=now, changes=changes, reason=reason)
        return person


def reactivate_person(*, by: Viewer, person: Person, reason: str, now: datetime) -> Person:
    """Let a person in again. What was ended stays ended: they sign in anew, and links are sent anew."""
    with transaction.atomic():
        person = lock_person(person.pk)
        permissions.may_administer(by).require()
        refuse_if(
            [
                *rules.check_not_erased(person.erased_at),
                *rules.check_state(active=person.is_active, wanted=True),
                *rules.check_reason(reason),
            ]
        )
        person.is_active = True
        person.save(update_fields=["is_active"])
        changes = {"person": (None, person.pk), "is_active": (False, True)}
        write_entry(by=by, verb="person.reactivated", record=None, now=now, changes=changes, reason=reason)
        return person


def erase_person(*, by: Viewer, person: Person, authority: str, now: datetime) -> Person:
    """Take a person's data out of every table. `authority` is the law or request this is done under.

    The name stays where the public record must keep it (ports.name_claims) and becomes “Erased person” where it
    need not. Source: Australian Privacy Principle 11.2; Archives Act 1983 s 24 for what must stay.
    """
    with transaction.atomic():
        lock_administrators()
        person = lock_person(person.pk)
        permissions.may_administer(by).require()
        refuse_if(_may_not_erase(person, authority, now))
        refuse_if_frozen(now, *_kinds_of_reasons(person))
        _erase_rows(person, now)
        _end_roles(person, now)
        if not name_claims(person.pk):
            person.name = ERASED_NAME
        person.email, person.is_active, person.may_sign_in, person.erased_at = None, False, False, now
        person.last_login = None
        person.set_unusable_password()
        person.save()
        erase_traces(by=by, person_id=person.pk, authority=authority, now=now)
        changes = {"person": (None, person.pk)}
        write_entry(by=by, verb="person.erased", record=None, now=now, changes=changes, reason=authority)
        return person


def _address_taken(email: str) -> list[Breach]:
    address = email.strip().lower()
    if address and Person.objects.filter(email=address).exists():
        return [Breach("email-taken", _("Another person has this e-mail address."), "email")]
    return []


def _last_administrator(person: Person, now: datetime) -> list[Breach]:
    is_one, others = administrators(person.pk, now)
    return rules.check_other_administrators(is_one=is_one, others=others)


def _may_not_deactivate(person: Person, reason: str, now: datetime) -> list[Breach]:
    return [
        *rules.check_state(active=person.is_active, wanted=False),
        *rules.check_reason(reason),
        *_last_administrator(person, now),
    ]


def _may_not_erase(person: Person, authority: str, now: datetime) -> list[Breach]:
    return [
        *rules.check_not_erased(person.erased_at),
        *rules.check_reason(authority),
        *_last_administrator(person, now),
    ]


def _kinds_of_reasons(person: Person) -> set[str]:
    """The kinds of record for which it is written down why this person reads one, or has a duty over it."""
    read = AccessRow.objects.filter(person=person).values_list("record__kind", flat=True)
    held = DutyAssignment.objects.filter(person=person, over__isnull=False).values_list("over__kind", flat=True)
    return {kind for kind in (*read, *held) if kind}


def _shut_out(person: Person, now: datetime) -> None:
    end_sessions(person)
    revoke_links(person=person, now=now)
    revoke_tokens(person, now)


def _erase_rows(person: Person, now: datetime) -> None:
    _shut_out(person, now)
    for model in (EmailAddress, Authenticator, SocialAccount):
        model.objects.filter(user=person).delete()
    ApiToken.objects.filter(person=person).delete()
    SignedLink.objects.filter(person=person).update(email="")


def _end_roles(person: Person, now: datetime) -> None:
    for dated in (DutyAssignment, AccessRow):
        dated.objects.filter(person=person, starts_at__gte=now).delete()
    DutyAssignment.objects.filter(in_force(now), person=person).update(ends_at=now, reason="")
    DutyAssignment.objects.filter(person=person).update(reason="")
    for rows in (Assistance.objects.filter(principal=person), Assistance.objects.filter(assistant=person)):
        rows.filter(in_force(now)).update(ends_at=now)
    AccessRow.objects.filter(person=person).update(reason=ERASED_NAME)
    AccessRow.objects.filter(in_force(now), person=person).update(ends_at=now)
