"""Signed links: sent to one person at one address, for one purpose, used once."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime
from typing import Any

from django.db import transaction

from convenor.core.accounts import letters, rules
from convenor.core.accounts.models import Person, SignedLink
from convenor.core.accounts.purposes import Outcome, purposes
from convenor.core.accounts.queries import link_breaches, link_by_token, viewer_of
from convenor.core.records.models import Record
from convenor.core.records.ports import write_entry
from convenor.core.records.rules import Refused, refuse_if

TOKEN_BYTES = 32


def issue_link(
    *,
    purpose: str,
    person: Person,
    now: datetime,
    record: Record | None = None,
    subject_id: int | None = None,
    email: str = "",
) -> tuple[SignedLink, str]:
    """Make a link and return it with its token (256 random bits, of which only the SHA-256 is kept).

    A step inside your command: it neither permits nor journals, and needs your transaction. `email` is where it
    will be sent; the person's own address unless given.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = SignedLink.objects.create(
        purpose=purpose,
        token_hash=hashlib.sha256(token.encode()).hexdigest(),
        person=person,
        email=email or person.email or "",
        record=record,
        subject_id=subject_id,
        created_at=now,
        expires_at=now + purposes[purpose].lifetime,
    )
    return link, token


def send_link(
    *,
    purpose: str,
    person: Person,
    now: datetime,
    record: Record | None = None,
    subject_id: int | None = None,
    email: str = "",
) -> SignedLink:
    """Make a link and send it in its purpose's letter; earlier ones for the same thing stop working.

    A step inside your command, like issue_link. Refused when the person has no address.
    """
    revoke_links(person=person, now=now, purpose=purpose, subject_id=subject_id)
    link, token = issue_link(purpose=purpose, person=person, now=now, record=record, subject_id=subject_id, email=email)
    letters.send(link.email, purposes[purpose].letter(link, letters.link_address(token)))
    return link


def revoke_links(*, person: Person, now: datetime, purpose: str | None = None, subject_id: int | None = None) -> None:
    """Take back a person's links that are still open: all, or those of one purpose (and subject)."""
    mine = SignedLink.objects.filter(person=person, used_at=None, revoked_at=None)
    if purpose is not None:
        mine = mine.filter(purpose=purpose, subject_id=subject_id)
    mine.update(revoked_at=now)


def use_link(*, token: str, choice: str, now: datetime, form: Any = None) -> tuple[SignedLink, Outcome]:
    """Do what the link is for, once, however many ask at the same time. Only a POST may call this.

    form: what was filled in, where the purpose asks for something; the caller has found it good.

    The check, the mark and the purpose's own command stand in one transaction: when that command refuses, the
    link stays unused. Holding the link is the permission; what it may do is its purpose's.
    """
    with transaction.atomic():
        link = _locked(token)
        refuse_if(link_breaches(link, now))
        link.used_at = now
        link.save(update_fields=["used_at"])
        purpose = purposes[link.purpose]
        if purpose.perform_form is not None:
            outcome = purpose.perform_form(link, now, choice, form)
        else:
            outcome = purpose.perform(link, now, choice)
        by = viewer_of(link, now)
        changes = {"person": (None, link.person_id), "purpose": (None, link.purpose)}
        write_entry(by=by, verb="link.used", record=None, now=now, changes=changes)
        return link, outcome


def renew_link(*, token: str, now: datetime) -> SignedLink:
    """Send a new link to the same address for the same thing, asked for by the reader of an expired one."""
    with transaction.atomic():
        old = _locked(token)
        reasons = link_breaches(old, now)
        if [reason.code for reason in reasons] != ["link-expired"] or not purposes[old.purpose].renewable:
            raise Refused(reasons or [rules.link_breach("link-revoked")])
        new = send_link(
            purpose=old.purpose,
            person=old.person,
            now=now,
            record=old.record,
            subject_id=old.subject_id,
            email=old.email,
        )
        changes = {"person": (None, old.person_id), "purpose": (None, old.purpose)}
        write_entry(by=viewer_of(old, now), verb="link.renewed", record=None, now=now, changes=changes)
        return new


def _locked(token: str) -> SignedLink:
    found = link_by_token(token, lock=True)
    if found is None or not hmac.compare_digest(found.token_hash, hashlib.sha256(token.encode()).hexdigest()):
        raise Refused([rules.link_breach("link-unknown")])
    return found
