"""A group's own rules: kept as dated rows, judged by the schema, held at every door, for the days they hold."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convenor.core.records.rules import Breach, NotAllowed, Refused
from convenor.domain.engagement.commands import load_model
from convenor.domain.engagement.rules import RULES, Override, overridden, said, sentences
from convenor.domain.engagement.rules.overriding import as_json, is_idle, laid_over, stated, value_problems
from convenor.domain.engagement.rules.reference import EXAMPLE
from convenor.domain.engagement.rules.rulebook import rule_of
from convenor.domain.groups.commands.lives import close_group
from convenor.domain.groups.commands.overrides import (
    add_override,
    correct_override,
    end_override,
    facts_of,
    strike_override,
)
from convenor.domain.groups.models import Group, RuleOverride
from convenor.domain.groups.queries.ruling import (
    chairs_overridden,
    effective_rules,
    effective_rules_of,
    laid_out,
    rules_over_time,
)
from convenor.domain.groups.queries.values import course_of
from convenor.domain.groups.queries.weighing import OverrideFacts, weigh
from convenor.domain.groups.rules.spans import Span
from convenor.domain.groups.tests.world import MODEL, START, TODAY, World, last_told, told

SOON = TODAY + timedelta(days=30)
LAST = TODAY + timedelta(days=90)


def cap(most: int | None, first: date = TODAY, last: date | None = None, **more: Any) -> OverrideFacts:
    values = {"total_minimum": None, "total_maximum": most, "total_counts": "persons"}
    given = {"reason": "The task is small.", "approved_by": "Steering Committee, item 4"} | more
    return OverrideFacts("size", values, first, last, **given)


def breaches(caught: pytest.ExceptionInfo[Refused]) -> list[Breach]:
    return list(caught.value.breaches)


@pytest.fixture
def task(world: World) -> Group:
    """A group for at most three people, two of them there."""
    group = world.group("task-group", name="Task group")
    world.seat(group, "One")
    world.seat(group, "Two")
    return group


def keep(world: World, group: Group, facts: OverrideFacts) -> RuleOverride:
    return add_override(by=world.by, group=group, facts=facts, now=world.now)


# the values: one mechanism for every rule


@pytest.mark.parametrize("rule", RULES, ids=[rule.key for rule in RULES])
def test_every_rule_can_be_overridden_with_what_another_type_says(rule: Any) -> None:
    unsaid: dict[str, Any] = {name: type(EXAMPLE).__dataclass_fields__[name].default for name in rule.fields}
    bare = replace(EXAMPLE, **unsaid)
    override = Override(rule.key, stated(replace(EXAMPLE, only_one=True), rule), START, None, "It is asked for.")
    found = overridden(bare, [override])
    for name in rule.fields:
        assert as_json(found, name) == override.values[name]
    if rule.key != "only_one":
        assert "by an override from" in said(found, rule.key)
        assert "because it is asked for." in said(found, rule.key)


@pytest.mark.parametrize("rule", RULES, ids=[rule.key for rule in RULES])
def test_every_rule_can_be_lifted(rule: Any) -> None:
    values = dict.fromkeys(rule.fields)
    found = overridden(replace(EXAMPLE, only_one=True), [Override(rule.key, values, START, LAST, "No need.")])
    assert list(rule.says(found)) == []
    (told_of,) = [line.text for line in sentences(found) if line.rule == rule.key]
    assert told_of.startswith(f"“{rule.label}” does not bind here, by an override from")


@given(st.permutations(RULES), st.integers(1, 4))
def test_values_written_and_read_again_change_nothing(rules: list[Any], number: int) -> None:
    own = [Override(rule.key, stated(EXAMPLE, rule), START) for rule in rules[:number]]
    assert laid_over(EXAMPLE, own) == laid_over(EXAMPLE, [])
    assert replace(overridden(EXAMPLE, own), overrides=(), consults=EXAMPLE.consults, refers_to=EXAMPLE.refers_to,
                   parent_types=EXAMPLE.parent_types, eligible_roles=EXAMPLE.eligible_roles,
                   eligible_kinds=EXAMPLE.eligible_kinds, segments=EXAMPLE.segments) == EXAMPLE  # fmt: skip
    assert all(is_idle(EXAMPLE, each) for each in own)


WORDS = {"roles": {"cio"}, "kinds": {"company"}, "segments": {"consumers"}}
TYPES = {"committee", "reference", "example"}
WRONG = [
    ("size", {"total_maximum": "ten"}, "“maximum” must be a whole number; it is “ten”."),
    ("size", {"total_maximum": 2}, "The minimum is more than the maximum."),
    ("size", {"chairing": "none"}, "“chairing” is not a field of this rule."),
    ("lifespan", {"lifespan": "for ever"}, "“lifespan” must be standing, initiative or task; it is “for ever”."),
    ("consults", {"consults": ["nobody"]}, "There is no type “nobody” in this model."),
    ("eligible_roles", {"eligible_roles": ["king"]}, "“king” is not known; declare it under vocabulary, roles."),
    ("eligible_kinds", {"eligible_constituency": "no-side"}, "“no-side” is not one of the constituencies."),
    ("constituencies", {"constituencies": [{"name": "No code"}]}, "“constituency” is missing."),
    ("constituencies", {"constituencies": "many"}, "“constituencies” must be a list; it is “many”."),
    ("quorum", {"quorum_number": 3, "quorum_percent": 50}, "Say a number or a per cent (one of them)."),
    ("only_one", {"only_one": "perhaps"}, "“only_one” must be true or false; it is “perhaps”."),
]


@pytest.mark.parametrize(("rule", "values", "text"), WRONG, ids=[each[2][:40] for each in WRONG])
def test_the_schema_of_the_model_judges_the_values(rule: str, values: dict[str, Any], text: str) -> None:
    found = value_problems(EXAMPLE, Override(rule, values, START), TYPES, WORDS)
    assert text in [breach.text for breach in found]
    assert {breach.code for breach in found} == {f"engagement.{rule}"}
    assert {breach.field for breach in found} <= {*values, "values"}


# keeping it


def test_an_override_is_a_dated_row_that_the_journal_tells_of(world: World, task: Group) -> None:
    row = keep(world, task, cap(2, TODAY, LAST))
    assert (row.number, row.rule, row.values["total_maximum"]) == (1, "size", 2)
    verb, changes = last_told(task.record)
    assert verb == "group.override-added"
    assert changes["approved_by"] == (None, "Steering Committee, item 4")
    assert said(effective_rules(task, TODAY), "size") == (  # type: ignore[arg-type]
        "A Task Group has places for up to 2 people in all, by an override from Mon 23 Nov 2026 to Sun 21 Feb 2027, "
        "because the task is small."
    )


def test_it_holds_on_its_days_only(world: World, task: Group) -> None:
    keep(world, task, cap(2, SOON, LAST))
    for day, most in ((TODAY, 3), (SOON - timedelta(days=1), 3), (SOON, 2), (LAST, 2), (LAST + timedelta(days=1), 3)):
        rules = effective_rules(task, day)
        assert rules is not None
        assert rules.total_maximum == most, day
        assert course_of(task).rules_on(day) == rules
        assert effective_rules_of([task], day)[task.pk] == rules


def test_a_seat_beyond_the_overridden_cap_is_refused_in_its_words(world: World, task: Group) -> None:
    keep(world, task, cap(2))
    with pytest.raises(Refused) as caught:
        world.seat(task, "Three", starts_on=TODAY)
    (breach,) = breaches(caught)
    assert "up to 2 people in all, by an override" in breach.text
    assert breach.text.endswith("This would make it 3 people.")


def test_a_seat_by_a_wider_cap_ends_with_it(world: World, task: Group) -> None:
    keep(world, task, cap(4, TODAY, LAST))
    world.seat(task, "Three", starts_on=TODAY)
    with pytest.raises(Refused):
        world.seat(task, "Four", starts_on=TODAY)
    world.seat(task, "Four", starts_on=TODAY, ends_on=LAST)


def test_days_gone_by_are_judged_by_what_held_then(world: World, task: Group) -> None:
    earlier = TODAY - timedelta(days=100)
    row = keep(world, task, cap(4, earlier))
    end_override(by=world.by, override=row, on=TODAY - timedelta(days=10), now=world.now, reason="The task grew less.")
    world.seat(task, "Three", starts_on=earlier, ends_on=TODAY - timedelta(days=10))
    world.seat(task, "Four", starts_on=earlier, ends_on=TODAY - timedelta(days=10))
    with pytest.raises(Refused):
        world.seat(task, "Five", starts_on=earlier, ends_on=TODAY - timedelta(days=10))


def test_a_cap_is_not_lowered_below_what_is_occupied(world: World, task: Group) -> None:
    with pytest.raises(Refused) as caught:
        keep(world, task, cap(1))
    (breach,) = breaches(caught)
    assert breach.field == "total_maximum"
    assert breach.text.endswith("So far: 2 people.")
    assert not RuleOverride.objects.exists()


def test_nor_is_one_that_begins_when_more_sit(world: World, task: Group) -> None:
    world.seat(task, "Three", starts_on=SOON)
    with pytest.raises(Refused):
        keep(world, task, cap(2))
    keep(world, task, cap(2, TODAY, SOON - timedelta(days=1)))


def test_sides_count_organisations(world: World) -> None:
    group = world.focus_group()
    for number in range(3):
        world.seat(group, organisation=world.company(f"Company {number}"), constituency="providers")
    sides: list[dict[str, Any]] = [
        {"constituency": "providers", "name": "Providers", "maximum": 2, "counts": "organisations"},
        {"constituency": "agency", "name": "The agency"},
    ]
    facts = replace(cap(1), rule="constituencies", values={"constituencies": sides})
    with pytest.raises(Refused) as caught:
        keep(world, group, facts)
    assert breaches(caught)[0].text.endswith("So far: 3 organisations.")
    sides[0] = {**sides[0], "maximum": 3}
    keep(world, group, replace(facts, values={"constituencies": sides}))
    with pytest.raises(Refused):
        world.seat(group, organisation=world.company("Company 4"), constituency="providers", starts_on=TODAY)


def test_ending_a_wider_cap_while_it_is_used_is_refused(world: World, task: Group) -> None:
    row = keep(world, task, cap(4))
    world.seat(task, "Three", starts_on=TODAY)
    world.seat(task, "Four", starts_on=TODAY)
    with pytest.raises(Refused) as caught:
        end_override(by=world.by, override=row, on=LAST, now=world.now)
    (breach,) = breaches(caught)
    assert (breach.field, breach.code) == ("on", "engagement.size")
    with pytest.raises(Refused):
        strike_override(by=world.by, override=row, reason="Wrong group.", now=world.now)


def test_one_override_of_a_rule_at_a_time(world: World, task: Group) -> None:
    keep(world, task, cap(2, TODAY, LAST))
    with pytest.raises(Refused) as caught:
        keep(world, task, cap(5, SOON))
    assert "is overridden already, from Mon 23 Nov 2026 to" in breaches(caught)[0].text
    keep(world, task, cap(5, LAST + timedelta(days=1)))


def test_two_overrides_do_not_contradict_each_other(world: World) -> None:
    group = world.focus_group()
    both = cap(1)
    one = replace(both, rule="eligible_kinds", values={"eligible_kinds": [], "eligible_constituency": "agency"})
    two = replace(both, rule="one_seat", values={"one_seat_per_organisation": True, "eligible_constituency": ""})
    keep(world, group, one)
    with pytest.raises(Refused) as caught:
        keep(world, group, two)
    assert breaches(caught)[0].code == "override-contradicts"


EARLY = [
    ({"reason": " "}, "reason-needed", "reason"),
    ({"approved_by": ""}, "approval-needed", "approved_by"),
    ({"rule": "colour"}, "override-unknown", "rule"),
    ({"values": {}}, "override-empty", "values"),
    ({"ends_on": TODAY - timedelta(days=1)}, "span-backwards", "ends_on"),
    ({"starts_on": date(2010, 1, 1)}, "type-not-in-force", "starts_on"),
    ({"values": {"total_maximum": 3}}, "override-idle", "total_maximum"),
]


@pytest.mark.parametrize(("change", "code", "field"), EARLY, ids=[each[1] for each in EARLY])
def test_what_is_refused(world: World, task: Group, change: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(Refused) as caught:
        keep(world, task, replace(cap(2), **change))
    assert [(breach.code, breach.field) for breach in breaches(caught)] == [(code, field)]


def test_only_its_officers_make_exceptions(world: World, task: Group) -> None:
    for viewer in (world.somebody(), world.officer(world.group(name="Other").record)):
        with pytest.raises(NotAllowed):
            add_override(by=viewer, group=task, facts=cap(2), now=world.now)
    add_override(by=world.officer(task.record), group=task, facts=cap(2), now=world.now)


def test_a_closed_group_takes_none_and_closing_ends_those_there_are(world: World, task: Group) -> None:
    row = keep(world, task, cap(2, START))
    close_group(by=world.by, group=task, on=TODAY, reason="Done.", now=world.now)
    row.refresh_from_db()
    assert (row.ends_on, row.end_reason) == (TODAY, "Done.")
    with pytest.raises(Refused):
        keep(world, task, cap(2, TODAY + timedelta(days=1)))


def test_an_override_is_corrected_with_a_reason_of_its_own(world: World, task: Group) -> None:
    row = keep(world, task, cap(2))
    wanted = replace(facts_of(row), reason="It is smaller than thought.")
    with pytest.raises(Refused):
        correct_override(by=world.by, override=row, facts=wanted, reason=" ", now=world.now)
    correct_override(by=world.by, override=row, facts=wanted, reason="A slip of the pen.", now=world.now)
    row.refresh_from_db()
    assert row.reason == "It is smaller than thought."
    verb, changes = last_told(task.record)
    assert verb == "group.override-corrected"
    assert changes["why"] == ("The task is small.", "It is smaller than thought.")
    with pytest.raises(Refused):
        correct_override(by=world.by, override=row, facts=cap(1), reason="Lower.", now=world.now)
    other = replace(wanted, rule="chairing", values={"chairing": "none"})
    with pytest.raises(Refused):
        correct_override(by=world.by, override=row, facts=other, reason="Another.", now=world.now)


def test_one_that_never_held_is_struck_out_and_told_of(world: World, task: Group) -> None:
    row = keep(world, task, cap(2))
    strike_override(by=world.by, override=row, reason="Wrong group.", now=world.now)
    assert not RuleOverride.objects.exists()
    assert told(task.record)[-1][0] == "group.override-struck"


def test_a_group_that_becomes_of_another_type_ends_its_overrides_first(world: World, task: Group) -> None:
    from convenor.domain.groups.commands.groups import GroupFacts, edit_group

    keep(world, task, cap(2))
    facts = GroupFacts(task.name, task.purpose, task.host, world.type("council"), started_on=task.started_on)
    with pytest.raises(Refused) as caught:
        edit_group(by=world.by, group=task, facts=facts, now=world.now)
    assert "type-overridden" in {breach.code for breach in breaches(caught)}


def test_due_days_that_follow_from_the_rules_go_on_following(world: World) -> None:
    group = world.group("council", started_on=START)
    assert group.review_due_on == date(2027, 1, 15)
    facts = replace(cap(1), rule="review", values={"review_months": 24})
    row = keep(world, group, facts)
    group.refresh_from_db()
    assert group.review_due_on == date(2028, 1, 15)
    assert {"group.due-days-moved"} <= {verb for verb, _changes in told(group.record)}
    strike_override(by=world.by, override=row, reason="Never agreed.", now=world.now)
    group.refresh_from_db()
    assert group.review_due_on == date(2027, 1, 15)


def test_a_day_that_somebody_chose_stays(world: World) -> None:
    group = world.group("council", started_on=START, review_due_on=date(2027, 6, 1))
    keep(world, group, replace(cap(1), rule="review", values={"review_months": 24}))
    group.refresh_from_db()
    assert group.review_due_on == date(2027, 6, 1)


def test_the_desk_knows_whose_chair_is_an_exception(world: World, task: Group) -> None:
    keep(world, task, replace(cap(1), rule="chairing", values={"chairing": "chair"}))
    assert chairs_overridden(TODAY) == {task.pk: True}
    assert chairs_overridden(START) == {}


def test_what_it_would_break_beyond_caps_is_told_and_not_refused(world: World) -> None:
    group = world.focus_group()
    world.seat(group, organisation=world.company("A company"), constituency="providers")
    facts = replace(cap(1), rule="eligible_roles", values={"eligible_roles": ["practice-cio"]})
    found = weigh(group, facts, TODAY)
    assert found.refused == ()
    assert found.before == ()
    assert found.after[0].startswith(
        "Only a Chief Information Officer may sit under “Providers” in a Focus Group, by an"
    )
    assert [breach.code for breach in found.broken] == ["engagement.eligible_roles"]


def test_what_would_be_missing_is_told(world: World, task: Group) -> None:
    found = weigh(task, replace(cap(1), rule="chairing", values={"chairing": "chair"}), TODAY)
    assert [breach.code for breach in found.missing] == ["engagement.chairing"]


def test_an_override_outlives_a_version_of_the_model(world: World, task: Group) -> None:
    keep(world, task, cap(2, SOON))
    later = MODEL.replace("seats: {maximum: 3, counts: persons}", "seats: {maximum: 5, counts: persons}")
    load_model(by=world.by, text=later, now=world.now, in_force_from=LAST)
    spans = [(span, rules.total_maximum) for span, rules in rules_over_time(task)]
    assert spans == [
        (Span(date(2020, 1, 1), SOON - timedelta(days=1)), 3),
        (Span(SOON, LAST - timedelta(days=1)), 2),
        (Span(LAST, None), 2),
    ]


days = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@given(st.lists(st.tuples(days, st.none() | days, st.integers(1, 9)), max_size=4), days)
def test_spans_never_overlap_and_leave_no_day_out(own: list[Any], day: date) -> None:
    kept = [Override("size", {"total_maximum": most}, first, last and max(first, last)) for first, last, most in own]
    found = laid_out([(Span(date(2020, 1, 1), date(2026, 6, 30)), EXAMPLE), (Span(date(2026, 7, 1)), EXAMPLE)], kept)
    (rules,) = [rules for span, rules in found if span.covers(day)]
    here = [each for each in kept if Span(each.first, each.last).covers(day)]
    assert len(rules.overrides) == len(here)
    assert rules.total_maximum == (here[-1].values["total_maximum"] if here else EXAMPLE.total_maximum)


def test_nothing_overrides_a_rule_that_is_not_there() -> None:
    with pytest.raises(KeyError):
        rule_of("colour")


ASKS_THE_TYPE = {"queries/ruling.py", "commands/groups.py", "views/setting_up.py", "views/overrides.py"}
"""Where there is no group yet, or where the model's own rule is what is asked for."""


def test_nobody_judges_a_group_by_its_type_alone() -> None:
    folder = Path(__file__).parents[1]
    wanted = re.compile(r"engagement\.queries(\.values)? import [^\n]*effective_rules|\brules_of_types?\b")
    found = {
        str(path.relative_to(folder))
        for path in folder.rglob("*.py")
        if "tests" not in path.parts and wanted.search(path.read_text(encoding="utf-8"))
    }
    assert found <= ASKS_THE_TYPE, "use groups.queries.ruling.effective_rules(group, on): it knows the overrides"
