"""What a program may have done to a group's own rules: set one, correct, end, take out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from convenor.core.exchange.resources import Act, Call, Done, Input, Output
from convenor.core.records.rules import Refused, Viewer
from convenor.domain.groups.commands.overrides import (
    add_override,
    correct_override,
    end_override,
    facts_of,
    strike_override,
)
from convenor.domain.groups.models import RuleOverride
from convenor.domain.groups.queries.access import access_override
from convenor.domain.groups.queries.weighing import OverrideFacts
from convenor.domain.groups.resources.acts_of_groups import REASON, group_of, may_edit, may_edit_part
from convenor.domain.groups.resources.acts_of_life import WHY
from convenor.domain.groups.resources.overrides import RULE_WORDS, values_of


def _override(viewer: Viewer, places: Mapping[str, Any]) -> RuleOverride:
    return access_override(viewer, group_of(viewer, places), places["number"])


def _values(text: str) -> dict[str, Any]:
    wrong: list[Any] = []
    found = values_of(text, wrong)
    if wrong:
        raise Refused(wrong)
    return found


def _add(call: Call) -> Done:
    facts = OverrideFacts(
        call["rule"],
        _values(call["values"]),
        call["starts_on"],
        call.get("ends_on"),
        call["reason"],
        call["approved_by"],
    )
    made = add_override(by=call.by, group=call.row, facts=facts, now=call.now)
    return Done(call.row.record, {"number": made.number})


def _correct(call: Call) -> Done:
    """What was not sent stays as it is."""
    there = facts_of(call.row)
    facts = OverrideFacts(
        there.rule,
        _values(call["values"]) if call.get("values") else there.values,
        call.get("starts_on", there.starts_on),
        call.given.get("ends_on", there.ends_on),
        call.get("reason", there.reason),
        call.get("approved_by", there.approved_by),
    )
    correct_override(by=call.by, override=call.row, facts=facts, reason=call["correction"], now=call.now)
    return Done(call.row.group.record)


def _end(call: Call) -> Done:
    end_override(by=call.by, override=call.row, on=call["on"], now=call.now, reason=call.get("reason", ""))
    return Done(call.row.group.record)


def _strike(call: Call) -> Done:
    strike_override(by=call.by, override=call.row, reason=call["reason"], now=call.now)
    return Done(call.row.group.record)


VALUES: Final = Input(
    "values", "Values", "text",
    "The fields of the rule as JSON, by the names of the resource “group-types”; null: the rule does not bind.",
    required=True, most=20_000, example='{"total_maximum": 8}',
)  # fmt: skip
BESIDE: Final = "Everybody reads it beside the rule."
APPROVED_BY: Final = "A body or an office, and where. Everybody reads it."
ADD: Final = Act(
    name="set",
    resource="rule-overrides",
    path="groups/<slug:key>/overrides/add/",
    label="Let another rule hold in a group",
    description="For a time, with a reason. Refused where more is occupied than it would allow.",
    row=group_of,
    may=may_edit,
    perform=_add,
    inputs=(
        Input("rule", "Rule", "text", "Which rule.", required=True, choices=RULE_WORDS, example="size"),
        VALUES,
        Input("starts_on", "From", "date", "The first day it holds.", required=True),
        Input("ends_on", "Last day", "date", "Left out: until it is ended."),
        Input("reason", "Why", "text", BESIDE, required=True),
        Input("approved_by", "Who approved it", "text", APPROVED_BY, required=True, most=200),
    ),
    outputs=(Output("number", "integer", "the number of the override in the group, for ever."),),
    makes=True,
)
CORRECT: Final = Act(
    name="correct",
    resource="rule-overrides",
    path="groups/<slug:key>/overrides/<int:number>/correct/",
    label="Correct an override of a rule",
    description="What is not sent stays as it is. The rule it is about stays.",
    row=_override,
    may=may_edit_part,
    perform=_correct,
    inputs=(
        Input("correction", "Why it is corrected", "text", "It is kept in the history.", required=True),
        Input("values", VALUES.label, "text", VALUES.description, most=VALUES.most),
        Input("starts_on", "From", "date", "The first day it holds."),
        Input("ends_on", "Last day", "date", "Null: until it is ended."),
        Input("reason", "Why", "text", BESIDE),
        Input("approved_by", "Who approved it", "text", APPROVED_BY, most=200),
    ),
)
END: Final = Act(
    name="end",
    resource="rule-overrides",
    path="groups/<slug:key>/overrides/<int:number>/end/",
    label="End an override of a rule",
    description="From the next day on the model's own rule holds again, and must be kept.",
    row=_override,
    may=may_edit_part,
    perform=_end,
    inputs=(Input("on", "Last day", "date", "The last day it holds.", required=True), REASON),
)
STRIKE: Final = Act(
    name="strike",
    resource="rule-overrides",
    path="groups/<slug:key>/overrides/<int:number>/strike/",
    label="Take out an override that never was",
    description="It reads as if it had never held. The history keeps that it stood here.",
    row=_override,
    may=may_edit_part,
    perform=_strike,
    inputs=(WHY,),
)

ACTS: Final = (ADD, CORRECT, END, STRIKE)
