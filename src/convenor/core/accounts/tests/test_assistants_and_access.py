"""Assistants and personal exceptions."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import transaction

from convenor.core.accounts import commands
from convenor.core.accounts.models import AccessRow, Duty, Person
from convenor.core.accounts.queries import viewer_for
from convenor.core.accounts.tests.conftest import MakePerson
from convenor.core.accounts.tests.journal import entries, said, verbs
from convenor.core.records.commands import create_record
from convenor.core.records.models import Record
from convenor.core.records.rules import SEALED, NotAllowed, Refused, Viewer

pytestmark = pytest.mark.django_db


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [breach.code for breach in refused.value.breaches]


@pytest.fixture
def sealed(a_kind: str, now: datetime) -> Record:
    with transaction.atomic():
        return create_record(kind=a_kind, title="Sealed", now=now, visibility=SEALED)


@pytest.fixture
def shown(a_kind: str, now: datetime) -> Record:
    with transaction.atomic():
        return create_record(kind=a_kind, title="Shown", now=now)


def sees(person: Person, record: Record, now: datetime) -> bool:
    return Record.objects.visible_to(viewer_for(person, now)).filter(pk=record.pk).exists()


def test_a_principal_appoints_and_ends_an_assistant(as_mia: Viewer, mia: Person, noa: Person, now: datetime) -> None:
    row = commands.appoint_assistant(by=as_mia, principal=mia, assistant=noa, may_answer=True, now=now)
    assert viewer_for(noa, now).principals == {mia.pk}
    commands.end_assistance(by=as_mia, assistance=row, now=now + timedelta(hours=1))
    assert viewer_for(noa, now + timedelta(hours=1)).principals == frozenset()
    assert verbs() == ["assistance.begun", "assistance.ended"]


def test_an_assistant_gets_no_duty(as_ada: Viewer, ada: Person, noa: Person, now: datetime) -> None:
    commands.appoint_assistant(by=as_ada, principal=ada, assistant=noa, now=now)
    assert viewer_for(noa, now).duties == frozenset()


def test_an_assistant_steps_back_and_appoints_nobody(
    as_mia: Viewer, mia: Person, noa: Person, sam: Person, now: datetime
) -> None:
    row = commands.appoint_assistant(by=as_mia, principal=mia, assistant=noa, now=now)
    with pytest.raises(NotAllowed):
        commands.appoint_assistant(by=viewer_for(noa, now), principal=mia, assistant=sam, now=now)
    commands.end_assistance(by=viewer_for(noa, now), assistance=row, now=now + timedelta(hours=1))
    with pytest.raises(Refused) as refused:
        commands.end_assistance(by=as_mia, assistance=row, now=now + timedelta(hours=2))
    assert codes(refused) == ["assistance-ended"]


def test_a_stranger_ends_nobodys_assistance(
    as_mia: Viewer, mia: Person, noa: Person, make_person: MakePerson, now: datetime
) -> None:
    row = commands.appoint_assistant(by=as_mia, principal=mia, assistant=noa, now=now)
    with pytest.raises(NotAllowed):
        commands.end_assistance(by=viewer_for(make_person("Eve Example"), now), assistance=row, now=now)


def test_an_assistant_of_somebody_inactive_stands_for_nobody(
    as_mia: Viewer, mia: Person, noa: Person, now: datetime
) -> None:
    commands.appoint_assistant(by=as_mia, principal=mia, assistant=noa, now=now)
    Person.objects.filter(pk=mia.pk).update(is_active=False)
    assert viewer_for(noa, now).principals == frozenset()


def test_rules_of_appointing(as_mia: Viewer, mia: Person, noa: Person, now: datetime) -> None:
    with pytest.raises(Refused) as refused:
        commands.appoint_assistant(by=as_mia, principal=mia, assistant=mia, now=now)
    assert codes(refused) == ["assists-self"]
    commands.appoint_assistant(by=as_mia, principal=mia, assistant=noa, now=now)
    with pytest.raises(Refused) as refused:
        commands.appoint_assistant(by=as_mia, principal=mia, assistant=noa, ends_at=now, now=now)
    assert codes(refused) == ["assists-already", "ends-before-start"]


def test_an_officer_denies_and_the_denial_bites(as_sam: Viewer, mia: Person, shown: Record, now: datetime) -> None:
    row = commands.grant_access(by=as_sam, person=mia, record=shown, allow=False, reason="Conflict", now=now)
    assert not sees(mia, shown, now)
    commands.end_access(by=as_sam, row=row, reason="Over", now=now + timedelta(hours=1))
    assert sees(mia, shown, now + timedelta(hours=1))
    assert verbs() == ["access.denied", "access.ended"]
    assert said(entries("access.denied")[0])["record"] == (None, shown.ref)


def test_an_exception_is_dated(as_sam: Viewer, mia: Person, shown: Record, now: datetime) -> None:
    later = now + timedelta(days=1)
    row = commands.grant_access(
        by=as_sam, person=mia, record=shown, allow=False, reason="Item 4", starts_at=later, now=now
    )
    assert (sees(mia, shown, now), sees(mia, shown, later)) == (True, False)
    commands.end_access(by=as_sam, row=row, reason="Item withdrawn", now=now)
    assert AccessRow.objects.count() == 0


def test_what_is_sealed_is_opened_by_those_it_is_open_to(
    as_sam: Viewer, as_ada: Viewer, mia: Person, sealed: Record, make_person: MakePerson, now: datetime
) -> None:
    for by in (as_sam, as_ada):
        with pytest.raises(NotAllowed):
            commands.grant_access(by=by, person=mia, record=sealed, allow=True, reason="x", now=now)
    keeper = viewer_for(make_person("Kim Example", Duty.SECRETARIAT, over=sealed), now)
    commands.grant_access(by=keeper, person=mia, record=sealed, allow=True, reason="Assessor", now=now)
    assert sees(mia, sealed, now)


def test_nobody_writes_an_exception_for_themselves(as_sam: Viewer, sam: Person, shown: Record, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        commands.grant_access(by=as_sam, person=sam, record=shown, allow=True, reason="x", now=now)


def test_nobody_ends_their_own_denial(
    as_ada: Viewer, as_sam: Viewer, sam: Person, shown: Record, now: datetime
) -> None:
    row = commands.grant_access(by=as_ada, person=sam, record=shown, allow=False, reason="Recused", now=now)
    with pytest.raises(NotAllowed):
        commands.end_access(by=as_sam, row=row, reason="x", now=now)


def test_an_exception_has_a_reason_and_a_period(as_sam: Viewer, mia: Person, shown: Record, now: datetime) -> None:
    with pytest.raises(Refused) as refused:
        commands.grant_access(by=as_sam, person=mia, record=shown, allow=True, reason=" ", ends_at=now, now=now)
    assert codes(refused) == ["reason-missing", "ends-before-start"]


def test_members_write_no_exceptions(as_mia: Viewer, noa: Person, shown: Record, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        commands.grant_access(by=as_mia, person=noa, record=shown, allow=True, reason="x", now=now)
