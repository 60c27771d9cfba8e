"""Two worlds: the sample kinds of exchange, and (fixture `world`) the site's own kinds with their cast."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from convenor.core.accounts.models import DutyAssignment, Person
from convenor.core.exchange.tests.samples import samples_registered

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def samples(settings: Any, db: None) -> Iterator[None]:
    """The sample kinds are there, and /api/v1/ is theirs."""
    with samples_registered():
        settings.ROOT_URLCONF = "convenor.web.api.tests.urls"
        yield


@pytest.fixture
def officer_client(db: None) -> Client:
    """A browser in which a secretariat officer is signed in."""
    person = Person.objects.create_user("officer@example.org", name="Olive Officer (fictitious)", is_fictitious=True)
    DutyAssignment.objects.create(person=person, duty="secretariat", starts_at=datetime(2020, 1, 1, tzinfo=UTC))
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client
