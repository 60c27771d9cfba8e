"""Loading which groups a group stands under, with dates: several parents for each, through the commands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from convenor.core.exchange.queries import kept_row
from convenor.core.exchange.resources import Column, Importer, Loaded, Loading, breach
from convenor.core.records.rules import Breach
from convenor.domain.directory.commands.steps import local_day
from convenor.domain.directory.resources.uploads_of_organisations import day_of
from convenor.domain.groups.commands.parents import ParentFacts, end_parent, set_parent, strike_parent
from convenor.domain.groups.models import Parent
from convenor.domain.groups.resources.meant import group_meant
from convenor.domain.groups.resources.uploads_of_groups import may_load
from convenor.kit.structs import struct


@struct
class ParentRow:
    """One line of an upload: a group, its parent, from when to when, and its approval."""

    words: Mapping[str, str]
    days: Mapping[str, date | None]


def parse(row: Mapping[str, str], prepared: Any) -> ParentRow | list[Breach]:  # noqa: ARG001 - the shape of parse
    """A line as facts, or what is wrong with its cells."""
    wrong: list[Breach] = []
    days = {name: day_of(row.get(name, ""), name, wrong) for name in ("starts_on", "ends_on", "approved_on")}
    first, last = days["starts_on"], days["ends_on"]
    if first and last and last < first:
        wrong.append(breach("ends_on", "The last day is before the first."))
    return wrong or ParentRow(row, days)


def apply(row: ParentRow, loading: Loading) -> Loaded:
    """Put the group under the parent, unless it stands there; end it where the line says when it ended."""
    by, now, why = loading.by, loading.now, loading.reason
    group = group_meant(loading, row.words["group"])
    parent = group_meant(loading, row.words["parent"], "parent")
    first = row.days["starts_on"] or group.started_on or local_day(now)
    links = Parent.objects.filter(group=group, parent=parent).select_related("group__record", "parent__record")
    there = links.filter(starts_on=first).first() or (
        links.filter(ends_on=None).first() if row.days["starts_on"] is None else None
    )
    keys: dict[str, int] = {}
    if there is None:
        facts = ParentFacts(parent, row.days["approved_on"], row.words.get("approval_note", ""))
        there = set_parent(by=by, group=group, link=facts, starts_on=first, now=now)
        keys["made"] = there.pk
    last = row.days["ends_on"]
    if last is not None and there.ends_on is None:
        end_parent(by=by, link=there, on=last, now=now, reason=why)
        keys["ended"] = there.pk
    if not keys:
        return Loaded(group.record, "unchanged")
    return Loaded(group.record, "created" if "made" in keys and loading.record is None else "changed", keys)


def undo(loaded: Loaded, loading: Loading) -> None:
    """Take out the link that the line put in; one that it ended goes on again."""
    by, now, why = loading.by, loading.now, loading.reason
    rows = Parent.objects.select_related("group__record", "parent__record")
    made = kept_row(rows, loaded, "made")
    if made is not None:
        strike_parent(by=by, link=made, reason=why, now=now)
        return
    ended = kept_row(rows, loaded, "ended")
    if ended is not None:
        link = ParentFacts(ended.parent, ended.approved_on, ended.approval_note)
        group, first = ended.group, ended.starts_on
        strike_parent(by=by, link=ended, reason=why, now=now)
        set_parent(by=by, group=group, link=link, starts_on=first, now=now)


IMPORTER: Final = Importer(
    columns=(
        Column("id", "Id in your list", "What your own list calls the line.", example="P4"),
        Column("group", "Group", "Its name, acronym, reference, or id in your list of groups.", required=True),
        Column("parent", "Stands under", "The same for the group above it.", required=True),
        Column("starts_on", "From", "A day as 2026-11-24; since the group started when empty."),
        Column("ends_on", "Last day", "Empty while it goes on."),
        Column("approved_on", "Approved by the parent on", "A day, where the type of group asks for it."),
        Column("approval_note", "Where the approval is recorded", "A meeting, an item, a letter."),
    ),
    source_id="id",
    parse=parse,
    apply=apply,
    undo=undo,
    may=may_load,
)
