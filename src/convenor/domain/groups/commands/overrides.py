"""Overrides: a rule of the model that is another for one group, for a time. Ended, never overwritten."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from convenor.core.records.rules import Breach, Viewer, refuse_if
from convenor.domain.engagement import rules as engagement
from convenor.domain.engagement.rules import TypeRulesValue
from convenor.domain.engagement.rules.overriding import Override
from convenor.domain.groups.commands import showing, steps
from convenor.domain.groups.models import Group, RuleOverride
from convenor.domain.groups.queries import values
from convenor.domain.groups.queries.ruling import as_override
from convenor.domain.groups.queries.weighing import OverrideFacts, after_end, weigh
from convenor.domain.groups.rules import terms
from convenor.domain.groups.rules.spans import ONE_DAY, Span


def add_override(*, by: Viewer, group: Group, facts: OverrideFacts, now: datetime, reason: str = "") -> RuleOverride:
    """Let another rule hold in this group, for a time. Refused where it contradicts what is occupied or overridden.

    facts.reason is why, and stands beside the rule; `reason` is only the journal's ("Loaded from …, row 4").
    """
    with transaction.atomic():
        group = steps.opened(by, group)
        refuse_if(weigh(group, facts, steps.today(now)).refused)
        before = values.rules_of(group, steps.today(now))
        row = RuleOverride(group=group, **facts.columns())
        row.number = (RuleOverride.objects.filter(group=group).aggregate(last=Max("number"))["last"] or 0) + 1
        steps.refuse_bad_fields(row)
        row.save()
        changes = steps.all_new({"number": row.number, **facts.columns()})
        steps.note(by, "group.override-added", group.record, now, changes, reason or facts.reason)
        _keep_due_days(by, group, before, now)
        return row


def end_override(*, by: Viewer, override: RuleOverride, on: date, now: datetime, reason: str = "") -> RuleOverride:
    """End an override; `on` is the last day it holds. The model's own rule must be kept from the next day on."""
    with transaction.atomic():
        group = steps.opened(by, override.group)
        row = RuleOverride.objects.get(pk=override.pk, group=group)
        refuse_if(terms.end_breaches(Span(row.starts_on, row.ends_on), on))
        refuse_if(terms.late_end(on, steps.today(now), reason))
        ended = Override(row.rule, row.values, row.starts_on, on, row.reason)
        refuse_if(_at("on", after_end(group, row.pk, ended, on + ONE_DAY)))
        before = values.rules_of(group, steps.today(now))
        changes = steps.set_values(row, {"ends_on": on, "end_reason": reason.strip()[:300]})
        row.save(update_fields=["ends_on", "end_reason"])
        changes |= {"number": (row.number, row.number), "rule": (row.rule, row.rule)}
        steps.note(by, "group.override-ended", group.record, now, changes, reason)
        _keep_due_days(by, group, before, now)
        return row


def correct_override(
    *, by: Viewer, override: RuleOverride, facts: OverrideFacts, reason: str, now: datetime
) -> RuleOverride:
    """Correct what was recorded of an override, with a reason of its own. The rule it is about stays."""
    with transaction.atomic():
        group = steps.opened(by, override.group)
        row = RuleOverride.objects.get(pk=override.pk, group=group)
        refuse_if(terms.reason_needed(reason, _("Say why it is corrected: it is kept in the history.")))
        refuse_if(_other_rule(row, facts))
        refuse_if(weigh(group, facts, steps.today(now), but=row.pk).refused)
        before = values.rules_of(group, steps.today(now))
        changes = steps.set_values(row, facts.columns())
        row.save()
        if changes:
            changes |= {"number": (row.number, row.number)}
            steps.note(by, "group.override-corrected", group.record, now, _worded(changes, reason), reason)
            _keep_due_days(by, group, before, now)
        return row


def strike_override(*, by: Viewer, override: RuleOverride, reason: str, now: datetime) -> None:
    """Take out an override that never was (a mistake, an upload taken back). The history keeps that it stood here."""
    with transaction.atomic():
        group = steps.opened(by, override.group)
        row = RuleOverride.objects.get(pk=override.pk, group=group)
        refuse_if(terms.reason_needed(reason, _("Say why: it is kept in the history.")))
        refuse_if(_at("reason", after_end(group, row.pk, None, row.starts_on)))
        before = values.rules_of(group, steps.today(now))
        gone = {name: (getattr(row, name), None) for name in ("number", "rule", "values", "starts_on", "ends_on")}
        steps.note(by, "group.override-struck", group.record, now, gone, reason)
        RuleOverride.objects.filter(pk=row.pk).delete()
        _keep_due_days(by, group, before, now)


def facts_of(row: RuleOverride) -> OverrideFacts:
    """What is recorded of an override, to be corrected."""
    kept = as_override(row)
    return OverrideFacts(kept.rule, kept.values, kept.first, kept.last, kept.reason, row.approved_by)


def _worded(changes: dict[str, Any], reason: str) -> dict[str, Any]:
    """The journal has one reason an entry, the correction's; the override's own goes by another name."""
    return {("why" if name == "reason" and reason else name): change for name, change in changes.items()}


def _other_rule(row: RuleOverride, facts: OverrideFacts) -> list[Breach]:
    if row.rule == facts.rule:
        return []
    text = _("An override stays with its rule. End this one and add another.")
    return [Breach("override-of-another-rule", text, "rule")]


def _at(field: str, breaches: list[Breach]) -> list[Breach]:
    return [Breach(breach.code, breach.text, field) for breach in breaches]


def _keep_due_days(by: Viewer, group: Group, before: TypeRulesValue | None, now: datetime) -> None:
    """Review and sunset that follow from the rules go on following from them; days that somebody chose stay."""
    after = values.rules_of(group, steps.today(now))
    if before is None or after is None or group.started_on is None:
        return
    columns: dict[str, Any] = {}
    if before.sunset_months != after.sunset_months and group.sunset_on == _sunset(group.started_on, before):
        columns["sunset_on"] = _sunset(group.started_on, after)
    if before.review_months != after.review_months and _follows(group.review_due_on, group.started_on, before):
        columns["review_due_on"] = _review(group.started_on, after, steps.today(now))
    changes = steps.set_values(group, columns)
    if changes:
        group.save(update_fields=list(columns))
        showing.keep_promises(group, now)
        steps.note(by, "group.due-days-moved", group.record, now, changes)


def _sunset(start: date, rules: TypeRulesValue) -> date | None:
    return engagement.months_after(start, rules.sunset_months) if rules.sunset_months else None


def _review(start: date, rules: TypeRulesValue, today: date) -> date | None:
    """The first day at or after today that lies a whole number of spans from the start."""
    if not rules.review_months:
        return None
    months = rules.review_months
    while engagement.months_after(start, months) < today:
        months += rules.review_months
    return engagement.months_after(start, months)


def _follows(due: date | None, start: date, rules: TypeRulesValue) -> bool:
    """Whether the day is one that the rules give (none, where they give none)."""
    if due is None or not rules.review_months:
        return due is None and not rules.review_months
    months = rules.review_months
    while engagement.months_after(start, months) < due:
        months += rules.review_months
    return engagement.months_after(start, months) == due
