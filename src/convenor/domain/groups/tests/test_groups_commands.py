"""Setting up, changing, closing and reopening groups: happy, refused, each rule, what the journal says."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from convenor.core.clock.models import Deadline
from convenor.core.records.models import Address, Audience
from convenor.core.records.rules import NotAllowed, Refused, anonymous
from convenor.domain.engagement.queries import effective_rules
from convenor.domain.engagement.rules import said
from convenor.domain.groups.commands.groups import GroupFacts, create_group, edit_group
from convenor.domain.groups.commands.initiatives import InitiativeFacts, create_initiative, edit_initiative
from convenor.domain.groups.commands.lives import close_group, move_group, reopen_group, set_review
from convenor.domain.groups.commands.parents import ParentFacts
from convenor.domain.groups.commands.showing import restore_group, show_group, withdraw_group
from convenor.domain.groups.models import Appointment, Chairing, Group, Parent, Seat
from convenor.domain.groups.queries.rosters import roster
from convenor.domain.groups.tests.world import NOW, START, TODAY, World, last_told, told


def texts(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [breach.text for breach in refused.value.breaches]


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [breach.code for breach in refused.value.breaches]


def facts_of(group: Group, **changed: Any) -> GroupFacts:
    names = ("name", "purpose", "host", "type", "is_ours", "acronym", "initiative", "deliverable", "started_on")
    given = {name: getattr(group, name) for name in (*names, "review_due_on", "sunset_on")}
    return GroupFacts(**{**given, **changed})


def test_a_group_is_set_up_with_its_audiences_review_and_history(world: World) -> None:
    group = world.group("council", name="Practice council", acronym="PC")
    group.refresh_from_db()
    assert (group.slug, group.record.ref, group.state, group.started_on) == (
        "practice-council", "GRP-2026-001", "active", START,
    )  # fmt: skip
    assert group.review_due_on == date(2027, 1, 15)
    keys = [f"group:{group.pk}:members", f"group:{group.pk}:secretariat"]
    assert sorted(Audience.objects.values_list("key", flat=True)) == keys
    assert [(row.kind, row.due_at.date()) for row in Deadline.objects.filter(record=group.record)] == [
        ("group-review", date(2027, 1, 15))
    ]
    verb, values = last_told(group.record)
    assert verb == "group.created"
    assert values["name"] == (None, "Practice council")
    assert values["host"] == (None, world.host.record.ref)


def test_a_group_of_ours_has_a_type_and_another_bodys_need_not(world: World) -> None:
    with pytest.raises(Refused) as refused:
        create_group(by=world.by, facts=GroupFacts("X", "To try.", world.host), now=NOW)
    assert codes(refused) == ["type-needed"]
    outside = world.group(None, name="Forum of nations")
    assert (outside.type, outside.review_due_on) == (None, None)


def test_the_rules_of_the_type_are_refused_in_their_own_words(world: World) -> None:
    with pytest.raises(Refused) as refused:
        world.group("focus-group", name="Bare")
    rules = effective_rules(world.type("focus-group"), START)
    assert rules is not None
    assert texts(refused) == [
        f"{said(rules, 'parents')} No parent is given.",
        f"{said(rules, 'must_deliver')} Say what it is to deliver.",
    ]
    under = [ParentFacts(world.group("council", name="Council"))]
    with pytest.raises(Refused) as refused:
        world.group("focus-group", name="Bare", deliverable="One.", under=under)
    assert texts(refused) == [
        f"{said(rules, 'parents')} Council is of another type.",
        f"{said(rules, 'parent_approval')} Council has not approved it.",
    ]
    with pytest.raises(Refused) as refused:
        world.group("working-group", name="Bare")
    assert codes(refused) == ["engagement.lifespan"]
    assert Group.objects.count() == 1


def test_a_type_for_one_body_has_one_living_group(world: World) -> None:
    first = world.group("forum", name="Forum")
    with pytest.raises(Refused) as refused:
        world.group("forum", name="Second forum")
    assert codes(refused) == ["engagement.only_one"]
    close_group(by=world.by, group=first, on=TODAY, reason="Its work is done.", now=NOW)
    second = world.group("forum", name="Second forum", started_on=TODAY)
    with pytest.raises(Refused) as refused:
        reopen_group(by=world.by, group=first, on=TODAY, reason="Again.", now=NOW)
    assert codes(refused) == ["reopens-before-close"]
    withdraw_group(by=world.by, group=second, reason="A mistake.", now=NOW)
    third = world.group("forum", name="Third forum", started_on=TODAY)
    with pytest.raises(Refused) as refused:
        restore_group(by=world.by, group=second, reason="No mistake.", now=NOW)
    assert codes(refused) == ["engagement.only_one"]
    assert third.state == "active"


def test_a_type_that_no_version_has_is_refused(world: World) -> None:
    council = world.type("council")
    council.model.versions.update(in_force_from=date(2027, 1, 1))
    with pytest.raises(Refused) as refused:
        world.group("council")
    assert codes(refused) == ["type-not-in-force"]


def test_a_group_older_than_its_model_is_judged_by_the_rules_of_today(world: World) -> None:
    old = world.group("council", started_on=date(2011, 3, 1))
    assert (old.started_on, old.review_due_on) == (date(2011, 3, 1), date(2027, 11, 23))


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"name": " "}, "field"),
        ({"name": "x" * 201}, "field"),
        ({"purpose": ""}, "field"),
        ({"acronym": "y" * 21}, "field"),
        ({"name": "nul \x00"}, "field"),
        ({"started_on": date(2027, 1, 1)}, "not-yet"),
        ({"sunset_on": date(2023, 1, 1)}, "sunset-before-start"),
    ],
)
def test_bad_facts_are_refused_on_creation_and_on_change(world: World, changed: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        world.group("council", **changed)
    assert code in codes(refused)
    group = world.group("council")
    with pytest.raises(Refused) as refused:
        edit_group(by=world.by, group=group, facts=facts_of(group, **changed), now=NOW)
    assert code in codes(refused)
    assert len(told(group.record)) == 1


def test_a_group_begins_open(world: World) -> None:
    with pytest.raises(Refused) as refused:
        world.group("council", state="closed")
    assert codes(refused) == ["state-unknown"]


def test_renaming_keeps_the_old_address(world: World) -> None:
    group = world.group("council", name="First name")
    edit_group(by=world.by, group=group, facts=facts_of(group, name="Second name"), now=NOW)
    group.refresh_from_db()
    assert (group.slug, group.record.title) == ("second-name", "Second name")
    assert Address.objects.get(kind="group", slug="first-name").record_id == group.record_id
    assert Audience.objects.get(key=f"group:{group.pk}:members").label == "Members of Second name"
    assert last_told(group.record) == ("group.edited", {"name": ("First name", "Second name")})


def test_a_change_of_nothing_writes_nothing(world: World) -> None:
    group = world.group("council")
    edit_group(by=world.by, group=group, facts=facts_of(group), now=NOW)
    assert [verb for verb, _ in told(group.record)] == ["group.created"]


def test_a_group_may_change_its_type_only_to_one_whose_rules_it_keeps(world: World) -> None:
    group = world.group("council")
    with pytest.raises(Refused) as refused:
        edit_group(by=world.by, group=group, facts=facts_of(group, type=world.type("focus-group")), now=NOW)
    assert codes(refused) == ["engagement.must_deliver", "engagement.parents"]
    for number in range(4):
        world.seat(group, f"Seat {number}", constituency="agency")
    with pytest.raises(Refused) as refused:
        edit_group(by=world.by, group=group, facts=facts_of(group, type=world.type("task-group")), now=NOW)
    assert "engagement.size" in codes(refused)


def test_only_officers_over_the_place_may_change_a_group(world: World) -> None:
    group = world.group("council")
    elsewhere = world.department("Department of Elsewhere")
    below = world.department("Branch of Practice", parent=world.host)
    hosted_below = world.group("council", name="Branch council", host=below)
    allowed = [
        (world.officer(), group),
        (world.officer(duty="administrator"), group),
        (world.officer(group.record), group),
        (world.officer(world.host.record), group),
        (world.officer(world.host.record), hosted_below),
        (world.officer(world.type("council").model.record), group),
    ]
    for number, (by, which) in enumerate(allowed):
        which.refresh_from_db()
        edit_group(by=by, group=which, facts=facts_of(which, acronym=f"A{number}"), now=NOW)
    for by in (anonymous(NOW), world.somebody(), world.officer(elsewhere.record), world.officer(duty="publisher")):
        with pytest.raises(NotAllowed) as refused:
            edit_group(by=by, group=group, facts=facts_of(group, acronym="B"), now=NOW)
        assert texts(refused) == ["Only the officers who look after this group can change it."]
        with pytest.raises(NotAllowed):
            create_group(by=by, facts=facts_of(group), now=NOW)


def test_nobody_gives_a_group_to_a_host_they_have_no_duty_over(world: World) -> None:
    group = world.group("council")
    elsewhere = world.department("Department of Elsewhere")
    by = world.officer(world.host.record)
    with pytest.raises(NotAllowed):
        edit_group(by=by, group=group, facts=facts_of(group, host=elsewhere), now=NOW)
    edit_group(by=world.officer(), group=group, facts=facts_of(group, host=elsewhere), now=NOW)
    group.refresh_from_db()
    assert group.host == elsewhere
    assert last_told(group.record)[1] == {"host": (world.host.record.ref, elsewhere.record.ref)}


def test_a_group_moves_through_its_states(world: World) -> None:
    group = world.group("council", state="proposed", started_on=None)
    for to in ("recruiting", "active", "dormant", "active"):
        group = move_group(by=world.by, group=group, to=to, now=NOW)
    assert (group.state, group.started_on) == ("active", TODAY)
    assert [values for verb, values in told(group.record) if verb == "group.moved"][1:] == [
        {"state": ("recruiting", "active"), "started_on": (None, "2026-11-23")},
        {"state": ("active", "dormant")},
        {"state": ("dormant", "active")},
    ]
    with pytest.raises(Refused) as refused:
        move_group(by=world.by, group=group, to="proposed", now=NOW)
    assert codes(refused) == ["state-order"]
    with pytest.raises(NotAllowed):
        move_group(by=world.somebody(), group=group, to="dormant", now=NOW)


def test_closing_ends_everything_and_keeps_the_past(world: World) -> None:
    group = world.group("council", started_on=date(2024, 1, 1))
    seat = world.seat(group, "A seat", constituency="agency")
    world.appoint(seat, "Ada Marsh")
    world.chair(seat, "co-chair")
    on = date(2026, 11, 20)
    close_group(by=world.by, group=group, on=on, reason="Its work is done.", now=NOW)
    group.refresh_from_db()
    assert (group.state, group.closed_on, group.close_reason) == ("closed", on, "Its work is done.")
    ends = [model.objects.values_list("ends_on", flat=True).get() for model in (Seat, Appointment, Chairing)]
    assert ends == [on, on, on]
    assert [line.present[0].name for line in roster(world.by, group.pk, on)] == ["Ada Marsh"]
    assert roster(world.by, group.pk, date(2026, 11, 21)) == []
    assert Deadline.objects.filter(record=group.record, met_at=None).count() == 0
    verb, values = last_told(group.record)
    assert (verb, values["state"], values["reason"]) == (
        "group.closed", ("active", "closed"), (None, "Its work is done."),
    )  # fmt: skip


def test_a_closed_group_takes_no_changes_until_it_is_reopened(world: World) -> None:
    group = world.group("council")
    seat = world.seat(group, "A seat", constituency="agency")
    world.appoint(seat, "Ada Marsh")
    close_group(by=world.by, group=group, on=date(2026, 11, 1), reason="Done.", now=NOW)
    for attempt in (
        lambda: edit_group(by=world.by, group=group, facts=facts_of(group, acronym="X"), now=NOW),
        lambda: move_group(by=world.by, group=group, to="active", now=NOW),
        lambda: close_group(by=world.by, group=group, on=TODAY, reason="Again.", now=NOW),
        lambda: world.seat(group, "Another", constituency="agency"),
        lambda: world.appoint(seat, "Ben Reed"),
    ):
        with pytest.raises(Refused) as refused:
            attempt()
        assert codes(refused) == ["closed"]
    with pytest.raises(Refused) as refused:
        reopen_group(by=world.by, group=group, on=TODAY, reason=" ", now=NOW)
    assert codes(refused) == ["reason-needed"]
    reopen_group(by=world.by, group=group, on=TODAY, reason="Closed too soon.", now=NOW)
    assert roster(world.by, group.pk, date(2026, 11, 10)) == []
    assert [(line.seat.title, line.vacant) for line in roster(world.by, group.pk, TODAY)] == [("A seat", True)]
    assert [verb for verb, _ in told(group.record)[-2:]] == ["group.reopened", "group.seat-added"]
    with pytest.raises(NotAllowed):
        reopen_group(by=world.somebody(), group=group, on=TODAY, reason="Mine.", now=NOW)


def test_a_group_cannot_close_over_a_child_that_must_have_a_parent(world: World) -> None:
    child = world.focus_group()
    parent = Parent.objects.get(group=child).parent
    with pytest.raises(Refused) as refused:
        close_group(by=world.by, group=parent, on=TODAY, reason="Done.", now=NOW)
    assert texts(refused) == [
        "Corrections focus group stands under it and must have a parent. Close it, or give it another parent, first."
    ]
    close_group(by=world.by, group=child, on=TODAY, reason="Done.", now=NOW)
    close_group(by=world.by, group=parent, on=TODAY, reason="Done.", now=NOW)


def test_reviews_are_promises(world: World) -> None:
    group = world.group("council")
    with pytest.raises(Refused) as refused:
        set_review(by=world.by, group=group, due_on=date(2026, 1, 1), reviewed_on=date(2027, 1, 1), now=NOW)
    assert codes(refused) == ["not-yet", "review-past", "outcome-needed"]
    due = date(2027, 6, 30)
    set_review(by=world.by, group=group, due_on=due, reviewed_on=TODAY, outcome="It goes on.", now=NOW)
    group.refresh_from_db()
    assert group.review_due_on == due
    rows = Deadline.objects.filter(record=group.record).order_by("pk")
    assert [(row.met_at is None, row.due_at.date()) for row in rows] == [(False, date(2027, 1, 15)), (True, due)]
    assert last_told(group.record)[1]["outcome"] == (None, "It goes on.")
    set_review(by=world.by, group=group, due_on=None, now=NOW)
    assert Deadline.objects.filter(record=group.record, met_at=None).count() == 0
    with pytest.raises(NotAllowed):
        set_review(by=world.somebody(), group=group, due_on=due, now=NOW)


def test_a_group_may_be_for_its_members_only(world: World) -> None:
    group = world.group("council", readers="members")
    assert (group.record.visibility, group.record.disclosure) == ("audience", "nothing")
    assert Group.objects.visible_to(anonymous(NOW)).count() == 0
    show_group(by=world.by, group=group, readers="public", reason="It is announced.", now=NOW)
    assert Group.objects.visible_to(anonymous(NOW)).count() == 1
    group.record.refresh_from_db()
    assert group.record.ref == "GRP-2026-001"
    show_group(by=world.by, group=group, readers="members", known="existence", reason="A matter under review.", now=NOW)
    group.record.refresh_from_db()
    assert (group.record.disclosure, group.record.withheld_reason) == ("existence", "A matter under review.")
    assert last_told(group.record)[1]["visibility"] == ("public", "audience")
    with pytest.raises(Refused):
        show_group(by=world.by, group=group, readers="public", reason="", now=NOW)
    with pytest.raises(NotAllowed):
        show_group(by=world.somebody(), group=group, readers="public", reason="Mine.", now=NOW)


def test_withdrawing_and_restoring(world: World) -> None:
    group = world.group("council")
    with pytest.raises(Refused):
        withdraw_group(by=world.by, group=group, reason="", now=NOW)
    with pytest.raises(NotAllowed):
        withdraw_group(by=world.somebody(), group=group, reason="Mine.", now=NOW)
    withdraw_group(by=world.by, group=group, reason="Entered twice.", now=NOW)
    assert Group.objects.live().count() == 0
    with pytest.raises(Refused) as refused:
        move_group(by=world.by, group=group, to="dormant", now=NOW)
    assert codes(refused) == ["withdrawn"]
    restore_group(by=world.by, group=group, reason="It was another one.", now=NOW)
    assert Group.objects.live().count() == 1
    assert [verb for verb, _ in told(group.record)] == ["group.created", "group.withdrawn", "group.restored"]
    with pytest.raises(NotAllowed):
        restore_group(by=world.somebody(), group=group, reason="Mine.", now=NOW)


def test_initiatives(world: World) -> None:
    made = create_initiative(by=world.by, facts=InitiativeFacts("Payday reform", "Faster pay."), now=NOW)
    assert (made.slug, made.record.ref) == ("payday-reform", "INI-2026-001")
    edit_initiative(by=world.by, initiative=made, facts=InitiativeFacts("Payday rules", "Faster pay."), now=NOW)
    made.refresh_from_db()
    assert (made.slug, made.record.title) == ("payday-rules", "Payday rules")
    assert [verb for verb, _ in told(made.record)] == ["initiative.created", "initiative.edited"]
    with pytest.raises(Refused):
        create_initiative(by=world.by, facts=InitiativeFacts(""), now=NOW)
    with pytest.raises(NotAllowed):
        create_initiative(by=world.somebody(), facts=InitiativeFacts("Mine"), now=NOW)
    with pytest.raises(NotAllowed):
        edit_initiative(by=world.somebody(), initiative=made, facts=InitiativeFacts("Mine"), now=NOW)
