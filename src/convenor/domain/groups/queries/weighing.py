"""What an override would do to a group, before it is kept: what the rules would say, and what they would break."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from convenor.core.records.rules import Breach
from convenor.domain.engagement.models import GroupType, TypeRules
from convenor.domain.engagement.queries.loading import known_vocabulary
from convenor.domain.engagement.rules import Override, ParentValue, TypeRulesValue
from convenor.domain.engagement.rules.comparing import CAPS, newly, newly_short
from convenor.domain.engagement.rules.overriding import contradicts, is_idle, still, value_problems
from convenor.domain.engagement.rules.rulebook import gone, known_rule, rule_of, told
from convenor.domain.groups.models import Group
from convenor.domain.groups.queries.ruling import Ruled, all_overrides, laid_out, names_for, versions_over_time
from convenor.domain.groups.queries.values import Course, course_of, parent_values
from convenor.domain.groups.rules.spans import Span, say_span, turning_days
from convenor.kit.structs import struct


@struct
class OverrideFacts:
    """An override as somebody wants it: the rule's key, fields of the rule with their values as JSON, and so on."""

    rule: str
    values: Mapping[str, Any]
    starts_on: date
    ends_on: date | None = None
    reason: str = ""
    approved_by: str = ""

    @property
    def life(self) -> Span:
        return Span(self.starts_on, self.ends_on)

    @property
    def override(self) -> Override:
        """As the rules look at it."""
        return Override(self.rule, dict(self.values), self.starts_on, self.ends_on, self.reason.strip())

    def columns(self) -> dict[str, Any]:
        """As the table holds it."""
        return {
            "rule": self.rule,
            "values": dict(self.values),
            "starts_on": self.starts_on,
            "ends_on": self.ends_on,
            "reason": self.reason.strip(),
            "approved_by": self.approved_by.strip(),
        }


@struct
class Weighed:
    """What an override would do. `refused`: why it cannot be; the rest is for whoever decides."""

    refused: tuple[Breach, ...] = ()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    broken: tuple[Breach, ...] = ()
    missing: tuple[Breach, ...] = ()


def weigh(group: Group, facts: OverrideFacts, today: date, but: int | None = None) -> Weighed:
    """What this override would do. `but`: the row that it corrects."""
    early = _early(group, facts, kept=but is not None)
    if early or group.type is None:
        return Weighed(tuple(early))
    versions = versions_over_time(group.type)
    wrong = _values(group.type, facts.override, versions)
    others = all_overrides(group, but=but)
    wrong = wrong or _overlaps(facts.override, others)
    if wrong:
        return Weighed(tuple(wrong))
    return _weighed(group, versions, others, facts, today, but)


def after_end(group: Group, key: int, ended: Override | None, first: date) -> list[Breach]:
    """The caps that would be passed from a day on if an override were another (None: not there)."""
    if group.type is None:
        return []
    versions, others = versions_over_time(group.type), all_overrides(group, but=key)
    now, then = _pair(group, versions, all_overrides(group), [*others, *([ended] if ended else [])])
    found, _missing = _between(now, then, Span(first), [])
    return [breach for breach in found if breach.code in CAPS]


def _early(group: Group, facts: OverrideFacts, *, kept: bool) -> list[Breach]:
    if group.type is None:
        text = _("This group follows no engagement model, so there is no rule to override.")
        return [Breach("override-without-model", text, "rule")]
    if known_rule(facts.rule) is None:
        text = gone(facts.rule) if kept else _("There is no rule “%(key)s”.") % {"key": facts.rule[:40]}
        return [Breach("override-unknown", text, "rule")]
    found = []
    if not facts.values:
        found.append(Breach("override-empty", _("Say what holds instead."), "values"))
    if not facts.reason.strip():
        found.append(Breach("reason-needed", _("Say why: everybody reads it beside the rule."), "reason"))
    if not facts.approved_by.strip():
        found.append(Breach("approval-needed", _("Say who approved it."), "approved_by"))
    if facts.ends_on is not None and facts.ends_on < facts.starts_on:
        found.append(Breach("span-backwards", _("The last day is before the first."), "ends_on"))
    return found


def _values(group_type: GroupType, override: Override, versions: Sequence[Ruled]) -> list[Breach]:
    """The values fit the schema, and agree with the rest of the rules in every version they would be laid over."""
    span = Span(override.first, override.last)
    over = [rules for days, rules in versions if days.meets(span)]
    if not any(days.covers(override.first) for days, _rules in versions):
        return [Breach("type-not-in-force", _("No version of the model has this type on that day."), "starts_on")]
    types = set(TypeRules.objects.filter(version__model=group_type.model_id).values_list("group_type__slug", flat=True))
    words = _words()
    found = [breach for rules in over for breach in value_problems(rules, override, types, words)]
    if not found and is_idle(over[0], override):
        text = _("The model says this already: %(said)s")
        said = " ".join(told(over[0], rule_of(override.rule))) or _("it states no such rule.")
        found.append(Breach("override-idle", text % {"said": said}, next(iter(override.values), "values")))
    return list(dict.fromkeys(found))


def _words() -> dict[str, set[str]]:
    known = known_vocabulary()
    return {name: {each.slug for each in getattr(known, name)} for name in ("roles", "kinds", "segments")}


def _overlaps(override: Override, others: Sequence[Override]) -> list[Breach]:
    """One override of a rule at a time; and none that says something else of a field that another has set."""
    span = Span(override.first, override.last)
    for other in still(others):
        days = Span(other.first, other.last)
        if not days.meets(span):
            continue
        label = {"rule": rule_of(other.rule).label, "span": say_span(days)}
        if other.rule == override.rule:
            text = _("“%(rule)s” is overridden already, %(span)s. End that override first, or correct it.")
            return [Breach("override-overlaps", text % label, "starts_on")]
        if contradicts(override, other):
            text = _("The override of “%(rule)s”, %(span)s, says something else of the same. End that first.")
            return [Breach("override-contradicts", text % label, "values")]
    return []


def _weighed(
    group: Group, versions: list[Ruled], others: list[Override], facts: OverrideFacts, today: date, but: int | None
) -> Weighed:
    before = all_overrides(group) if but else others
    now, then = _pair(group, versions, before, [*others, facts.override])
    first = min([facts.starts_on, *(each.first for each in before if each not in others)])
    found, missing = _between(now, then, Span(first), parent_values(group, max(today, facts.starts_on)))
    caps = [_at(breach, facts) for breach in found if breach.code in CAPS]
    rule = rule_of(facts.rule)
    on = facts.starts_on
    return Weighed(
        tuple(caps),
        _told(now.rules_on(on), facts.rule),
        _told(then.rules_on(on), facts.rule) or (_("“%(rule)s” does not bind.") % {"rule": rule.label},),
        tuple(breach for breach in found if breach.code not in CAPS),
        tuple(missing),
    )


def _told(rules: TypeRulesValue | None, key: str) -> tuple[str, ...]:
    return tuple(told(rules, rule_of(key))) if rules else ()


def _at(breach: Breach, facts: OverrideFacts) -> Breach:
    """The breach at the field that would cause it."""
    field = next((name for name in facts.values if name.endswith("maximum")), next(iter(facts.values), "values"))
    return replace(breach, field=field)


def _pair(
    group: Group, versions: list[Ruled], before: Sequence[Override], after: Sequence[Override]
) -> tuple[Course, Course]:
    """The group's course under these overrides, and under those."""
    names = names_for([*before, *after], [group.type] if group.type else [], None)
    course = course_of(group)
    return (
        replace(course, rules=laid_out(versions, before, names)),
        replace(course, rules=laid_out(versions, after, names)),
    )


def _between(
    now: Course, then: Course, within: Span, parents: Sequence[ParentValue]
) -> tuple[list[Breach], list[Breach]]:
    """What would be broken, and what would be missing, on any day within the span, that is not so now.

    What is missing is told for the first day only: it refuses nothing.
    """
    broken: dict[str, Breach] = {}
    missing: list[Breach] = []
    spans = [span for course in (now, then) for span, _rules in course.rules]
    for day in turning_days([*spans, *(span for _key, span, _value in now.seats)], within):
        old, new, seated = now.rules_on(day), then.rules_on(day), then.composition(day)
        if new is None or old == new:
            continue
        for breach in newly(old, new, seated, parents):
            broken.setdefault(f"{breach.code} {breach.field}", breach)
        missing = missing or newly_short(old, new, seated)
    return list(broken.values()), missing
