"""Writing records. These are steps inside other apps' commands: they neither permit nor journal.

Each must run inside the caller's transaction; the caller's command holds the permission, the rules
and the journal entry.
"""

from __future__ import annotations

import re
import secrets
from datetime import datetime

from django.db import transaction
from django.db.models import F

from convenor.core.records import rules
from convenor.core.records.models import Address, Audience, Link, Record, RefCounter, Relation, RelationKinds
from convenor.core.records.registry import registry
from convenor.core.records.rules import Breach, Refused

REF_ADDRESS = "ref"
NUMBERED_REF = re.compile(r"[A-Z]+-\d{4}-\d{3,}")
RANDOM_REF_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def create_record(
    *,
    kind: str,
    title: str,
    now: datetime,
    visibility: str = rules.PUBLIC,
    audience: Audience | None = None,
    disclosure: str = rules.DISCLOSE_NOTHING,
    withheld_reason: str = "",
) -> Record:
    """Make the Record of a new thing, with its ref."""
    _must_be_in_transaction()
    return Record.objects.create(
        ref=new_ref(kind, now, numbered=visibility == rules.PUBLIC),
        kind=kind,
        title=title[:300],
        visibility=visibility,
        audience=audience,
        disclosure=disclosure,
        withheld_reason=withheld_reason,
        created_at=now,
        published_at=now,
    )


def new_ref(kind: str, now: datetime, *, numbered: bool) -> str:
    """GRP-2019-014 for what is shown; GRP-X7K2Q9RT for what is not public, so that numbers tell nothing."""
    prefix = registry.kind(kind).prefix
    if not numbered:
        return f"{prefix}-" + "".join(secrets.choice(RANDOM_REF_ALPHABET) for _ in range(10))
    year = now.year
    RefCounter.objects.get_or_create(prefix=prefix, year=year)
    RefCounter.objects.filter(prefix=prefix, year=year).update(last=F("last") + 1)
    number = RefCounter.objects.values_list("last", flat=True).get(prefix=prefix, year=year)
    return f"{prefix}-{year}-{number:03d}"


def is_numbered(ref: str) -> bool:
    return NUMBERED_REF.fullmatch(ref) is not None


def retitle(record: Record, title: str) -> None:
    _must_be_in_transaction()
    record.title = title[:300]
    record.save(update_fields=["title"])


def show_to(
    record: Record,
    *,
    now: datetime,
    visibility: str,
    audience: Audience | None = None,
    disclosure: str = rules.DISCLOSE_NOTHING,
    withheld_reason: str = "",
) -> None:
    """Change who may read a record. The first publication gives it a numbered ref; the old one still resolves."""
    _must_be_in_transaction()
    if visibility == rules.PUBLIC and not is_numbered(record.ref):
        Address.objects.create(kind=REF_ADDRESS, slug=record.ref, record=record, until=now)
        record.ref = new_ref(record.kind, now, numbered=True)
    record.visibility = visibility
    record.audience = audience
    record.disclosure = disclosure
    record.withheld_reason = withheld_reason
    record.published_at = now
    record.save(update_fields=["ref", "visibility", "audience", "disclosure", "withheld_reason", "published_at"])


def withdraw(record: Record) -> None:
    """Withdrawn keeps its page, which says so; it leaves the lists."""
    _must_be_in_transaction()
    record.state = rules.WITHDRAWN
    record.save(update_fields=["state"])


def restore(record: Record) -> None:
    _must_be_in_transaction()
    record.state = rules.LIVE
    record.save(update_fields=["state"])


def keep_address(record: Record, slug: str, now: datetime) -> None:
    """Remember a former slug, so that the old address still resolves."""
    _must_be_in_transaction()
    Address.objects.update_or_create(kind=record.kind, slug=slug, defaults={"record": record, "until": now})


def audience(key: str, label: str) -> Audience:
    """The audience with this key, made when it is first needed."""
    found, _ = Audience.objects.get_or_create(key=key, defaults={"label": label[:200]})
    return found


def link(*, source: Record, target: Record, relation: str, now: datetime, note: str = "") -> Link:
    """Join two records with a word of the vocabulary; refused when the word does not join these kinds."""
    _must_be_in_transaction()
    word = Relation.objects.filter(slug=relation).first()
    if word is None:
        raise Refused([Breach("relation-unknown", f"There is no relation called “{relation}”.", "relation")])
    allowed = RelationKinds.objects.filter(relation=word, source_kind=source.kind, target_kind=target.kind)
    if not allowed.exists():
        raise Refused([Breach("relation-kinds", _wrong_kinds(word, source, target), "relation")])
    made, _ = Link.objects.get_or_create(
        source=source, target=target, relation=word, defaults={"note": note, "created_at": now}
    )
    return made


def unlink(*, source: Record, target: Record, relation: str) -> None:
    _must_be_in_transaction()
    Link.objects.filter(source=source, target=target, relation__slug=relation).delete()


def define_relation(slug: str, label: str, inverse_label: str, pairs: list[tuple[str, str]]) -> Relation:
    """Add or change a word of the relation vocabulary and the kinds it may join."""
    word, _ = Relation.objects.update_or_create(slug=slug, defaults={"label": label, "inverse_label": inverse_label})
    for source_kind, target_kind in pairs:
        RelationKinds.objects.get_or_create(relation=word, source_kind=source_kind, target_kind=target_kind)
    return word


def _wrong_kinds(word: Relation, source: Record, target: Record) -> str:
    source_label = registry.kind(source.kind).label
    target_label = registry.kind(target.kind).label
    return f"“{word.label}” cannot join a {source_label.lower()} to a {target_label.lower()}."


def _must_be_in_transaction() -> None:
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("Records are written inside a command's transaction.")
