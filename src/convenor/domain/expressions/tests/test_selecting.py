"""Freezing, sealing, drawing, setting aside."""

from __future__ import annotations

import hashlib
import json

import pytest
from django.db import IntegrityError, transaction

from convenor.core.journal.models import ChainLink, Entry
from convenor.core.records.rules import NotAllowed, Refused
from convenor.domain.expressions.commands.expressing import rule_out
from convenor.domain.expressions.commands.selecting import (
    draw_selection,
    freeze_selection,
    seed_of,
    set_aside_selection,
)
from convenor.domain.expressions.models import Call, Draw, Expression
from convenor.domain.expressions.queries.results import chance_of, published
from convenor.domain.expressions.tests.test_calls import codes
from convenor.domain.expressions.tests.world import CallWorld

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def assessing(world: CallWorld) -> CallWorld:
    world.publish()
    world.send_many(7)
    world.begin_assessment()
    return world


def test_the_seed_comes_after_the_freeze_was_sealed(assessing: CallWorld) -> None:
    frozen = freeze_selection(by=assessing.by, call=assessing.call, now=assessing.closed)
    assert (frozen.seed, frozen.drawn_at) == ("", None)
    assert frozen.digest == hashlib.sha256(frozen.inputs.encode()).hexdigest()
    drawn = draw_selection(by=assessing.by, call=assessing.call, now=assessing.closed)
    entry = Entry.objects.get(verb="call.selection-frozen")
    assert drawn.seal_number is not None
    assert drawn.seal_number >= ChainLink.objects.get(entry=entry).number
    assert drawn.seed == seed_of(drawn.secret, drawn.seal_hash)
    assert Call.objects.get(pk=assessing.call.pk).state == "selected"


def test_the_inputs_name_nobody(assessing: CallWorld) -> None:
    frozen = freeze_selection(by=assessing.by, call=assessing.call, now=assessing.closed)
    for text in (frozen.inputs, frozen.distribution):
        assert "Applicant" not in text
        assert "Company" not in text
        assert "@" not in text
    assert {each["reference"] for each in json.loads(frozen.inputs)["entrants"]} == {
        each.reference for each in assessing.made
    }


def test_there_is_one_draw_a_call(assessing: CallWorld) -> None:
    assessing.select()
    with pytest.raises(Refused):
        draw_selection(by=assessing.by, call=assessing.call, now=assessing.closed)
    with pytest.raises(Refused):
        freeze_selection(by=assessing.by, call=assessing.call, now=assessing.closed)
    first = Draw.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Draw.objects.create(
            call=first.call, number=2, method="lottery", inputs="", digest="", frozen_at=first.frozen_at
        )


def test_a_redraw_says_why_in_public_and_keeps_the_first(assessing: CallWorld) -> None:
    assessing.select()
    with pytest.raises(Refused) as refused:
        set_aside_selection(by=assessing.by, call=assessing.call, reason="", now=assessing.closed)
    assert codes(refused) == ["reason-needed"]
    set_aside_selection(by=assessing.by, call=assessing.call, reason="One was left out.", now=assessing.closed)
    assessing.select()
    first, second = Draw.objects.order_by("number")
    assert (first.replaced_reason, second.replaced_at) == ("One was left out.", None)
    assert first.seed != second.seed
    with pytest.raises(NotAllowed):
        set_aside_selection(by=assessing.somebody(), call=assessing.call, reason="x", now=assessing.closed)


def test_rules_that_cannot_hold_are_explained_before_anything_is_frozen(assessing: CallWorld) -> None:
    for sent in assessing.made[:5]:
        rule_out(by=assessing.by, expression=sent, reason="Not a provider.", now=assessing.closed)
    with pytest.raises(Refused) as refused:
        freeze_selection(by=assessing.by, call=assessing.call, now=assessing.closed)
    assert codes(refused) == ["too-few-entrants"]
    assert not Draw.objects.exists()


def test_nothing_is_drawn_before_it_is_frozen(assessing: CallWorld) -> None:
    with pytest.raises(Refused) as refused:
        draw_selection(by=assessing.by, call=assessing.call, now=assessing.closed)
    assert codes(refused) == ["freeze-first"]
    for act in (freeze_selection, draw_selection):
        with pytest.raises(NotAllowed):
            act(by=assessing.somebody(), call=assessing.call, now=assessing.closed)


def test_balance_is_reached_and_every_chance_known_to_its_owner(assessing: CallWorld) -> None:
    assessing.select()
    draw = Draw.objects.get()
    told = published(draw)
    assert not told.faults
    whole = published(draw, whole=True)  # to everybody no number of so few is told: test_small_numbers.py
    assert [(row.number or 0) >= 1 for row in whole.balance if row.wanted == "at least 1"] == [True]
    assert all(chance_of(draw, each.reference) for each in assessing.made)
    assert chance_of(draw, "NONE") == ""
    standing = Expression.objects.values_list("standing", flat=True)
    assert sorted(standing) == ["chosen"] * 4 + ["reserve"] * 3


def test_a_ranking_needs_scores_and_takes_the_best(world: CallWorld) -> None:
    from convenor.domain.expressions.commands.calls import edit_call

    edit_call(by=world.by, call=world.call, facts=world.facts(method="ranked", seats=2), now=world.now)
    world.publish()
    world.send_many(4)
    viewer, assessor = world.assessor()
    world.begin_assessment()
    with pytest.raises(Refused) as refused:
        freeze_selection(by=world.by, call=world.call, now=world.closed)
    assert codes(refused) == ["not-all-scored"]
    for number, sent in enumerate(world.made):
        world.clear(viewer, assessor, sent)
        world.score(viewer, assessor, sent, number + 1, number + 1)
    world.select()
    chosen = Expression.objects.filter(standing="chosen").order_by("place").values_list("pk", flat=True)
    assert set(chosen) == {world.made[3].pk, world.made[2].pk}
