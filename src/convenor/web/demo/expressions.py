"""Chapter four: calls for expressions of interest. One is open, one was drawn by lot, one is being assessed."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from convenor.core.accounts.queries import viewer_for
from convenor.core.notify.commands import mark_bounced
from convenor.core.notify.models import Message
from convenor.core.records.rules import Viewer, anonymous, system
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
from convenor.domain.expressions.commands.offering import accept_offer, decline_offer, make_offers
from convenor.domain.expressions.commands.selecting import draw_selection, freeze_selection
from convenor.domain.expressions.forms.calls import DEBRIEF, NOTICE
from convenor.domain.expressions.models import Call, Expression
from convenor.domain.expressions.permissions import Holder
from convenor.domain.expressions.queries import facts
from convenor.domain.expressions.rules.calls import CriterionFacts, OptionFacts, QuestionFacts
from convenor.domain.groups.commands.places import SeatFacts, add_seat
from convenor.web.demo import groups
from convenor.web.demo.telling import Telling

TOLD = Path(__file__).parent / "seeds" / "calls.yaml"
MEMBER = "Tomas Notional"


@cache
def _told() -> Any:
    return yaml.safe_load(TOLD.read_text(encoding="utf-8"))


def tell(telling: Telling) -> None:
    for row in _told()["groups"]:
        telling.groups[row["key"]] = groups.make_group(telling, row)
    for row in _told()["vacancies"]:
        group = telling.groups[row["group"]]
        seat = SeatFacts(
            row["title"], "organisation", group.started_on or telling.now.date(),
            organisation=telling.organisations[row["organisation"]], constituency=row["constituency"], order=9,
        )  # fmt: skip
        add_seat(by=telling.by, group=group, facts=seat, now=telling.now)
    for row in _told()["calls"]:
        call = publish(telling, row)
        sent = [send(telling, call, *person) for person in _told()["people"][row["key"]]]
        if row["key"] == "drawn":
            drawn(telling, call)
        if row["key"] == "ranked":
            assessed(telling, call, row["assessor"], sent)


def publish(telling: Telling, row: dict[str, Any]) -> Call:
    """A call with its criteria and questions, published on the day before it opened."""
    given = {name: telling.now.date() + timedelta(days=row[name]) for name in ("opens", "closes", "outcome", "purge")}
    first, last = (telling.now.date() + timedelta(days=ahead) for ahead in row["term"])
    call_facts = CallFacts(
        title=row["title"], asked=row["asked"], seats=row["seats"], method=row["method"],
        opens_on=given["opens"], closes_on=given["closes"], outcome_by=given["outcome"], purge_on=given["purge"],
        term_starts_on=first, term_ends_on=last, constituency="providers", one_per_organisation=True,
        contact="Secretariat (fictitious), secretariat@demo.example", notice=str(NOTICE), debrief=str(DEBRIEF),
    )  # fmt: skip
    before = telling.now + timedelta(days=row["opens"] - 1)
    by = system(before, telling.by.name)
    call = create_call(by=by, group=telling.groups[row["group"]], facts=call_facts, now=before)
    set_criteria(by=by, call=call, rows=[CriterionFacts(**each) for each in row["criteria"]], now=before)
    set_questions(by=by, call=call, rows=[_question(each) for each in row["questions"]], now=before)
    return publish_call(by=by, call=call, now=before)


def _question(row: dict[str, Any]) -> QuestionFacts:
    return QuestionFacts(row["family"], row["text"], tuple(OptionFacts(**each) for each in row["options"]))


def send(telling: Telling, call: Call, name: str, organisation: str, *chosen: int) -> Expression:
    """A good expression: an answer to everything, sent in a day after the call opened."""
    at = call.opens_at + timedelta(days=1)
    by, email = _applicant(telling, name, at)
    begun = begin_expression(by=by, call=call, name=name, email=email, now=at)
    said = _told()["answers"]
    content = Content(
        name=name,
        organisation_name=organisation,
        answers={each.pk: said[number % len(said)] for number, each in enumerate(facts.criteria_of(call))},
        choices={
            question.pk: facts.options_of(question)[choice].pk
            for question, choice in zip(facts.questions_of(call), chosen, strict=True)
        },
        notice=True,
    )
    holder = Holder(now=at, person_id=begun.person_id, expression_id=begun.pk)
    return submit_expression(by=holder, expression=begun, content=content, now=at)


def _applicant(telling: Telling, name: str, at: datetime) -> tuple[Viewer, str]:
    if name == MEMBER:
        person = telling.person(name)
        return viewer_for(person, at), person.email or ""
    return anonymous(at), f"{name.lower().replace(' ', '.')}@applicants.example"


def drawn(telling: Telling, call: Call) -> None:
    """Drawn by lot; three accepted, one declined, and the member's offer waits for an answer."""
    closed, then = call.closes_at + timedelta(days=1), telling.now - timedelta(days=3)
    by = system(closed, telling.by.name)
    begin_assessment(by=by, call=call, now=closed)
    freeze_selection(by=by, call=call, now=closed)
    draw_selection(by=by, call=call, now=closed)  # he is the only one in his state, and the balance asks for one
    made = make_offers(by=system(then, telling.by.name), call=Call.objects.get(pk=call.pk), days=10, now=then)
    others = [offer for offer in made if offer.expression.name != MEMBER]
    for offer in others[:3]:
        accept_offer(by=system(telling.now), offer=offer, now=telling.now)
    decline_offer(by=system(telling.now), offer=others[3], now=telling.now)
    letter = Message.objects.filter(record=call.record, key__startswith="outcome:").order_by("pk").first()
    if letter is not None:
        mark_bounced(by=telling.by, message=letter, reason="550 5.1.1 No such mailbox (made up)", now=telling.now)


def assessed(telling: Telling, call: Call, assessor: str, sent: list[Expression]) -> None:
    """One is scored, one is closed to the assessor, two wait."""
    closed = call.closes_at + timedelta(hours=1)
    person = telling.person(assessor)
    begin_assessment(by=system(closed), call=call, now=closed)
    named = name_assessor(by=system(closed), call=call, person=person, now=closed)
    by = viewer_for(person, closed)
    declare_interest(by=by, assessor=named, expression=sent[0], conflicted=False, now=closed)
    given = {
        each.pk: (score, "It says what was built, for whom, and what went wrong; the numbers are its own.")
        for each, score in zip(facts.criteria_of(call), (4, 3, 5), strict=True)
    }
    score_expression(by=by, assessor=named, expression=sent[0], given=given, now=closed)
    declare_interest(
        by=by, assessor=named, expression=sent[1], conflicted=True, note="We worked together until last year.",
        now=closed,
    )  # fmt: skip
