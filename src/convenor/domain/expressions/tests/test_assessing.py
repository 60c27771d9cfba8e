"""Who assesses, conflicts, scores and moderation."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.http import Http404

from convenor.core.accounts.models import Person
from convenor.core.notify.models import Message
from convenor.core.records.rules import NotAllowed, Refused
from convenor.domain.expressions.commands.assessing import (
    begin_assessment,
    declare_interest,
    end_assessor,
    lift_declaration,
    moderate_score,
    name_assessor,
    score_expression,
)
from convenor.domain.expressions.models import Assessor, Declaration, Moderation, Score
from convenor.domain.expressions.queries import facts
from convenor.domain.expressions.queries.access import access_to_score, access_to_work
from convenor.domain.expressions.tests.test_calls import codes
from convenor.domain.expressions.tests.world import CallWorld

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def closed(world: CallWorld) -> CallWorld:
    world.publish()
    world.send_many(2)
    return world


def test_assessors_sign_in_are_told_and_do_not_assess_their_own(closed: CallWorld) -> None:
    viewer, assessor = closed.assessor()
    assert Message.objects.filter(person=viewer.person_id, key=f"assessor:{assessor.pk}").exists()
    person = assessor.person
    with pytest.raises(Refused) as twice:
        name_assessor(by=closed.by, call=closed.call, person=person, now=closed.now)
    assert codes(twice) == ["assessor-already"]
    own = Person.objects.create_user(closed.made[0].email, name="Own")
    with pytest.raises(Refused) as refused:
        name_assessor(by=closed.by, call=closed.call, person=own, now=closed.now)
    assert codes(refused) == ["assesses-own"]
    with pytest.raises(NotAllowed):
        name_assessor(by=viewer, call=closed.call, person=person, now=closed.now)


def test_assessment_begins_after_the_close_only(closed: CallWorld) -> None:
    with pytest.raises(Refused) as refused:
        begin_assessment(by=closed.by, call=closed.call, now=closed.opened)
    assert codes(refused) == ["call-state"]
    with pytest.raises(NotAllowed):
        begin_assessment(by=closed.somebody(), call=closed.call, now=closed.closed)
    assert closed.begin_assessment().state == "assessing"


def test_nobody_opens_before_they_declared_and_never_with_an_interest(closed: CallWorld) -> None:
    viewer, assessor = closed.assessor()
    closed.begin_assessment()
    first, second = closed.made
    with pytest.raises(Http404):
        access_to_score(assessor, first.reference)
    with pytest.raises(Refused) as early:
        closed.score(viewer, assessor, first, 3, 3)
    assert codes(early) == ["declare-first"]
    closed.clear(viewer, assessor, first)
    assert access_to_score(assessor, first.reference) == first
    closed.clear(viewer, assessor, second, conflicted=True)
    with pytest.raises(Http404):
        access_to_score(assessor, second.reference)
    standing = {each.expression.pk: each for each in facts.standings(closed.call)}
    assert standing[second.pk].unassigned


def test_an_officer_with_an_interest_meets_the_same_wall(closed: CallWorld) -> None:
    officer = closed.groups.officer()
    person = Person.objects.get(name=officer.name)
    assessor = name_assessor(by=closed.by, call=closed.call, person=person, now=closed.now)
    closed.begin_assessment()
    declare_interest(
        by=officer, assessor=assessor, expression=closed.made[0], conflicted=True, note="Kin.", now=closed.closed
    )
    for sent in closed.made:  # the whole call is another officer's from then on: test_stakes.py
        with pytest.raises(NotAllowed, match="You declared an interest"):
            access_to_work(officer, closed.call, sent.reference)
    declared = Declaration.objects.get(conflicted=True)
    with pytest.raises(NotAllowed):
        lift_declaration(by=officer, declaration=declared, now=closed.closed)
    lift_declaration(by=closed.by, declaration=declared, now=closed.closed)
    assert not Declaration.objects.exists()


def test_an_interest_that_shows_later_takes_the_scores_out(closed: CallWorld) -> None:
    viewer, assessor = closed.assessor()
    closed.begin_assessment()
    closed.clear(viewer, assessor, closed.made[0])
    closed.score(viewer, assessor, closed.made[0], 4, 2)
    closed.clear(viewer, assessor, closed.made[0], conflicted=True)
    assert not Score.objects.filter(is_current=True).exists()
    assert Score.objects.count() == 2
    with pytest.raises(Refused) as back:
        closed.clear(viewer, assessor, closed.made[0])
    assert codes(back) == ["declared-already"]


def test_scores_have_bounds_and_reasons_and_are_kept(closed: CallWorld) -> None:
    viewer, assessor = closed.assessor()
    closed.begin_assessment()
    closed.clear(viewer, assessor, closed.made[0])
    keys = [each.pk for each in facts.criteria_of(closed.call)]
    wrong = {keys[0]: (9, "Too much."), keys[1]: (2, " ")}
    with pytest.raises(Refused) as refused:
        score_expression(by=viewer, assessor=assessor, expression=closed.made[0], given=wrong, now=closed.closed)
    assert codes(refused) == ["score-out-of-range", "reason-needed"]
    closed.score(viewer, assessor, closed.made[0], 4, 2)
    closed.score(viewer, assessor, closed.made[0], 5, 2)
    assert Score.objects.filter(is_current=True).count() == 2
    assert Score.objects.filter(is_current=False).count() == 1
    stranger = closed.somebody()
    with pytest.raises(NotAllowed):
        closed.score(stranger, assessor, closed.made[0], 1, 1)
    with pytest.raises(NotAllowed):
        closed.clear(stranger, assessor, closed.made[0])


def test_moderation_comes_after_all_have_scored_and_keeps_its_history(closed: CallWorld) -> None:
    first, second = closed.assessor(), closed.assessor("Bo Assessor")
    closed.begin_assessment()
    sent = closed.made[0]
    for viewer, assessor in (first, second):
        closed.clear(viewer, assessor, sent)
    closed.score(*first, sent, 1, 3)
    criterion = facts.criteria_of(closed.call)[0]
    given: dict[str, Any] = {"by": closed.by, "expression": sent, "criterion": criterion, "now": closed.closed}
    with pytest.raises(Refused) as early:
        moderate_score(**given, score=Decimal(3), reason="We spoke.")
    assert codes(early) == ["not-all-scored"]
    closed.score(*second, sent, 5, 3)
    standing = facts.standings(closed.call)[0]
    assert (standing.spreads[criterion.pk].width, standing.total) == (4, Decimal("60.00"))
    moderate_score(**given, score=Decimal(3), reason="We spoke.")
    moderate_score(**given, score=Decimal("4.5"), reason="We spoke again.")
    assert Moderation.objects.count() == 2
    assert facts.standings(closed.call)[0].total == Decimal("80.00")
    with pytest.raises(NotAllowed):
        moderate_score(**given | {"by": first[0]}, score=Decimal(3), reason="Me.")


def test_an_assessor_who_is_ended_opens_nothing(closed: CallWorld) -> None:
    viewer, assessor = closed.assessor()
    end_assessor(by=closed.by, assessor=assessor, now=closed.now)
    assert not Assessor.objects.exists()
    with pytest.raises(NotAllowed):
        end_assessor(by=viewer, assessor=closed.assessor()[1], now=closed.now)
