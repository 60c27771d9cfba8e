"""A kind of record for tests of the core, which knows nothing of the domain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction

from convenor.core.journal import commands as journal
from convenor.core.journal.commands import Change
from convenor.core.journal.models import Entry
from convenor.core.records import commands, retention
from convenor.core.records.models import Audience, Record
from convenor.core.records.registry import Kind, registry
from convenor.core.records.rules import AUDIENCE, PUBLIC, system

THING = Kind(
    "thing",
    "Thing",
    "Things",
    "THG",
    "records.Record",
    lambda row: f"/things/{row.pk}/",
    frozenset({"title"}),
    retention.ADVISORY,
)


@contextmanager
def things_known() -> Iterator[None]:
    """The kind “thing” is registered inside the block."""
    before = registry.kinds.get("thing")
    registry.kinds["thing"] = THING
    try:
        yield
    finally:
        if before is None:
            registry.kinds.pop("thing", None)


def make_thing(
    now: datetime, title: str = "A thing", visibility: str = PUBLIC, audience: Audience | None = None
) -> Record:
    """A record of kind “thing”, committed or in the caller's transaction."""
    with things_known(), transaction.atomic():
        return commands.create_record(
            kind="thing",
            title=title,
            now=now,
            visibility=AUDIENCE if audience else visibility,
            audience=audience,
        )


def note(
    now: datetime, verb: str, *, changes: Mapping[str, Change] | None = None, public: Sequence[str] = (), **given: Any
) -> Entry:
    """A journal entry by the system, of a new thing unless `record` is given."""
    with transaction.atomic():
        record = given["record"] if "record" in given else make_thing(now)
        return journal.write(by=system(now), verb=verb, record=record, now=now, changes=changes, public=public)
