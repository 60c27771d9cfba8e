"""After a release that drops a rule, rows and texts still name it: every reader says so, and nothing enforces it."""

from __future__ import annotations

import csv
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from convenor.core.accounts.models import Person
from convenor.core.records.rules import Refused
from convenor.domain.engagement.models import ModelVersion
from convenor.domain.engagement.queries.loading import effect_rows, gone_from, plan_load, value_of
from convenor.domain.groups.commands.overrides import correct_override, end_override, facts_of, strike_override
from convenor.domain.groups.models import Group, RuleOverride
from convenor.domain.groups.queries.ruling import chairs_overridden, effective_rules, rules_over_time
from convenor.domain.groups.queries.weighing import OverrideFacts, weigh
from convenor.domain.groups.tests.world import MODEL, World

pytestmark = pytest.mark.slow

GONE = "this rule is no longer part of Convenor, so it binds nobody."
WORDS = {"colour": "blue", "total_maximum": 1, "chairing": "chair"}


@pytest.fixture
def task(present: World) -> Group:
    """Two sit, though a rule that was dropped once said that one may."""
    group = present.group("task-group", name="Task group")
    present.seat(group, "One")
    present.seat(group, "Two")
    return group


@pytest.fixture
def row(present: World, task: Group) -> RuleOverride:
    """As an earlier release wrote it; straight into the database, for no command would any more."""
    first = present.now.date() - timedelta(days=9)
    return RuleOverride.objects.create(
        group=task, number=1, rule="colour", values=WORDS, starts_on=first, reason="It is blue.", approved_by="Board"
    )


@pytest.fixture
def officer(present: World, client: Client) -> Client:
    client.force_login(Person.objects.get(pk=present.officer().person_id or 0))
    return client


def page(client: Client, name: str, *args: object) -> str:
    found = client.get(reverse(name, args=args))
    assert found.status_code == 200
    return " ".join(found.content.decode().split())


def test_it_binds_nobody(present: World, task: Group, row: RuleOverride) -> None:
    rules = effective_rules(task, present.now.date())
    assert rules is not None
    assert (rules.total_maximum, rules.chairing, rules.overrides) == (3, "", ())
    assert {each.total_maximum for _span, each in rules_over_time(task)} == {3}
    assert chairs_overridden(present.now.date()) == {}
    present.seat(task, "Three")


def test_a_field_that_was_dropped_is_left_out_and_the_rest_of_its_rule_holds(present: World, task: Group) -> None:
    values = {"total_maximum": 2, "colour": "blue"}
    day = present.now.date()
    RuleOverride.objects.create(
        group=task, number=1, rule="size", values=values, starts_on=day, reason="Small.", approved_by="Board"
    )
    rules = effective_rules(task, day)
    assert rules is not None
    assert (rules.total_maximum, len(rules.overrides)) == (2, 1)


def test_the_page_of_its_rules_says_so_and_leads_out(officer: Client, task: Group, row: RuleOverride) -> None:
    html = page(officer, "groups:rules", task.slug)
    assert GONE in html
    assert "colour (no longer part of Convenor)" in html
    assert reverse("groups:override-strike", args=[task.slug, 1]) in html
    assert reverse("groups:override-end", args=[task.slug, 1]) in html
    assert reverse("groups:override-correct", args=[task.slug, 1]) not in html
    assert "Its rules, and how it keeps them" in page(officer, "groups:detail", task.slug)
    assert "It is blue." in page(officer, "groups:story", task.slug)
    assert GONE in page(officer, "groups:override-end", task.slug, 1)


def test_it_cannot_be_corrected_and_says_why(officer: Client, task: Group, row: RuleOverride) -> None:
    found = officer.get(reverse("groups:override-correct", args=[task.slug, 1]), follow=True)
    assert found.redirect_chain == [(reverse("groups:rules", args=[task.slug]), 302)]
    assert found.content.decode().count(GONE) == 2


def test_commands_say_so_and_let_it_go(present: World, task: Group, row: RuleOverride) -> None:
    with pytest.raises(Refused, match="no longer part of Convenor"):
        correct_override(by=present.by, override=row, facts=facts_of(row), reason="A slip.", now=present.now)
    end_override(by=present.by, override=row, on=present.now.date(), now=present.now)
    strike_override(by=present.by, override=row, reason="The rule is gone.", now=present.now)
    assert not RuleOverride.objects.exists()


def test_another_override_is_weighed_beside_it(present: World, task: Group, row: RuleOverride) -> None:
    today = present.now.date()
    facts = OverrideFacts("size", {"total_maximum": 2}, today, None, "Small.", "Board")
    assert weigh(task, facts, today).refused == ()


def test_the_health_of_its_model_counts_it_by_its_name(officer: Client, task: Group, row: RuleOverride) -> None:
    for query in ("", "?view=rules"):
        html = officer.get(f"/engagement/practice/health/{query}").content.decode()
        assert "colour (no longer part of Convenor)" in html
    assert "colour (no longer part of Convenor)" in officer.get("/engagement/practice/health.csv").content.decode()


def test_a_dry_run_tells_of_it_and_asks_nothing(present: World, task: Group, row: RuleOverride) -> None:
    text = MODEL.replace("seats: {maximum: 3, counts: persons}", "seats: {maximum: 4, counts: persons}")
    plan = plan_load(present.by, text, present.now.date() + timedelta(days=5))
    (effect,) = plan.effects
    assert (effect.breaches, effect.idle) == ((), ())
    assert effect.gone == (f"“colour”: {GONE}",)
    assert [each.after for each in effect_rows(plan) if each.effect == "override binds nobody"] == [f"“colour”: {GONE}"]


def test_program_and_export_say_whether_it_binds(client: Client, task: Group, row: RuleOverride) -> None:
    (found,) = client.get("/api/v1/rule-overrides/").json()["items"]
    assert (found["rule"], found["binds"]) == ("colour", False)
    answer: Any = client.get("/api/v1/rule-overrides.csv")
    (line,) = csv.DictReader(b"".join(answer.streaming_content).decode("utf-8-sig").splitlines())
    assert (line["rule"], line["binds"]) == ("colour", "false")


@pytest.fixture
def older(present: World) -> ModelVersion:
    """A version whose text states what was dropped since."""
    text = MODEL.replace(
        "seats: {maximum: 3, counts: persons}",
        "seats: {maximum: 3, counts: persons, shape: round}\n        colour: blue",
    )
    version = ModelVersion.objects.get()
    ModelVersion.objects.filter(pk=version.pk).update(yaml=text)
    version.refresh_from_db()
    return version


def test_the_text_of_an_older_version_is_read_without_what_is_gone(client: Client, older: ModelVersion) -> None:
    task = value_of(older).type("practice-task-group")
    assert task is not None
    assert task.total_maximum == 3
    assert gone_from(older.yaml) == ("colour", "shape")
    url = f"/engagement/practice/versions/{older.number}/"
    html = client.get(url).content.decode()
    assert html.count("this rule is no longer part of Convenor") == 2
    for part in ("", "health/"):
        assert client.get(f"/engagement/practice/{part}").status_code == 200
    assert client.get("/engagement/practice.json").status_code == 200
    assert "colour: blue" in client.get("/engagement/practice.yaml").content.decode()


def test_a_new_version_is_compared_with_it(present: World, older: ModelVersion, task: Group) -> None:
    plan = plan_load(present.by, MODEL, present.now.date() + timedelta(days=5))
    assert plan.problems == ()
