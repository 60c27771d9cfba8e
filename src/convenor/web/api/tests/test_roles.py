"""Over the site's own kinds and the whole cast: the API gives each role what the site shows them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from convenor.core.exchange.declare import Resource, resources
from convenor.core.exchange.present import plain
from convenor.core.exchange.queries import stream
from convenor.core.records import commands as records
from convenor.core.records.models import Record
from convenor.web.api.tests.asking import body, every
from tests.world import HIDDEN, World

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

ASKING = ("stranger", "person", "member", "former_member", "assistant", "officer", "foreign_officer", "administrator")


def shown(world: World, resource: Resource, role: str) -> list[dict[str, Any]]:
    """The rows of the queryset the pages use."""
    viewer = world.viewer(role)
    rows = list(resource.queryset(viewer).live().order_by("pk").values_list("pk", flat=True))
    found = [plain(values) for values in stream(resource, viewer, {})]
    assert len(found) == len(rows)
    return json.loads(json.dumps(found))  # type: ignore[no-any-return]


@pytest.mark.parametrize("role", ASKING)
def test_lists_hold_what_the_pages_show(world: World, role: str) -> None:
    for resource in resources.values():
        found = every(world.client(role), f"/api/v1/{resource.name}/?limit=7")
        assert found == shown(world, resource, role), resource.name


def test_strangers_find_no_hidden_specimen(world: World) -> None:
    """Neither ref nor title of anything hidden is in any answer to a stranger."""
    hidden = [record for record in Record.objects.all() if not record.is_public]
    assert len(hidden) >= len(HIDDEN)
    client = world.client("stranger")
    for resource in resources.values():
        for form in ("/?limit=200", ".csv", ".jsonld"):
            text = body(client.get(f"/api/v1/{resource.name}{form}")).decode()
            assert [record.ref for record in hidden if record.ref in text] == [], resource.name


def test_a_hidden_row_answers_as_an_absent_one(world: World) -> None:
    client = world.client("stranger")
    for resource in resources.values():
        mine = {resource.key_of(row) for row in resource.queryset(world.viewer("stranger"))} if resource.key else set()
        for row in resource.queryset(world.by) if resource.key else ():
            if resource.key_of(row) not in mine:
                answer = client.get(f"/api/v1/{resource.name}/{resource.key_of(row)}/")
                absent = client.get(f"/api/v1/{resource.name}/never-there/")
                assert (answer.status_code, answer.content) == (404, absent.content)


def test_a_filter_tells_nothing_of_a_hidden_record(world: World) -> None:
    client = world.client("stranger")
    hidden = [record for record in Record.objects.all() if not record.is_public]
    for resource in resources.values():
        for item in resource.filters:
            if item.type == "ref":
                for record in hidden:
                    answer = client.get(f"/api/v1/{resource.name}/?{item.name}={record.ref}").json()
                    assert answer == {"items": [], "next": None}, (resource.name, item.name)


def test_rows_are_found_by_their_keys(world: World) -> None:
    for resource in resources.values():
        for row in list(resource.queryset(world.viewer("officer")).live()[:3]) if resource.key else ():
            answer = world.client("officer").get(f"/api/v1/{resource.name}/{resource.key_of(row)}/")
            assert answer.status_code == 200, resource.name


def test_a_former_key_leads_to_the_present_one(world: World) -> None:
    for resource in resources.values():
        row = resource.queryset(world.viewer("stranger")).live().first() if resource.key == "slug" else None
        if row is not None:
            records.keep_address(record=row.record, slug="its-former-name", now=world.now)
            answer = world.client("stranger").get(f"/api/v1/{resource.name}/its-former-name/")
            assert answer.status_code == 301
            assert answer.headers["Location"] == f"/api/v1/{resource.name}/{row.slug}/"
