"""Reading messages and who follows what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from convenor.core.accounts.models import Person
from convenor.core.accounts.queries import viewer_by_id
from convenor.core.journal.models import Entry
from convenor.core.journal.queries import history
from convenor.core.notify import permissions, rules
from convenor.core.notify.models import Message, Subscription
from convenor.core.records.models import Record
from convenor.core.records.rules import Viewer, anonymous


def bounced(viewer: Viewer) -> QuerySet[Message]:
    """Mail that came back and nobody has dealt with, newest first. Nothing for those who may not see it."""
    if not permissions.may_see_mail(viewer):
        return Message.objects.none()
    rows = Message.objects.filter(bounced_at__isnull=False, settled_at=None)
    return rows.select_related("person", "record").order_by("-bounced_at", "-id")


def sent(viewer: Viewer, asked: str = "") -> QuerySet[Message]:
    """Mail of the last ninety days, newest first, whose address, name or subject holds what was asked for."""
    if not permissions.may_see_mail(viewer):
        return Message.objects.none()
    rows = Message.objects.select_related("person", "record").order_by("-id")
    names = ("subject", "address", "person__name", "person__email")
    wanted = [Q(**{f"{name}__icontains": asked}) for name in names]
    return rows.filter(reduce(or_, wanted)) if asked else rows


def access_message(viewer: Viewer, pk: int) -> Message:
    """One mail, for those who deal with mail; 404 for everybody else."""
    found = sent(viewer).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def following(viewer: Viewer) -> QuerySet[Subscription]:
    """What this person follows and may still read, newest first."""
    there = Record.objects.visible_to(viewer).filter(pk=OuterRef("record"))  # one by one: not all there are
    readable = Q(record=None) | Q(Exists(there))
    return (
        Subscription.objects.filter(readable, person_id=viewer.person_id or 0).select_related("record").order_by("-id")
    )


def subscription_to(viewer: Viewer, record: Record) -> Subscription | None:
    return Subscription.objects.filter(person_id=viewer.person_id or 0, record=record).first()


def followers(entry: Entry) -> list[Subscription]:
    """Who asked to hear of this entry: one row a person, never the one who did it."""
    if entry.record is None:
        return []
    asked = Q(record_id=entry.record_id) | Q(kind=entry.record.kind)
    rows = Subscription.objects.filter(asked, person__is_active=True).exclude(person_id=entry.actor_id or 0)
    found = [row for row in rows.order_by("-record_id", "id") if rules.follows(row.verbs, entry.verb)]
    return list({row.person_id: row for row in reversed(found)}.values())


def held_back(message: Message, now: datetime) -> str:
    """Why this message may not be sent now: asked again at the last moment. Empty when it may."""
    if message.send_before and now >= message.send_before:
        return "Too late to be of use."
    person = _recipient(message)
    if message.person_id and person is None:
        return "The person is no longer here."
    viewer = viewer_by_id(person.pk, now) if person else anonymous(now)
    if message.record_id and not _may_read(viewer, message):
        return "No longer allowed."
    why = reasons_to_hold.get((message.key or "").partition(":")[0])
    return why(message, now)[:200] if why else ""


Reason = Callable[[Message, datetime], str]
reasons_to_hold: dict[str, Reason] = {}
"""By the first word of a message's key: why it may not be sent now ("" when it may), for what only the app that
queued it can know: a mail to those who sit in a group goes to nobody who left it meanwhile."""


def ask_before_sending(word: str, why: Reason) -> None:
    """Ask this of every message whose key begins with the word and a colon. From AppConfig.ready."""
    reasons_to_hold[word] = why


def may_hear(person_id: int, entry: Entry, now: datetime) -> bool:
    """Whether a person may read this entry of a record's history now."""
    viewer = viewer_by_id(person_id, now)
    return entry.record is not None and history(viewer, entry.record).filter(pk=entry.pk).exists()


def address_of(message: Message) -> str:
    return message.address or (message.person.email if message.person else "") or ""


def _recipient(message: Message) -> Person | None:
    """The person as they are now; None when gone, deactivated or without an address."""
    return Person.objects.filter(pk=message.person_id or 0, is_active=True, erased_at=None, email__isnull=False).first()


def _may_read(viewer: Viewer, message: Message) -> bool:
    record = Record.objects.visible_to(viewer).filter(pk=message.record_id or 0).first()
    if record is None or message.entry_id is None:
        return record is not None
    return history(viewer, record).filter(pk=message.entry_id).exists()
