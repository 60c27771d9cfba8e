"""Every address x specimen x role against the reviewed table, and what must hold whatever the table says.

A new address fails here until it has arguments (tests/sweeps/providers.py) and reviewed rows (doors.csv).
OWASP ASVS 5.0: 8.2.1, 8.2.2, 8.4.1 and 4.1.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from django.test import Client

from tests.sweeps import table
from tests.sweeps.addresses import ABSENT, ALONE, Door, doors
from tests.sweeps.asking import VOLATILE_HEADERS, Answer, ask, undone
from tests.sweeps.providers import ANY_OFFICER, LINK_IS_AUTHORITY, PROVIDERS, SHOWN_TO_ALL
from tests.sweeps.routes import routes
from tests.world import ROLES, World

pytestmark = pytest.mark.django_db
REVIEW = os.environ.get("REVIEW_DOORS", "")
"""“1”: ask at every door anew; “new”: only at those that no row was reviewed for."""
HIDDEN = ("audience", "sealed", "foreign")
"""Specimens that no stranger may read."""

Pair = tuple[Answer, Answer]
"""What GET and an empty POST were answered."""


class Column:
    """What one of the cast is answered at every door, asked when it is first wanted."""

    def __init__(self, world: World, role: str) -> None:
        self.world = world
        self.role = role
        self.doors = doors(world, PROVIDERS)
        self._found: dict[table.Key, Pair] = {}

    def answers(self, door: Door) -> Pair:
        if door.key not in self._found:
            self._found[door.key] = knock(self.world.client(self.role), door.url)
        return self._found[door.key]

    def all(self) -> Iterator[Answer]:
        return (answer for door in self.doors for answer in self.answers(door))

    def cell(self, door: Door) -> str:
        return "/".join(answer.word for answer in self.answers(door))

    def at(self, *specimens: str) -> Iterator[Door]:
        return (door for door in self.doors if door.shown_as in specimens)


def knock(client: Client, url: str) -> Pair:
    """GET, then an empty POST; whatever they changed is undone."""
    with undone():
        get = ask(client, "GET", url)
    with undone():
        post = ask(client, "POST", url, {})
    return get, post


@pytest.fixture(scope="module", params=ROLES)
def column(world: World, request: pytest.FixtureRequest) -> Column:
    """One role after the other: pytest puts the tests of a role together, so each door is asked once for each."""
    return Column(world, request.param)


def of(*roles: str) -> pytest.MarkDecorator:
    """Only the columns of these roles."""
    return pytest.mark.parametrize("column", roles, indirect=True, scope="module")


def test_every_address_is_reviewed(world: World) -> None:
    every = doors(world, PROVIDERS)
    if REVIEW:
        columns = {role: Column(world, role) for role in ROLES}
        kept = table.reviewed() if REVIEW == "new" else {}
        table.write(
            {
                door.key: kept.get(door.key) or {role: column.cell(door) for role, column in columns.items()}
                for door in every
            }
        )
    expected = [door.key for door in every]
    new = sorted(set(expected) - set(table.reviewed()))
    gone = sorted(set(table.reviewed()) - set(expected))
    assert not new, f"{new}: these addresses were never reviewed. {table.HOW}"
    assert not gone, f"{gone}: these addresses are no more. {table.HOW}"


def test_every_exception_names_an_address() -> None:
    known = {route.name for route in routes()}
    assert {*ANY_OFFICER, *LINK_IS_AUTHORITY, *SHOWN_TO_ALL} <= known


def test_every_door_as_reviewed(column: Column) -> None:
    expected = {key: cells[column.role] for key, cells in table.reviewed().items()}
    found = {door.key: column.cell(door) for door in column.doors}
    differing = {key: f"{expected.get(key)} → {cell}" for key, cell in found.items() if cell != expected.get(key)}
    assert differing == {}, table.HOW


def test_no_fault_of_the_server(column: Column) -> None:
    faults = [(answer.url, answer.fault) for answer in column.all() if answer.status >= 500 and not ready(answer)]
    assert faults == []


def ready(answer: Answer) -> bool:
    """/readyz says 503 on purpose when something is not ready (no worker runs here)."""
    return answer.url == "/readyz" and answer.status == 503


@of("stranger", "person", "inactive", "former_member")
def test_outsiders_never_open_what_is_hidden(column: Column) -> None:
    opened = [
        (door.url, answer.status)
        for door in column.at(*HIDDEN)
        for answer in column.answers(door)
        if answer.opened and door.route.name not in SHOWN_TO_ALL
    ]
    assert opened == []


@of("stranger", "person", "former_member", "inactive")
def test_hidden_and_absent_are_the_same_answer(column: Column) -> None:
    """The same status, body and headers for what is hidden as for what is not there: no hint that it exists."""
    told = []
    absent = {door.route: door for door in column.at(ABSENT)}
    for door in column.at(*HIDDEN):
        nothing = absent.get(door.route)
        if nothing is None or door.route.name in SHOWN_TO_ALL:
            continue
        for hidden, none in zip(column.answers(door), column.answers(nothing), strict=True):
            if _comparable(hidden, door, nothing) != _comparable(none, door, nothing):
                told.append((door.url, hidden.word, none.word))
    assert told == []


def _comparable(answer: Answer, *doors: Door) -> tuple[object, ...]:
    typed = [part for door in doors for part in (door.url, *door.url.strip("/").split("/"))]
    headers = {name: value for name, value in answer.headers.items() if name not in VOLATILE_HEADERS | {"location"}}
    return answer.word, answer.neutral(*typed), headers


def test_an_officer_of_another_agency_is_a_stranger_here(world: World) -> None:
    """Nothing of ours that is not public, and no action that others have not, unless any officer has it.

    Others are strangers and an ordinary person, who has answered some calls already. Read off the reviewed table,
    which `test_every_door_as_reviewed` holds against the answers.
    """
    reached, reviewed = [], table.reviewed()
    for door in doors(world, PROVIDERS):
        if door.shown_as in {"public", "audience", "sealed", "withdrawn"} and door.route.name not in ANY_OFFICER:
            cells = reviewed[door.key]
            columns = [cells[role].split("/") for role in ("foreign_officer", "person", "stranger")]
            for word, *plain in zip(*columns, strict=True):
                if opens(word) and not any(map(opens, plain)):
                    reached.append((door.url, word))
    assert reached == []


def opens(word: str) -> bool:
    """Whether a status gave what is behind the door."""
    return word.startswith("2")


def test_an_inactive_person_is_a_stranger() -> None:
    """In the reviewed table, and so in the answers."""
    cells = table.reviewed()
    assert {key: row["inactive"] for key, row in cells.items()} == {key: row["stranger"] for key, row in cells.items()}


@of("stranger", "inactive")
def test_a_stranger_changes_nothing(column: Column) -> None:
    """Not one row but sessions and the counters of the rate limits; a link that is its own authority acts by POST."""
    links = {door.key for door in column.doors if door.route.name in LINK_IS_AUTHORITY}
    pairs = [(door.key, *column.answers(door)) for door in column.doors]
    read = {(get.url, *sorted(get.writes)) for _, get, _ in pairs if get.writes}
    sent = {(post.url, *sorted(post.writes)) for key, _, post in pairs if post.writes and key not in links}
    assert read | sent == set()


@of("stranger")
def test_a_link_that_is_its_own_authority_does_act(column: Column) -> None:
    """Else its name would not have to stand in that list; a forged one does nothing."""
    found = {door.route.name for door in column.doors if column.answers(door)[1].writes}
    assert found == set(LINK_IS_AUTHORITY)
    forged = [door for door in column.at(ABSENT) if door.route.name in LINK_IS_AUTHORITY]
    assert [door.url for door in forged if column.answers(door)[1].writes] == []
    assert {door.route.name for door in forged} == set(LINK_IS_AUTHORITY)


def test_reading_changes_nothing(column: Column) -> None:
    gets = [column.answers(door)[0] for door in column.doors]
    assert {(get.url, *sorted(get.writes)) for get in gets if get.writes} == set()


@of("stranger")
def test_head_is_get_without_a_body(column: Column) -> None:
    client, wrong = column.world.client(column.role), []
    for door in column.doors:
        with undone():
            head = ask(client, "HEAD", door.url)
        get = column.answers(door)[0]
        if head.word != get.word or head.body:
            wrong.append((door.url, get.word, head.word, len(head.body)))
    assert wrong == []


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE"])
@of("stranger", "officer")
def test_other_methods_are_refused(column: Column, method: str) -> None:
    """405, or what hides the thing, or the way to sign in: never done."""
    client, wrong = column.world.client(column.role), []
    for door in column.at("public", ALONE):
        with undone():
            answer = ask(client, method, door.url)
        if answer.word not in {"405", "404", "in", "403"} or answer.writes:
            wrong.append((door.url, answer.word, sorted(answer.writes)))
    assert wrong == []
