"""Duties: given, dated, ended; the last administrator; hole 11's other half, nobody raises themselves."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import transaction

from convenor.core.accounts import commands
from convenor.core.accounts.models import Duty, DutyAssignment, Person
from convenor.core.accounts.queries import viewer_for
from convenor.core.accounts.tests.conftest import MakePerson
from convenor.core.accounts.tests.journal import entries, said
from convenor.core.records.commands import create_record
from convenor.core.records.models import Record
from convenor.core.records.rules import DutyHeld, NotAllowed, Refused, Viewer

pytestmark = pytest.mark.django_db


@pytest.fixture
def record(a_kind: str, now: datetime) -> Record:
    with transaction.atomic():
        return create_record(kind=a_kind, title="Specimen", now=now)


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [breach.code for breach in refused.value.breaches]


def test_an_administrator_gives_a_duty(as_ada: Viewer, mia: Person, record: Record, now: datetime) -> None:
    made = commands.assign_duty(
        by=as_ada, person=mia, duty=Duty.SECRETARIAT, over=record, reason="Runs the group", now=now
    )
    assert viewer_for(mia, now).duties == {DutyHeld("secretariat", record.pk)}
    assert said(entries("duty.assigned")[0]) == {
        "person": (None, str(mia.pk)),
        "duty": (None, "secretariat"),
        "over": (None, record.ref),
        "starts_at": (None, "2026-11-23T01:00:00.000000Z"),
        "reason": (None, "Runs the group"),
    }
    assert made.reason == "Runs the group"


@pytest.mark.parametrize("duty", list(Duty))
def test_officers_and_members_give_no_duty(
    as_sam: Viewer, sam: Person, as_mia: Viewer, mia: Person, duty: Duty, now: datetime
) -> None:
    for by, person in ((as_sam, sam), (as_mia, mia), (as_sam, mia)):
        with pytest.raises(NotAllowed):
            commands.assign_duty(by=by, person=person, duty=duty, reason="x", now=now)


def test_an_administrator_of_one_record_gives_duties_over_it_alone(
    make_person: MakePerson, mia: Person, record: Record, now: datetime
) -> None:
    local = viewer_for(make_person("Lou Example", Duty.ADMINISTRATOR, over=record), now)
    commands.assign_duty(by=local, person=mia, duty=Duty.SECRETARIAT, over=record, reason="x", now=now)
    with pytest.raises(NotAllowed):
        commands.assign_duty(by=local, person=mia, duty=Duty.SECRETARIAT, reason="x", now=now)


def test_a_duty_is_dated(as_ada: Viewer, mia: Person, now: datetime) -> None:
    tomorrow, after = now + timedelta(days=1), now + timedelta(days=2)
    commands.assign_duty(
        by=as_ada, person=mia, duty=Duty.PUBLISHER, starts_at=tomorrow, ends_at=after, reason="Cover", now=now
    )
    held = [viewer_for(mia, at).has_duty("publisher") for at in (now, tomorrow, after)]
    assert held == [False, True, False]


def test_the_same_duty_is_not_held_twice_at_once(as_ada: Viewer, mia: Person, now: datetime) -> None:
    commands.assign_duty(by=as_ada, person=mia, duty=Duty.PUBLISHER, reason="x", now=now)
    with pytest.raises(Refused) as refused:
        commands.assign_duty(by=as_ada, person=mia, duty=Duty.PUBLISHER, reason="x", now=now)
    assert codes(refused) == ["duty-held"]


@pytest.mark.parametrize(("change", "code"), [({"reason": ""}, "reason-missing"), ({"ends": -1}, "ends-before-start")])
def test_rules_of_giving(as_ada: Viewer, mia: Person, now: datetime, change: dict[str, object], code: str) -> None:
    ends_at = now - timedelta(days=1) if "ends" in change else None
    with pytest.raises(Refused) as refused:
        commands.assign_duty(
            by=as_ada, person=mia, duty=Duty.PUBLISHER, ends_at=ends_at, reason=str(change.get("reason", "x")), now=now
        )
    assert codes(refused) == [code]


def test_nobody_inactive_gets_a_duty(as_ada: Viewer, mia: Person, now: datetime) -> None:
    commands.deactivate_person(by=as_ada, person=mia, reason="Left", now=now)
    with pytest.raises(Refused) as refused:
        commands.assign_duty(by=as_ada, person=mia, duty=Duty.PUBLISHER, reason="x", now=now)
    assert codes(refused) == ["person-inactive"]


def test_a_duty_ends_now(as_ada: Viewer, sam: Person, now: datetime) -> None:
    held = sam.duties.get()
    commands.end_duty(by=as_ada, duty=held, reason="Moved on", now=now)
    assert viewer_for(sam, now).duties == frozenset()
    assert DutyAssignment.objects.get(pk=held.pk).ends_at == now
    with pytest.raises(Refused) as refused:
        commands.end_duty(by=as_ada, duty=held, reason="Moved on", now=now)
    assert codes(refused) == ["duty-ended"]
    assert said(entries("duty.ended")[0])["ends_at"] == (None, "2026-11-23T01:00:00.000000Z")


def test_a_duty_that_never_began_is_taken_back(as_ada: Viewer, mia: Person, now: datetime) -> None:
    later = commands.assign_duty(
        by=as_ada, person=mia, duty=Duty.PUBLISHER, starts_at=now + timedelta(days=1), reason="x", now=now
    )
    commands.end_duty(by=as_ada, duty=later, reason="Changed our mind", now=now)
    assert not mia.duties.exists()


def test_the_last_administrators_duty_cannot_end(
    as_ada: Viewer, ada: Person, make_person: MakePerson, now: datetime
) -> None:
    with pytest.raises(Refused) as refused:
        commands.end_duty(by=as_ada, duty=ada.duties.get(), reason="Tired", now=now)
    assert codes(refused) == ["last-administrator"]
    make_person("Bea Example", Duty.ADMINISTRATOR)
    commands.end_duty(by=as_ada, duty=ada.duties.get(), reason="Tired", now=now)


def test_an_inactive_administrator_does_not_count(
    as_ada: Viewer, ada: Person, make_person: MakePerson, now: datetime
) -> None:
    make_person("Bea Example", Duty.ADMINISTRATOR, is_active=False)
    with pytest.raises(Refused):
        commands.end_duty(by=as_ada, duty=ada.duties.get(), reason="Tired", now=now)


def test_an_administrator_of_one_record_does_not_count(
    as_ada: Viewer, ada: Person, make_person: MakePerson, record: Record, now: datetime
) -> None:
    make_person("Bea Example", Duty.ADMINISTRATOR, over=record)
    with pytest.raises(Refused):
        commands.end_duty(by=as_ada, duty=ada.duties.get(), reason="Tired", now=now)
