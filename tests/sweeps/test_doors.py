"""Every address x specimen x role against the reviewed table, and what must hold whatever the table says.

A new address fails here until it has arguments (tests/sweeps/providers.py) and reviewed rows (doors.csv).
OWASP ASVS 5.0: 3.4.3, 4.1, 8.2.1, 8.2.2, 8.4.1 and 14.3.2.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from django.test import Client

from convenor.core.accounts.models import SignedLink
from convenor.core.records.registry import registry
from tests.sweeps import table
from tests.sweeps.addresses import ABSENT, ALONE, Door, doors
from tests.sweeps.asking import VOLATILE_HEADERS, Answer, ask, undone
from tests.sweeps.crawling import crawl
from tests.sweeps.html import read
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
    """All of an answer that could tell one thing from another."""
    typed = [part for door in doors for part in (door.url, *door.url.strip("/").split("/"))]
    headers = {name: value for name, value in answer.headers.items() if name not in VOLATILE_HEADERS | {"location"}}
    return answer.word, answer.neutral(*typed), headers


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
@of("stranger")
def test_hole_2_no_address_forgets_to_ask(column: Column, method: str) -> None:
    """indico CVE-2026-28352: one handler without a check. Every address, every method, as a stranger.

    The API answers OPTIONS (a browser's preflight) with what it allows, without a look at what is asked for: the same
    where nothing is.
    """
    opened = []
    absent = {door.route: door for door in column.at(ABSENT)}
    for door in column.at(*HIDDEN):
        answer = asked(column, method, door)
        if (answer.opened and not (method == "OPTIONS" and blind(column, door, absent[door.route]))) or answer.writes:
            opened.append((door.url, answer.status))
    assert opened == []


def blind(column: Column, door: Door, nothing: Door) -> bool:
    """Whether OPTIONS says the same where nothing is."""
    here, there = (_comparable(asked(column, "OPTIONS", each), door, nothing) for each in (door, nothing))
    return here == there


def asked(column: Column, method: str, door: Door) -> Answer:
    """What any method was answered; GET and POST are at hand."""
    if method in {"GET", "POST"}:
        return column.answers(door)[method == "POST"]
    with undone():
        return ask(column.world.client(column.role), method, door.url)


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
    wrong = []
    for door in column.doors:
        head = asked(column, "HEAD", door)
        get = column.answers(door)[0]
        if head.word != get.word or head.body:
            wrong.append((door.url, get.word, head.word, len(head.body)))
    assert wrong == []


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE"])
@of("stranger", "officer")
def test_other_methods_are_refused(column: Column, method: str) -> None:
    """405, or what hides the thing, or the way to sign in: never done."""
    wrong = []
    for door in column.at("public", ALONE):
        answer = asked(column, method, door)
        if answer.word not in {"405", "404", "in", "403"} or answer.writes:
            wrong.append((door.url, answer.word, sorted(answer.writes)))
    assert wrong == []


def test_hole_27_every_answer_has_a_strict_policy(column: Column) -> None:
    """pretix CVE-2024-8113: HTML in a mail preview, stopped by the policy alone. Pages, faults, downloads, feeds."""
    loose = {}
    for answer in column.all():
        policy = answer.headers.get("content-security-policy", "")
        strict = ("default-src 'none'" in policy) and "unsafe" not in policy and "*" not in policy
        if not strict or answer.headers.get("x-content-type-options") != "nosniff":
            loose[answer.url] = policy
    assert loose == {}


@of("foreign_officer")
def test_hole_3_nothing_of_ours_in_another_agencys_answers(column: Column) -> None:
    """pretix CVE-2026-5600: scoped to the organiser, not the event. Every page another agency's officer can reach.

    (Strangers, other people and former members walk the same pages in test_canaries, with a marker in every text.)
    Pages, selects in forms, lists, feeds and downloads: no title and no ref of what is not public of ours.
    """
    words = {}
    for kind in registry.kinds:
        for specimen in ("audience", "sealed"):
            record = column.world.row(kind, specimen).record
            words[record.title] = words[record.ref] = f"{specimen} {kind}"
    told = {}
    at_hand = {door.url: column.answers(door)[0] for door in column.doors}
    for answer in crawl(column.world.client(column.role), at_hand, asked=at_hand):
        text = answer.neutral().decode("utf-8", "replace")
        found = {what for word, what in words.items() if word in text}
        if found:
            told[answer.url] = found
    assert told == {}


UNREAD = frozenset({"in", "405", "410"})
"""Answers that are given whatever the form holds: sign in first, nothing is sent here, it is gone."""


@of("stranger", "person", "former_member")
def test_hole_9_an_invitation_asks_what_every_other_way_asks(column: Column) -> None:
    """zulip CVE-2023-32677: the invitation skipped the permission. Nobody without the duty makes a link by any form."""
    made, client = [], column.world.client(column.role)
    tried = [door for door in column.doors if column.answers(door)[1].word not in UNREAD]
    for door in tried:
        with undone():
            before = SignedLink.objects.count()
            ask(client, "POST", door.url, {"confirm": "on", "reason": "x", "email": "x@cast.example"})
            if SignedLink.objects.count() != before and door.route.name != "account_email":
                made.append(door.url)
    assert made == []
    assert tried


@of("stranger", "officer")
def test_hole_27_no_page_needs_what_the_policy_forbids(column: Column) -> None:
    """No inline script, style, handler, or anything from another host."""
    bent = {}
    for answer in column.all():
        if answer.headers.get("content-type", "").startswith("text/html"):
            found = [tag for tag, attributes in read(answer.text).elements if forbidden(tag, attributes)]
            if found:
                bent[answer.url] = found
    assert bent == {}


def forbidden(tag: str, attributes: dict[str, str]) -> bool:
    inline = tag == "style" or "style" in attributes or any(name.startswith("on") for name in attributes)
    script = tag == "script" and "src" not in attributes and attributes.get("type") != "application/json"
    source = attributes.get("src", "")
    return inline or script or source.startswith(("http:", "https:", "//"))


@of(*(role for role in ROLES if role not in {"stranger", "inactive"}))
def test_nothing_personal_may_be_kept_by_a_shared_cache(column: Column) -> None:
    """zulip, 18 March 2021: somebody else's page from a shared cache. ASVS 5.0 14.3.2."""
    kept = {}
    for answer in column.all():
        rule = answer.headers.get("cache-control", "")
        if "public" in rule or not ("no-store" in rule or "private" in rule):
            kept[answer.url] = rule
    assert kept == {}
