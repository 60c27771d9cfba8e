"""Writing the journal, sealing it, and erasing values when the law says so."""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from convenor.core.journal import rules
from convenor.core.journal.consumers import consumers
from convenor.core.journal.models import ChainLink, Entry, OutboxItem, Seal, Value
from convenor.core.records.models import Record
from convenor.core.records.rules import Viewer

Change = tuple[Any, Any]
"""(before, after); None where there was, or is, nothing."""

SEAL_BATCH = 500


def write(
    *,
    by: Viewer,
    verb: str,
    record: Record | None,
    now: datetime,
    changes: Mapping[str, Change] | None = None,
    public: Collection[str] = (),
    reason: str = "",
    on_behalf_of: int | None = None,
) -> Entry:
    """Append one entry with the values that changed, and an outbox row for each consumer that wants it.

    `public` names the fields a stranger who may read the record may read in its history too; every
    other value is for officers only. A reason is public when "reason" is named.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A journal entry is written inside its command's transaction.")
    values = _values(changes or {}, reason, public)
    nonce = secrets.token_hex(16)
    entry = Entry.objects.create(
        verb=verb,
        record=record,
        actor_id=by.person_id,
        on_behalf_of_id=on_behalf_of,
        at=now,
        nonce=nonce,
        digest=rules.entry_digest(
            nonce=nonce,
            verb=verb,
            record_id=record.pk if record else None,
            actor_id=by.person_id,
            on_behalf_of_id=on_behalf_of,
            at=now,
            values=[(value.field, value.digest) for value in values],
        ),
    )
    for value in values:
        value.entry = entry
    Value.objects.bulk_create(values)
    _enqueue(entry, record.kind if record else "", now)
    return entry


def seal(now: datetime, limit: int = SEAL_BATCH) -> Seal | None:
    """Number what is not numbered yet, in the order it was written, and seal the head. None when nothing is new.

    One sealer at a time: the last link's row is locked (PostgreSQL) or the database is (SQLite).
    """
    with transaction.atomic():
        last = ChainLink.objects.select_for_update().order_by("-number").first()
        waiting = Entry.objects.filter(chain_link=None).order_by("id")[:limit]
        number, previous = (last.number, last.hash) if last else (0, rules.GENESIS)
        links = []
        for entry in waiting:
            number += 1
            previous = rules.link_hash(previous, number, entry.digest)
            links.append(ChainLink(number=number, entry=entry, hash=previous))
        if not links:
            return None
        ChainLink.objects.bulk_create(links)
        return Seal.objects.create(number=number, hash=previous, at=now)


def erase_values(*, by: Viewer, entry: Entry, fields: Collection[str], authority: str, now: datetime) -> None:
    """Erase what an entry says of some fields; the salted digests stay, so the chain still verifies."""
    with transaction.atomic():
        Value.objects.filter(entry=entry, field__in=fields).update(before=None, after=None, salt="", erased_at=now)
        write(
            by=by,
            verb="journal.values-erased",
            record=entry.record,
            now=now,
            changes={"entry": (None, entry.pk), "fields": (None, sorted(fields))},
            reason=authority,
        )


def text_of(value: Any) -> str | None:
    """A value as the journal keeps it: dates in ISO form, the rest as JSON unless it is text already."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return rules.instant(value)
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


def _values(changes: Mapping[str, Change], reason: str, public: Collection[str]) -> list[Value]:
    texts = {field: (text_of(before), text_of(after)) for field, (before, after) in changes.items()}
    kept = {field: pair for field, pair in texts.items() if pair[0] != pair[1]}
    if reason:
        kept["reason"] = (None, reason)
    return [_value(field, before, after, field in public) for field, (before, after) in kept.items()]


def _value(field: str, before: str | None, after: str | None, public: bool) -> Value:
    salt = secrets.token_hex(16)
    return Value(
        field=field,
        before=before,
        after=after,
        salt=salt,
        digest=rules.value_digest(salt, field, before, after),
        public=public,
    )


def _enqueue(entry: Entry, kind: str, now: datetime) -> None:
    OutboxItem.objects.bulk_create(
        OutboxItem(entry=entry, consumer=consumer.name, run_after=now)
        for consumer in consumers.values()
        if consumer.wants(entry.verb, kind)
    )
