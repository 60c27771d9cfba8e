"""Proposals: put, answered, returned, declined; by officers, by who chairs the parent, by signed link; refusals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from convenor.core.accounts.models import Person
from convenor.core.accounts.queries import viewer_for
from convenor.core.records.rules import NotAllowed, Refused
from convenor.domain.engagement.queries import effective_rules
from convenor.domain.engagement.rules import said
from convenor.domain.groups.commands.lives import move_group, reopen_group
from convenor.domain.groups.commands.parents import (
    ParentFacts,
    correct_parent,
    record_approval,
    set_parent,
    strike_parent,
)
from convenor.domain.groups.commands.proposals import (
    Answer,
    ProposalFacts,
    approve_proposal,
    decline_proposal,
    propose_again,
    propose_to,
    return_proposal,
)
from convenor.domain.groups.models import Closure, Group, Parent, Proposal, ProposalStep
from convenor.domain.groups.tests.world import NOW, START, TODAY, World, last_told, told

pytestmark = pytest.mark.slow

MEETING = Answer(TODAY, "Meeting 7, item 4")


def codes(call: Callable[[], object]) -> list[str]:
    with pytest.raises(Refused) as refused:
        call()
    return [breach.code for breach in refused.value.breaches]


def proposed(world: World, parent: Group | None = None) -> Proposal:
    """A focus group that waits for its working group's approval."""
    under = [ParentFacts(parent or world.working_group())]
    group = world.group(
        "focus-group", name="Archive focus group", deliverable="One rule.", state="proposed", under=under,
        started_on=None, proposal=ProposalFacts("Records branch", "Nobody knows how long to keep them."),
    )  # fmt: skip
    return Proposal.objects.select_related("group__record", "parent").get(group=group)


def chair_of(world: World, group: Group, name: str = "Cora Chair", email: str = "cora@practice.example") -> Person:
    person = world.person(name, email)
    seat = world.seat(group, "Chair's seat")
    world.appoint(seat, name)
    world.chair(seat)
    return person


def test_a_group_may_be_proposed_without_its_parents_approval_but_goes_no_further(world: World) -> None:
    proposal = proposed(world)
    group = proposal.group
    assert (group.state, proposal.state, proposal.proposed_by) == ("proposed", "waiting", "Records branch")
    rules = effective_rules(world.type("focus-group"), TODAY)
    assert rules is not None
    with pytest.raises(Refused) as refused:
        move_group(by=world.by, group=group, to="recruiting", now=NOW)
    assert said(rules, "parent_approval") in str(refused.value)
    assert [breach.code for breach in refused.value.breaches] == ["engagement.parent_approval"]
    assert codes(lambda: world.focus_group(under=[ParentFacts(world.working_group("Other"))])) == [
        "engagement.parent_approval"
    ]
    approve_proposal(by=world.by, proposal=proposal, answer=MEETING, now=NOW)
    link = Parent.objects.get(group=group)
    assert (link.approved_on, link.approval_note) == (TODAY, "Meeting 7, item 4")
    assert last_told(group.record) == (
        "group.proposal-approved",
        {
            "parent": (None, link.parent.record.ref),
            "on": (None, TODAY.isoformat()),
            "instrument": (None, "Meeting 7, item 4"),
        },
    )
    assert move_group(by=world.by, group=group, to="recruiting", now=NOW).state == "recruiting"


def test_the_chair_of_the_parent_answers_and_so_does_nobody_else_below(world: World) -> None:
    parent = world.working_group()
    person = chair_of(world, parent)
    proposal = proposed(world, parent)
    elsewhere = world.department("Elsewhere")
    for viewer in (world.somebody(), world.officer(over=elsewhere.record)):
        with pytest.raises(NotAllowed):
            approve_proposal(by=viewer, proposal=proposal, answer=MEETING, now=NOW)
    asking = viewer_for(Person.objects.get(pk=person.pk), NOW)
    approve_proposal(by=asking, proposal=proposal, answer=MEETING, now=NOW)
    assert ProposalStep.objects.get().answered_as == "Chair, Chair's seat"


def test_returned_and_proposed_again_every_answer_is_kept(world: World) -> None:
    proposal = proposed(world)
    assert codes(lambda: return_proposal(by=world.by, proposal=proposal, answer=MEETING, now=NOW)) == ["reason-needed"]
    lacking = Answer(TODAY, "Letter", "Say what it costs.")
    returned = return_proposal(by=world.by, proposal=proposal, answer=lacking, now=NOW)
    assert returned.state == "returned"
    assert codes(lambda: approve_proposal(by=world.by, proposal=proposal, answer=MEETING, now=NOW)) == [
        "answered-already"
    ]
    propose_again(by=world.by, proposal=proposal, note="It costs nothing.", now=NOW)
    assert codes(lambda: propose_again(by=world.by, proposal=proposal, note="x", now=NOW)) == ["answered-already"]
    approve_proposal(by=world.by, proposal=proposal, answer=MEETING, now=NOW)
    assert list(ProposalStep.objects.order_by("pk").values_list("kind", "note")) == [
        ("returned", "Say what it costs."), ("proposed", "It costs nothing."), ("approved", ""),
    ]  # fmt: skip
    with pytest.raises(NotAllowed):
        propose_again(by=world.somebody(), proposal=proposal, note="x", now=NOW)


def test_declined_the_group_closes_for_that_reason(world: World) -> None:
    proposal = proposed(world)
    decline_proposal(by=world.by, proposal=proposal, answer=Answer(TODAY, "", "Another group does it."), now=NOW)
    group = Group.objects.get(pk=proposal.group_id)
    closure = Closure.objects.get(group=group)
    assert (group.state, closure.kind, closure.reason) == ("closed", "declined", "Another group does it.")
    later = NOW + timedelta(days=2)
    again = reopen_group(by=world.by, group=group, on=TODAY + timedelta(days=2), reason="Asked anew.", now=later)
    assert again.state == "proposed"
    closure.refresh_from_db()
    assert (closure.reopened_on, closure.reopen_reason) == (TODAY + timedelta(days=2), "Asked anew.")


def test_one_parents_no_does_not_close_what_another_approved(world: World) -> None:
    proposal = proposed(world)
    second = world.working_group("Second working group")
    set_parent(by=world.by, group=proposal.group, link=ParentFacts(second), starts_on=TODAY, now=NOW)
    other = propose_to(by=world.by, group=proposal.group, parent=second, facts=ProposalFacts("", "Yours too."), now=NOW)
    approve_proposal(by=world.by, proposal=proposal, answer=MEETING, now=NOW)
    assert codes(lambda: move_group(by=world.by, group=proposal.group, to="active", now=NOW)) == [
        "engagement.parent_approval"
    ]
    decline_proposal(by=world.by, proposal=other, answer=Answer(TODAY, "", "Not ours."), now=NOW)
    assert Group.objects.get(pk=proposal.group_id).state == "proposed"


def test_what_is_refused_of_a_proposal(world: World) -> None:
    proposal = proposed(world)
    group, parent = proposal.group, proposal.parent
    assert parent is not None
    facts = ProposalFacts("", "Why not.")
    assert codes(lambda: propose_to(by=world.by, group=group, parent=parent, facts=facts, now=NOW)) == ["asked-already"]
    council = world.group("council")
    assert codes(lambda: propose_to(by=world.by, group=group, parent=council, facts=facts, now=NOW)) == ["not-under"]
    assert codes(lambda: propose_to(by=world.by, group=council, parent=None, facts=facts, now=NOW)) == ["not-proposed"]
    with pytest.raises(NotAllowed):
        propose_to(by=world.somebody(), group=group, parent=parent, facts=facts, now=NOW)
    for on, code in ((TODAY + timedelta(days=1), "not-yet"), (TODAY - timedelta(days=1), "answered-before")):
        asked = partial(approve_proposal, by=world.by, proposal=proposal, answer=Answer(on), now=NOW)
        assert codes(asked) == [code]


def test_an_approval_recorded_with_the_parent_answers_the_proposal(world: World) -> None:
    proposal = proposed(world)
    record_approval(by=world.by, link=Parent.objects.get(), approved_on=TODAY, note="Letter", now=NOW)
    proposal.refresh_from_db()
    assert proposal.state == "approved"


def test_what_was_put_to_its_own_officers_is_answered_by_setting_it_going(world: World) -> None:
    group = world.group("council", state="proposed", started_on=None, proposal=ProposalFacts("The minister", "Asked."))
    own = Proposal.objects.get(group=group)
    assert (own.parent, own.state) == (None, "waiting")
    move_group(by=world.by, group=group, to="active", now=NOW)
    own.refresh_from_db()
    assert own.state == "approved"


def test_a_parents_dates_are_corrected_with_a_reason_or_taken_out(world: World) -> None:
    group = world.group("task-group")
    council, other = world.group("council"), world.group("council", name="Other council")
    link = set_parent(by=world.by, group=group, link=ParentFacts(council), starts_on=START, now=NOW)
    first = date(2025, 1, 1)
    given: dict[str, Any] = {"link": link, "starts_on": first, "ends_on": None, "now": NOW}
    assert codes(lambda: correct_parent(by=world.by, reason=" ", **given)) == ["reason-needed"]
    with pytest.raises(NotAllowed):
        correct_parent(by=world.somebody(), reason="Wrong.", **given)
    correct_parent(by=world.by, reason="The letter said so.", **given)
    verb, values = last_told(group.record)
    assert (verb, values["starts_on"]) == ("group.parent-corrected", (START.isoformat(), "2025-01-01"))
    backwards = {**given, "ends_on": date(2024, 1, 1)}
    assert codes(lambda: correct_parent(by=world.by, reason="x", **backwards)) == ["span-backwards"]
    second = set_parent(by=world.by, group=group, link=ParentFacts(other), starts_on=START, now=NOW)
    assert codes(lambda: strike_parent(by=world.by, link=second, reason="", now=NOW)) == ["reason-needed"]
    strike_parent(by=world.by, link=second, reason="Never so.", now=NOW)
    assert not Parent.objects.filter(pk=second.pk).exists()


def test_the_last_parent_of_a_group_that_must_have_one_is_not_taken_out(world: World) -> None:
    link = Parent.objects.get(group=world.focus_group())
    assert codes(lambda: strike_parent(by=world.by, link=link, reason="x", now=NOW)) == ["engagement.parents"]


def test_the_journal_keeps_the_order(world: World) -> None:
    proposal = proposed(world)
    assert [verb for verb, _ in told(proposal.group.record)] == ["group.created", "group.parent-set", "group.proposed"]
