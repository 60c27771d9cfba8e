"""The fixed cast: everybody who may ask, and five specimens of every kind of record, public and not.

Built once for a module of tests, inside a transaction that is rolled back after it (fixture `world` in
conftest.py); each test of that module is rolled back by pytest-django. All people are made up.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from django.test import Client

from convenor.core.accounts.commands import appoint_assistant, assign_duty
from convenor.core.accounts.models import Duty, Person
from convenor.core.accounts.queries import viewer_for
from convenor.core.records.models import Audience
from convenor.core.records.registry import registry
from convenor.core.records.rules import Viewer, anonymous, system
from convenor.domain.directory.models import Organisation

ROLES: Final = (
    "stranger",
    "person",
    "member",
    "former_member",
    "assistant",
    "officer",
    "foreign_officer",
    "administrator",
    "inactive",
)
"""stranger: signed out. person: signed in, nothing else. member: sits in our group, so belongs to the audience that
`audience` specimens are shown to. former_member: sat there until last year. assistant: the member's. officer:
secretariat of the site. foreign_officer: secretariat of another agency only. inactive: shut out, session and all."""

SPECIMENS: Final = ("public", "audience", "sealed", "withdrawn", "foreign")
"""foreign: belongs to the other agency and is shown to the members of its group only."""

HIDDEN: Final = ("audience", "sealed", "foreign")
"""Those that no stranger may know of."""

BACKEND: Final = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass
class World:
    """What the tests ask about. `rows[kind, specimen]` is the row of the kind's own model."""

    now: datetime
    people: dict[str, Person] = field(default_factory=dict)
    rows: dict[tuple[str, str], Any] = field(default_factory=dict)
    agencies: dict[str, Organisation] = field(default_factory=dict)
    audiences: dict[str, Audience] = field(default_factory=dict)
    extras: dict[str, Any] = field(default_factory=dict)
    """Rows that are no specimens, by a name: files, links, uploads, messages."""
    clients: dict[str, Client] = field(default_factory=dict)

    @property
    def by(self) -> Viewer:
        """The product itself, who may do everything that the rules allow."""
        return system(self.now)

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def began(self) -> date:
        """A day long ago, on which most things started."""
        return self.today - timedelta(days=700)

    def row(self, kind: str, specimen: str = "public") -> Any:
        return self.rows[kind, specimen]

    @contextmanager
    def as_written(self) -> Iterator[None]:
        """The specimens as something that wrote past them left them; afterwards as they were."""
        kept = {key: copy(row) for key, row in self.rows.items()}
        for row in self.rows.values():
            row.refresh_from_db()
        try:
            yield
        finally:
            self.rows.update(kept)

    def agency(self, specimen: str) -> Organisation:
        """Whose a specimen is."""
        return self.agencies["theirs" if specimen == "foreign" else "ours"]

    def person(self, role: str) -> Person | None:
        return self.people.get(role)

    def viewer(self, role: str) -> Viewer:
        """As whom the role asks now."""
        found = self.people.get(role)
        found = Person.objects.get(pk=found.pk) if found else None
        return viewer_for(found, self.now) if found else anonymous(self.now)

    def client(self, role: str) -> Client:
        """A browser in which the role is signed in; the same one each time."""
        if role not in self.clients:
            self.clients[role] = self._sign_in(role)
        return self.clients[role]

    def fresh_client(self, role: str) -> Client:
        """Another browser of the same person."""
        return self._sign_in(role)

    def _sign_in(self, role: str) -> Client:
        client = Client()
        if role == "stranger":
            return client
        person = self.people[role]
        Person.objects.filter(pk=person.pk).update(is_active=True)
        client.force_login(Person.objects.get(pk=person.pk), backend=BACKEND)
        session = client.session  # as after a sign-in with a password, a moment ago: no page asks for it again
        session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
        session["account_authentication_methods_user"] = str(person.pk)
        session.save()
        if role == "inactive":  # the session was there before the person was shut out
            Person.objects.filter(pk=person.pk).update(is_active=False)
        return client


def build() -> World:
    """Make the world in the current transaction."""
    from tests import specimens, sundries

    world = World(datetime.now(UTC))
    _cast(world)
    specimens.lay_ground(world)
    _duties(world)
    for kind in specimens.FACTORIES:
        if kind in registry.kinds:
            for specimen in SPECIMENS:
                world.rows[kind, specimen] = specimens.make(world, kind, specimen)
    for role in ROLES:
        world.client(role)
    sundries.add(world)
    return world


def _cast(world: World) -> None:
    for number, role in enumerate(ROLES[1:], start=1):
        name = f"Imaginary {role.replace('_', ' ').title()}"
        email = f"{role}{number}@cast.example"
        world.people[role] = Person.objects.create_user(email, "correct horse battery 9", name=name, is_fictitious=True)


def _duties(world: World) -> None:
    given = {
        "officer": (Duty.SECRETARIAT, None),
        "administrator": (Duty.ADMINISTRATOR, None),
        "foreign_officer": (Duty.SECRETARIAT, world.agencies["theirs"].record),
        "inactive": (Duty.SECRETARIAT, None),
    }
    for role, (duty, over) in given.items():
        assign_duty(by=world.by, person=world.people[role], duty=duty, over=over, reason="Test.", now=world.now)
    appoint_assistant(
        by=world.by,
        principal=world.people["member"],
        assistant=world.people["assistant"],
        may_answer=True,
        now=world.now,
    )
