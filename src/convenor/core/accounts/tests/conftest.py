"""The cast of these tests, and a site that holds nothing but accounts."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client, override_settings

from convenor.core.accounts.models import Duty, DutyAssignment, Person
from convenor.core.accounts.queries import viewer_for
from convenor.core.records.registry import Kind, registry
from convenor.core.records.retention import ADVISORY
from convenor.core.records.rules import Viewer

PASSWORD = "correct horse battery staple"


@pytest.fixture(autouse=True, scope="module")
def only_accounts() -> Iterator[None]:
    """For a module at a time: with every change of TEMPLATES each template is compiled anew."""
    templates: list[dict[str, Any]] = deepcopy(settings.TEMPLATES)
    options = templates[0]["OPTIONS"]
    options["context_processors"] = [name for name in options["context_processors"] if not name.startswith("convenor.")]
    mail = "django.core.mail.backends.locmem.EmailBackend"
    with override_settings(ROOT_URLCONF="convenor.core.accounts.tests.urls", TEMPLATES=templates, EMAIL_BACKEND=mail):
        yield


@pytest.fixture
def no_counts(db: None) -> Iterator[None]:
    """Rate limits begin at nothing."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def a_kind() -> Iterator[str]:
    """A kind of record to hold duties over."""
    if "specimen" not in registry.kinds:
        registry.add_kind(
            Kind(
                "specimen",
                "Specimen",
                "Specimens",
                "SPC",
                "records.Record",
                lambda _row: "/",
                frozenset(["title"]),
                ADVISORY,
            )
        )
    yield "specimen"
    registry.kinds.pop("specimen", None)


MakePerson = Callable[..., Person]


@pytest.fixture
def make_person(db: None, now: datetime) -> MakePerson:
    """A person who signs in, with the duties named (for the whole site)."""

    def make(name: str = "Ada Example", *duties: str, over: Any = None, **fields: Any) -> Person:
        email = fields.pop("email", f"{name.split(maxsplit=1)[0].lower()}@people.example")
        person = Person.objects.create_user(email, fields.pop("password", PASSWORD), name=name, **fields)
        for duty in duties:
            since = now - timedelta(days=30)
            DutyAssignment.objects.create(person=person, duty=duty, over=over, starts_at=since)
        return person

    return make


@pytest.fixture
def ada(make_person: MakePerson) -> Person:
    """An administrator."""
    return make_person("Ada Example", Duty.ADMINISTRATOR)


@pytest.fixture
def sam(make_person: MakePerson) -> Person:
    """A secretariat officer."""
    return make_person("Sam Example", Duty.SECRETARIAT)


@pytest.fixture
def mia(make_person: MakePerson) -> Person:
    """A member: signs in, holds no duty."""
    return make_person("Mia Example")


@pytest.fixture
def noa(db: None) -> Person:
    """Somebody without a sign-in."""
    person = Person(name="Noa Example", email="noa@people.example")
    person.set_unusable_password()
    person.save()
    return person


@pytest.fixture
def as_ada(ada: Person, now: datetime) -> Viewer:
    return viewer_for(ada, now)


@pytest.fixture
def as_sam(sam: Person, now: datetime) -> Viewer:
    return viewer_for(sam, now)


@pytest.fixture
def as_mia(mia: Person, now: datetime) -> Viewer:
    return viewer_for(mia, now)


def sign_in(client: Client, person: Person) -> Client:
    """As if the person had signed in with a password a moment ago."""
    client.force_login(person)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    return client


def right_now() -> datetime:
    """Of the real clock, which requests run by."""
    return datetime.now(UTC)
