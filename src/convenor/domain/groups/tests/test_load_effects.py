"""A new version of a model and the groups that live by it: what changes, what breaks, what is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from convenor.core.accounts.models import Person
from convenor.core.records.rules import Refused
from convenor.domain.engagement.commands import load_model
from convenor.domain.engagement.models import ModelVersion
from convenor.domain.engagement.queries.loading import Plan, effect_rows, plan_load
from convenor.domain.groups.commands.overrides import add_override
from convenor.domain.groups.commands.showing import show_group
from convenor.domain.groups.models import Group
from convenor.domain.groups.queries.ruling import effective_rules
from convenor.domain.groups.queries.weighing import OverrideFacts
from convenor.domain.groups.tests.world import MODEL, TODAY, World, last_told

pytestmark = pytest.mark.slow

PLACES = "A Task Group has places for"
DAY = TODAY + timedelta(days=10)
CAP = "seats: {maximum: 3, counts: persons}"
CHAIRED = MODEL.replace(CAP, f"{CAP}\n        chairing: chair")
ELIGIBLE = MODEL.replace(CAP, "seats: {maximum: 3, eligible: {roles: [practice-cio]}}")


def capped(most: int) -> str:
    return MODEL.replace(CAP, f"seats: {{maximum: {most}, counts: persons}}")


@pytest.fixture
def task(world: World) -> Group:
    group = world.group("task-group", name="Task group")
    world.seat(group, "One")
    world.seat(group, "Two")
    return group


def plan(world: World, text: str) -> Plan:
    return plan_load(world.by, text, DAY)


def load(world: World, text: str, **more: str) -> ModelVersion:
    return load_model(by=world.by, text=text, now=world.now, in_force_from=DAY, **more)  # type: ignore[arg-type]


def override(world: World, group: Group, most: int) -> None:
    facts = OverrideFacts("size", {"total_maximum": most}, DAY, None, "It stays as it is.", "Owner of the model")
    add_override(by=world.by, group=group, facts=facts, now=world.now)


def test_a_group_whose_sentences_change_is_told_of(world: World, task: Group) -> None:
    (effect,) = plan(world, capped(5)).effects
    assert (effect.name, effect.ref, effect.type_name) == ("Task group", task.record.ref, "Task Group")
    assert [(row.rule, row.before, row.after) for row in effect.changed] == [
        (
            "size",
            "A Task Group has places for up to 3 people in all.",
            "A Task Group has places for up to 5 people in all.",
        )
    ]
    assert (effect.breaches, effect.missing, effect.idle) == ((), (), ())
    load(world, capped(5))


def test_a_cap_below_what_is_occupied_is_refused_with_the_numbers(world: World, task: Group) -> None:
    (effect,) = plan(world, capped(1)).over_caps
    assert effect.caps[0].text == "A Task Group has places for up to 1 person in all. So far: 2 people."
    with pytest.raises(Refused) as caught:
        load(world, capped(1), accept="Never mind.")
    (breach,) = caught.value.breaches
    assert breach.text.startswith("Task group: A Task Group has places for up to 1 person in all. So far: 2 people.")
    assert ModelVersion.objects.count() == 1


def test_also_when_they_come_later(world: World, task: Group) -> None:
    world.seat(task, "Three", starts_on=DAY + timedelta(days=30))
    assert plan(world, capped(2)).over_caps
    with pytest.raises(Refused):
        load(world, capped(2))


def test_an_exception_for_the_group_lets_the_version_in(world: World, task: Group) -> None:
    override(world, task, 2)
    load(world, capped(1))
    rules = effective_rules(task, DAY)
    assert rules is not None
    assert rules.total_maximum == 2


def test_an_override_that_changes_nothing_more_is_told(world: World, task: Group) -> None:
    override(world, task, 2)
    (effect,) = plan(world, capped(2)).effects
    assert effect.idle == ("Size in all",)


def test_an_override_that_would_not_fit_is_told_and_accepted_with_a_reason(world: World) -> None:
    group = world.focus_group()
    values = {"eligible_constituency": "agency", "eligible_kinds": ["practice-company"]}
    facts = OverrideFacts("eligible_kinds", values, DAY, None, "The agency asks.", "Owner")
    add_override(by=world.by, group=group, facts=facts, now=world.now)
    text = MODEL.replace(
        "            - {constituency: agency, name: The agency}\n          one_per", "          one_per"
    )
    (effect,) = plan(world, text).to_accept
    assert effect.broken[0].text.startswith("Its override of “Organisations that may sit” would not fit:")
    with pytest.raises(Refused):
        load(world, text)
    load(world, text, accept="It ends soon.")


def test_what_would_newly_be_missing_is_told_and_refuses_nothing(world: World, task: Group) -> None:
    (effect,) = plan(world, CHAIRED).effects
    assert [breach.text for breach in effect.missing] == ["A Task Group has one chair. So far: 0."]
    load(world, CHAIRED)


def test_another_rule_is_broken_only_with_a_reason_that_stays(world: World, task: Group) -> None:
    (effect,) = plan(world, ELIGIBLE).to_accept
    assert [breach.code for breach in effect.broken] == ["engagement.eligible_roles"]
    with pytest.raises(Refused) as caught:
        load(world, ELIGIBLE)
    assert [breach.field for breach in caught.value.breaches] == ["accept"]
    version = load(world, ELIGIBLE, accept="They leave by June.")
    verb, _changes = last_told(version.model.record)
    assert verb == "engagement-model.loaded"


def test_a_group_that_breaks_a_rule_already_is_not_told_of_it_again(world: World, task: Group) -> None:
    load(world, ELIGIBLE, accept="They leave by June.")
    text = ELIGIBLE.replace("Task Group", "Small Group")
    assert not plan_load(world.by, text, DAY + timedelta(days=1)).to_accept


def test_hidden_groups_count_and_are_not_named(world: World, task: Group) -> None:
    show_group(by=world.by, group=task, readers="members", reason="Asked.", now=world.now)
    (effect,) = plan_load(world.somebody(), capped(1), DAY).effects
    assert (effect.name, effect.url, effect.ref) == ("A group that is not shown to you", "", "")
    assert effect.caps


def test_every_effect_is_a_row_to_take_away(world: World, task: Group) -> None:
    rows = effect_rows(plan(world, capped(1)))
    assert [(row.group, row.effect, row.rule) for row in rows] == [
        ("Task group", "reads otherwise", "Size in all"),
        ("Task group", "refused", "size"),
    ]


def test_the_page_asks_why_and_gives_the_rows(world: World, task: Group, client: Client) -> None:
    client.force_login(Person.objects.get(pk=world.officer().person_id or 0))
    day = {"in_force_from_day": "3", "in_force_from_month": "12", "in_force_from_year": "2030"}
    data = {"yaml": ELIGIBLE, **day}
    looked = client.post("/engagement/practice/load/", data).content.decode()
    assert "It would break" in looked
    assert "Why the groups named above may break a rule" in looked
    refused = client.post("/engagement/practice/load/", {**data, "confirm": "yes", "expected": "2"})
    assert "Say why that may be." in refused.content.decode()
    table = client.post("/engagement/practice/load/", {**data, "download": "yes"})
    assert table.headers["Content-Type"].startswith("text/csv")
    assert "Task group" in table.content.decode()
    kept = client.post(
        "/engagement/practice/load/", {**data, "confirm": "yes", "expected": "2", "accept": "They leave by June."}
    )
    assert kept.status_code == 302
