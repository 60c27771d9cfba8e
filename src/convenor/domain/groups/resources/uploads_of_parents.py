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
from convenor.domain.groups.commands.parents import ParentFacts, correct_parent, end_parent, set_parent, strike_parent
from convenor.domain.groups.models import Group, Parent
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
    """Put the group under the parent, unless it stands there; give it the first and the last day of the line."""
    by, now, why = loading.by, loading.now, loading.reason
    group = group_meant(loading, row.words["group"])
    parent = group_meant(loading, row.words["parent"], "parent")
    first = row.days["starts_on"] or group.started_on or local_day(now)
    last, there = row.days["ends_on"], _meant(row, group, parent, first)
    keys: dict[str, Any] = {}
    if there is None:
        facts = ParentFacts(parent, row.days["approved_on"], row.words.get("approval_note", ""))
        there = set_parent(by=by, group=group, link=facts, starts_on=first, ends_on=last, now=now)
        keys["made"] = there.pk
    elif row.days["starts_on"] is not None and there.starts_on != first:
        keys |= {"corrected": there.pk, "was": there.starts_on.isoformat()}
        there = correct_parent(by=by, link=there, starts_on=first, ends_on=there.ends_on, reason=why, now=now)
    if last is not None and there.ends_on is None:
        end_parent(by=by, link=there, on=last, now=now, reason=why)
        keys["ended"] = there.pk
    if not keys:
        return Loaded(group.record, "unchanged")
    return Loaded(group.record, "created" if "made" in keys and loading.record is None else "changed", keys)


def _meant(row: ParentRow, group: Group, parent: Group, first: date) -> Parent | None:
    """The link from that day; else the one that goes on, where the line's time reaches it: it is known from then on."""
    links = Parent.objects.filter(group=group, parent=parent).select_related("group__record", "parent__record")
    last = row.days["ends_on"]
    going_on = links.filter(ends_on=None) if last is None else links.filter(ends_on=None, starts_on__lte=last)
    return links.filter(starts_on=first).first() or going_on.first()


def undo(loaded: Loaded, loading: Loading) -> None:
    """Take out the link that the line put in; one that it ended goes on again, from the day it had."""
    by, now, why = loading.by, loading.now, loading.reason
    rows = Parent.objects.select_related("group__record", "parent__record")
    made = kept_row(rows, loaded, "made")
    if made is not None:
        strike_parent(by=by, link=made, reason=why, now=now)
        return
    ended, corrected = kept_row(rows, loaded, "ended"), kept_row(rows, loaded, "corrected")
    link = ended or corrected
    if link is not None:
        first = date.fromisoformat(loaded.undo["was"]) if corrected else link.starts_on
        last = None if ended else link.ends_on
        correct_parent(by=by, link=link, starts_on=first, ends_on=last, reason=why, now=now)


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
