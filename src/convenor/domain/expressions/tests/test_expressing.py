"""What one person does with an expression."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from convenor.core.journal.models import Entry
from convenor.core.notify.models import Message
from convenor.core.records.rules import NotAllowed, Refused, anonymous
from convenor.domain.expressions.commands.expressing import (
    Content,
    allow_late,
    begin_expression,
    name_organisation,
    rule_out,
    save_expression,
    submit_expression,
    take_back_expression,
)
from convenor.domain.expressions.models import Answer, Choice, Expression, ReturnLink
from convenor.domain.expressions.tests.test_calls import codes
from convenor.domain.expressions.tests.world import CallWorld

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def open_call(world: CallWorld) -> CallWorld:
    world.publish()
    return world


def test_the_way_back_is_mailed_and_only_its_hash_kept(open_call: CallWorld) -> None:
    begun = open_call.begin()
    message = Message.objects.get(address=begun.email)
    link = ReturnLink.objects.get(expression=begun)
    assert "/calls/mine/" in message.text
    assert link.token_hash not in message.text
    assert begun.confirmed_at is None


@pytest.mark.parametrize("email", ["", "  ", "nobody", "a@b"])
def test_without_an_address_there_is_no_way_back(open_call: CallWorld, email: str) -> None:
    with pytest.raises(Refused, match="Enter an e-mail address"):
        begin_expression(
            by=anonymous(open_call.opened), call=open_call.call, name="Nemo", email=email, now=open_call.opened
        )
    assert not Expression.objects.exists()


def test_beginning_again_sends_another_way_to_the_same(open_call: CallWorld) -> None:
    first, second = open_call.begin(), open_call.begin()
    assert first.pk == second.pk
    assert ReturnLink.objects.filter(expression=first).count() == 2


def test_signed_in_nobody_goes_on_with_what_another_address_began(open_call: CallWorld) -> None:
    theirs = open_call.begin(1)
    by = open_call.somebody()
    mine = begin_expression(by=by, call=open_call.call, name="Sam", email=theirs.email, now=open_call.opened)
    assert mine.pk != theirs.pk
    assert mine.email == "sam.somebody@calls.example"
    again = begin_expression(by=by, call=open_call.call, name="Sam", email="", now=open_call.opened)
    assert again.pk == mine.pk


def test_what_is_saved_waits_and_what_is_missing_is_named_when_sent(open_call: CallWorld) -> None:
    begun = open_call.begin()
    by = open_call.holder(begun)
    half = Content(name="Half", answers={open_call.call.criteria.earliest("order").pk: "So far."})
    saved = save_expression(by=by, expression=begun, content=half, now=open_call.opened)
    assert (saved.state, Answer.objects.get(expression=begun).text) == ("draft", "So far.")
    assert saved.confirmed_at == open_call.opened
    with pytest.raises(Refused) as refused:
        submit_expression(by=by, expression=begun, content=half, now=open_call.opened)
    assert codes(refused) == ["answer-needed", "choice-needed", "choice-needed", "notice-needed"]
    assert Answer.objects.filter(expression=begun).count() == 1


def test_sent_in_it_can_be_sent_again_until_the_close(open_call: CallWorld) -> None:
    sent = open_call.send()
    by = open_call.holder(sent)
    again = submit_expression(by=by, expression=sent, content=open_call.content(3), now=open_call.opened)
    assert again.state == "submitted"
    assert Choice.objects.filter(expression=sent).count() == 2
    for act in (save_expression, submit_expression):
        with pytest.raises(Refused) as refused:
            act(by=by, expression=sent, content=open_call.content(), now=open_call.closed)
        assert codes(refused) == ["closed"]


def test_nothing_comes_in_before_the_opening(open_call: CallWorld) -> None:
    with pytest.raises(Refused) as refused:
        open_call.begin(at=open_call.now)
    assert codes(refused) == ["call-state"]


def test_only_whose_it_is_writes_it(open_call: CallWorld) -> None:
    sent, other = open_call.send(), open_call.begin(1)
    for by in (open_call.somebody(), open_call.holder(other)):
        for act in (save_expression, submit_expression):
            with pytest.raises(NotAllowed):
                act(by=by, expression=sent, content=open_call.content(), now=open_call.opened)
        with pytest.raises(NotAllowed):
            take_back_expression(by=by, expression=sent, now=open_call.opened)


def test_answers_of_another_call_are_refused(open_call: CallWorld) -> None:
    begun = open_call.begin()
    strange = Content(name="X", answers={987654: "Hello"})
    with pytest.raises(Refused) as refused:
        save_expression(by=open_call.holder(begun), expression=begun, content=strange, now=open_call.opened)
    assert codes(refused) == ["not-asked"]


def test_taken_back_it_takes_part_in_nothing(open_call: CallWorld) -> None:
    sent = open_call.send()
    gone = take_back_expression(by=open_call.holder(sent), expression=sent, now=open_call.closed)
    assert gone.state == "taken-back"
    with pytest.raises(Refused) as refused:
        open_call.begin_assessment()
    assert codes(refused) == ["nothing-sent-in"]


def test_a_late_token_opens_it_for_one_person(open_call: CallWorld) -> None:
    until = open_call.closed + timedelta(days=2)
    given: dict[str, Any] = {"by": open_call.by, "call": open_call.call, "name": "Late", "email": "late@calls.example"}
    with pytest.raises(Refused):
        allow_late(**given, until=until, reason="", now=open_call.closed)
    late = allow_late(**given, until=until, reason="Our mail was down.", now=open_call.closed)
    sent = submit_expression(
        by=open_call.holder(late), expression=late, content=open_call.content(), now=open_call.closed
    )
    assert sent.state == "submitted"
    with pytest.raises(Refused):
        submit_expression(by=open_call.holder(late), expression=late, content=open_call.content(), now=until)
    with pytest.raises(NotAllowed):
        allow_late(**given | {"by": open_call.somebody()}, until=until, reason="Me.", now=open_call.closed)


def test_officers_name_the_organisation_and_rule_out(open_call: CallWorld) -> None:
    sent = open_call.send()
    body = open_call.groups.company("Meant")
    named = name_organisation(by=open_call.by, expression=sent, organisation=body, now=open_call.opened)
    assert named.organisation == body
    assert rule_out(by=open_call.by, expression=sent, reason="Not a provider.", now=open_call.opened).ruled_out
    assert not rule_out(by=open_call.by, expression=sent, reason="", now=open_call.opened).ruled_out
    attempts: tuple[Callable[[], object], ...] = (
        lambda: name_organisation(by=open_call.somebody(), expression=sent, organisation=None, now=open_call.opened),
        lambda: rule_out(by=open_call.somebody(), expression=sent, reason="x", now=open_call.opened),
    )
    for attempt in attempts:
        with pytest.raises(NotAllowed):
            attempt()


def test_the_journal_never_says_who_applied(open_call: CallWorld) -> None:
    by = open_call.somebody()
    begin_expression(by=by, call=open_call.call, name="Sam", email="", now=open_call.opened)
    open_call.send()
    entries = Entry.objects.filter(verb__startswith="expression.")
    assert entries.count() == 3
    assert not entries.exclude(record=None).exists()
    assert not entries.exclude(actor=None).exists()
    assert not entries.filter(values__public=True).exists()
    assert not Entry.objects.filter(values__after__contains="Applicant").exists()


def test_references_are_random_and_their_own(open_call: CallWorld) -> None:
    references = {open_call.begin(number).reference for number in range(5)}
    assert len(references) == 5
    assert all(len(each) == 14 for each in references)
    assert not Expression.objects.filter(reference__contains="Applicant").exists()
