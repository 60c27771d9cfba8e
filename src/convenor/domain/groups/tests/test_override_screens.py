"""The screens of a group's own rules: choose, look, keep; end, correct, take out."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from convenor.core.accounts.models import Person
from convenor.domain.engagement.rules import RULES
from convenor.domain.groups.commands.overrides import add_override
from convenor.domain.groups.models import Group, RuleOverride
from convenor.domain.groups.queries.weighing import OverrideFacts
from convenor.domain.groups.tests.world import World

pytestmark = pytest.mark.slow


def cap(most: int | None, first: date) -> OverrideFacts:
    values = {"total_minimum": None, "total_maximum": most, "total_counts": "persons"}
    return OverrideFacts("size", values, first, None, "The task is small.", "Steering Committee, item 4")


def keep(world: World, group: Group, facts: OverrideFacts) -> RuleOverride:
    return add_override(by=world.by, group=group, facts=facts, now=world.now)


@pytest.fixture
def officer(present: World, client: Client) -> Client:

    client.force_login(Person.objects.get(pk=present.officer().person_id or 0))
    return client


@pytest.fixture
def shown(present: World) -> Group:
    group = present.group("task-group", name="Task group")
    present.seat(group, "One")
    present.seat(group, "Two")
    return group


def entered(day: date, most: str = "2", **more: str) -> dict[str, str]:
    parts = {f"starts_on_{at}": str(getattr(day, at)) for at in ("day", "month", "year")}
    return {
        "total_maximum": most,
        "total_counts": "persons",
        "reason": "It is small.",
        "approved_by": "Board",
        **parts,
        **more,
    }


def test_an_officer_chooses_a_rule_looks_and_keeps(officer: Client, shown: Group, present: World) -> None:
    url = reverse("groups:override-add", args=[shown.slug])
    assert b"Size in all" in officer.get(url).content
    day = present.now.date()
    looked = officer.post(f"{url}?rule=size", entered(day))
    assert b"What it would do" in looked.content
    assert b"up to 3 people in all." in looked.content
    assert b"up to 2 people in all, by an override" in looked.content
    assert not RuleOverride.objects.exists()
    kept = officer.post(f"{url}?rule=size", entered(day, confirm="yes"))
    assert kept.status_code == 302
    page = officer.get(reverse("groups:rules", args=[shown.slug])).content.decode()
    assert "Exceptions made for this group" in page
    assert "Because: It is small." in " ".join(page.split())


def test_a_refusal_stands_at_its_field_and_nothing_is_lost(officer: Client, shown: Group, present: World) -> None:
    url = reverse("groups:override-add", args=[shown.slug])
    found = officer.post(f"{url}?rule=size", entered(present.now.date(), "1", confirm="yes"))
    text = found.content.decode()
    assert "So far: 2 people." in text
    assert "It is small." in text
    assert "Error:" in text
    assert not RuleOverride.objects.exists()


@pytest.mark.parametrize("rule", RULES, ids=[rule.key for rule in RULES])
def test_every_rule_has_a_form(officer: Client, shown: Group, rule: Any) -> None:
    found = officer.get(reverse("groups:override-add", args=[shown.slug]), {"rule": rule.key})
    assert found.status_code == 200
    names = {name.split("-")[0] for name in found.context["form"].fields}
    assert set(rule.fields) & names


def test_an_override_is_ended_corrected_and_struck_from_its_page(officer: Client, shown: Group, present: World) -> None:
    row = keep(present, shown, cap(2, present.now.date()))
    page = officer.get(reverse("groups:rules", args=[shown.slug])).content.decode()
    for name in ("override-end", "override-correct"):
        assert reverse(f"groups:{name}", args=[shown.slug, row.number]) in page
    url = reverse("groups:override-correct", args=[shown.slug, row.number])
    assert b'value="2"' in officer.get(url).content
    given = entered(present.now.date(), correction="A slip.", confirm="yes", reason="Another reason.")
    assert officer.post(url, given).status_code == 302
    row.refresh_from_db()
    assert row.reason == "Another reason."
    day = present.now.date()
    parts = {f"on_{at}": str(getattr(day, at)) for at in ("day", "month", "year")}
    assert officer.post(reverse("groups:override-end", args=[shown.slug, row.number]), parts).status_code == 302
    row.refresh_from_db()
    assert row.ends_on == day
    strike = reverse("groups:override-strike", args=[shown.slug, row.number])
    assert officer.post(strike, {"reason": "It never held."}).status_code == 302
    assert not RuleOverride.objects.exists()


def test_sides_are_typed_row_by_row(officer: Client, present: World) -> None:
    group = present.focus_group()
    url = f"{reverse('groups:override-add', args=[group.slug])}?rule=constituencies"
    assert b'name="constituencies-1-name"' in officer.get(url).content
    rows = {
        "constituencies-0-constituency": "providers", "constituencies-0-name": "Providers",
        "constituencies-0-maximum": "4", "constituencies-0-counts": "organisations",
        "constituencies-1-constituency": "agency", "constituencies-1-name": "The agency",
        "constituencies-1-counts": "persons",
    }  # fmt: skip
    given = {**entered(present.now.date(), confirm="yes"), **rows}
    assert officer.post(url, given).status_code == 302
    row = RuleOverride.objects.get()
    assert row.values == {
        "constituencies": [
            {"constituency": "providers", "name": "Providers", "maximum": 4, "counts": "organisations"},
            {"constituency": "agency", "name": "The agency"},
        ]
    }
    assert "at most 4 organisations" not in officer.get(reverse("groups:detail", args=[group.slug])).content.decode()


def test_strangers_read_the_exception_and_change_nothing(client: Client, shown: Group, present: World) -> None:
    row = keep(present, shown, cap(2, present.now.date()))
    page = client.get(reverse("groups:rules", args=[shown.slug])).content.decode()
    assert "by an override from" in page
    assert "Make an exception" not in page
    for name in ("override-end", "override-correct", "override-strike"):
        assert client.get(reverse(f"groups:{name}", args=[shown.slug, row.number])).status_code in {302, 403}
