"""Writing, publishing, prolonging and withdrawing a call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest

from convenor.core.clock.models import Deadline
from convenor.core.records.rules import NotAllowed, Refused
from convenor.domain.expressions.commands.calls import (
    create_call,
    edit_call,
    prolong_call,
    publish_call,
    set_criteria,
    set_questions,
)
from convenor.domain.expressions.commands.telling import withdraw_call
from convenor.domain.expressions.models import Call, CallSeat, Option
from convenor.domain.expressions.rules.calls import CriterionFacts, OptionFacts, QuestionFacts
from convenor.domain.expressions.tests.world import CallWorld, call_facts
from convenor.domain.groups.commands.lives import close_group
from convenor.domain.groups.tests.world import last_told, private_fields

pytestmark = pytest.mark.django_db


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [breach.code for breach in refused.value.breaches]


def test_a_draft_is_read_by_its_officers_only(world: CallWorld) -> None:
    call = world.call
    assert call.record.visibility == "audience"
    assert call.record.audience is not None
    assert call.record.audience.key == f"group:{world.group.pk}:secretariat"
    assert not Call.objects.visible_to(world.somebody()).exists()
    assert not call.record.ref.startswith("CALL-2026")


def test_only_officers_of_the_group_write_calls(world: CallWorld) -> None:
    by = world.somebody()
    attempts: tuple[Callable[[], object], ...] = (
        lambda: create_call(by=by, group=world.group, facts=world.facts(), now=world.now),
        lambda: edit_call(by=by, call=world.call, facts=world.facts(), now=world.now),
        lambda: set_criteria(by=by, call=world.call, rows=[], now=world.now),
        lambda: set_questions(by=by, call=world.call, rows=[], now=world.now),
        lambda: publish_call(by=by, call=world.call, now=world.now),
        lambda: withdraw_call(by=by, call=world.call, reason="No.", now=world.now),
    )
    for attempt in attempts:
        with pytest.raises(NotAllowed):
            attempt()


def test_local_time_and_zone_give_the_instants(world: CallWorld) -> None:
    facts = world.facts(closes_on=date(2027, 1, 20), outcome_by=date(2027, 2, 20), zone="Australia/Perth")
    call = edit_call(by=world.by, call=world.call, facts=facts, now=world.now)
    assert call.closes_at.isoformat() == "2027-01-20T09:00:00+00:00"
    assert call.closes_time == time(17)


def test_days_out_of_order_are_refused_in_words(world: CallWorld) -> None:
    facts = world.facts(outcome_by=world.call.opens_on, purge_on=world.call.opens_on)
    with pytest.raises(Refused) as refused:
        edit_call(by=world.by, call=world.call, facts=facts, now=world.now)
    assert codes(refused) == ["outcome-before-close", "purge-before-outcome"]


def test_a_close_before_the_opening_is_refused(world: CallWorld) -> None:
    facts = world.facts(closes_on=world.call.opens_on, closes_time=time(8))
    with pytest.raises(Refused) as refused:
        edit_call(by=world.by, call=world.call, facts=facts, now=world.now)
    assert codes(refused) == ["closes-before-open"]


def test_criteria_and_questions_are_checked(world: CallWorld) -> None:
    with pytest.raises(Refused) as twice:
        set_criteria(by=world.by, call=world.call, rows=[CriterionFacts("A"), CriterionFacts("a")], now=world.now)
    assert codes(twice) == ["criterion-twice"]
    one = QuestionFacts("size", "How large?", (OptionFacts("Small"),))
    with pytest.raises(Refused) as few:
        set_questions(by=world.by, call=world.call, rows=[one], now=world.now)
    assert codes(few) == ["question-options"]
    many = QuestionFacts("size", "How large?", (OptionFacts("Small", 3), OptionFacts("Large", 2)))
    with pytest.raises(Refused) as bounds:
        set_questions(by=world.by, call=world.call, rows=[many], now=world.now)
    assert codes(bounds) == ["minimums-too-many"]


def test_answers_that_read_alike_get_values_of_their_own(world: CallWorld) -> None:
    rows = [QuestionFacts("size", "How large?", (OptionFacts("< 20"), OptionFacts("> 20")))]
    set_questions(by=world.by, call=world.call, rows=rows, now=world.now)
    assert sorted(Option.objects.values_list("value", flat=True)) == ["20", "20-2"]


def test_publishing_shows_it_and_promises_the_outcome(world: CallWorld) -> None:
    call = world.publish()
    assert call.record.is_public
    assert call.record.ref.startswith("CALL-2026-")
    kinds = set(Deadline.objects.filter(record=call.record, met_at=None).values_list("kind", flat=True))
    assert kinds == {"call-outcome", "call-purge"}
    verb, changes = last_told(call.record)
    assert verb == "call.published"
    assert changes["zone"] == (None, "Australia/Sydney")
    assert private_fields(call.record) == set()


def test_places_must_fit_under_the_caps(world: CallWorld) -> None:
    facts = world.facts(seats=13)
    set_questions(by=world.by, call=world.call, rows=[], now=world.now)
    edit_call(by=world.by, call=world.call, facts=facts, now=world.now)
    with pytest.raises(Refused, match="12") as refused:
        world.publish()
    assert codes(refused) == ["engagement.constituencies"]


def test_a_type_that_is_formed_another_way_takes_no_call(world: CallWorld) -> None:
    council = world.groups.group("council", name="Council of calls")
    facts = world.facts(constituency="providers", seats=1)
    call = create_call(by=world.by, group=council, facts=facts, now=world.now)
    publish_call(by=world.by, call=call, now=world.now)  # the model does not say how a council is formed


def test_a_proposed_or_closed_group_takes_no_call(world: CallWorld) -> None:
    proposed = world.groups.focus_group(name="Not yet", state="proposed")
    call = create_call(by=world.by, group=proposed, facts=world.facts(title="Early"), now=world.now)
    with pytest.raises(Refused) as early:
        publish_call(by=world.by, call=call, now=world.now)
    assert codes(early) == ["group-proposed"]
    close_group(by=world.by, group=world.group, on=world.now.date(), reason="Done.", now=world.now)
    with pytest.raises(Refused):
        create_call(by=world.by, group=world.group, facts=world.facts(), now=world.now)


def test_what_people_answer_to_does_not_change(world: CallWorld) -> None:
    world.publish()
    attempts: tuple[Callable[[], object], ...] = (
        lambda: edit_call(by=world.by, call=world.call, facts=world.facts(seats=5), now=world.now),
        lambda: set_criteria(by=world.by, call=world.call, rows=[CriterionFacts("New")], now=world.now),
        lambda: set_questions(by=world.by, call=world.call, rows=[], now=world.now),
        lambda: publish_call(by=world.by, call=world.call, now=world.now),
    )
    for attempt in attempts:
        with pytest.raises(Refused) as refused:
            attempt()
        assert codes(refused) == ["call-published"]


def test_a_close_moves_later_only_and_says_why(world: CallWorld) -> None:
    world.publish()
    given: dict[str, Any] = {"by": world.by, "call": world.call, "now": world.now, "closes_time": time(17)}
    with pytest.raises(Refused) as earlier:
        prolong_call(**given, closes_on=world.call.closes_on - timedelta(days=1), reason="")
    assert codes(earlier) == ["close-earlier", "reason-needed"]
    moved = prolong_call(**given, closes_on=world.call.closes_on + timedelta(days=3), reason="A holiday.")
    assert moved.closes_at == world.call.closes_at + timedelta(days=3)
    assert last_told(moved.record)[1]["reason"] == (None, "A holiday.")


def test_withdrawing_says_why_and_stays(world: CallWorld) -> None:
    world.publish()
    with pytest.raises(Refused):
        withdraw_call(by=world.by, call=world.call, reason=" ", now=world.now)
    gone = withdraw_call(by=world.by, call=world.call, reason="The reform stopped.", now=world.now)
    assert (gone.state, gone.withdrawn_reason) == ("withdrawn", "The reform stopped.")
    assert gone.record.state == "live"
    with pytest.raises(Refused):
        world.begin()


def test_vacant_seats_may_be_named(world: CallWorld) -> None:
    company = world.groups.company("Vacant company")
    seat = world.groups.seat(world.group, organisation=company, constituency="providers")
    call = create_call(by=world.by, group=world.group, facts=call_facts(world.now, named=(seat,)), now=world.now)
    assert call.seats == 1
    assert CallSeat.objects.get(call=call).seat == seat
    taken = world.groups.seat(world.group, "Taken", constituency="agency")
    world.groups.appoint(taken, "Sitting Already", world.now.date(), date(2026, 12, 31))
    with pytest.raises(Refused) as refused:
        create_call(by=world.by, group=world.group, facts=call_facts(world.now, named=(taken,)), now=world.now)
    assert codes(refused) == ["seat-not-vacant"]


def test_a_term_longer_than_the_type_allows_is_refused_at_once(world: CallWorld) -> None:
    edit_call(by=world.by, call=world.call, facts=world.facts(term_ends_on=None), now=world.now)
    with pytest.raises(Refused) as refused:
        world.publish()
    assert codes(refused) == ["engagement.term"]
