"""Nobody decides on a call in which they have a stake, whatever their duty would allow: at every door, in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from convenor.core.accounts.models import Assistance, Duty, DutyAssignment, Person
from convenor.core.accounts.queries import viewer_for
from convenor.core.journal.models import Entry
from convenor.core.records.rules import BEGINNING, NotAllowed, Refused, Viewer
from convenor.domain.expressions import permissions
from convenor.domain.expressions.commands import assessing, calls, expressing, offering, selecting, telling
from convenor.domain.expressions.models import Assessor, Declaration, Expression, Offer
from convenor.domain.expressions.queries import facts
from convenor.domain.expressions.queries.access import access_edited, access_to_work
from convenor.domain.expressions.queries.tasks import my_assessments
from convenor.domain.expressions.tests.world import CallWorld
from convenor.domain.groups import permissions as groups

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

APPLIED = "You applied to this call yourself"
DECLARED = "You declared an interest"
WHOLE = "You declared an interest in this call"
COULD_READ = "Your duty lets you read what is sent in to this call"


def applies(world: CallWorld, by: Viewer, at: datetime | None = None) -> Expression:
    """Somebody signed in sends in an expression of their own."""
    at = at or world.opened
    begun = expressing.begin_expression(by=by, call=world.call, name=by.name, email="", now=at)
    sent = expressing.submit_expression(by=by, expression=begun, content=world.content(), now=at)
    world.made.append(sent)
    return sent


def steps(world: CallWorld, by: Viewer, assessor: Assessor) -> dict[str, Callable[[], object]]:
    """Everything that is done to a call by who runs it, whatever state it is in: who may not is told so first."""
    call, sent, now = world.call, world.made[0], world.closed
    offer = Offer(call=call, expression=sent)
    declared = Declaration(assessor=assessor, expression=sent)
    criterion = facts.criteria_of(call)[0]
    some: Any = {"by": by, "now": now}
    return {
        "prolong": lambda: calls.prolong_call(
            **some, call=call, closes_on=date(2030, 1, 1), closes_time=call.closes_time, reason="x"
        ),
        "name": lambda: assessing.name_assessor(**some, call=call, person=assessor.person),
        "end": lambda: assessing.end_assessor(**some, assessor=assessor),
        "begin": lambda: assessing.begin_assessment(**some, call=call),
        "lift": lambda: assessing.lift_declaration(**some, declaration=declared),
        "moderate": lambda: assessing.moderate_score(
            **some, expression=sent, criterion=criterion, score=Decimal(1), reason="x"
        ),
        "late": lambda: expressing.allow_late(
            **some, call=call, name="x", email="x@calls.example", until=now + timedelta(days=1), reason="x"
        ),
        "organisation": lambda: expressing.name_organisation(**some, expression=sent, organisation=None),
        "rule out": lambda: expressing.rule_out(**some, expression=sent, reason="x"),
        "freeze": lambda: selecting.freeze_selection(**some, call=call),
        "draw": lambda: selecting.draw_selection(**some, call=call),
        "set aside": lambda: selecting.set_aside_selection(**some, call=call, reason="x"),
        "offers": lambda: offering.make_offers(**some, call=call, days=5),
        "next": lambda: offering.offer_next(**some, call=call, days=5),
        "take back": lambda: offering.take_back_offer(**some, offer=offer),
        "remind": lambda: offering.remind_of_offer(**some, offer=offer),
        "finish": lambda: telling.finish_call(**some, call=call),
        "withdraw": lambda: telling.withdraw_call(**some, call=call, reason="x"),
    }


def refusals(world: CallWorld, by: Viewer, assessor: Assessor) -> dict[str, str]:
    """Step → what it says to somebody with a stake; "done" where it lets them."""
    said = {}
    for name, step in steps(world, by, assessor).items():
        try:
            step()
            said[name] = "done"
        except NotAllowed as no:
            said[name] = no.breaches[0].text
        except Exception as other:  # noqa: BLE001 - any other answer means that the stake was not asked
            said[name] = repr(other)
    return said


def test_an_officer_who_applied_takes_no_step_of_the_call(world: CallWorld) -> None:
    applicant = world.somebody()
    world.publish()
    _viewer, assessor = world.assessor()
    world.send_many(2)
    sent = applies(world, applicant)
    officer = world.on_duty(applicant)
    world.begin_assessment()
    said = refusals(world, officer, assessor)
    assert {name for name, text in said.items() if not text.startswith(APPLIED)} == set()
    expressing.take_back_expression(by=officer, expression=sent, now=world.closed)
    assert not permissions.may_edit_call(officer, world.call).ok  # who was in it once has seen it from inside
    assert permissions.may_edit_call(world.by, world.call).ok


def test_an_officer_who_declared_an_interest_takes_no_step_of_the_call(world: CallWorld) -> None:
    officer = world.groups.officer()
    world.publish()
    world.send_many(2)
    _viewer, other = world.assessor()
    assessor = assessing.name_assessor(
        by=world.by, call=world.call, person=Person.objects.get(name=officer.name), now=world.now
    )
    world.begin_assessment()
    world.clear(officer, assessor, world.made[0], conflicted=True)
    said = refusals(world, officer, other)
    assert {name for name, text in said.items() if not text.startswith(DECLARED)} == set()
    world.clear(officer, assessor, world.made[1])  # the other one they assess all the same
    world.score(officer, assessor, world.made[1], 3, 3)
    assessing.lift_declaration(by=world.by, declaration=Declaration.objects.get(conflicted=True), now=world.closed)
    assert permissions.may_edit_call(officer, world.call).ok


def test_a_draft_counts_while_it_can_be_sent_and_no_longer(world: CallWorld) -> None:
    applicant = world.somebody()
    world.publish()
    world.send(1)
    begun = expressing.begin_expression(by=applicant, call=world.call, name="Me", email="", now=world.opened)
    officer = world.on_duty(applicant)
    assert not permissions.may_edit_call(officer, world.call).ok
    expressing.take_back_expression(by=officer, expression=begun, now=world.opened)
    assert permissions.may_edit_call(officer, world.call).ok
    Expression.objects.filter(pk=begun.pk).update(state="draft")
    world.begin_assessment()
    assert permissions.may_edit_call(officer, world.call).ok


def test_by_a_proved_address_and_never_by_one_that_a_stranger_typed(world: CallWorld) -> None:
    officer = world.groups.officer()
    world.publish()
    begun = world.begin(1)
    Expression.objects.filter(pk=begun.pk).update(email=Person.objects.get(name=officer.name).email)
    assert permissions.may_edit_call(officer, world.call).ok
    begun.refresh_from_db()
    with pytest.raises(Refused, match=COULD_READ):  # who reads what is sent in proves it to no end
        expressing.save_expression(by=world.holder(begun), expression=begun, content=world.content(), now=world.opened)
    assert permissions.may_edit_call(officer, world.call).ok
    Expression.objects.filter(pk=begun.pk).update(confirmed_at=world.opened)  # as before they had the duty
    verdict = permissions.may_edit_call(officer, world.call)
    assert verdict.reason.startswith(APPLIED)


def test_who_assists_an_applicant_does_not_run_the_call(world: CallWorld) -> None:
    officer = world.groups.officer()
    principal = Person.objects.create_user("principal@calls.example", name="Pat Principal")
    person = Person.objects.get(name=officer.name)
    Assistance.objects.create(principal=principal, assistant=person, may_answer=True, starts_at=BEGINNING)
    world.publish()
    applies(world, viewer_for(principal, world.now))
    assert permissions.may_edit_call(viewer_for(person, world.now), world.call).reason.startswith("Somebody whom you")


def named_after_applying(world: CallWorld, at: datetime | None = None) -> tuple[Viewer, Assessor]:
    """An assessor who applied: no door lets it come to that any more, and older rows are kept out all the same."""
    viewer = world.somebody("Asha Assessor")
    applies(world, viewer, at)
    person = Person.objects.get(name=viewer.name)
    return viewer, Assessor.objects.create(call=world.call, person=person, starts_on=date(2020, 1, 1))


def test_an_assessor_who_applied_since_assesses_nothing(world: CallWorld) -> None:
    world.publish()
    world.send_many(2)
    _viewer, assessor = named_after_applying(world)
    world.begin_assessment()
    later = viewer_for(assessor.person, world.closed)
    with pytest.raises(NotAllowed, match=APPLIED):
        world.clear(later, assessor, world.made[0])
    Declaration.objects.create(assessor=assessor, expression=world.made[0], conflicted=False, made_at=world.closed)
    with pytest.raises(NotAllowed, match=APPLIED):
        world.score(later, assessor, world.made[0], 3, 3)
    assert not my_assessments(later).exists()
    assert my_assessments(viewer_for(world.assessor("Bo Assessor")[1].person, world.closed)).exists()


def test_an_officer_declares_an_interest_in_the_whole_call_beforehand(world: CallWorld) -> None:
    officer = world.groups.officer()
    person = Person.objects.get(pk=officer.person_id or 0)
    world.publish()
    world.send_many(2)
    _viewer, other = world.assessor()
    own = assessing.name_assessor(by=world.by, call=world.call, person=person, now=world.now)
    with pytest.raises(Refused, match="Say in a few words"):
        assessing.declare_call_interest(by=officer, call=world.call, note=" ", now=world.opened)
    with pytest.raises(NotAllowed):
        assessing.declare_call_interest(by=world.somebody(), call=world.call, note="x", now=world.opened)
    made = assessing.declare_call_interest(by=officer, call=world.call, note="A sister.", now=world.opened)
    assert not Assessor.objects.filter(pk=own.pk).exists()
    world.begin_assessment()
    said = refusals(world, officer, other)
    assert {text[: len(WHOLE)] for text in said.values()} == {WHOLE}
    with pytest.raises(NotAllowed):
        assessing.declare_call_interest(by=officer, call=world.call, note="Again.", now=world.closed)
    with pytest.raises(NotAllowed):
        assessing.lift_call_interest(by=officer, interest=made, now=world.closed)
    with pytest.raises(Refused, match="They declared an interest in this call"):
        assessing.name_assessor(by=world.by, call=world.call, person=person, now=world.closed)
    assessing.lift_call_interest(by=world.by, interest=made, now=world.closed)
    assert permissions.may_edit_call(officer, world.call).ok
    entries = Entry.objects.filter(verb__startswith="call.interest-", record=None)
    assert set(entries.values_list("verb", flat=True)) == {"call.interest-declared", "call.interest-lifted"}


def test_a_task_that_has_scores_ends_with_the_interest(world: CallWorld) -> None:
    officer = world.groups.officer()
    world.publish()
    world.send_many(1)
    person = Person.objects.get(name=officer.name)
    own = assessing.name_assessor(by=world.by, call=world.call, person=person, now=world.now)
    world.begin_assessment()
    world.clear(officer, own, world.made[0])
    world.score(officer, own, world.made[0], 3, 3)
    assessing.declare_call_interest(by=officer, call=world.call, note="A sister.", now=world.closed)
    own.refresh_from_db()
    assert own.ends_on is not None
    with pytest.raises(NotAllowed, match="You declared an interest in this call"):
        world.score(officer, own, world.made[0], 2, 2)
    assert not my_assessments(viewer_for(person, world.closed)).exists()


def test_who_assesses_or_decided_does_not_apply_at_any_door(world: CallWorld) -> None:
    world.publish()
    viewer, assessor = world.assessor()
    part = "You assess this call, or had a part in deciding it"
    with pytest.raises(Refused, match=part):
        applies(world, viewer)
    begun = world.begin(1)  # without a sign-in nobody learns who assesses; the mailed address tells who it is for
    Expression.objects.filter(pk=begun.pk).update(email=assessor.person.email)
    begun.refresh_from_db()
    with pytest.raises(Refused, match=part):
        expressing.save_expression(by=world.holder(begun), expression=begun, content=world.content(), now=world.opened)
    until = world.closed + timedelta(days=1)
    with pytest.raises(Refused, match="They assess this call"):
        expressing.allow_late(
            by=world.by, call=world.call, name="A", email=assessor.person.email or "", until=until, reason="x",
            now=world.closed,
        )  # fmt: skip
    officer = world.groups.officer()
    interest = assessing.declare_call_interest(by=officer, call=world.call, note="A sister.", now=world.opened)
    with pytest.raises(Refused, match=part):
        applies(world, officer)
    assessing.lift_call_interest(by=world.by, interest=interest, now=world.opened)
    with pytest.raises(Refused, match=COULD_READ):
        applies(world, officer)


def test_who_may_read_what_is_sent_in_does_not_apply_at_any_door(world: CallWorld) -> None:
    world.publish()
    for number, officer in enumerate((world.groups.officer(), world.groups.officer(world.group.record),
                                      world.groups.officer(world.group.host.record))):  # fmt: skip
        with pytest.raises(Refused, match=COULD_READ):
            applies(world, officer)
        assert not Expression.objects.exists()
        person, until = Person.objects.get(pk=officer.person_id or 0), world.closed + timedelta(days=1)
        with pytest.raises(Refused, match="Their duty lets them read what is sent in to this call"):
            expressing.allow_late(by=world.by, call=world.call, name="A", email=person.email or "", until=until,
                                  reason="x", now=world.closed)  # fmt: skip
        begun = world.begin(number)  # without a sign-in nobody learns who has a duty; the mailed address tells
        Expression.objects.filter(pk=begun.pk).update(email=person.email)
        begun.refresh_from_db()
        for write in (expressing.save_expression, expressing.submit_expression):
            with pytest.raises(Refused, match=COULD_READ):
                write(by=world.holder(begun), expression=begun, content=world.content(), now=world.opened)
        Expression.objects.all().delete()


def test_a_duty_elsewhere_or_of_another_sort_keeps_nobody_from_applying(world: CallWorld) -> None:
    world.publish()
    other = world.groups.group("council")
    applies(world, world.groups.officer(other.record))
    applies(world, world.groups.officer(duty=Duty.PUBLISHER))


def test_who_could_read_since_the_call_opened_does_not_apply_and_who_stopped_before_does(world: CallWorld) -> None:
    world.publish()
    opens, before = world.call.opens_at, world.now - timedelta(days=9)
    had = world.on_duty(world.somebody("Hal Had"), before, opens + timedelta(minutes=5))
    with pytest.raises(Refused, match=COULD_READ):
        applies(world, had)
    stopped = world.on_duty(world.somebody("Stella Stopped"), before, opens)
    applies(world, stopped)
    later = world.on_duty(world.somebody("Lee Later"), world.closed)
    applies(world, later)


def test_an_applicant_who_is_given_the_duty_since_opens_nothing_of_the_call(world: CallWorld) -> None:
    world.publish()
    other = world.send(1)
    applicant = world.somebody()
    sent = applies(world, applicant)
    officer = world.on_duty(applicant)
    assert groups.may_edit_group(officer, world.group).ok
    with pytest.raises(NotAllowed, match=APPLIED):
        access_to_work(officer, world.call, other.reference)
    with pytest.raises(NotAllowed, match=APPLIED):
        access_edited(officer, world.call.slug)
    content = world.content(name="Sam Somebody")  # what is theirs they still change: they have read nobody else's
    expressing.submit_expression(by=officer, expression=sent, content=content, now=world.opened)


def test_who_took_a_draft_back_and_could_read_since_does_not_begin_again(world: CallWorld) -> None:
    world.publish()
    applicant = world.somebody()
    begun = expressing.begin_expression(by=applicant, call=world.call, name="Me", email="", now=world.opened)
    expressing.take_back_expression(by=applicant, expression=begun, now=world.opened)
    officer = world.on_duty(applicant)
    assert permissions.may_edit_call(officer, world.call).ok
    DutyAssignment.objects.filter(person=officer.person_id).update(ends_at=world.opened + timedelta(hours=1))
    some: Any = {"by": applicant, "now": world.opened + timedelta(hours=2)}
    with pytest.raises(Refused, match=COULD_READ):
        expressing.begin_expression(**some, call=world.call, name="Me", email="")
    with pytest.raises(Refused, match=COULD_READ):
        expressing.submit_expression(**some, expression=begun, content=world.content())
