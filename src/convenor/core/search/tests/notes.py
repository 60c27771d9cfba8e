"""Two kinds of sample records with nothing but a title."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction

from convenor.core.journal import commands as journal
from convenor.core.records import commands as records
from convenor.core.records.models import Record
from convenor.core.records.registry import Kind, registry
from convenor.core.records.retention import ADVISORY
from convenor.core.records.rules import Viewer


@contextmanager
def kinds_registered() -> Iterator[None]:
    """The kinds "note" and "series", for the length of a test."""
    fields_before = dict(registry.public_fields)
    for slug in ("note", "series"):
        registry.add_kind(
            Kind(
                slug=slug,
                label=slug.title(),
                label_plural=f"{slug.title()} (several)",
                prefix=slug[:4].upper(),
                model="records.Record",
                url=lambda row: f"/notes/{row.ref}/",
                public_fields=frozenset({"title"}),
                retention=ADVISORY,
            )
        )
    try:
        yield
    finally:
        for slug in ("note", "series"):
            del registry.kinds[slug]
        registry.public_fields.clear()
        registry.public_fields.update(fields_before)


def add_note(title: str, by: Viewer, now: datetime, *, kind: str = "note", **shown: Any) -> Record:
    """A record, with its journal entry."""
    with transaction.atomic():
        made = records.create_record(kind=kind, title=title, now=now, **shown)
        journal.write(by=by, verb=f"{kind}.created", record=made, now=now, changes={"title": (None, title)})
    return made


def rename_note(made: Record, title: str, by: Viewer, now: datetime) -> None:
    """Give it another title, with a journal entry."""
    with transaction.atomic():
        records.retitle(made, title)
        journal.write(by=by, verb=f"{made.kind}.renamed", record=made, now=now)
