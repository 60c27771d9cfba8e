"""No page asks the database more than a few times, whoever reads it: every address, with its public specimen."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from convenor.core.records import caretaker
from tests.sweeps.addresses import ALONE, Door, doors
from tests.sweeps.asking import ask, undone
from tests.sweeps.providers import PROVIDERS
from tests.world import SPECIMENS, World

pytestmark = pytest.mark.django_db

BUDGETS = {"stranger": 10, "officer": 15}
"""Of issue 2. A session and its person are among an officer's."""

WHOLE_PERSON = "/account/data.json"
"""Reads once each table that may hold something about the person who asks: one a table, and no fewer."""

EVERYTHING = (WHOLE_PERSON, "/popolo.json")
"""Files, not pages, that stream whole tables: each table once, however many rows."""

WORKBOOK = ".xlsx"
"""Counts first, since it refuses more rows than a workbook holds."""

FILLED: Mapping[str, Callable[[World], str]] = {
    "groups:compare": lambda world: "?" + "&".join(f"group={world.row('group', s).slug}" for s in SPECIMENS),
    "site:search": lambda _world: "?q=group",
}
"""Pages that show nothing until they are asked something."""

BOOKKEEPING = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")


def filled(world: World, door: Door) -> str:
    """The address of a door, asking something where the page needs it."""
    query = FILLED.get(door.route.name)
    return door.url + query(world) if query else door.url


@pytest.mark.parametrize("role", BUDGETS)
def test_every_page_asks_little(world: World, role: str) -> None:
    client, over = world.client(role), {}
    for door in doors(world, PROVIDERS):
        if door.shown_as in {"public", ALONE} and not door.url.endswith(EVERYTHING):
            if role == "officer":
                caretaker.forget()  # once a second it is one query more; strangers' pages are kept, with room on most
            with undone(), CaptureQueriesContext(connection) as asked:
                answer = ask(client, "GET", filled(world, door))
            queries = [query["sql"] for query in asked if not query["sql"].startswith(BOOKKEEPING)]
            if answer.status == 200 and len(queries) > BUDGETS[role] + door.url.endswith(WORKBOOK):
                over[door.url] = len(queries)
    assert not over, "\n".join(f"{number} {url}" for url, number in over.items())
