"""Sample kinds, and an officer who may load them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.test import Client

from convenor.core.accounts.models import DutyAssignment, Person
from convenor.core.accounts.queries import viewer_for
from convenor.core.exchange.tests.samples import samples_registered
from convenor.core.records.rules import Viewer


@pytest.fixture(autouse=True)
def samples() -> Iterator[None]:
    with samples_registered():
        yield


@pytest.fixture
def officer_person(db: None, now: datetime) -> Person:
    person = Person.objects.create_user("officer@example.org", name="Olive Officer (fictitious)", is_fictitious=True)
    DutyAssignment.objects.create(person=person, duty="secretariat", starts_at=now)
    return person


@pytest.fixture
def officer(officer_person: Person, now: datetime) -> Viewer:
    return viewer_for(officer_person, now)


@pytest.fixture
def desk(client: Client, officer_person: Person) -> Client:
    """The officer, signed in."""
    DutyAssignment.objects.filter(person=officer_person).update(starts_at="2020-01-01T00:00:00Z")
    client.force_login(officer_person)
    return client
