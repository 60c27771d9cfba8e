"""The rules of a group on a day: its type's in the version in force, with the group's own overrides laid over them.

Everything that judges a group asks here (ARCHITECTURE: one `effective_rules(group, on)`), so that an override holds
at every door, and days gone by are judged by what held then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from convenor.domain.engagement.models import GroupType, ModelVersion, TypeRules
from convenor.domain.engagement.queries import effective_rules as rules_of_type
from convenor.domain.engagement.queries import effective_rules_of as rules_of_types
from convenor.domain.engagement.queries.loading import known_vocabulary
from convenor.domain.engagement.queries.values import NOTHING, TYPE_REFERENCES, WORD_REFERENCES
from convenor.domain.engagement.queries.values import in_force as version_in_force
from convenor.domain.engagement.rules import RULES, Named, Override, TypeRulesValue, overridden
from convenor.domain.engagement.rules.reading import LENIENT, Names, names_of
from convenor.domain.groups.models import Group, RuleOverride
from convenor.domain.groups.queries.rosters import in_force
from convenor.domain.groups.rules.spans import Span, common

ONE_DAY: Final = timedelta(days=1)
NEEDS_CHAIR: Final = ("chair", "co-chairs")
COLUMNS: Final = ("pk", "group_id", "rule", "values", "starts_on", "ends_on", "reason")
Ruled = tuple[Span, TypeRulesValue]


def effective_rules(group: Group, on: date) -> TypeRulesValue | None:
    """What the group must be on a day; None for a group without a type, or outside its model's time."""
    if group.type is None:
        return None
    own = overrides_of([group.pk], on)[group.pk] if group.pk else []
    return with_own(group.type, own, on)


def with_own(
    group_type: GroupType, own: Sequence[Override], on: date, at_hand: Mapping[int, TypeRules] = NOTHING
) -> TypeRulesValue | None:
    """The rules of a type on a day with these overrides, which hold on it, laid over them.

    at_hand: as for effective_rules_of.
    """
    known = group_type.pk in at_hand
    rules = rules_of_types([group_type], on, at_hand)[group_type.pk] if known else rules_of_type(group_type, on)
    return overridden(rules, own, names_for(own, [group_type], on)) if rules and own else rules


def effective_rules_of(
    groups: Iterable[Group],
    on: date,
    own: Mapping[int, list[Override]] | None = None,
    at_hand: Mapping[int, TypeRules] = NOTHING,
) -> dict[int, TypeRulesValue]:
    """The same for many groups at once, by the group's key: four queries at most where codes need their names.

    own: what overrides_of gave for them, where it was asked before.
    at_hand: the rows of their types on that day, by the type's key, as far as they were read before.
    """
    found = [group for group in groups if group.type is not None]
    rules = rules_of_types({group.type for group in found if group.type}, on, at_hand)
    own = overrides_of([group.pk for group in found], on) if own is None else own
    names = names_for([each for some in own.values() for each in some], [g.type for g in found if g.type], on)
    return {
        group.pk: overridden(rules[group.type_id], own.get(group.pk, []), names)
        for group in found
        if group.type_id in rules
    }


def rules_over_time(group: Group) -> tuple[Ruled, ...]:
    """What the group must be, span by span: each begins where its model or one of its overrides changes."""
    if group.type is None:
        return ()
    own = all_overrides(group) if group.pk else []
    return laid_out(versions_over_time(group.type), own, names_for(own, [group.type], None))


def versions_over_time(group_type: GroupType) -> list[Ruled]:
    """The rules of a type in each version of its model that has it, the oldest first."""
    versions = ModelVersion.objects.filter(model=group_type.model_id).order_by("in_force_from")
    spans = [Span(*days) for days in versions.values_list("in_force_from", "in_force_to")]
    found = [(span, rules_of_type(group_type, span.first)) for span in spans if span.first]
    return [(span, rules) for span, rules in found if rules is not None]


def laid_out(versions: Sequence[Ruled], own: Sequence[Override], names: Names = LENIENT) -> tuple[Ruled, ...]:
    """The spans of versions cut where overrides begin and end, each with what holds in it."""
    found: list[Ruled] = []
    for span, rules in versions:
        for part in _parts(span, own):
            here = [each for each in own if Span(each.first, each.last).covers(part.first or each.first)]
            found.append((part, overridden(rules, here, names)))
    return tuple(found)


def _parts(span: Span, own: Iterable[Override]) -> list[Span]:
    """The span, cut on each day on which an override begins or has ended."""
    turns = {span.first} if span.first else set()
    for each in own:
        days = (each.first, each.last + ONE_DAY if each.last else None)
        turns |= {day for day in days if day is not None and span.covers(day)}
    starts = sorted(day for day in turns if day is not None)
    ends = [day - ONE_DAY for day in starts[1:]]
    return [Span(first, last) for first, last in zip(starts, [*ends, span.last], strict=True)]


def overrides_of(groups: Collection[int], on: date) -> dict[int, list[Override]]:
    """The overrides in force in each group on a day. One query."""
    found: dict[int, list[Override]] = defaultdict(list)
    rows = RuleOverride.objects.filter(in_force(on), group__in=list(groups)).order_by("number")
    for row in rows.values(*COLUMNS):
        found[row["group_id"]].append(_override(row))
    return found


def all_overrides(group: Group, but: int | None = None) -> list[Override]:
    """Every override the group ever had, but for one."""
    rows = RuleOverride.objects.filter(group=group).exclude(pk=but or 0).order_by("number")
    return [_override(row) for row in rows.values(*COLUMNS)]


def as_override(row: RuleOverride) -> Override:
    """A row as the rules look at it."""
    return Override(row.rule, row.values, row.starts_on, row.ends_on, row.reason)


def _override(row: Mapping[str, Any]) -> Override:
    return Override(row["rule"], row["values"], row["starts_on"], row["ends_on"], row["reason"])


def chairs_overridden(on: date) -> dict[int, bool]:
    """The groups whose own rule says whether they must have a chair on a day, and whether they must. One query."""
    known = [rule.key for rule in RULES]
    rows = RuleOverride.objects.filter(in_force(on), rule__in=known, values__has_key="chairing")
    return {group: values["chairing"] in NEEDS_CHAIR for group, values in rows.values_list("group_id", "values")}


def names_for(own: Iterable[Override], types: Iterable[GroupType], on: date | None) -> Names:
    """What the codes in these overrides stand for. No query where none names anything; on None: the newest names."""
    if not any(field in each.values for each in own for field in (*TYPE_REFERENCES, *WORD_REFERENCES)):
        return LENIENT
    return names_of(_type_names({each.model_id for each in types}, on), known_vocabulary())


def _type_names(models: Collection[int], on: date | None) -> dict[str, Named]:
    rows = TypeRules.objects.filter(version__model__in=models)
    if on is not None:
        rows = rows.filter(version_in_force(on, "version"))
    told = rows.order_by("version__number").values_list("group_type__slug", "name", "name_plural", "only_one")
    return {slug: Named(slug, name, plural, only_one) for slug, name, plural, only_one in told}


def shared_days(one: Span, other: Span) -> bool:
    """Whether two spans share a day."""
    return common(one, other) is not None
