"""Every address x specimen x role against the reviewed table, and what must hold whatever the table says.

A new address fails here until it has arguments (tests/sweeps/providers.py) and reviewed rows (doors.csv).
OWASP ASVS 5.0: 8.2.1, 8.2.2, 8.4.1 and 4.1.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

import pytest
from django.test import Client

from tests.sweeps import table
from tests.sweeps.addresses import ABSENT, ALONE, Door, doors
from tests.sweeps.asking import VOLATILE_HEADERS, Answer, ask, undone
from tests.sweeps.providers import ANY_OFFICER, LINK_IS_AUTHORITY, PROVIDERS, SHOWN_TO_ALL
from tests.sweeps.routes import Route, routes
from tests.world import ROLES, World

pytestmark = pytest.mark.django_db
REVIEW = os.environ.get("REVIEW_DOORS", "")
"""“1”: ask at every door anew; “new”: only at those that no row was reviewed for."""
HIDDEN = ("audience", "sealed", "foreign")
"""Specimens that no stranger may read."""

Pair = tuple[Answer, Answer]
"""What GET and an empty POST were answered."""


class Sweep:
    """The answers of every door, worked out when first asked for."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.doors = doors(world, PROVIDERS)
        self._found: dict[tuple[str, table.Key], Pair] = {}

    def answers(self, role: str, door: Door) -> Pair:
        if (role, door.key) not in self._found:
            self._found[role, door.key] = knock(self.world.client(role), door.url)
        return self._found[role, door.key]

    def of(self, role: str) -> Mapping[table.Key, Pair]:
        return {door.key: self.answers(role, door) for door in self.doors}

    def cells(self, role: str) -> dict[table.Key, str]:
        return {door.key: self.cell(role, door) for door in self.doors}

    def cell(self, role: str, door: Door) -> str:
        return "/".join(answer.word for answer in self.answers(role, door))

    def at(self, *specimens: str) -> Iterator[Door]:
        return (door for door in self.doors if door.shown_as in specimens)


def knock(client: Client, url: str) -> Pair:
    """GET, then an empty POST; whatever they changed is undone."""
    with undone():
        get = ask(client, "GET", url)
    with undone():
        post = ask(client, "POST", url, {})
    return get, post


@pytest.fixture(scope="module")
def sweep(world: World) -> Sweep:
    return Sweep(world)


def test_every_address_is_reviewed(sweep: Sweep) -> None:
    if REVIEW:
        kept = table.reviewed() if REVIEW == "new" else {}
        table.write(
            {door.key: kept.get(door.key) or {role: sweep.cell(role, door) for role in ROLES} for door in sweep.doors}
        )
    expected = [door.key for door in sweep.doors]
    new = sorted(set(expected) - set(table.reviewed()))
    gone = sorted(set(table.reviewed()) - set(expected))
    assert not new, f"{new}: these addresses were never reviewed. {table.HOW}"
    assert not gone, f"{gone}: these addresses are no more. {table.HOW}"


def test_every_exception_names_an_address() -> None:
    known = {route.name for route in routes()}
    assert {*ANY_OFFICER, *LINK_IS_AUTHORITY, *SHOWN_TO_ALL} <= known


@pytest.mark.parametrize("route", routes(), ids=lambda route: route.key)
def test_each_address_once(sweep: Sweep, route: Route) -> None:
    """The short form of the sweep: every address, one specimen, a stranger and an officer."""
    door = next(door for door in sweep.doors if door.route == route)
    for role in ("stranger", "officer"):
        get, post = sweep.answers(role, door)
        assert f"{get.word}/{post.word}" == table.reviewed()[door.key][role], f"{role} at {door.url}. {table.HOW}"


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_every_door_as_reviewed(sweep: Sweep, role: str) -> None:
    expected = {key: cells[role] for key, cells in table.reviewed().items()}
    found = sweep.cells(role)
    differing = {key: f"{expected.get(key)} → {cell}" for key, cell in found.items() if cell != expected.get(key)}
    assert differing == {}, table.HOW


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_no_fault_of_the_server(sweep: Sweep, role: str) -> None:
    answers = [answer for pair in sweep.of(role).values() for answer in pair]
    assert [(answer.url, answer.fault) for answer in answers if answer.status >= 500 and not ready(answer)] == []


def ready(answer: Answer) -> bool:
    """/readyz says 503 on purpose when something is not ready (no worker runs here)."""
    return answer.url == "/readyz" and answer.status == 503


@pytest.mark.slow
@pytest.mark.parametrize("role", ["stranger", "person", "inactive", "former_member"])
def test_outsiders_never_open_what_is_hidden(sweep: Sweep, role: str) -> None:
    opened = [
        (door.url, answer.status)
        for door in sweep.at(*HIDDEN)
        for answer in sweep.of(role)[door.key]
        if answer.opened and door.route.name not in SHOWN_TO_ALL
    ]
    assert opened == []


@pytest.mark.slow
@pytest.mark.parametrize("role", ["stranger", "person", "former_member", "inactive"])
def test_hidden_and_absent_are_the_same_answer(sweep: Sweep, role: str) -> None:
    """The same status, body and headers for what is hidden as for what is not there: no hint that it exists."""
    told = []
    absent = {door.route: door for door in sweep.at(ABSENT)}
    for door in sweep.at(*HIDDEN):
        nothing = absent.get(door.route)
        if nothing is None or door.route.name in SHOWN_TO_ALL:
            continue
        for hidden, none in zip(sweep.of(role)[door.key], sweep.of(role)[nothing.key], strict=True):
            if _comparable(hidden, door, nothing) != _comparable(none, door, nothing):
                told.append((door.url, hidden.word, none.word))
    assert told == []


def _comparable(answer: Answer, *doors: Door) -> tuple[object, ...]:
    typed = [part for door in doors for part in (door.url, *door.url.strip("/").split("/"))]
    headers = {name: value for name, value in answer.headers.items() if name not in VOLATILE_HEADERS | {"location"}}
    return answer.word, answer.neutral(*typed), headers


@pytest.mark.slow
def test_an_officer_of_another_agency_is_a_stranger_here(sweep: Sweep) -> None:
    """Nothing of ours that is not public, and no action that others have not, unless any officer has it.

    Others are strangers and an ordinary person, who has answered some calls already.
    """
    reached = []
    for door in sweep.at("public", "audience", "sealed", "withdrawn"):
        columns = [sweep.of(role)[door.key] for role in ("foreign_officer", "person", "stranger")]
        for answer, *plain in zip(*columns, strict=True):
            opened, ordinary = answer.opened, any(each.opened for each in plain)
            if opened and not ordinary and door.route.name not in ANY_OFFICER:
                reached.append((door.url, answer.status))
    assert reached == []


@pytest.mark.slow
def test_an_inactive_person_is_a_stranger(sweep: Sweep) -> None:
    assert sweep.cells("inactive") == sweep.cells("stranger")


@pytest.mark.slow
@pytest.mark.parametrize("role", ["stranger", "inactive"])
def test_a_stranger_changes_nothing(sweep: Sweep, role: str) -> None:
    """Not one row but sessions and the counters of the rate limits; a link that is its own authority acts by POST."""
    links = {door.key for door in sweep.doors if door.route.name in LINK_IS_AUTHORITY}
    pairs = sweep.of(role).items()
    read = {(get.url, *sorted(get.writes)) for _, (get, _) in pairs if get.writes}
    sent = {(post.url, *sorted(post.writes)) for key, (_, post) in pairs if post.writes and key not in links}
    assert read | sent == set()


@pytest.mark.slow
def test_a_link_that_is_its_own_authority_does_act(sweep: Sweep) -> None:
    """Else its name would not have to stand in that list; a forged one does nothing."""
    found = {door.route.name for door in sweep.doors if sweep.of("stranger")[door.key][1].writes}
    assert found == set(LINK_IS_AUTHORITY)
    forged = [door for door in sweep.at(ABSENT) if door.route.name in LINK_IS_AUTHORITY]
    assert [door.url for door in forged if sweep.of("stranger")[door.key][1].writes] == []
    assert {door.route.name for door in forged} == set(LINK_IS_AUTHORITY)


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_reading_changes_nothing(sweep: Sweep, role: str) -> None:
    wrote = {(get.url, *sorted(get.writes)) for get, _ in sweep.of(role).values() if get.writes}
    assert wrote == set()


@pytest.mark.slow
def test_head_is_get_without_a_body(sweep: Sweep) -> None:
    client, wrong = sweep.world.client("stranger"), []
    for door in sweep.doors:
        with undone():
            head = ask(client, "HEAD", door.url)
        get = sweep.of("stranger")[door.key][0]
        if head.word != get.word or head.body:
            wrong.append((door.url, get.word, head.word, len(head.body)))
    assert wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE"])
@pytest.mark.parametrize("role", ["stranger", "officer"])
def test_other_methods_are_refused(sweep: Sweep, role: str, method: str) -> None:
    """405, or what hides the thing, or the way to sign in: never done."""
    client, wrong = sweep.world.client(role), []
    for door in sweep.at("public", ALONE):
        with undone():
            answer = ask(client, method, door.url)
        if answer.word not in {"405", "404", "in", "403"} or answer.writes:
            wrong.append((door.url, answer.word, sorted(answer.writes)))
    assert wrong == []
