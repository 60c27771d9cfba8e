"""Merging and splitting: in one transaction, dated, seats and people carried over, children placed by the rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from convenor.core.records.models import Link
from convenor.core.records.queries import access_record
from convenor.core.records.rules import NotAllowed, Refused, anonymous
from convenor.domain.groups.commands.groups import GroupFacts
from convenor.domain.groups.commands.lives import reopen_group
from convenor.domain.groups.commands.parents import ParentFacts
from convenor.domain.groups.commands.succession import Part, Succession, merge_groups, preview, split_group
from convenor.domain.groups.models import Appointment, Closure, Group, Parent, Seat
from convenor.domain.groups.queries.life import life_of
from convenor.domain.groups.queries.rosters import roster
from convenor.domain.groups.tests.world import NOW, START, TODAY, World, told

YESTERDAY = TODAY - timedelta(days=1)


def codes(call: Callable[[], object]) -> list[str]:
    with pytest.raises(Refused) as refused:
        call()
    return [breach.code for breach in refused.value.breaches]


def new(world: World, name: str, type_name: str = "council", **more: Any) -> GroupFacts:
    return GroupFacts(name, f"Purpose of {name}.", world.host, world.type(type_name), **more)


def seated(world: World, name: str, *people: str) -> Group:
    group = world.group("council", name=name)
    for person in people:
        world.appoint(world.seat(group, f"Seat of {person}", constituency="agency"), person)
    return group


def names(world: World, group: Group, on: date) -> list[str]:
    return sorted(holder.name for line in roster(world.by, group.pk, on) for holder in line.present)


def keys(group: Group) -> frozenset[int]:
    return frozenset(Seat.objects.filter(group=group).values_list("pk", flat=True))


def test_two_groups_become_a_new_one(world: World) -> None:
    first, second = seated(world, "First", "Ada A", "Bea B"), seated(world, "Second", "Cy C")
    under = world.group("task-group", name="Errands", under=[ParentFacts(first, START, "Minutes")])
    seat = Seat.objects.get(title="Seat of Cy C")
    part = Part(new=new(world, "Both"), seats=keys(first) | {seat.pk})
    plan = Succession((first, second), (part,), TODAY, "They do the same.")
    report = merge_groups(by=world.by, plan=plan, now=NOW)
    made = report.made[0]
    assert (made.state, made.started_on) == ("active", TODAY)
    assert names(world, made, TODAY) == ["Ada A", "Bea B", "Cy C"]
    assert names(world, first, YESTERDAY) == ["Ada A", "Bea B"]
    assert names(world, first, TODAY) == []
    assert [(row.kind, row.on) for row in Closure.objects.order_by("pk")] == [("merged", YESTERDAY)] * 2
    assert Parent.objects.get(group=under, ends_on=None).parent == made
    assert Parent.objects.get(group=under, ends_on=None).approved_on == START
    assert Parent.objects.get(group=under, parent=first).ends_on == YESTERDAY
    linked = Link.objects.filter(relation__slug="succeeded-by")
    assert sorted(linked.values_list("source__title", "target__title")) == [("First", "Both"), ("Second", "Both")]
    assert [row.name for row in life_of(anonymous(NOW), first).became] == ["Both"]
    assert sorted(row.name for row in life_of(anonymous(NOW), made).came_from) == ["First", "Second"]
    assert access_record(anonymous(NOW), first.record.ref) == first.record
    assert [verb for verb, _ in told(made.record)][-1] == "group.succeeded"
    assert Appointment.objects.get(person__name="Cy C", ends_on=None).instrument == "Carried over from Second."
    later = NOW + timedelta(days=5)
    assert codes(
        lambda: reopen_group(by=world.by, group=first, on=TODAY + timedelta(days=5), reason="Back.", now=later)
    ) == ["gone-over"]


def test_one_group_goes_on_as_another_that_is_there(world: World) -> None:
    first, second = seated(world, "First", "Ada A"), seated(world, "Second", "Cy C")
    plan = Succession((first,), (Part(into=second, seats=keys(first)),), TODAY, "One is enough.", people=False)
    merge_groups(by=world.by, plan=plan, now=NOW)
    assert names(world, second, TODAY) == ["Cy C"]
    assert [line.vacant for line in roster(world.by, second.pk, TODAY)].count(True) == 1


def test_one_group_becomes_two(world: World) -> None:
    group = seated(world, "Whole", "Ada A", "Bea B")
    children = [world.group("task-group", name=name, under=[ParentFacts(group)]) for name in ("One", "Two")]
    ada, bea = (Seat.objects.get(title=f"Seat of {name}") for name in ("Ada A", "Bea B"))
    parts = (
        Part(new=new(world, "Left"), seats=frozenset({ada.pk})),
        Part(new=new(world, "Right"), seats=frozenset({bea.pk}), children=frozenset({children[1].pk})),
    )
    report = split_group(by=world.by, plan=Succession((group,), parts, TODAY, "Too much for one."), now=NOW)
    left, right = report.made
    assert (names(world, left, TODAY), names(world, right, TODAY)) == (["Ada A"], ["Bea B"])
    found = Parent.objects.filter(ends_on=None).order_by("group__name")
    assert list(found.values_list("group__name", "parent__name")) == [("One", "Left"), ("Two", "Right")]
    assert Closure.objects.get(group=group).kind == "split"
    assert report.lost[group.pk] == (2, 2)


def test_the_preview_says_all_and_does_nothing(world: World) -> None:
    first, second = seated(world, "First", "Ada A"), seated(world, "Second", "Cy C")
    other = world.group("council", name="Other")
    world.seat(other, chair_of=first, constituency="agency")
    plan = Succession((first, second), (Part(new=new(world, "Both"), seats=keys(first)),), TODAY, "Same.")
    before = (Group.objects.count(), Seat.objects.count(), len(told(first.record)))
    report = preview(by=world.by, plan=plan, kind="merged", now=NOW)
    assert [group.name for group in report.made] == ["Both"]
    assert [(seat.title, name) for _group, seat, name in report.seats] == [("Seat of Ada A", "Ada A")]
    assert [seat.group.name for seat in report.ex_officio] == ["Other"]
    assert (Group.objects.count(), Seat.objects.count(), len(told(first.record))) == before
    assert Group.objects.get(pk=first.pk).state == "active"


def test_children_are_placed_only_where_their_rules_allow(world: World) -> None:
    working = world.working_group("Work")
    child = world.group("focus-group", name="Focus", deliverable="One.", under=[ParentFacts(working, START, "Minutes")])
    council = world.group("council")
    plan = Succession((working,), (Part(into=council),), TODAY, "Ends.")
    with pytest.raises(Refused) as refused:
        merge_groups(by=world.by, plan=plan, now=NOW)
    assert "Focus:" in str(refused.value)
    assert "is of another type" in str(refused.value)
    assert Group.objects.get(pk=working.pk).state == "active"
    other = world.working_group("Work two")
    merge_groups(by=world.by, plan=Succession((working,), (Part(into=other),), TODAY, "Ends."), now=NOW)
    assert Parent.objects.get(group=child, ends_on=None).parent == other


def test_seats_go_only_where_the_rules_allow_and_nothing_is_half_done(world: World) -> None:
    groups = [world.group("task-group", name=f"Errand {n}") for n in range(2)]
    for group in groups:
        for number in range(2):
            world.seat(group, f"{group.name} seat {number}")
    plan = Succession((groups[0],), (Part(into=groups[1], seats=keys(groups[0])),), TODAY, "One.")
    assert codes(lambda: merge_groups(by=world.by, plan=plan, now=NOW)) == ["engagement.size"]
    assert Group.objects.get(pk=groups[0].pk).state == "active"
    assert Seat.objects.count() == 4


def test_what_is_refused(world: World) -> None:
    first, second = seated(world, "First", "Ada A"), seated(world, "Second", "Cy C")
    one = Part(into=second)
    given: dict[str, Any] = {"by": world.by, "now": NOW}
    both = (first, second)
    for plan, code in (
        (Succession(both, (one,), TODAY, "x"), "into-itself"),
        (Succession((first,), (one,), TODAY, " "), "reason-needed"),
        (Succession((first,), (one,), TODAY + timedelta(days=1), "x"), "not-yet"),
        (Succession((first,), (Part(new=new(world, "N")),), TODAY, "x"), "one-only"),
        (Succession((first,), (one, Part(new=new(world, "N"))), TODAY, "x"), "one-part"),
        (Succession((first,), (Part(into=second, seats=keys(second)),), TODAY, "x"), "not-theirs"),
        (Succession((first, second), (Part(),), TODAY, "x"), "nothing-follows"),
        (Succession((first,), (one,), START, "x"), "closes-before-start"),
    ):
        with pytest.raises(Refused) as refused:
            merge_groups(plan=plan, **given)
        assert [breach.code for breach in refused.value.breaches] == [code]
    assert codes(lambda: split_group(plan=Succession((first,), (one,), TODAY, "x"), **given)) == ["several-parts"]
    twice = tuple(Part(new=new(world, name), seats=keys(first)) for name in "AB")
    assert codes(lambda: split_group(plan=Succession((first,), twice, TODAY, "x"), **given)) == ["placed-twice"]
    for command in (merge_groups, split_group):
        parts = (one,) if command is merge_groups else tuple(Part(new=new(world, name)) for name in "AB")
        with pytest.raises(NotAllowed):
            command(by=world.somebody(), plan=Succession((first,), parts, TODAY, "x"), now=NOW)
