"""The last chapter: who may sign in, as what."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password

from convenor.core.accounts.commands import open_sign_in
from convenor.core.accounts.models import Assistance, DutyAssignment, Person
from convenor.kit.structs import struct
from convenor.web.demo.telling import Telling, story

PASSWORD = "convenor demo"  # noqa: S105 - the demonstration's, printed when it starts


@struct
class Login:
    """One sign-in of the demonstration, and what waits for it."""

    email: str
    password: str
    role: str
    waits: str


def logins() -> list[Login]:
    rows: Any = story()["logins"]
    return [Login(row["email"], PASSWORD, row["role"], row["waits"]) for row in rows]


@cache
def _hashed() -> str:
    """Hashed once for all of them: a password hash is slow on purpose."""
    return make_password(PASSWORD)


def tell(telling: Telling) -> None:
    for row in telling.rows("logins"):
        _login(telling, row)


def _login(telling: Telling, row: dict[str, Any]) -> None:
    person = telling.people.get(row["name"]) or Person(name=row["name"], is_fictitious=True)
    person.email = row["email"]
    person.password = _hashed()
    person.save()
    open_sign_in(person)
    telling.people[row["name"]] = person
    if "duty" in row:
        over = telling.organisations[row["over"]].record if "over" in row else None
        DutyAssignment.objects.create(
            person=person, duty=row["duty"], over=over, starts_at=telling.now, reason="The demonstration"
        )
    if "assists" in row:
        Assistance.objects.create(
            principal=telling.person(row["assists"]), assistant=person, may_answer=True, starts_at=telling.now
        )
