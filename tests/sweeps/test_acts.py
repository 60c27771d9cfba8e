"""Every act of the API, asked by everybody about everything: nobody reaches further by a program than by a page.

OWASP API Security 2023: API1 (broken object level authorisation), API3 (mass assignment), API5 (function level).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from convenor.core.accounts.commands import make_token
from convenor.core.accounts.queries import viewer_for
from convenor.core.exchange.act_schema import example_of
from convenor.core.exchange.acts import Act, Input, acts
from tests.sweeps.addresses import ABSENT, ALONE, Door, doors
from tests.sweeps.asking import undone
from tests.sweeps.providers import PROVIDERS
from tests.world import World

pytestmark = pytest.mark.django_db
HIDDEN = ("audience", "sealed", "foreign")
QUIET = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=40)
ACTS = list(acts.values())


def by_act(world: World) -> Mapping[str, list[Door]]:
    """The doors of each act, specimen by specimen."""
    found: dict[str, list[Door]] = {}
    for door in doors(world, PROVIDERS):
        name = door.route.name.removeprefix("api:v1:")
        if name in acts:
            found.setdefault(name, []).append(door)
    return found


@pytest.fixture(scope="module")
def places(world: World) -> Mapping[str, list[Door]]:
    return by_act(world)


@pytest.fixture(scope="module")
def secrets(world: World, apart: None) -> Mapping[str, str]:
    """A token that may act, of each who can sign in."""
    now, found = datetime.now(UTC), {}
    for role, person in world.people.items():
        if role != "inactive":
            by, ends = viewer_for(person, now), now + timedelta(days=3)
            found[role] = make_token(by=by, person=person, name="Sweep", expires_at=ends, may_act=True, now=now)[1]
    return found


def status(url: str, secret: str, body: Any) -> tuple[int, bytes]:
    """What a POST with a token is answered; whatever it changed is undone."""
    with undone():
        client = Client(headers={"Authorization": f"Bearer {secret}"} if secret else {}, raise_request_exception=False)
        made = client.post(url, json.dumps(body), content_type="application/json")
    return made.status_code, made.content


def test_every_act_has_doors(places: Mapping[str, list[Door]]) -> None:
    assert set(places) == set(acts)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.operation)
def test_nobody_is_nobody(places: Mapping[str, list[Door]], act: Act) -> None:
    assert {status(door.url, "", {})[0] for door in places[act.operation]} == {401}


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.operation)
def test_hidden_and_absent_are_one_answer(
    places: Mapping[str, list[Door]], secrets: Mapping[str, str], act: Act
) -> None:
    found = {door.specimen: door for door in places[act.operation]}
    if ALONE in found:
        return
    for role in ("person", "former_member"):
        nothing = status(found[ABSENT].url, secrets[role], json.loads(example_of(act)))
        assert nothing[0] == 404
        for specimen in HIDDEN:
            if specimen in found:
                assert status(found[specimen].url, secrets[role], json.loads(example_of(act))) == nothing


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.operation)
def test_another_agencys_officer_does_nothing_to_ours(
    places: Mapping[str, list[Door]], secrets: Mapping[str, str], act: Act
) -> None:
    """Not told what is wrong with the body either: that would say more than 403 or 404."""
    for door in places[act.operation]:
        if door.specimen in ("public", "audience", "sealed", "withdrawn"):
            for role in ("foreign_officer", "person", "assistant"):
                code, _body = status(door.url, secrets[role], {"nonsense": True})
                assert code in ALLOWED_TO_ANYBODY.get(act.operation, (403, 404)), (role, door.url)


ALLOWED_TO_ANYBODY: dict[str, tuple[int, ...]] = {
    "groups-join": (403, 404, 422),  # anybody signed in may join, for themselves, what they may read
    "groups-ask": (403, 404, 422),
    "groups-watch-places": (403, 404, 422),
    "groups-stop-watching": (403, 404, 422),
    "calls-answer-offer": (403, 404, 422),  # the person of the cast is offered a place (tests/sundries.py)
}
"""Acts that anybody who may read the row may try (to join an open group, say): operation → what they are answered."""


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.operation)
def test_unknown_fields_are_refused_to_those_who_may(
    places: Mapping[str, list[Door]], secrets: Mapping[str, str], act: Act
) -> None:
    door = next(each for each in places[act.operation] if each.specimen in ("public", ALONE))
    for field in ("id", "pk", "record", "record_id", "slug", "visibility", "audience", "group_id", "person_id", "by"):
        if field in {item.name for item in act.inputs}:
            continue
        code, body = status(door.url, secrets["administrator"], {field: 1})
        if code in (403, 404):
            continue
        assert (code, f"“{field}” is not something this takes.".encode() in body) == (422, True), door.url


def values_of(item: Input) -> st.SearchStrategy[Any]:
    """What the schema allows, what it nearly allows, and rubbish."""
    rubbish = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=20), st.lists(st.text(), max_size=2))
    good: dict[str, st.SearchStrategy[Any]] = {
        "text": st.text(max_size=40),
        "row": st.sampled_from(["ORG-2026-001", "GRP-2026-001", "x", "*", "%", "a,b,c", "1" * 30]),
        "date": st.dates().map(str),
        "integer": st.integers(item.least - 2, item.most + 2),
        "boolean": st.booleans(),
    }
    choices = item.choices() if callable(item.choices) else item.choices
    words = [st.sampled_from(sorted(choices))] if choices else []
    return st.one_of(*words, good.get(item.type, rubbish), good.get(item.type, rubbish), rubbish)


def bodies(act: Act) -> st.SearchStrategy[dict[str, Any]]:
    required = {item.name: values_of(item) for item in act.inputs if item.required}
    optional = {item.name: values_of(item) for item in act.inputs if not item.required}
    return st.fixed_dictionaries(required, optional=optional)


@pytest.mark.slow
@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.operation)
@QUIET
@given(st.data())
def test_no_body_makes_an_act_fail(
    places: Mapping[str, list[Door]], secrets: Mapping[str, str], act: Act, data: st.DataObject
) -> None:
    door = data.draw(st.sampled_from([each for each in places[act.operation] if each.specimen in ("public", ALONE)]))
    body = data.draw(st.one_of(bodies(act), st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=2)))
    code, answer = status(door.url, secrets["administrator"], body)
    assert code in (200, 201, 403, 404, 409, 422), (code, answer)
