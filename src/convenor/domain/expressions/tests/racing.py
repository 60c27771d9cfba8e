"""A call over-offered on purpose: a hundred accept at once for twelve places, through every door there is.

Run as a script on the database of DATABASE_URL with the number of rounds; prints what came of each round as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any, Final

import django

RACERS: Final = 100
PLACES: Final = 12
SECRET: Final = "test-secret-of-racer-{}-{}"

Answer = Callable[[], int]
"""Sends one acceptance and gives the status it was answered with."""


def main() -> None:
    """Each round with a group, a call and a hundred offers of its own."""
    django.setup()
    from django.conf import settings

    from convenor.domain.groups.tests.world import make_world

    settings.ALLOWED_HOSTS = ["testserver"]
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    world, told = make_world(datetime.now(UTC)), []
    for number in range(rounds):
        call, offers = over_offered(world, number)
        ways = [DOORS[racer % len(DOORS)](offer, number, racer) for racer, offer in enumerate(offers)]
        began = time.monotonic()
        statuses = at_once(ways)
        told.append(
            {"statuses": statuses, **outcome(call), "seconds": round(time.monotonic() - began, 2), "round": number}
        )
    print(json.dumps(told))


def over_offered(world: Any, number: int) -> tuple[Any, list[Any]]:
    """A hundred offers for twelve places: written past the commands, but for what the race is about."""
    from convenor.core.accounts.models import Person
    from convenor.domain.expressions.commands.calls import create_call, publish_call
    from convenor.domain.expressions.models import Expression, Offer
    from convenor.domain.expressions.tests.world import call_facts

    by, now = world.by, world.now
    group = world.focus_group(name=f"Focus group {number}")
    facts = call_facts(now, title=f"Call {number}", seats=PLACES, one_per_organisation=False)
    call = publish_call(by=by, call=create_call(by=by, group=group, facts=facts, now=now), now=now)
    type(call).objects.filter(pk=call.pk).update(state="offers")
    made = []
    for racer in range(RACERS):
        name = f"Racer {number}-{racer}"
        person = Person.objects.create(name=name, email=f"racer{number}-{racer}@calls.example", may_sign_in=True)
        sent = Expression.objects.create(
            call=call,
            person=person,
            name=name,
            email=person.email or "",
            reference=f"RACE-{number:04d}-{racer:04d}",
            organisation=world.company(f"Provider {number}-{racer}"),
            state="submitted",
            submitted_at=now,
            notice_at=now,
            created_at=now,
            standing="chosen",
        )
        made.append(Offer.objects.create(call=call, expression=sent, offered_at=now, due_at=now + timedelta(days=5)))
    return call, made


def signed_in(offer: Any, number: int, racer: int) -> Answer:
    """By the form on one's own page."""
    client = _client(racer)
    client.force_login(offer.expression.person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return lambda: client.post(f"/calls/{offer.call.slug}/mine/answer/", {"answer": "accept"}).status_code


def secret_address(offer: Any, number: int, racer: int) -> Answer:
    """By the same form at the address that was mailed."""
    from convenor.domain.expressions.models import ReturnLink
    from convenor.domain.expressions.queries.access import hashed

    token = SECRET.format(number, racer)
    ReturnLink.objects.create(expression=offer.expression, token_hash=hashed(token), created_at=offer.offered_at)
    client = _client(racer)
    return lambda: client.post(f"/calls/mine/{token}/answer/", {"answer": "accept"}).status_code


def signed_link(offer: Any, number: int, racer: int) -> Answer:
    """By the link in the letter."""
    from django.db import transaction
    from django.urls import reverse

    from convenor.core.accounts.commands.links import issue_link
    from convenor.domain.expressions.commands.offering import ANSWER

    person, record = offer.expression.person, offer.call.record
    with transaction.atomic():
        _link, token = issue_link(
            purpose=ANSWER, person=person, now=offer.offered_at, record=record, subject_id=offer.pk
        )
    client = _client(racer)
    return lambda: client.post(reverse("accounts:link", args=[token]), {"choice": "accept"}).status_code


def program(offer: Any, number: int, racer: int) -> Answer:
    """By the API, with a token of the person's own."""
    from convenor.core.accounts.commands.tokens import make_token
    from convenor.core.accounts.queries import viewer_for

    person, now = offer.expression.person, offer.offered_at
    by, ends = viewer_for(person, now), now + timedelta(days=3)
    secret = make_token(by=by, person=person, name="Race", expires_at=ends, may_act=True, now=now)[1]
    client, url = _client(racer, Authorization=f"Bearer {secret}"), f"/api/v1/calls/{offer.call.slug}/mine/answer/"
    return lambda: client.post(url, {"answer": "accept"}, content_type="application/json").status_code


DOORS: Final = (signed_in, secret_address, signed_link, program)


def _client(racer: int, **headers: str) -> Any:
    """A browser, or a program, at an address of its own: limits are counted by address."""
    from django.test import Client

    return Client(headers=headers, REMOTE_ADDR=f"198.51.{racer // 200}.{racer % 200 + 1}")


def at_once(ways: list[Answer]) -> dict[str, int]:
    """All begin together; how many were answered with which status, or failed how."""
    from django.db import connections

    start = Barrier(len(ways))

    def run(way: Answer) -> str:
        start.wait()
        try:
            return str(way())
        except Exception as fault:  # noqa: BLE001 - counted, and the test fails by it
            return f"{type(fault).__name__}: {fault}"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(ways)) as pool:
        return dict(Counter(pool.map(run, ways)))


def outcome(call: Any) -> dict[str, Any]:
    """What the offers say, and how many sit."""
    from convenor.domain.expressions.models import Offer
    from convenor.domain.groups.models import Appointment

    states = Counter(Offer.objects.filter(call=call).values_list("state", flat=True))
    return {
        "answers": dict(states),
        "seated": Appointment.objects.filter(instrument=type(call).objects.get(pk=call.pk).record.ref).count(),
    }


if __name__ == "__main__":
    main()
