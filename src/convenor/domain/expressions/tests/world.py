"""A focus group for twelve providers with a call: draft, open, assessed, drawn, offered. Everybody is fictitious."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from convenor.core.accounts.models import Duty, DutyAssignment, Person
from convenor.core.accounts.queries import viewer_for
from convenor.core.records.rules import Viewer, anonymous, system
from convenor.domain.directory.models import Organisation
from convenor.domain.expressions.commands.assessing import (
    begin_assessment,
    declare_interest,
    name_assessor,
    score_expression,
)
from convenor.domain.expressions.commands.calls import (
    CallFacts,
    create_call,
    publish_call,
    set_criteria,
    set_questions,
)
from convenor.domain.expressions.commands.expressing import Content, begin_expression, submit_expression
from convenor.domain.expressions.commands.offering import make_offers
from convenor.domain.expressions.commands.selecting import draw_selection, freeze_selection
from convenor.domain.expressions.models import Assessor, Call, Expression, Offer, Option
from convenor.domain.expressions.permissions import Holder
from convenor.domain.expressions.queries import facts
from convenor.domain.expressions.rules.calls import CriterionFacts, OptionFacts, QuestionFacts
from convenor.domain.groups.models import Group
from convenor.domain.groups.tests.world import NOW
from convenor.domain.groups.tests.world import World as GroupWorld
from convenor.domain.groups.tests.world import make_world as make_groups

CRITERIA = (
    CriterionFacts("Knowledge of payroll", "What you have built or run.", weight=2),
    CriterionFacts("Time to take part", "How you would make room for it."),
)
QUESTIONS = (
    QuestionFacts("size", "How large is your organisation?", (OptionFacts("Small", 1), OptionFacts("Large", None, 3))),
    QuestionFacts("state", "Where are you based?", (OptionFacts("In the east"), OptionFacts("In the west"))),
)


@dataclass
class CallWorld:
    """One call and the means to bring it to any point of its life."""

    groups: GroupWorld
    group: Group
    call: Call
    made: list[Expression] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        return self.groups.now

    @property
    def by(self) -> Viewer:
        return self.groups.by

    @property
    def opened(self) -> datetime:
        """A moment at which the call is open."""
        return self.call.opens_at + timedelta(hours=1)

    @property
    def closed(self) -> datetime:
        """A moment after the close."""
        return self.call.closes_at + timedelta(hours=1)

    def facts(self, **more: Any) -> CallFacts:
        return call_facts(self.now, **more)

    def publish(self) -> Call:
        self.call = publish_call(by=self.by, call=self.call, now=self.now)
        return self.call

    def content(self, number: int = 0, **more: Any) -> Content:
        """A whole expression: the first option for even numbers, the last for odd ones."""
        options = Option.objects.filter(question__call=self.call).order_by("question__order", "order")
        by_question: dict[int, list[int]] = {}
        for question, option in options.values_list("question_id", "pk"):
            by_question.setdefault(question, []).append(option)
        choices = {question: found[-(number % 2)] for question, found in by_question.items()}
        answers = {each.pk: f"Answer {number} to {each.name}." for each in facts.criteria_of(self.call)}
        return Content(
            **{"name": f"Applicant {number}", "answers": answers, "choices": choices, "notice": True, **more}
        )

    def begin(self, number: int = 0, at: datetime | None = None) -> Expression:
        at = at or self.opened
        return begin_expression(
            by=anonymous(at),
            call=self.call,
            name=f"Applicant {number}",
            email=f"applicant{number}@calls.example",
            now=at,
        )

    def holder(self, expression: Expression, at: datetime | None = None) -> Holder:
        return Holder(now=at or self.opened, person_id=expression.person_id, expression_id=expression.pk)

    def send(self, number: int = 0, organisation: Organisation | None = None, **more: Any) -> Expression:
        """One expression sent in; with a company of its own unless one is given."""
        begun = self.begin(number)
        body = organisation or self.groups.company(f"Company {number}")
        sent = submit_expression(
            by=self.holder(begun),
            expression=begun,
            content=self.content(number, organisation=body, **more),
            now=self.opened,
        )
        self.made.append(sent)
        return sent

    def send_many(self, number: int) -> list[Expression]:
        return [self.send(each) for each in range(number)]

    def begin_assessment(self) -> Call:
        self.call = begin_assessment(by=self.by, call=self.call, now=self.closed)
        return self.call

    def somebody(self, name: str = "Sam Somebody") -> Viewer:
        """Signed in, with no duty."""
        person = Person.objects.filter(name=name).first() or Person.objects.create_user(
            f"{name.lower().replace(' ', '.')}@calls.example", name=name
        )
        return viewer_for(person, self.now)

    def on_duty(self, viewer: Viewer, since: datetime | None = None, until: datetime | None = None) -> Viewer:
        """The same person, given the duty to look after the group of the call; since the call opened, if not said."""
        person, since = Person.objects.get(pk=viewer.person_id or 0), since or self.opened
        DutyAssignment.objects.create(
            person=person, duty=Duty.SECRETARIAT, over=self.group.record, starts_at=since, ends_at=until
        )
        return viewer_for(person, since)

    def assessor(self, name: str = "Asha Assessor") -> tuple[Viewer, Assessor]:
        viewer = self.somebody(name)
        person = Person.objects.get(name=name)
        return viewer, name_assessor(
            by=self.by, call=self.call, person=person, now=self.now, starts_on=date(2020, 1, 1)
        )

    def clear(self, viewer: Viewer, assessor: Assessor, expression: Expression, *, conflicted: bool = False) -> None:
        declare_interest(
            by=viewer,
            assessor=assessor,
            expression=expression,
            conflicted=conflicted,
            note="A cousin.",
            now=self.closed,
        )

    def score(self, viewer: Viewer, assessor: Assessor, expression: Expression, *scores: int) -> None:
        keys = [each.pk for each in facts.criteria_of(self.call)]
        given = {key: (score, f"Because {score}.") for key, score in zip(keys, scores, strict=True)}
        score_expression(by=viewer, assessor=assessor, expression=expression, given=given, now=self.closed)

    def select(self) -> Call:
        """Frozen, sealed, drawn."""
        freeze_selection(by=self.by, call=self.call, now=self.closed)
        draw_selection(by=self.by, call=self.call, now=self.closed)
        self.call.refresh_from_db()
        return self.call

    def offer(self, extra: int = 0, days: int = 5) -> list[Offer]:
        made = make_offers(by=self.by, call=self.call, days=days, extra=extra, now=self.closed)
        self.call.refresh_from_db()
        return made


def call_facts(now: datetime, **more: Any) -> CallFacts:
    """Opens tomorrow, closes in four weeks, all in Sydney's local time."""
    today = now.date()
    given: dict[str, Any] = {
        "title": "Providers for the corrections focus group",
        "asked": "Twelve providers who file **corrections**.",
        "seats": 4,
        "opens_on": today + timedelta(days=1),
        "closes_on": today + timedelta(days=29),
        "closes_time": time(17),
        "outcome_by": today + timedelta(days=60),
        "purge_on": today + timedelta(days=200),
        "notice": "We collect your name to choose who sits.",
        "contact": "Secretariat, secretariat@calls.example",
        "zone": "Australia/Sydney",
        "constituency": "providers",
        "term_ends_on": today + timedelta(days=500),
        "method": "lottery",
        "one_per_organisation": True,
        "debrief": "You read your chance.",
    }
    return CallFacts(**{**given, **more})


def make_calls(now: datetime = NOW) -> CallWorld:
    """The world in the database, with one draft call of four places."""
    groups = make_groups(now)
    by = system(now)
    group = groups.focus_group()
    call = create_call(by=by, group=group, facts=call_facts(now), now=now)
    set_criteria(by=by, call=call, rows=CRITERIA, now=now)
    set_questions(by=by, call=call, rows=QUESTIONS, now=now)
    return CallWorld(groups, group, call)
