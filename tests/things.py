"""A kind of record for tests of the core, which knows nothing of the domain."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from convenor.core.records import commands
from convenor.core.records.models import Audience, Record
from convenor.core.records.registry import Kind, registry
from convenor.core.records.rules import AUDIENCE, PUBLIC

THING = Kind(
    "thing", "Thing", "Things", "THG", "records.Record", lambda row: f"/things/{row.pk}/", frozenset({"title"})
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
