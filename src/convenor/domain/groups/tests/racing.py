"""Thirty at once for twelve places. Run as a script on the database of DATABASE_URL; prints what came of it as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import django

from tests.at_once import race

RACERS = 30


def main() -> None:
    """Thirty companies ask for a seat in a group with places for twelve; then thirty people for those twelve seats."""
    django.setup()
    from convenor.domain.groups.commands.appointments import Term, appoint
    from convenor.domain.groups.commands.places import SeatFacts, add_seat
    from convenor.domain.groups.models import Appointment, Seat
    from convenor.domain.groups.tests.world import NOW, START, TODAY, make_world

    world = make_world()
    group = world.focus_group()
    wanted = [
        SeatFacts("", "organisation", START, organisation=world.company(f"Provider {n}"), constituency="providers")
        for n in range(RACERS)
    ]
    seats = race([partial(add_seat, by=world.by, group=group, facts=facts, now=NOW) for facts in wanted])
    places = list(Seat.objects.order_by("number"))
    term, people = Term(TODAY, date(2028, 11, 22)), [world.person(f"Person {n}") for n in range(RACERS)]
    attempts: list[Callable[[], Any]] = [
        partial(appoint, by=world.by, seat=places[n % len(places)], person=person, term=term, now=NOW)
        for n, person in enumerate(people)
    ]
    appointments = race(attempts)
    taken = set(Appointment.objects.values_list("seat__number", flat=True))
    numbers = [place.number for place in places]
    print(json.dumps({"seats": seats, "numbers": numbers, "appointments": appointments, "taken": sorted(taken)}))


if __name__ == "__main__":
    main()
