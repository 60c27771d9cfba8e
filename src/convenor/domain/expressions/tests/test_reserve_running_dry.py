"""When a balance rule lets nobody of the reserve follow: it is named, set aside in public, and the next is asked."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from convenor.core.accounts.commands import make_token
from convenor.core.accounts.models import Person
from convenor.core.accounts.queries import viewer_for
from convenor.core.journal.models import Entry
from convenor.core.records.rules import NotAllowed, Refused, Viewer
from convenor.domain.expressions.commands.offering import decline_offer, offer_next, set_rule_aside
from convenor.domain.expressions.models import Call, Expression, Offer, Option, RuleAside
from convenor.domain.expressions.queries.reserve import follower_of
from convenor.domain.expressions.tests.test_calls import codes
from convenor.domain.expressions.tests.test_screens import browser, page
from convenor.domain.expressions.tests.world import CallWorld

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SMALL = "size:small"


@pytest.fixture
def dry(present: CallWorld) -> CallWorld:
    """One of four is small, as the rule asks; that one declines, and none of those in reserve is small."""
    Option.objects.filter(value="large").update(maximum=None)
    return run_dry(present)


def run_dry(world: CallWorld) -> CallWorld:
    world.publish()
    for number in (0, 1, 3, 5, 7, 9):
        world.send(number)
    world.begin_assessment()
    world.select()
    world.offer()
    [small] = Offer.objects.filter(expression__choices__option__value="small")
    decline_offer(by=world.holder(small.expression), offer=small, now=world.closed)
    world.call.refresh_from_db()
    return world


def aside(world: CallWorld, by: Viewer | None = None, **more: Any) -> Offer | None:
    given = {"rule": SMALL, "reason": "No small provider is left.", "days": 5, "now": world.closed}
    return set_rule_aside(**{"by": by or world.by, "call": world.call, **given, **more})


def secret_of(viewer: Viewer) -> str:
    now, person = datetime.now(UTC), Person.objects.get(name=viewer.name)
    by = viewer_for(person, now)
    ends = now + timedelta(days=1)
    return make_token(by=by, person=person, name="Test", expires_at=ends, may_act=True, now=now)[1]


def asks(secret: str, world: CallWorld, path: str, **body: Any) -> tuple[int, dict[str, Any]]:
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    url = f"/api/v1/calls/{world.call.slug}/run/{path}"
    answer = client.post(url, json.dumps(body), content_type="application/json")
    return answer.status_code, answer.json()


def test_the_rule_that_blocks_is_named_and_only_that_one_can_go(dry: CallWorld) -> None:
    follower = follower_of(dry.call)
    assert (follower.reference, list(follower.blocking)) == (None, [SMALL])
    with pytest.raises(Refused) as blocked:
        offer_next(by=dry.by, call=dry.call, days=5, now=dry.closed)
    assert codes(blocked) == ["rules-clash"]
    for wrong, code in (
        ({"rule": "size:large"}, "rule-not-blocking"),
        ({"rule": "one-per-organisation"}, "rule-not-blocking"),
        ({"reason": " "}, "reason-needed"),
        ({"days": 0}, "offer-days"),
    ):
        with pytest.raises(Refused) as refused:
            aside(dry, **wrong)
        assert codes(refused) == [code]
    assert not RuleAside.objects.exists()
    with pytest.raises(NotAllowed):
        aside(dry, by=dry.somebody())


def test_set_aside_in_public_the_first_of_the_reserve_is_asked(dry: CallWorld) -> None:
    first = Expression.objects.filter(standing="reserve").earliest("place")
    made = aside(dry)
    assert made is not None
    assert made.expression == first
    kept = RuleAside.objects.get()
    assert (kept.rule, kept.reason) == (SMALL, "No small provider is left.")
    assert "at least 1" in kept.label
    assert Entry.objects.get(verb="call.rule-set-aside").record == dry.call.record
    history = Client().get(f"/history/{dry.call.record.ref}/").content.decode()
    assert "No small provider is left." in history
    with pytest.raises(Refused) as full:
        aside(dry)
    assert codes(full) == ["no-place-free"]
    decline_offer(by=dry.holder(made.expression), offer=made, now=dry.closed)
    assert follower_of(dry.call).reference is not None  # it stays aside for those who follow
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleAside.objects.create(draw=kept.draw, rule=SMALL, label="x", reason="x", at=dry.closed)


def test_where_two_rules_block_both_are_named_and_the_place_waits_for_the_second(present: CallWorld) -> None:
    run_dry(present)  # three large ones sit, and at most three may
    assert set(follower_of(present.call).blocking) == {"size:large", SMALL}
    assert aside(present) is None
    client, slug = browser(present.groups.officer()), present.call.slug
    assert "Rules set aside" in page(client, "offers", slug)
    page(client, "rule-aside", slug, status=302, rule="size:large", reason="Nor is there another.", days="5")
    assert RuleAside.objects.count() == 2
    assert Offer.objects.filter(state="waiting").count() == 4


def test_a_rule_goes_only_while_offers_are_out(present: CallWorld) -> None:
    present.publish()
    with pytest.raises(Refused) as early:
        aside(present)
    assert codes(early) == ["call-state"]


def test_from_the_page_of_offers_to_the_public_result(dry: CallWorld) -> None:
    client, slug = browser(dry.groups.officer()), dry.call.slug
    told = page(client, "offers", slug)
    assert "a balance rule lets nobody follow" in told
    assert "Offer it to the next" not in told
    form = page(client, "rule-aside", slug)
    assert "no more than 0 of" in form
    assert form.count(f">{dry.call.title}</a>") == 1  # in the way there, which goes on to “Run the call”
    short = page(client, "rule-aside", slug, rule=SMALL, reason="", days="5")
    assert "There is a problem" in short
    assert not RuleAside.objects.exists()
    page(client, "rule-aside", slug, status=302, rule=SMALL, reason="No small <b>provider</b> is left.", days="5")
    assert Offer.objects.filter(state="waiting").count() == 4
    page(client, "rule-aside", slug, status=302)
    result = page(Client(), "result", slug, 1)
    assert "No small &lt;b&gt;provider&lt;/b&gt; is left." in result
    assert "Applicant" not in result
    [named] = json.loads(page(Client(), "result-file", slug, 1))["rules_set_aside"]
    assert (named["key"], named["reason"]) == (SMALL, "No small <b>provider</b> is left.")
    assert "Rules set aside" in page(client, "offers", slug)
    page(browser(dry.somebody()), "rule-aside", slug, status=403)


def test_when_nobody_is_left_the_page_says_what_can_be_done(dry: CallWorld) -> None:
    Expression.objects.filter(standing="reserve").update(state="taken-back")
    told = page(browser(dry.groups.officer()), "offers", dry.call.slug)
    assert "nobody is left to ask" in told
    assert "Set a rule aside" not in told


def test_a_program_gets_the_same_refusals_and_the_same_offer(dry: CallWorld) -> None:
    secret = secret_of(dry.groups.officer())
    status, told = asks(secret, dry, "offers/", days=5)
    assert (status, told["errors"][0]["code"]) == (422, "rules-clash")
    status, told = asks(secret, dry, "offers/rule/", rule="size:large", reason="I want another.")
    assert (status, told["errors"][0]["code"]) == (422, "rule-not-blocking")
    status, told = asks(secret, dry, "offers/rule/", rule=SMALL, reason="No small provider is left.")
    assert (status, told["offers"]) == (200, 1)
    assert RuleAside.objects.get().reason == "No small provider is left."
    assert asks(secret_of(dry.somebody()), dry, "offers/rule/", rule=SMALL, reason="x")[0] == 403


def test_a_program_runs_the_selection_and_never_for_who_has_a_stake(present: CallWorld) -> None:
    officer = present.groups.officer()
    present.publish()
    present.send_many(7)
    now = datetime.now(UTC)
    Call.objects.filter(pk=present.call.pk).update(
        opens_at=now - timedelta(hours=2), closes_at=now - timedelta(hours=1)
    )
    secret = secret_of(officer)
    mine = present.made[0]
    Expression.objects.filter(pk=mine.pk).update(person=Person.objects.get(name=officer.name))
    steps: dict[str, dict[str, Any]] = {
        "assessment/": {}, "selection/freeze/": {}, "selection/draw/": {},
        "selection/set-aside/": {"reason": "x"}, "offers/": {}, "offers/rule/": {"rule": SMALL, "reason": "x"},
        "finish/": {},
    }  # fmt: skip
    for path, body in steps.items():
        status, told = asks(secret, present, path, **body)
        assert (status, "You applied to this call yourself" in json.dumps(told)) == (403, True), path
    Expression.objects.filter(pk=mine.pk).update(person=None)
    for path in ("assessment/", "selection/freeze/", "selection/draw/", "offers/"):
        assert asks(secret, present, path)[0] == 200, path
    assert Offer.objects.count() == 4
    Offer.objects.update(state="declined")
    assert asks(secret, present, "finish/")[0] == 200
