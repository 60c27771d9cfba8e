"""Overrides, outside: every rule that is another for one group, with its reason; and loading them from a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from django.utils.timezone import localdate

from convenor.core.exchange.queries import kept_row
from convenor.core.exchange.resources import Column, Field, Filter, Importer, Loaded, Loading, Resource, breach
from convenor.core.records.models import ScopedQuerySet
from convenor.core.records.rules import Breach, Refused, Viewer
from convenor.domain.directory.resources.uploads_of_organisations import day_of
from convenor.domain.engagement.rules import RULES
from convenor.domain.groups.commands.overrides import add_override, correct_override, facts_of, strike_override
from convenor.domain.groups.models import Group, RuleOverride
from convenor.domain.groups.queries.naming import find_groups
from convenor.domain.groups.queries.rosters import in_force
from convenor.domain.groups.queries.weighing import OverrideFacts
from convenor.domain.groups.resources.uploads_of_groups import may_load
from convenor.kit.structs import struct

RULE_WORDS: Final = {rule.key: str(rule.label) for rule in RULES}


@struct
class OverrideRow:
    """One line of an upload."""

    words: Mapping[str, str]
    values: Mapping[str, Any]
    starts_on: date | None
    ends_on: date | None


def prepare(viewer: Viewer, now: datetime) -> None:
    """Nothing is needed."""


def parse(row: Mapping[str, str], prepared: None) -> OverrideRow | list[Breach]:  # noqa: ARG001 - the shape of parse
    """A line as facts, or what is wrong with its cells."""
    wrong: list[Breach] = []
    starts, ends = (day_of(row.get(name, ""), name, wrong) for name in ("starts_on", "ends_on"))
    values = values_of(row.get("values", ""), wrong)
    return wrong or OverrideRow(row, values, starts, ends)


def values_of(text: str, wrong: list[Breach]) -> dict[str, Any]:
    """The fields of a rule, said as JSON; what is wrong with it is added to `wrong`."""
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if isinstance(found, dict) and len(text) < 20_000:
        return found
    example = '{"total_maximum": 8}'
    wrong.append(breach("values", f"Write the fields of the rule as JSON, such as {example}."))
    return {}


def apply(row: OverrideRow, loading: Loading) -> Loaded:
    """Keep the override, or bring the one of this rule that begins on that day up to the line."""
    group = _group(row.words["group"], loading)
    first = row.starts_on or localdate(loading.now)
    facts = OverrideFacts(
        row.words["rule"], row.values, first, row.ends_on, row.words["reason"], row.words["approved_by"]
    )
    there = RuleOverride.objects.filter(group=group, rule=facts.rule, starts_on=first).select_related("group").first()
    if there is None:
        made = add_override(by=loading.by, group=group, facts=facts, now=loading.now, reason=loading.reason)
        return Loaded(group.record, "created", {"made": made.pk})
    before = facts_of(there)
    if before == facts:
        return Loaded(group.record, "unchanged", {})
    correct_override(by=loading.by, override=there, facts=facts, reason=loading.reason, now=loading.now)
    return Loaded(group.record, "changed", {"changed": there.pk, "before": _remembered(before)})


def undo(loaded: Loaded, loading: Loading) -> None:
    """Take out what the line made, put back what it changed."""
    rows = RuleOverride.objects.select_related("group")
    made = kept_row(rows, loaded, "made")
    if made is not None:
        strike_override(by=loading.by, override=made, reason=loading.reason, now=loading.now)
    changed = kept_row(rows, loaded, "changed")
    if changed is not None:
        facts = _recalled(loaded.undo["before"])
        correct_override(by=loading.by, override=changed, facts=facts, reason=loading.reason, now=loading.now)


def _group(said: str, loading: Loading) -> Group:
    found = find_groups(loading.by, said)
    if len(found) == 1:
        return found[0]
    refs = ", ".join(each.record.ref for each in found)
    many = f"More than one group is called “{said[:80]}”: write its reference ({refs})."
    raise Refused([breach("group", many if found else f"No group here is called “{said[:80]}”: load it first.")])


def _remembered(facts: OverrideFacts) -> dict[str, Any]:
    last = facts.ends_on.isoformat() if facts.ends_on else None
    return {**facts.columns(), "values": dict(facts.values), "starts_on": facts.starts_on.isoformat(), "ends_on": last}


def _recalled(before: Mapping[str, Any]) -> OverrideFacts:
    last = before["ends_on"]
    days = {
        "starts_on": date.fromisoformat(before["starts_on"]),
        "ends_on": date.fromisoformat(last) if last else None,
    }
    return OverrideFacts(**{**before, **days})


IMPORTER: Final = Importer(
    columns=(
        Column("id", "Id in your list", "What your own list calls it. The same id again changes it.", example="7"),
        Column("group", "Group", "Its name, acronym or reference; it must be here already.", required=True),
        Column("rule", "Rule", "Which rule is another for it.", required=True, choices=RULE_WORDS, example="size"),
        Column("values", "Values", "The fields of the rule as JSON, by the names of the resource “group-types”.",
               required=True, example='{"total_maximum": 8}'),
        Column("starts_on", "From", "A day as 2026-11-24; empty: today."),
        Column("ends_on", "Last day", "A day; empty: until it is ended."),
        Column("reason", "Why", "Everybody reads it beside the rule.", required=True),
        Column("approved_by", "Who approved it", "A body or an office, and where.", required=True),
    ),
    source_id="id",
    parse=parse,
    apply=apply,
    undo=undo,
    may=may_load,
    prepare=prepare,
)  # fmt: skip


def _rows(viewer: Viewer) -> ScopedQuerySet[RuleOverride]:
    return RuleOverride.objects.select_related("group").visible_to(viewer)


def _on(rows: ScopedQuerySet[Any], day: date) -> ScopedQuerySet[Any]:
    return rows.filter(in_force(day))


def _binds(row: RuleOverride) -> bool:
    return row.rule in RULE_WORDS


def _json(row: RuleOverride) -> str:
    return json.dumps(row.values, ensure_ascii=False, sort_keys=True)


OVERRIDES: Final = Resource(
    kind="group",
    name="rule-overrides",
    label="Overrides of rules",
    description="Rules of the engagement model that are others for one group, for a time, with the reason.",
    queryset=_rows,
    key="",
    fields=(
        Field("group", "Group", "ref", "group.record_id", "Whose rule it is.", required=True),
        Field("number", "Number", "integer", "number", "Its number in the group, for ever.", required=True),
        Field("rule", "Rule", "text", "rule", "Which rule.", required=True, example="size"),
        Field("binds", "Still a rule", "boolean", _binds, "False: this rule is no longer part of Convenor, and the "
              "override binds nobody.", required=True),
        Field("values", "Values", "text", _json, "The fields of the rule as JSON; null: the rule does not bind.",
              required=True),
        Field("starts_on", "From", "date", "starts_on", "The first day it holds.", required=True,
              term="schema:startDate"),
        Field("ends_on", "Last day", "date", "ends_on", "Empty while it goes on.", term="schema:endDate"),
        Field("reason", "Why", "text", "reason", "Why the rule is another here.", required=True),
        Field("approved_by", "Approved by", "text", "approved_by", "Who approved it, and where.", required=True),
        Field("end_reason", "Why it ended", "text", "end_reason", "Where that was said."),
    ),
    filters=(
        Filter("group", "Group", "group__record_id", "Only of this group.", type="ref"),
        Filter("rule", "Rule", "rule", "Only of this rule.", choices=RULE_WORDS),
        Filter("on", "In force on", "", "Only what holds on this day.", type="date", apply=_on),
    ),
    importer=IMPORTER,
)  # fmt: skip
