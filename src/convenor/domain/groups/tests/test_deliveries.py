"""Deliveries, closing on delivery, how a group ends, and renewing it; commands and screens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from convenor.core.clock.models import Deadline
from convenor.core.records.rules import NotAllowed, Refused
from convenor.domain.groups.commands.deliveries import DeliveryFacts, change_sunset, record_delivery, strike_delivery
from convenor.domain.groups.commands.groups import edit_group
from convenor.domain.groups.commands.lives import close_group
from convenor.domain.groups.models import Closure, Delivery, Group, SunsetChange
from convenor.domain.groups.tests.test_groups_commands import facts_of
from convenor.domain.groups.tests.world import NOW, TODAY, World, last_told, told

pytestmark = pytest.mark.slow

REPORT = DeliveryFacts("The report.", TODAY, "https://practice.example/report")


def codes(call: Callable[[], object]) -> list[str]:
    with pytest.raises(Refused) as refused:
        call()
    return [breach.code for breach in refused.value.breaches]


def test_a_delivery_is_recorded_and_told(world: World) -> None:
    group = world.focus_group()
    row = record_delivery(by=world.by, group=group, facts=REPORT, now=NOW)
    assert last_told(group.record)[0] == "group.delivered"
    assert Group.objects.get(pk=group.pk).state == "active"
    with pytest.raises(NotAllowed):
        record_delivery(by=world.somebody(), group=group, facts=REPORT, now=NOW)
    assert codes(lambda: strike_delivery(by=world.by, delivery=row, reason="", now=NOW)) == ["reason-needed"]
    strike_delivery(by=world.by, delivery=row, reason="Not ours.", now=NOW)
    assert not Delivery.objects.exists()
    assert last_told(group.record)[0] == "group.delivery-struck"


def test_the_delivery_that_completes_closes_a_group_whose_rules_say_so_in_their_words(world: World) -> None:
    group = world.group("errand-group", deliverable="A report.")
    record_delivery(by=world.by, group=group, facts=DeliveryFacts("Half of it.", TODAY), now=NOW)
    assert Group.objects.get(pk=group.pk).state == "active"
    record_delivery(by=world.by, group=group, facts=DeliveryFacts("The rest.", TODAY, completes=True), now=NOW)
    closure = Closure.objects.get(group=group)
    assert (closure.kind, closure.reason) == ("delivered", "An Errand Group closes when it has delivered.")
    assert [verb for verb, _ in told(group.record)][-1] == "group.closed"


def test_elsewhere_closing_is_asked_for(world: World) -> None:
    group = world.focus_group()
    whole = DeliveryFacts("All.", TODAY, completes=True)
    record_delivery(by=world.by, group=group, facts=whole, now=NOW)
    assert Group.objects.get(pk=group.pk).state == "active"
    assert codes(lambda: record_delivery(by=world.by, group=group, facts=whole, now=NOW)) == ["complete-already"]
    other = world.group("council")
    record_delivery(by=world.by, group=other, facts=whole, now=NOW, close=True)
    assert Closure.objects.get(group=other).kind == "delivered"


def test_what_was_not_delivered_is_not_recorded(world: World) -> None:
    group = world.focus_group()
    tomorrow, old = TODAY + timedelta(days=1), TODAY - timedelta(days=9999)
    for facts, code in (
        (DeliveryFacts(" ", TODAY), "what-needed"),
        (DeliveryFacts("x", tomorrow), "not-yet"),
        (DeliveryFacts("x", old), "delivered-before-start"),
        (DeliveryFacts("x", TODAY, "javascript:alert(1)"), "field"),
    ):
        assert codes(partial(record_delivery, by=world.by, group=group, facts=facts, now=NOW)) == [code]


def test_how_a_group_ends_must_be_so(world: World) -> None:
    group = world.group("council", sunset_on=TODAY + timedelta(days=30))
    given: dict[str, Any] = {"by": world.by, "group": group, "on": TODAY, "reason": "It ends.", "now": NOW}
    for kind, code in (
        ("delivered", "nothing-delivered"), ("sunset", "before-sunset"), ("merged", "kind-apart"),
        ("declined", "kind-apart"), ("x", "kind-apart"),
    ):  # fmt: skip
        assert codes(partial(close_group, kind=kind, **given)) == [code]
    endless = world.group("council", name="Endless")
    assert codes(lambda: close_group(kind="sunset", **{**given, "group": endless})) == ["no-sunset"]
    record_delivery(by=world.by, group=group, facts=REPORT, now=NOW)
    close_group(kind="delivered", **given)
    assert Closure.objects.get(group=group).kind == "delivered"


def test_a_group_is_closed_once_at_a_time_in_the_table_too(world: World) -> None:
    group = world.group("council")
    close_group(by=world.by, group=group, on=TODAY, reason="Done.", now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Closure.objects.create(group=group, kind="other", on=TODAY, reason="Again.")


def test_a_group_is_renewed_with_a_reason_and_each_change_stays(world: World) -> None:
    group = world.group("council", sunset_on=TODAY - timedelta(days=3))
    until = TODAY + timedelta(days=300)
    given: dict[str, Any] = {"by": world.by, "group": group, "until": until, "now": NOW}
    assert codes(lambda: change_sunset(reason=" ", **given)) == ["reason-needed"]
    assert codes(lambda: change_sunset(reason="x", **{**given, "until": TODAY})) == ["sunset-past"]
    assert codes(lambda: change_sunset(reason="x", **{**given, "until": group.sunset_on})) == [
        "sunset-past", "sunset-same",
    ]  # fmt: skip
    with pytest.raises(NotAllowed):
        change_sunset(reason="x", **{**given, "by": world.somebody()})
    change_sunset(reason="Much is left to do.", **given)
    assert (
        last_told(group.record)
        == (
            "group.sunset-changed",
            {"sunset_on": ((TODAY - timedelta(days=3)).isoformat(), until.isoformat())},
        )
        or last_told(group.record)[0] == "group.sunset-changed"
    )
    assert Deadline.objects.get(record=group.record, kind="group-sunset").due_at.date() == until
    group.refresh_from_db()
    assert codes(lambda: edit_group(by=world.by, group=group, facts=facts_of(group, sunset_on=None), now=NOW)) == [
        "reason-needed"
    ]
    edit_group(by=world.by, group=group, facts=facts_of(group, sunset_on=None), reason="It stays.", now=NOW)
    assert list(SunsetChange.objects.order_by("pk").values_list("until", "reason")) == [
        (until, "Much is left to do."), (None, "It stays."),
    ]  # fmt: skip
