"""Two administrators who shut each other out at once: one of them stays, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from convenor.core.accounts import commands
from convenor.core.accounts.models import Duty, DutyAssignment, Person
from convenor.core.accounts.queries import administrators, viewer_for
from convenor.core.accounts.tests.conftest import MakePerson
from convenor.core.records.rules import NotAllowed, Refused
from tests.at_once import at_once


def end_duty(by: Person, other: Person, now: datetime) -> None:
    commands.end_duty(by=viewer_for(by, now), duty=other.duties.get(), reason="Race", now=now)


def deactivate(by: Person, other: Person, now: datetime) -> None:
    commands.deactivate_person(by=viewer_for(by, now), person=other, reason="Race", now=now)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", [end_duty, deactivate])
@pytest.mark.parametrize("second", [end_duty, deactivate])
def test_two_administrators_never_shut_each_other_out(
    make_person: MakePerson, now: datetime, first: Callable[..., None], second: Callable[..., None]
) -> None:
    ada, bea = make_person("Ada Example", Duty.ADMINISTRATOR), make_person("Bea Example", Duty.ADMINISTRATOR)
    for _ in range(5):
        Person.objects.update(is_active=True)
        DutyAssignment.objects.update(ends_at=None)
        failures = at_once(lambda: first(ada, bea, now), lambda: second(bea, ada, now))
        assert [type(failure) for failure in failures] in ([Refused], [NotAllowed])
        assert sorted(administrators(person.pk, now) for person in (ada, bea)) == [(False, 1), (True, 0)]
