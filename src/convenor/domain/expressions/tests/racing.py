"""A call over-offered on purpose: a hundred accept at once for twelve places, by form, link and API. Run as a script on
the database of DATABASE_URL with the number of rounds; prints what came of each as JSON."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from threading import Barrier
from typing import Any

import django

RACERS = 100
PLACES = 12


def main() -> None:
    """Each round with a group, a call and a hundred offers of its own."""
    django.setup()
    from convenor.domain.groups.tests.world import make_world

    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    world, told = make_world(), []
    for number in range(rounds):
        offers, call, at = over_offered(world, number)
        began = time.monotonic()
        answers = raced(offers, at)
        told.append({"answers": answers, "seated": seated(call), "seconds": round(time.monotonic() - began, 2)})
    print(json.dumps(told))


def over_offered(world: Any, number: int) -> tuple[list[Any], Any, datetime]:
    """A hundred offers for twelve places: written past the commands but for what the race is about."""
    from convenor.core.accounts.models import Person
    from convenor.core.records.rules import system
    from convenor.domain.expressions.commands.calls import create_call, publish_call
    from convenor.domain.expressions.models import Expression, Offer
    from convenor.domain.expressions.tests.world import call_facts

    group = world.focus_group(name=f"Focus group {number}")
    facts = call_facts(world.now, title=f"Call {number}", seats=PLACES, one_per_organisation=False)
    call = publish_call(
        by=world.by, call=create_call(by=system(world.now), group=group, facts=facts, now=world.now), now=world.now
    )
    type(call).objects.filter(pk=call.pk).update(state="offers")
    call.refresh_from_db()
    at = call.closes_at + timedelta(days=1)
    made = []
    for racer in range(RACERS):
        name = f"Racer {number}-{racer}"
        person = Person.objects.create(name=name, email=f"racer{number}-{racer}@calls.example")
        sent = Expression.objects.create(
            call=call, person=person, name=name, email=person.email or "", reference=f"RACE-{number:04d}-{racer:04d}",
            organisation=world.company(f"Provider {number}-{racer}"), state="submitted", submitted_at=at, notice_at=at,
            created_at=at, standing="chosen",
        )  # fmt: skip
        made.append(Offer.objects.create(call=call, expression=sent, offered_at=at, due_at=at + timedelta(days=5)))
    return made, call, at


def raced(offers: list[Any], at: datetime) -> dict[str, int]:
    """All at once; a third answer as if signed in, a third by the secret address, a third by the signed link."""
    from django.db import connections, transaction

    from convenor.core.accounts.commands.links import issue_link, use_link
    from convenor.core.accounts.queries import viewer_for
    from convenor.core.records.rules import anonymous
    from convenor.domain.expressions.commands.offering import ANSWER, accept_offer
    from convenor.domain.expressions.models import Offer
    from convenor.domain.expressions.queries.access import holder_of

    def by_form(offer: Any) -> str:
        return str(accept_offer(by=viewer_for(offer.expression.person, at), offer=offer, now=at).state)

    def by_address(offer: Any) -> str:
        return str(accept_offer(by=holder_of(offer.expression, anonymous(at)), offer=offer, now=at).state)

    def by_link(token: str, offer: Any) -> str:
        use_link(token=token, choice="accept", now=at)
        return str(Offer.objects.get(pk=offer.pk).state)

    ways: list[Callable[[], str]] = []
    for number, offer in enumerate(offers):
        if number % 3 == 2:
            with transaction.atomic():
                _link, token = issue_link(
                    purpose=ANSWER,
                    person=offer.expression.person,
                    now=at,
                    record=offer.call.record,
                    subject_id=offer.pk,
                )
            ways.append(partial(by_link, token, offer))
        else:
            ways.append(partial((by_form, by_address)[number % 3], offer))
    start = Barrier(len(ways))

    def run(way: Callable[[], str]) -> str:
        start.wait()
        try:
            return way()
        except Exception as fault:  # noqa: BLE001 - counted, and the test fails by it
            return f"{type(fault).__name__}: {fault}"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(ways)) as pool:
        return dict(Counter(pool.map(run, ways)))


def seated(call: Any) -> int:
    """How many sit from this call."""
    from convenor.domain.groups.models import Appointment

    return Appointment.objects.filter(instrument=call.record.ref).count()


if __name__ == "__main__":
    main()
