"""Keys to the API: made once and shown once, taken back, and known again when they are used."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import Final

from django.db import OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from convenor.core.accounts import permissions, rules
from convenor.core.accounts.models import ApiToken, Person
from convenor.core.accounts.queries import live_tokens, lock_person, token_by_secret
from convenor.core.records.ports import write_entry
from convenor.core.records.rules import Breach, Viewer, refuse_if

PREFIX: Final = "cvn_"
"""So that scanners of published code, and people, know one when they see it."""
TOKEN_BYTES: Final = 32


def make_token(
    *, by: Viewer, person: Person, name: str, expires_at: datetime, may_act: bool, now: datetime
) -> tuple[ApiToken, str]:
    """Make a key and return it with its secret (256 random bits), which is kept nowhere and cannot be shown again."""
    with transaction.atomic():
        person = lock_person(person.pk)
        permissions.may_keep_tokens(by, person).require()
        held = live_tokens(now).filter(person=person).count()
        refuse_if(rules.check_token(name=name, now=now, expires_at=expires_at, held=held))
        secret = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
        made = ApiToken.objects.create(
            person=person,
            name=name.strip()[:80],
            token_hash=hashlib.sha256(secret.encode()).hexdigest(),
            may_act=may_act,
            created_at=now,
            expires_at=expires_at,
        )
        changes = {**_facts(made), "may_act": (None, may_act), "expires_at": (None, expires_at)}
        write_entry(by=by, verb="token.made", record=None, now=now, changes=changes)
        return made, secret


def revoke_token(*, by: Viewer, token: ApiToken, now: datetime) -> ApiToken:
    """Take a key back: it opens nothing from the next request on."""
    with transaction.atomic():
        token = ApiToken.objects.select_for_update(of=("self",)).select_related("person").get(pk=token.pk)
        permissions.may_keep_tokens(by, token.person).require()
        refuse_if(_over(token))
        token.revoked_at = now
        token.save(update_fields=["revoked_at"])
        write_entry(by=by, verb="token.revoked", record=None, now=now, changes=_facts(token))
        return token


def use_token(*, secret: str, now: datetime) -> ApiToken | None:
    """The key with this secret, if it works; the day it is used is noted, where the database takes it."""
    found = token_by_secret(secret, now)
    today = timezone.localdate(now)
    if found is not None and found.last_used_on != today:
        try:
            ApiToken.objects.filter(pk=found.pk).update(last_used_on=today)
        except OperationalError:  # full or read-only: reading goes on
            return found
    return found


def revoke_tokens(person: Person, now: datetime) -> None:
    """Take back every key of a person. A step inside commands."""
    ApiToken.objects.filter(person=person, revoked_at=None).update(revoked_at=now)


def _facts(token: ApiToken) -> dict[str, tuple[object, object]]:
    return {"person": (None, token.person_id), "name": (None, token.name)}


def _over(token: ApiToken) -> list[Breach]:
    if token.revoked_at is None:
        return []
    return [Breach("token-revoked", _("This token was taken back already."))]
