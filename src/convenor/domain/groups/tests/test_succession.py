"""Merging and splitting: in one transaction, dated, seats and people carried over, children placed by the rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from convenor.core.accounts.models import Person
from convenor.core.accounts.queries import viewer_for
from convenor.core.records.models import Link
from convenor.core.records.queries import access_record
from convenor.core.records.rules import NotAllowed, Refused, anonymous, system
from convenor.domain.directory.models import Profile
from convenor.domain.groups.commands.groups import GroupFacts
from convenor.domain.groups.commands.joining import Joining, join_group, leave_group, set_admission
from convenor.domain.groups.commands.lives import reopen_group
from convenor.domain.groups.commands.parents import ParentFacts
from convenor.domain.groups.commands.succession import Part, Succession, merge_groups, preview, split_group
from convenor.domain.groups.models import Admission, Appointment, Chairing, Closure, Group, Parent, Seat
from convenor.domain.groups.queries.life import life_of
from convenor.domain.groups.queries.rosters import roster
from convenor.domain.groups.tests.world import NOW, START, TODAY, World, told

pytestmark = pytest.mark.slow

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


def chaired(world: World, name: str, *sides: str) -> Group:
    """A council with a co-chair on each of these sides, and somebody acting for the first until next week."""
    group = world.group("council", name=name)
    for side in sides:
        seat = world.seat(group, f"{name}, {side}", constituency=side)
        world.appoint(seat, f"{name} {side}", last=TODAY + timedelta(days=90))
        world.chair(seat, "co-chair", last=TODAY + timedelta(days=60) if side == "agency" else None)
    return group


def chairs(group: Group, on: date) -> list[tuple[str, str]]:
    lines = roster(system(NOW), group.pk, on)
    return [(line.seat.title, chair.role) for line in lines for chair in line.chairs]


def test_whoever_chairs_and_acts_goes_on(world: World) -> None:
    group = chaired(world, "Whole", "providers", "agency")
    seat = Seat.objects.get(title="Whole, providers")
    world.appoint(
        seat, "Ann Acting", TODAY - timedelta(days=5), TODAY + timedelta(days=7), acting=True, reason="Leave."
    )
    days = [START, TODAY - timedelta(days=9), YESTERDAY]
    before = [(names(world, group, day), chairs(group, day)) for day in days]
    plan = Succession((group,), (Part(new=new(world, "Next"), seats=keys(group)),), TODAY, "Under a new name.")
    plan = Succession((group, world.group("council", name="Empty")), plan.parts, TODAY, plan.reason)
    looked = preview(by=world.by, plan=plan, kind="merged", now=NOW)
    assert [(seat.title, role.slug) for _group, seat, role in looked.chairs] == [
        ("Whole, providers", "co-chair"), ("Whole, agency", "co-chair"),
    ]  # fmt: skip
    assert [(seat.title, name) for _group, seat, name in looked.acting] == [("Whole, providers", "Ann Acting")]
    assert (looked.not_chairing, looked.unled) == ([], [])
    (made,) = merge_groups(by=world.by, plan=plan, now=NOW).made
    assert [(names(world, group, day), chairs(group, day)) for day in days] == before
    assert (names(world, group, TODAY), chairs(group, TODAY)) == ([], [])
    assert chairs(made, TODAY) == [("Whole, providers", "Co-chair"), ("Whole, agency", "Co-chair")]
    assert names(world, made, TODAY) == ["Ann Acting", "Whole agency"]
    assert names(world, made, TODAY + timedelta(days=8)) == ["Whole agency", "Whole providers"]
    row = Chairing.objects.get(seat__group=made, seat__constituency="agency")
    assert (row.starts_on, row.ends_on) == (TODAY, TODAY + timedelta(days=60))
    acting = Appointment.objects.get(seat__group=made, acting=True)
    assert (acting.starts_on, acting.ends_on) == (TODAY, TODAY + timedelta(days=7))
    verbs = [verb for verb, _ in told(made.record)]
    assert (verbs.count("group.chair-started"), verbs.count("group.person-appointed")) == (2, 3)


def test_a_chair_that_the_rules_of_what_follows_do_not_allow_is_told_and_stays_seated(world: World) -> None:
    there, gone = chaired(world, "There", "providers", "agency"), chaired(world, "Gone", "providers")
    plan = Succession((gone,), (Part(into=there, seats=keys(gone)),), TODAY, "One is enough.")
    report = merge_groups(by=world.by, plan=plan, now=NOW)
    ((seat, role, why),) = report.not_chairing
    assert (seat.title, role.slug, report.chairs, report.unled) == ("Gone, providers", "co-chair", [], [])
    assert why.startswith("A Council has co-chairs, one from each of “Providers” and “The agency”.")
    assert why.endswith("That side has its co-chair already.")
    assert chairs(there, TODAY) == [("There, providers", "Co-chair"), ("There, agency", "Co-chair")]
    assert "Gone providers" in names(world, there, TODAY)


def test_chairs_may_be_left_behind(world: World) -> None:
    group = chaired(world, "Whole", "providers", "agency")
    parts = tuple(
        Part(new=new(world, side), seats=frozenset({Seat.objects.get(constituency=side).pk}))
        for side in ("providers", "agency")
    )
    plan = Succession((group,), parts, TODAY, "Too much for one.", chairs=False)
    report = preview(by=world.by, plan=plan, kind="split", now=NOW)
    assert (report.chairs, [made.name for made in report.unled]) == ([], ["providers", "agency"])
    report = split_group(by=world.by, plan=replace(plan, chairs=True), now=NOW)
    assert [(made.name, chairs(made, TODAY)) for made in report.made] == [
        ("providers", [("Whole, providers", "Co-chair")]), ("agency", [("Whole, agency", "Co-chair")]),
    ]  # fmt: skip


def test_nobody_is_published_and_nobody_is_kept_by_being_carried_over(world: World) -> None:
    """Who joined without their name stays unnamed, and leaves what follows as they could leave what was."""
    group = world.group("task-group", name="Errand")
    set_admission(by=world.by, group=group, way="open", now=NOW)
    person = Person.objects.create_user("quiet@practice.example", name="Quinn Quiet")
    by = viewer_for(person, NOW)
    old = NOW - timedelta(days=20)
    Admission.objects.update(starts_on=START)
    join_group(by=replace(by, now=old), group=group, person=person, facts=Joining(), now=old)
    other = world.group("task-group", name="Errands")
    plan = Succession((group,), (Part(into=other, seats=keys(group)),), TODAY, "One is enough.")
    merge_groups(by=world.by, plan=plan, now=NOW)
    term = Appointment.objects.get(seat__group=other)
    assert (term.person, term.named, term.joined) == (person, False, True)
    assert not Profile.objects.filter(person=person).exists()
    assert "Quinn" not in str(list(roster(anonymous(NOW), other.pk, TODAY)))
    leave_group(by=by, appointment=term, now=NOW)
    assert not Appointment.objects.filter(seat__group=other).exists()


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
