"""Three sample kinds over the core tables: notes, series, and joins (parts without a Record of their own)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from convenor.core.exchange.commands import loading
from convenor.core.exchange.resources import (
    Column,
    Field,
    Filter,
    Importer,
    Loaded,
    Loading,
    Resource,
    breach,
    resources,
)
from convenor.core.journal import commands as journal
from convenor.core.records import commands as records
from convenor.core.records.models import Link, Record, ScopedQuerySet
from convenor.core.records.registry import Kind, registry
from convenor.core.records.retention import ADVISORY
from convenor.core.records.rules import YES, Breach, Refused, Verdict, Viewer, no
from convenor.kit.structs import struct

STATES = {"live": "Live", "withdrawn": "Withdrawn"}
MARK = "CANARY-7f3a"


@struct(slots=False)
class NoteRow:
    source_id: str
    title: str
    parent: str


class JoinQuerySet(ScopedQuerySet[Link]):
    record_path = "source"


def may_load_notes(viewer: Viewer) -> Verdict:
    return YES if viewer.has_duty("secretariat", "administrator") else no("Only secretariat officers load notes.")


def parse_note(row: Mapping[str, str], prepared: Any) -> NoteRow | list[Breach]:
    if row.get("due"):
        try:
            date.fromisoformat(row["due"])
        except ValueError:
            return [breach("due", f"“{row['due']}” is not a day: write 2026-11-24.")]
    return NoteRow(row["id"], row["title"], row.get("parent", ""))


def apply_note(row: NoteRow, loading: Loading) -> Loaded:
    if loading.record is None:
        return Loaded(add_note(row.title, loading.by, loading.now, reason=loading.reason), "created")
    before = loading.record.title
    state = loading.record.state
    rename_note(loading.record, row.title, loading.by, loading.now)
    return Loaded(loading.record, "changed", {"title": before, "state": state})


def undo_note(loaded: Loaded, loading: Loading) -> None:
    assert loaded.record is not None
    with transaction.atomic():
        if loaded.outcome == "created":
            records.withdraw(loaded.record)
        else:
            records.retitle(loaded.record, loaded.undo["title"])
        by, note, now, reason = loading.by, loaded.record, loading.now, loading.reason
        journal.write(by=by, verb="note.taken-back", record=note, now=now, reason=reason)


def add_note(title: str, by: Viewer, now: datetime, *, reason: str = "", kind: str = "note", **shown: Any) -> Record:
    with transaction.atomic():
        may_load_notes(by).require()
        if title == "forbidden":
            raise Refused([Breach("title-forbidden", "No note may be called so.", "title")])
        note = records.create_record(kind=kind, title=title, now=now, **shown)
        journal.write(by=by, verb="note.created", record=note, now=now, changes={"title": (None, title)}, reason=reason)
    return note


def rename_note(note: Record, title: str, by: Viewer, now: datetime) -> None:
    with transaction.atomic():
        may_load_notes(by).require()
        before, was_withdrawn = note.title, note.state == "withdrawn"
        records.retitle(note, title)
        if was_withdrawn:
            records.restore(note)
        journal.write(by=by, verb="note.renamed", record=note, now=now, changes={"title": (before, title)})


def notes(kind: str, name: str, importer: Importer | None = None) -> Resource:
    return Resource(
        kind=kind,
        name=name,
        label=name.title(),
        description="Sample rows.",
        queryset=lambda viewer: Record.objects.visible_to(viewer).filter(kind=kind),
        key="ref",
        prefetch=lambda _viewer: ("links_out", "links_in"),
        jsonld_type="schema:CreativeWork",
        fields=(
            Field("ref", "Reference", "text", "ref", "Stable.", required=True),
            Field("title", "Title", "text", "title", "Its name.", required=True, term="schema:name", example="A note"),
            Field("state", "State", "text", "state", "Live or not.", required=True, choices=STATES),
            Field("url", "Page", "url", lambda row: f"/notes/{row.ref}/", "Where it is read.", required=True),
            Field("made_at", "Made", "datetime", "created_at", "When.", required=True),
            Field("made_on", "Made on", "date", lambda row: row.created_at.date(), "Which day."),
            Field("number", "Number", "integer", lambda row: -len(row.title), "A negative number.", required=True),
            Field("share", "Share", "decimal", lambda _row: Decimal("12.50"), "A share."),
            Field("long", "Long", "boolean", lambda row: len(row.title) > 10, "Whether it is long.", required=True),
            Field("tags", "Tags", "texts", lambda row: ["one", row.title], "Words."),
            Field("parent", "Parent", "ref", lambda row: _first(row.links_out), "What it belongs to."),
            Field("parts", "Parts", "refs", lambda row: [link.source_id for link in row.links_in.all()], "Its parts."),
            Field("secret", "Secret", "text", lambda row: f"{MARK} {row.pk}", "For officers only.", public=False),
        ),
        filters=(
            Filter("title", "Title", "title", "Exactly this title."),
            Filter("parent", "Parent", "links_out__target", "Only parts of this one.", type="ref"),
            Filter("since", "Since", "created_at__date__gte", "Made on or after.", type="date"),
            Filter("state", "State", "state", "Live or not.", choices=STATES),
        ),
        importer=importer,
    )  # fmt: skip


def _first(links: Any) -> int | None:
    return next((link.target_id for link in links.all()), None)


NOTE_IMPORTER = Importer(
    columns=(
        Column("id", "Number in the register", "What the register calls it.", required=True, example="A-17"),
        Column("title", "Title", "Its name.", required=True, example="A note"),
        Column("due", "Due", "A day, as 2026-11-24.", example="2026-11-24"),
        Column("mood", "Mood", "How it is.", choices={"glad": "Glad of it", "sad": "Sad"}),
        Column("themes", "Themes", "Several, a; b.", choices={"tax": "Tax", "super": "Superannuation"}, many=True),
    ),
    source_id="id",
    parse=parse_note,
    apply=apply_note,
    undo=undo_note,
    may=may_load_notes,
)

NOTES = notes("note", "notes", NOTE_IMPORTER)
SERIES = notes("series", "series")
JOINS = Resource(
    kind="note",
    name="joins",
    label="Joins",
    description="Which note belongs to which.",
    queryset=lambda viewer: JoinQuerySet(Link).visible_to(viewer).select_related("relation"),
    key="",
    fields=(
        Field("source", "From", "ref", "source_id", "One end.", required=True),
        Field("target", "To", "ref", "target_id", "The other end."),
        Field("relation", "Relation", "text", "relation.label", "How they are joined.", required=True),
    ),
)


@contextmanager
def samples_registered() -> Iterator[None]:
    """The three sample kinds, for the length of a test."""
    kinds = {
        slug: Kind(
            slug, slug.title(), f"{slug}s", slug[:4].upper(), "records.Record", str, frozenset({"title"}), ADVISORY
        )
        for slug in ("note", "series")
    }
    made = {resource.name: resource for resource in (NOTES, SERIES, JOINS)}
    fields_before = dict(registry.public_fields)
    registry.kinds.update(kinds)
    resources.update(made)
    try:
        yield
    finally:
        for slug in kinds:
            del registry.kinds[slug]
        for name in made:
            del resources[name]
        registry.public_fields.clear()
        registry.public_fields.update(fields_before)


def join(part: Record, whole: Record, now: datetime) -> Link:
    """Make `part` a part of `whole`."""
    pairs = [(part, whole) for part in ("note", "series") for whole in ("note", "series")]
    records.define_relation("part-of", "part of", "has part", pairs)
    with transaction.atomic():
        return records.link(source=part, target=whole, relation="part-of", now=now)


def rows_per_chunk(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of so many rows, however busy the machine is."""
    monkeypatch.setattr(loading, "CHUNK", rows)
    monkeypatch.setattr(loading, "CHUNK_SECONDS", 60.0)
    monkeypatch.setattr(loading, "BREATH", 0.0)
    monkeypatch.setattr(loading, "_until_time_is_up", lambda step, work: step(work))
