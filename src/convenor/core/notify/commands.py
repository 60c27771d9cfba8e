"""Queueing mail, following, and mail that came back."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from convenor.core.accounts.models import Person
from convenor.core.journal import commands as journal
from convenor.core.journal.models import Entry, Seal
from convenor.core.journal.rules import seal_line
from convenor.core.notify import permissions, queries, rules
from convenor.core.notify.models import Message, Subscription
from convenor.core.records.models import Record
from convenor.core.records.rules import Breach, Refused, Viewer

UNSUBSCRIBE = "notify.unsubscribe"


def queue(
    *,
    to: Person | str,
    subject: str,
    template: str,
    now: datetime,
    key: str | None = None,
    context: Mapping[str, Any] | None = None,
    record: Record | None = None,
    entry: Entry | None = None,
    unsubscribe: str = "",
    send_before: datetime | None = None,
) -> Message:
    """Queue one mail to a person or an address; text and HTML from one template that extends notify/mail/base.html.

    A step inside a command: it neither permits nor journals. With a `key`, queueing twice gives the same message.
    With a `record` (and `entry`), the worker asks again, when it sends, whether the recipient may read it.
    """
    filled = {**(context or {}), "subject": subject, "unsubscribe": unsubscribe, "site": _site()}
    html = render_to_string(f"notify/mail/{template}.html", filled)
    return _queue(
        to=to,
        key=key,
        now=now,
        subject=subject,
        text=rules.plain_text(html),
        html=html,
        record=record,
        entry=entry,
        unsubscribe=unsubscribe,
        send_before=send_before,
    )


def queue_text(
    *,
    address: str,
    subject: str,
    text: str,
    html: str,
    now: datetime,
    send_before: datetime | None = None,
    key: str | None = None,
) -> Message:
    """Queue a mail that is written already (by allauth, by Django, as plain text) to one address; once for a `key`."""
    return _queue(to=address, key=key, now=now, subject=subject, text=text, html=html, send_before=send_before)


def mail_seal(seal: Seal, now: datetime) -> list[Message]:
    """Queue the seal to every witness that the settings name, once each. The mail's text is a file of seals itself:
    what it explains stands behind #, as `verify --seals` passes over."""
    words = {"site": settings.SITE_NAME, "address": settings.SITE_URL, "n": seal.number}
    text = render_to_string("notify/mail/seal.txt", {**words, "line": seal_line(seal.number, seal.hash, seal.at)})
    subject = _("Seal over %(n)d entries of %(site)s") % words
    return [
        queue_text(address=address, subject=subject, text=text, html="", now=now, key=_seal_key(seal, address))
        for address in settings.SEAL_WITNESSES
    ]


def _seal_key(seal: Seal, address: str) -> str:
    return f"seal:{seal.number}:{hashlib.sha256(address.lower().encode()).hexdigest()[:32]}"


def _queue(*, to: Person | str, key: str | None, now: datetime, subject: str, **given: Any) -> Message:
    recipient = {"person": to} if isinstance(to, Person) else {"address": _checked(to)}
    fields = {
        **given,
        **recipient,
        "subject": rules.one_line(subject)[:300],
        "message_id": f"<{uuid.uuid4().hex}@{urlsplit(settings.SITE_URL).hostname}>",
        "created_at": now,
        "run_after": now,
    }
    if key is None:
        return Message.objects.create(**fields)
    message, _made = Message.objects.get_or_create(key=key, defaults=fields)
    return message


def _checked(address: str) -> str:
    """An address that is one, and nothing else: a line break in it would be another header."""
    try:
        validate_email(address)
    except ValidationError as error:
        raise Refused([Breach("address", f"“{rules.one_line(address)}” is not an e-mail address.", "email")]) from error
    return address


def follow(*, by: Viewer, record: Record | None = None, kind: str = "", verbs: str = "", now: datetime) -> Subscription:
    """Follow a record, or all of a kind. Following again changes the verbs. The record is one the viewer can see."""
    permissions.may_follow(by).require()
    with transaction.atomic():
        subscription, made = Subscription.objects.get_or_create(
            person_id=by.person_id or 0, record=record, kind=kind, defaults={"verbs": verbs, "created_at": now}
        )
        if not made and subscription.verbs != verbs:
            subscription.verbs = verbs
            subscription.save(update_fields=["verbs"])
        if made:
            _journal(by, "subscription.made", subscription, now)
    return subscription


def unfollow(*, by: Viewer, subscription: Subscription, now: datetime) -> None:
    """Stop following. Doing it again does nothing."""
    permissions.may_unfollow(by, subscription).require()
    with transaction.atomic():
        _journal(by, "subscription.ended", subscription, now)
        Subscription.objects.filter(pk=subscription.pk).delete()


def _journal(by: Viewer, verb: str, subscription: Subscription, now: datetime) -> None:
    """Without the record as its subject: who follows what is nobody's business but their own."""
    what = subscription.record.ref if subscription.record else subscription.kind
    journal.write(by=by, verb=verb, record=None, now=now, changes={"followed": (None, what)})


def unsubscribe_address(subscription: Subscription) -> str:
    """An address that stops this subscription; a GET of it only asks."""
    token = signing.dumps(subscription.pk, salt=UNSUBSCRIBE)
    return f"{settings.SITE_URL}{reverse('notify:unsubscribe', args=[token])}"


def subscription_of(token: str) -> Subscription | None:
    """The subscription a signed address is for; None when it is forged or stopped already."""
    try:
        pk = signing.loads(token, salt=UNSUBSCRIBE)
    except signing.BadSignature:
        return None
    return Subscription.objects.filter(pk=pk).select_related("record").first()


def tell_followers(entry: Entry, now: datetime) -> None:
    """Queue a notice of this entry to everybody who follows and may read it. Idempotent."""
    record = entry.record
    if record is None:
        return
    for subscription in queries.followers(entry):
        if queries.may_hear(subscription.person_id, entry, now):
            queue(
                to=subscription.person,
                key=f"follow:{entry.pk}:{subscription.person_id}",
                subject=f"{record.title}: {rules.verb_in_words(entry.verb)}",
                template="moved",
                context={"record": record, "what": rules.verb_in_words(entry.verb), "address": record_address(record)},
                record=record,
                entry=entry,
                unsubscribe=unsubscribe_address(subscription),
                now=now,
            )


def record_address(record: Record) -> str:
    """Where any record's ref leads, for ever (DESIGN section 6): whole, as mail needs it."""
    return f"{settings.SITE_URL}{record_path(record)}"


def record_path(record: Record) -> str:
    """The same on this site: what a page leads to stays on the host it was read from."""
    return f"/r/{record.ref}"


def mark_bounced(*, by: Viewer, message: Message, reason: str, now: datetime) -> None:
    """The mail came back, as its bounce notice says: it goes to the Desk."""
    permissions.may_see_mail(by).require()
    with transaction.atomic():
        Message.objects.filter(pk=message.pk, bounced_at=None).update(bounced_at=now, bounce_reason=reason[:500])
        journal.write(by=by, verb="message.bounced", record=None, now=now, changes={"message": (None, message.pk)})


def settle_bounce(*, by: Viewer, message: Message, now: datetime) -> None:
    """An officer dealt with it (a new address, a call): it leaves the Desk."""
    permissions.may_see_mail(by).require()
    with transaction.atomic():
        Message.objects.filter(pk=message.pk, settled_at=None).update(settled_at=now)
        journal.write(by=by, verb="message.settled", record=None, now=now, changes={"message": (None, message.pk)})


def _site() -> dict[str, str]:
    return {"name": settings.SITE_NAME, "address": settings.SITE_URL}
