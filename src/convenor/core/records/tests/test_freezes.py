"""Disposal freezes: set, lifted, and what they hold while they last (Archives Act 1983 s 24)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate
from hypothesis import given
from hypothesis import strategies as st

from convenor.core.records import queries, rules
from convenor.core.records.commands.freezes import lift_freeze, set_freezes
from convenor.core.records.models import Freeze
from convenor.core.records.rules import (
    DutyHeld,
    FreezeFacts,
    Frozen,
    NotAllowed,
    Refused,
    Viewer,
    anonymous,
    check_freeze,
    check_lift,
)
from convenor.core.records.tests.journal import entries, said

KNOWN = ("call", "group", "person")


def as_(now: datetime, duty: str = "", over: int | None = None) -> Viewer:
    return Viewer(now=now, duties=frozenset({DutyHeld(duty, over)}) if duty else frozenset())


def facts(now: datetime, *kinds: str, days: int = 0) -> FreezeFacts:
    return FreezeFacts(kinds or ("group",), localdate(now) + timedelta(days=days), "An inquiry.", "RN 2026/14")


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [breach.code for breach in refused.value.breaches]


def test_what_a_freeze_must_say(now: datetime) -> None:
    bad = FreezeFacts(("group", "nonsense"), localdate(now) - timedelta(days=1), " ", "")
    found = check_freeze(bad, localdate(now), known=KNOWN, frozen=["group"])
    assert [breach.code for breach in found] == [
        "kind-unknown", "kind-frozen", "starts-past", "reason-needed", "authority-needed",
    ]  # fmt: skip
    none = FreezeFacts((), localdate(now), "x", "y")
    assert [breach.code for breach in check_freeze(none, localdate(now), known=KNOWN, frozen=[])] == ["kinds-needed"]


@given(st.booleans(), st.text(max_size=5))
def test_a_lift_is_refused_exactly_when_it_was_lifted_or_says_nothing(lifted: bool, reason: str) -> None:
    assert bool(check_lift(lifted=lifted, reason=reason)) == (lifted or not reason.strip())


@pytest.mark.django_db
def test_an_administrator_sets_one_on_several_kinds(now: datetime) -> None:
    made = set_freezes(by=as_(now, "administrator"), facts=facts(now, "group", "call"), now=now)
    assert [freeze.kind for freeze in made] == ["call", "group"]
    assert queries.frozen_kinds(now) == {"call", "group"}
    first, second = (said(entry) for entry in entries("freeze.set"))
    assert (first["kind"], second["kind"]) == ("call", "group")
    assert first["authority"] == "RN 2026/14"
    assert first["reason"] == "An inquiry."


@pytest.mark.django_db
@pytest.mark.parametrize("duty", ["", "secretariat", "publisher"])
def test_nobody_else_sets_or_lifts_one(now: datetime, by_system: Viewer, duty: str) -> None:
    with pytest.raises(NotAllowed):
        set_freezes(by=as_(now, duty), facts=facts(now), now=now)
    made = set_freezes(by=by_system, facts=facts(now), now=now)[0]
    for viewer in (as_(now, duty), as_(now, "administrator", over=7)):
        with pytest.raises(NotAllowed):
            lift_freeze(by=viewer, freeze=made, reason="Over.", now=now)
    assert queries.frozen_kinds(now) == {"group"}


@pytest.mark.django_db
def test_it_holds_from_its_day_until_it_is_lifted(now: datetime, by_system: Viewer) -> None:
    made = set_freezes(by=by_system, facts=facts(now, days=2), now=now)[0]
    assert queries.frozen_kinds(now) == frozenset()
    later = now + timedelta(days=2)
    assert queries.frozen_kinds(later) == {"group"}
    with pytest.raises(Frozen, match=r"Groups.*disposal freeze since Wed 25 Nov 2026 \(RN 2026/14\)"):
        queries.refuse_if_frozen(later, "call", "group")
    queries.refuse_if_frozen(later, "call")
    lift_freeze(by=by_system, freeze=made, reason="The inquiry has reported.", now=later)
    queries.refuse_if_frozen(later, "group")
    told = said(entries("freeze.lifted")[0])
    assert (told["freeze"], told["reason"]) == (str(made.pk), "The inquiry has reported.")


@pytest.mark.django_db
def test_there_is_one_at_a_time_and_its_row_stays(now: datetime, by_system: Viewer) -> None:
    made = set_freezes(by=by_system, facts=facts(now), now=now)[0]
    with pytest.raises(Refused) as again:
        set_freezes(by=by_system, facts=facts(now, "call", "group"), now=now)
    assert codes(again) == ["kind-frozen"]
    assert queries.frozen_kinds(now) == {"group"}
    lift_freeze(by=by_system, freeze=made, reason="Over.", now=now)
    with pytest.raises(Refused) as twice:
        lift_freeze(by=by_system, freeze=made, reason="Over.", now=now)
    assert codes(twice) == ["freeze-lifted"]
    set_freezes(by=by_system, facts=facts(now), now=now)
    assert Freeze.objects.filter(kind="group").count() == 2


@pytest.mark.django_db
def test_the_database_keeps_to_one_as_well(now: datetime, by_system: Viewer) -> None:
    made = set_freezes(by=by_system, facts=facts(now), now=now)[0]
    made.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        made.save(force_insert=True)


@pytest.mark.django_db
def test_only_the_sites_officers_read_them(now: datetime, by_system: Viewer) -> None:
    made = set_freezes(by=by_system, facts=facts(now), now=now)[0]
    assert list(queries.freezes(as_(now, "secretariat"))) == [made]
    for viewer in (anonymous(now), as_(now, "publisher"), as_(now, "secretariat", over=3)):
        assert not queries.freezes(viewer).exists()


def test_the_word_of_a_kind_that_is_no_more() -> None:
    assert queries.kind_label("group") == "Groups"
    assert queries.kind_label("gone") == "gone"
    assert rules.Frozen([]).breaches == ()
