"""A hundred at once for twelve places, by one door. Run as a script on the database of DATABASE_URL.

Prints one line of JSON a round: how many sat, were told in a sentence that it is full, and met an error; how many
places were taken at the end and how many ever were when somebody looked meanwhile; the longest wait in seconds.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import django

RACERS = 100
PLACES = 12
FULL = "The group is full: all 12 places are taken."
SAID = (FULL, "places for up to 12 people in all")
Act = Callable[[], object]
PROGRAMS: dict[int, Any] = {}
"""By person: a token is held for all the rounds, since nobody may hold more than twenty."""

MODEL = """
format: engagement-model/1
model: race
name: Model of the race
owner: Agency of Practice
levels:
  - level: informative
    name: Informative
    colour: informative
    types:
      - type: race-community
        name: Community
        purpose: Anybody joins, as long as there is a place.
        formation: open
        seats: {maximum: 12, counts: persons}
        cadence: as required
"""


def prepare() -> Any:
    """The world of groups, with a type that anybody joins and that has twelve places."""
    from datetime import date

    from convenor.domain.engagement.commands import load_model
    from convenor.domain.engagement.models import GroupType
    from convenor.domain.groups.tests.world import make_world

    world = make_world()
    load_model(by=world.by, text=MODEL, now=world.now, in_force_from=date(2020, 1, 1))
    world.types["practice-community"] = GroupType.objects.select_related("model__record").get(slug="race-community")
    return world


def people_of(count: int) -> list[Any]:
    """So many people who may sign in: made once, raced again and again."""
    from convenor.core.accounts.models import Person

    there = {row.email: row for row in Person.objects.filter(email__startswith="racer")}
    wanted = [f"racer{n}@practice.example" for n in range(count)]
    fresh = [Person(email=email, name=email.split("@")[0], may_sign_in=True) for email in wanted if email not in there]
    for person in fresh:
        person.set_unusable_password()
    Person.objects.bulk_create(fresh)
    return list(Person.objects.filter(email__in=wanted).order_by("pk"))


def by_command(world: Any, group: Any, people: list[Any]) -> list[Act]:
    from convenor.core.accounts.queries import viewer_for
    from convenor.domain.groups.commands.joining import Joining, join_group

    return [
        partial(join_group, by=viewer_for(each, world.now), group=group, person=each, facts=Joining(), now=world.now)
        for each in people
    ]


def by_link(world: Any, group: Any, people: list[Any]) -> list[Act]:
    """Each has been invited, and answers by their own signed link."""
    from convenor.core.accounts.commands.links import issue_link, use_link
    from convenor.domain.groups.commands.joining import INVITATION, invite

    acts: list[Act] = []
    for person in people:
        invited = invite(by=world.by, group=group, person=person, now=world.now)
        _link, token = issue_link(purpose=INVITATION, person=person, now=world.now, subject_id=invited.pk)
        acts.append(partial(use_link, token=token, choice="join", now=world.now))
    return acts


def by_form(_world: Any, group: Any, people: list[Any]) -> list[Act]:
    """Each presses the button on the page that says how to join."""
    from django.test import Client

    clients = []
    for person in people:
        client = Client(headers={"host": "localhost"})
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        clients.append(client)
    url = f"/groups/{group.slug}/join/"
    return [partial(_posted, client, url, str(each.pk)) for client, each in zip(clients, people, strict=True)]


def _posted(client: Any, url: str, person: str) -> None:
    from convenor.core.records.rules import Breach, Refused

    answer = client.post(url, {"person": person})
    if answer.status_code == 302:
        return
    text = answer.content.decode()
    if answer.status_code == 200 and FULL in text:
        raise Refused([Breach("group-full", FULL)])
    raise RuntimeError(f"{answer.status_code} {text[:200]}")


def by_api(_world: Any, group: Any, people: list[Any]) -> list[Act]:
    """Each by a program of theirs, with a token."""
    from convenor.domain.groups.tests.acting import program_of

    for person in people:
        if person.pk not in PROGRAMS:
            PROGRAMS[person.pk] = program_of(person)
    return [partial(_acted, PROGRAMS[person.pk], f"groups/{group.slug}/join/") for person in people]


def _acted(program: Any, address: str) -> None:
    from convenor.core.records.rules import Breach, Refused

    answer = program.act(address, {}, Host="localhost")
    if answer.status_code == 200:
        return
    errors = answer.json().get("errors", [])
    if [each["code"] for each in errors] != ["group-full"]:
        raise RuntimeError(f"{answer.status_code} {answer.content[:200]!r}")
    raise Refused([Breach("group-full", errors[0]["text"])])


def by_import(world: Any, group: Any, people: list[Any]) -> list[Act]:
    """A hundred lines of uploads, each by an officer of their own."""
    from convenor.core.exchange.resources import Loading
    from convenor.domain.groups.resources.uploads_of_seats import apply, parse
    from convenor.domain.groups.resources.uploads_of_seats import prepare as words

    prepared = words(world.by, world.now)
    acts: list[Act] = []
    for n, person in enumerate(people):
        row = parse({"group": group.name, "title": f"Place {n}", "basis": "individual", "person": person.name,
                     "person_email": person.email, "starts_on": world.now.date().isoformat()}, prepared)  # fmt: skip
        if isinstance(row, list):
            raise TypeError(str(row))
        loading = Loading(by=world.by, now=world.now, reason="Race.", source="race", record=None)
        acts.append(partial(apply, row, loading))
    return acts


DOORS: Mapping[str, Callable[[Any, Any, list[Any]], list[Act]]] = {
    "command": by_command,
    "form": by_form,
    "link": by_link,
    "import": by_import,
    "api": by_api,
}


def one_round(world: Any, door: str, number: int) -> dict[str, Any]:
    """A new group, a hundred people, one moment."""
    from django.db import connections

    from convenor.core.records.rules import Refused

    group = world.group("community", name=f"Community {door} {number}", state="active")
    acts = DOORS[door](world, group, people_of(RACERS))
    start, finished = threading.Barrier(len(acts) + 1), threading.Event()
    seen: list[int] = []

    def run(act: Act) -> tuple[str, float]:
        start.wait()
        began = time.perf_counter()
        try:
            act()
        except Refused as refused:
            return _word([breach.text for breach in refused.breaches]), time.perf_counter() - began
        except Exception as error:  # noqa: BLE001 - counted and shown
            return f"error: {type(error).__name__}: {error}", time.perf_counter() - began
        finally:
            connections.close_all()
        return "seated", time.perf_counter() - began

    def look() -> None:
        start.wait()
        while not finished.is_set():
            seen.append(taken(group))
            time.sleep(0.01)
        connections.close_all()

    watcher = threading.Thread(target=look)
    watcher.start()
    with ThreadPoolExecutor(len(acts)) as pool:
        ended = list(pool.map(run, acts))
    finished.set()
    watcher.join()
    count = Counter(word for word, _wait in ended)
    seated, told = count.pop("seated", 0), count.pop("told", 0)
    wait = max(wait for _word, wait in ended)
    return {
        "door": door, "round": number, "seated": seated, "told": told, "errors": sum(count.values()),
        "which": dict(count), "taken": taken(group), "most": max(seen, default=0), "wait": round(wait, 2),
    }  # fmt: skip


def _word(texts: list[str]) -> str:
    """Whether it was said plainly that every place is taken."""
    plain = texts and all(any(words in text for words in SAID) for text in texts)
    return "told" if plain else f"error: {texts}"


def taken(group: Any) -> int:
    """How many sit in the group now."""
    from convenor.domain.groups.models import Appointment

    return Appointment.objects.filter(seat__group=group, ends_on=None, seat__ends_on=None).count()


def main(doors: list[str], rounds: int) -> None:
    django.setup()
    world = prepare()
    for number in range(rounds):
        for door in doors:
            print(json.dumps(one_round(world, door, number)), flush=True)


if __name__ == "__main__":
    main(sys.argv[2:] or list(DOORS), int(sys.argv[1]) if len(sys.argv) > 1 else 1)
