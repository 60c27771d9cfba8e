"""Before a lottery is frozen: who would have no chance or hardly one, by which rule, and that it is known."""

from __future__ import annotations

import pytest
from django.test import Client

from convenor.core.records.rules import Refused
from convenor.domain.expressions.commands.selecting import freeze_selection
from convenor.domain.expressions.models import Draw, Option
from convenor.domain.expressions.rules.selection import LOTTERY, Panel, Quota, chances, freeze, prospects
from convenor.domain.expressions.tests.selecting import lifelike
from convenor.domain.expressions.tests.test_calls import codes
from convenor.domain.expressions.tests.test_reserve_running_dry import asks, secret_of
from convenor.domain.expressions.tests.test_screens import browser, page
from convenor.domain.expressions.tests.test_selection import crowd
from convenor.domain.expressions.tests.world import CallWorld

pytestmark = pytest.mark.slow


def test_a_rule_that_shuts_some_out_is_named() -> None:
    entrants = crowd("small", "small", "large", "large", "large")
    found = prospects(Panel(2, (Quota("large", "Large", None, 0),)), entrants)
    assert [(each.never, len(each.references), each.cause) for each in found] == [(True, 3, "at most 0 “Large”")]


def test_rules_that_shut_some_out_only_together_are_named_together() -> None:
    entrants = crowd("small+east", "small+east", "large+west", "medium+west")
    panel = Panel(2, (Quota("small", "Small", 1), Quota("east", "East", None, 1), Quota("large", "Large", 1)))
    [found] = prospects(panel, entrants)
    assert (found.never, found.references) == (True, ("r003",))
    assert found.cause == "at least 1 “Small” and at least 1 “Large”"


def test_a_chance_far_below_an_even_one_names_the_rule_that_makes_it_so() -> None:
    entrants = crowd(*["small"] * 8, *["large"] * 40)
    [found] = prospects(Panel(8, (Quota("small", "Small", 7),)), entrants)
    assert (found.never, len(found.references)) == (False, 40)
    assert found.chance == pytest.approx(1 / 40)
    assert found.cause == "at least 7 “Small”"
    assert prospects(Panel(8), entrants) == []


def test_whoever_has_no_chance_in_the_lottery_is_named_and_nobody_else() -> None:
    panel, entrants = lifelike(60, organisations=True)
    shut = Panel(panel.seats, (*panel.quotas[:5], Quota("state:ACT", "ACT", None, 0)), one_per_organisation=True)
    spread = chances(freeze(shut, entrants, LOTTERY))
    never = {reference for each in prospects(shut, entrants) if each.never for reference in each.references}
    assert never
    assert never == {reference for reference, chance in spread.chances.items() if chance == 0}


@pytest.fixture
def shut_out(present: CallWorld) -> CallWorld:
    """No large provider may sit, and three applied."""
    present.publish()
    present.send_many(8)
    Option.objects.filter(value="large").update(maximum=0)
    present.begin_assessment()
    return present


@pytest.mark.django_db
def test_the_officer_sees_it_before_freezing_and_says_so(shut_out: CallWorld) -> None:
    client, slug = browser(shut_out.groups.officer()), shut_out.call.slug
    told = page(client, "selection", slug)
    assert "Who would hardly be drawn" in told
    assert "at most 0 “How large is your organisation: Large”" in told
    assert "I know that 4 people who take part have no chance" in told
    assert "Applicant" not in told
    assert shut_out.made[1].reference in told
    assert shut_out.made[0].reference not in told
    page(client, "freeze", slug, status=302, go="1")
    assert "would have no chance at all" in page(client, "selection", slug)
    assert not Draw.objects.exists()
    page(client, "freeze", slug, status=302, despite="1")
    assert Draw.objects.get().drawn_at is None
    page(Client(), "selection", slug, status=302)


@pytest.mark.django_db
def test_a_program_has_to_know_it_too(shut_out: CallWorld) -> None:
    secret = secret_of(shut_out.groups.officer())
    status, told = asks(secret, shut_out, "selection/freeze/")
    assert (status, told["errors"][0]["code"], told["errors"][0]["place"]) == (422, "no-chance", "despite")
    with pytest.raises(Refused) as refused:
        freeze_selection(by=shut_out.by, call=shut_out.call, now=shut_out.closed)
    assert codes(refused) == ["no-chance"]
    assert asks(secret, shut_out, "selection/freeze/", despite=True)[0] == 200


@pytest.mark.django_db
def test_where_everybody_has_a_chance_nothing_is_asked(present: CallWorld) -> None:
    present.publish()
    present.send_many(7)
    present.begin_assessment()
    told = page(browser(present.groups.officer()), "selection", present.call.slug)
    assert "Who would hardly be drawn" not in told
    assert "despite" not in told
