"""Writing the journal, sealing it, and erasing values when the law says so."""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from convenor.core.journal import permissions, rules
from convenor.core.journal.consumers import consumers
from convenor.core.journal.models import ChainLink, Entry, OutboxItem, Seal, SiteVersion, Value
from convenor.core.records import caretaker
from convenor.core.records.models import Record
from convenor.core.records.queries import refuse_if_frozen
from convenor.core.records.rules import Viewer
from convenor.kit.structs import struct

Change = tuple[Any, Any]
"""(before, after); None where there was, or is, nothing."""

SEAL_BATCH = 500
LATE = 5000
"""Entry ids that a transaction may lag behind on PostgreSQL and still be sealed within seconds."""
SEALER_LOCK = 0x5EA1


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
    changes = caretaker.asked(verb, changes or {}, now)
    values = _values(changes, reason, public)
    nonce = secrets.token_hex(16)
    entry = Entry(
        verb=verb,
        record=record,
        actor_id=by.person_id,
        on_behalf_of_id=on_behalf_of,
        at=now,
        nonce=nonce,
        digest=rules.entry_digest(
            public_nonce=rules.public_nonce(nonce),
            verb=verb,
            record_id=record.pk if record else None,
            who=rules.who(nonce, by.person_id, on_behalf_of),
            at=rules.instant(now),
            values=[value.digest for value in values],
        ),
    )
    written = Written(entry, values, record.kind if record else "")
    waiting = _waiting.get()
    if waiting is None:
        _append([written])
    else:
        waiting.append(written)
    return entry


@struct
class Written:
    """An entry with its values, ready for the tables."""

    entry: Entry
    values: list[Value]
    kind: str


_waiting: ContextVar[list[Written] | None] = ContextVar("waiting", default=None)


@contextmanager
def gathering() -> Iterator[list[Written]]:
    """Append what the block writes all at once at its end, in three statements instead of three an entry.

    For many small commands in one transaction. The list is what waits: whoever rolls a command back takes out
    what it wrote. Entries have no key until the block ends.
    """
    waiting: list[Written] = []
    token = _waiting.set(waiting)
    try:
        yield waiting
    finally:
        _waiting.reset(token)
    _append(waiting)


def _append(written: Sequence[Written]) -> None:
    Entry.objects.bulk_create([each.entry for each in written], batch_size=200)
    for each in written:
        for value in each.values:
            value.entry = each.entry
    Value.objects.bulk_create([value for each in written for value in each.values], batch_size=200)
    OutboxItem.objects.bulk_create(
        (
            OutboxItem(entry=each.entry, consumer=consumer.name, run_after=each.entry.at)
            for each in written
            for consumer in consumers.values()
            if consumer.wants(each.entry.verb, each.kind)
        ),
        batch_size=200,
    )


def seal(now: datetime, *, limit: int = SEAL_BATCH, whole: bool = False) -> Seal | None:
    """Number what is not numbered yet, in the order it was written, and seal the head. None when nothing is new.

    Only entries written about the last numbered one or later are looked at, since that is where new ones are;
    `whole` looks everywhere (a transaction on PostgreSQL that committed very late). One sealer at a time.
    """
    floor = 0 if whole else _recent()
    waiting = Entry.objects.filter(chain_link=None, id__gt=floor).order_by("id")
    if not waiting.exists():
        return None
    with transaction.atomic():
        if not _only_sealer():
            return None
        last = ChainLink.objects.order_by("-number").first()
        number, previous = (last.number, last.hash) if last else (0, rules.GENESIS)
        links = []
        for entry_id, digest in waiting.values_list("id", "digest")[:limit]:
            number += 1
            previous = rules.link_hash(previous, number, digest)
            links.append(ChainLink(number=number, entry_id=entry_id, hash=previous))
        if not links:
            return None
        ChainLink.objects.bulk_create(links)
        made = Seal.objects.create(number=number, hash=previous, at=now)
        SiteVersion.objects.update(number=F("number") + 1)  # the page of seals is public, and no entry tells of a seal
        return made


def _recent() -> int:
    """An entry id below which everything is numbered already, long transactions aside."""
    last = ChainLink.objects.order_by("-number").values_list("entry_id", flat=True).first()
    return max(0, (last or 0) - LATE)


def _only_sealer() -> bool:
    """Whether this transaction may seal: SQLite lets one write at a time, PostgreSQL needs a lock of its own."""
    connection = transaction.get_connection()
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEALER_LOCK])
        return bool(cursor.fetchone()[0])


def erase_values(*, by: Viewer, entry: Entry, fields: Collection[str], authority: str, now: datetime) -> None:
    """Erase what an entry says of some fields; the salted digests stay, so the chain still verifies."""
    permissions.may_erase(by).require()
    with transaction.atomic():
        if entry.record is not None:
            refuse_if_frozen(now, entry.record.kind)
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
