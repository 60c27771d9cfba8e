"""The door of the acts: who comes in, what is read, what happens once. Over the acts of groups."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import IntegrityError, OperationalError
from django.test import Client
from jsonschema import Draft202012Validator

from convenor.core.accounts.commands import deactivate_person, revoke_token
from convenor.core.accounts.models import ApiToken, Person
from convenor.core.accounts.queries import viewer_for
from convenor.core.exchange.acts import acts
from convenor.core.exchange.commands import forget_answers
from convenor.core.exchange.models import ActAnswer
from convenor.core.journal.models import Entry
from convenor.core.records.rules import system
from convenor.domain.groups.models import Group, Seat
from convenor.domain.groups.tests.acting import Program, program_of, told
from convenor.domain.groups.tests.world import World, make_world
from convenor.web.api.bearer import LIMITS
from convenor.web.api.tests.test_openapi import described

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PROBLEM = "application/problem+json"


@pytest.fixture
def here() -> World:
    return make_world(datetime.now(UTC))


@pytest.fixture
def person(here: World) -> Person:
    return Person.objects.get(pk=here.officer().person_id or 0)


@pytest.fixture
def officer(person: Person) -> Program:
    return program_of(person)


@pytest.fixture
def group(here: World) -> Group:
    return here.group("task-group", name="A task group")


@pytest.fixture(autouse=True)
def no_counts(db: None) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def seat(**more: Any) -> dict[str, Any]:
    return {"basis": "individual", "title": "A seat", "starts_on": "2026-01-05", **more}


def add(group: Group) -> str:
    return f"groups/{group.slug}/seats/add/"


def test_without_a_token_nothing_is_done(group: Group) -> None:
    answer = Program().act(add(group), seat())
    assert (answer.status_code, answer.headers["Content-Type"]) == (401, PROBLEM)
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api"'
    assert "account page" in answer.json()["detail"]
    assert not Seat.objects.exists()


def test_a_session_does_not_count(group: Group, person: Person) -> None:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.post(f"/api/v1/{add(group)}", json.dumps(seat()), content_type="application/json")
    assert answer.status_code == 401


@pytest.mark.parametrize("secret", ["x", "cvn_" + "x" * 43, "é" * 20, "x" * 5000])
def test_a_token_that_is_none(group: Group, secret: str) -> None:
    answer = Program(secret.encode().decode("latin-1")).act(add(group), seat())
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    assert secret not in answer.content.decode()


def test_other_ways_to_sign_in_are_not_taken(group: Group) -> None:
    program = Program()
    program.headers = {"Authorization": "Basic YTpi"}
    assert program.act(add(group), seat()).status_code == 401
    assert program.read("groups/").status_code == 200


def test_a_token_made_for_reading_does_not_act(group: Group, person: Person) -> None:
    answer = program_of(person, may_act=False).act(add(group), seat())
    assert (answer.status_code, answer.json()["detail"]) == (
        403,
        "This token reads only. Make one that may act on your account page.",
    )


def test_it_dies_at_the_next_request(here: World, group: Group, person: Person, officer: Program) -> None:
    other = program_of(person)
    revoke_token(by=viewer_for(person, here.now), token=ApiToken.objects.latest("pk"), now=here.now)
    assert other.act(add(group), seat()).status_code == 401
    assert officer.act(add(group), seat()).status_code == 201
    deactivate_person(by=here.by, person=person, reason="Left.", now=here.now)
    assert officer.act(add(group), seat()).status_code == 401
    assert officer.read("groups/").status_code == 401


def test_reading_with_a_token_is_reading_as_its_person(here: World, person: Person) -> None:
    hidden = here.group("task-group", name="Of members only", readers="members")
    stranger, officer = Client().get("/api/v1/groups/"), program_of(person, may_act=False).read("groups/")
    assert hidden.slug not in [row["slug"] for row in stranger.json()["items"]]
    assert hidden.slug in [row["slug"] for row in officer.json()["items"]]
    assert officer.headers["Cache-Control"] == "private, no-store"
    assert "Access-Control-Allow-Origin" not in officer.headers
    assert not getattr(officer, "convenor_public", False)


def test_the_site_asks_for_a_second_factor_here_too(group: Group, officer: Program, settings: Any) -> None:
    settings.MFA_FOR_DUTIES = True
    answer = officer.act(add(group), seat())
    assert answer.status_code == 403
    assert "second factor" in answer.json()["detail"]


def test_somebody_without_the_duty_reads_why(here: World, group: Group) -> None:
    sam = Person.objects.create_user("sam@person.example", name="Sam Somebody")
    answer = program_of(sam).act(add(group), {"nonsense": 1})
    assert (answer.status_code, answer.json()["detail"]) == (
        403,
        "Only the officers who look after this group can change it.",
    )


def test_what_is_hidden_is_not_there(here: World) -> None:
    hidden = here.group("task-group", name="Of members only", readers="members")
    sam = program_of(Person.objects.create_user("sam@person.example", name="Sam Somebody"))
    first, second = sam.act(add(hidden), seat()), sam.act("groups/nobody-here/seats/add/", seat())
    assert (first.status_code, first.content) == (404, second.content)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"{", "The body is not JSON: line 1, column 2."),
        (b"[1]", "The body must be a JSON object: {\u2026}."),
        (b"null", "The body must be a JSON object: {\u2026}."),
        (b" ", "The body is not JSON: line 1, column 2."),
        (b'{"title": "a", "title": "b"}', "The body names one field twice."),
        (b'{"order": NaN}', "The body is not JSON that can be read."),
        (b'{"order": 1' + b"0" * 9000 + b"}", "The body is not JSON that can be read."),
        (b"[" * 30000, "The body is not JSON that can be read."),
        (b'{"title": "\xff"}', "The body is not UTF-8."),
    ],
)
def test_what_is_no_json_is_said_so(group: Group, officer: Program, body: bytes, says: str) -> None:
    answer = officer.act(add(group), body)
    assert (answer.status_code, answer.json()["detail"]) == (400, says)


def test_other_kinds_of_body(group: Group, officer: Program) -> None:
    answer = officer.client.post(f"/api/v1/{add(group)}", {"title": "a"}, headers=officer.headers)
    assert (answer.status_code, answer.headers["Accept-Post"]) == (415, "application/json")
    answer = officer.act(add(group), b" " * 70_000)
    assert (answer.status_code, answer.json()["detail"]) == (413, "The body is too large: 64 KiB at most.")


def test_only_what_is_declared_is_taken(group: Group, officer: Program) -> None:
    answer = officer.act(add(group), seat(number=7, group="other", end_reason="x"))
    assert [(code, field) for code, _text, field in told(answer)] == [
        ("unknown-field", "number"),
        ("unknown-field", "group"),
        ("unknown-field", "end_reason"),
    ]
    assert told(answer)[0][1].startswith("\u201cnumber\u201d is not something this takes. It takes: basis, starts_on,")


@pytest.mark.parametrize(
    ("sent", "breach"),
    [
        ({"basis": None}, ("required", "\u201cBasis\u201d is needed.", "basis")),
        ({"basis": ""}, ("required", "\u201cBasis\u201d is needed.", "basis")),
        ({"basis": "  "}, ("not-a-choice", None, "basis")),
        ({"basis": "throne"}, ("not-a-choice", None, "basis")),
        ({"title": 3}, ("wrong-type", "\u201cTitle of the seat\u201d must be text.", "title")),
        ({"title": "x" * 201}, ("too-long", "\u201cTitle of the seat\u201d may have 200 letters at most.", "title")),
        ({"title": "a\x00b"}, ("wrong-text", None, "title")),
        ({"title": "\ud800"}, ("wrong-text", None, "title")),
        ({"order": True}, ("wrong-type", "\u201cPlace in the list\u201d must be a whole number.", "order")),
        ({"order": 1.5}, ("wrong-type", None, "order")),
        ({"order": 10_000}, ("out-of-range", "\u201cPlace in the list\u201d must lie between 0 and 9999.", "order")),
        ({"order": -1}, ("out-of-range", None, "order")),
        ({"votes": "yes"}, ("wrong-type", "\u201cVotes\u201d must be true or false.", "votes")),
        ({"starts_on": "24/11/2026"}, ("wrong-day", None, "starts_on")),
        ({"starts_on": "2026-02-30"}, ("wrong-day", None, "starts_on")),
        ({"starts_on": 20260105}, ("wrong-day", None, "starts_on")),
        ({"organisation": "Nobody"}, ("not-found", None, "organisation")),
        ({"organisation": ["a"]}, ("wrong-type", None, "organisation")),
    ],
)
def test_each_field_says_what_is_wrong(
    group: Group, officer: Program, sent: dict[str, Any], breach: tuple[str, str | None, str]
) -> None:
    answer = officer.act(add(group), seat(**sent))
    ((code, text, field),) = told(answer)
    assert (code, field) == (breach[0], breach[2])
    assert breach[1] in (None, text)
    assert answer.headers["Content-Type"] == PROBLEM


def test_what_is_needed_and_missing(group: Group, officer: Program) -> None:
    assert [field for _code, _text, field in told(officer.act(add(group), {}))] == ["basis", "starts_on"]


def test_the_same_key_does_it_once(group: Group, officer: Program) -> None:
    first = officer.act(add(group), seat(), Idempotency_Key="one")
    again = officer.act(add(group), seat(), Idempotency_Key="one")
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert Seat.objects.count() == 1
    assert Entry.objects.filter(verb="group.seat-added").count() == 1
    assert officer.act(add(group), seat(), Idempotency_Key="two").status_code == 201
    assert Seat.objects.count() == 2


def test_the_same_key_for_something_else_is_refused(group: Group, officer: Program) -> None:
    officer.act(add(group), seat(), Idempotency_Key="one")
    for address, body in ((add(group), seat(title="B")), (f"groups/{group.slug}/seats/1/end/", seat())):
        answer = officer.act(address, body, Idempotency_Key="one")
        assert [(code, field) for code, _text, field in told(answer)] == [("key-reused", "Idempotency-Key")]
    assert Seat.objects.count() == 1


def test_a_refusal_is_not_kept(group: Group, officer: Program) -> None:
    assert officer.act(add(group), seat(basis="throne"), Idempotency_Key="one").status_code == 422
    assert officer.act(add(group), seat(), Idempotency_Key="one").status_code == 201


def test_keys_of_two_people_are_two_keys(here: World, group: Group, officer: Program) -> None:
    other = program_of(Person.objects.get(pk=here.officer().person_id or 0))
    for program in (officer, other):
        assert program.act(add(group), seat(), Idempotency_Key="one").status_code == 201
    assert Seat.objects.count() == 2


def test_a_key_is_forgotten_after_a_day(group: Group, officer: Program) -> None:
    officer.act(add(group), seat(), Idempotency_Key="one")
    ActAnswer.objects.update(at=datetime.now(UTC) - timedelta(hours=25))
    assert officer.act(add(group), seat(title="B"), Idempotency_Key="one").status_code == 201
    assert ActAnswer.objects.count() == 1
    forget_answers(datetime.now(UTC) + timedelta(hours=25))
    assert not ActAnswer.objects.exists()


def test_a_key_is_not_kept_as_it_was_sent(group: Group, officer: Program) -> None:
    officer.act(add(group), seat(), Idempotency_Key="secret-of-mine")
    assert "secret-of-mine" not in str(ActAnswer.objects.values())
    assert officer.act(add(group), seat(), Idempotency_Key="x" * 201).status_code == 422


def test_nothing_is_half_done(group: Group, officer: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """The seat and the kept answer stand or fall together."""

    def fails(*_args: Any, **_kwargs: Any) -> None:
        raise OperationalError

    monkeypatch.setattr("convenor.core.exchange.commands.acts.absolute", fails)
    answer = officer.act(add(group), seat(), Idempotency_Key="one")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert (Seat.objects.count(), ActAnswer.objects.count()) == (0, 0)


def test_two_at_the_same_moment(group: Group, officer: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def taken(*_args: Any, **_kwargs: Any) -> None:
        raise IntegrityError

    monkeypatch.setattr("convenor.core.exchange.commands.acts.absolute", taken)
    assert officer.act(add(group), seat()).status_code == 409
    assert not Seat.objects.exists()


def test_a_program_that_goes_wild_is_slowed(group: Group, officer: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, "act", "3/m/key")
    monkeypatch.setitem(LIMITS, "guess", "2/m/ip")
    codes = [officer.act(f"groups/{group.slug}/state/", {}).status_code for _ in range(4)]
    assert codes == [422, 422, 422, 429]
    guesses = [Program("cvn_wrong").act(add(group)) for _ in range(3)]
    assert [answer.status_code for answer in guesses] == [401, 401, 429]
    assert guesses[-1].headers["Retry-After"] == "60"


def test_methods(group: Group, officer: Program) -> None:
    address = f"/api/v1/{add(group)}"
    for method in ("get", "head", "put", "patch", "delete"):
        answer = getattr(officer.client, method)(address, headers=officer.headers)
        assert (answer.status_code, answer.headers["Allow"]) == (405, "POST, OPTIONS"), method
    assert officer.client.options(address).headers["Allow"] == "POST, OPTIONS"


def test_answers_are_nobody_elses(group: Group, officer: Program) -> None:
    answer = officer.act(add(group), seat())
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_token_is_in_no_log_and_no_journal(
    here: World, group: Group, officer: Program, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = officer.headers["Authorization"].removeprefix("Bearer ")
    officer.act(add(group), seat())
    officer.act(add(group), b"{")
    Program(secret + "x").act(add(group), seat())
    written = caplog.text + "".join(capsys.readouterr())
    assert secret not in written
    assert secret not in "".join(str(value) for entry in Entry.objects.all() for value in entry.values.values())
    assert system(here.now)


def test_the_acts_are_described(client: Client) -> None:
    made = described(client)
    assert made["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    for act in acts.values():
        operation = made["paths"][act.address]["post"]
        assert operation["operationId"] == act.operation
        assert operation["security"] == [{"token": []}]
        assert {"401", "403", "404", "409", "413", "415", "422", "429"} <= set(operation["responses"])
        schema = made["components"]["schemas"][act.operation]
        Draft202012Validator.check_schema(schema)
        assert schema["additionalProperties"] is False
        assert list(schema["properties"]) == [item.name for item in act.inputs]
        names = [each["name"] for each in operation["parameters"] if each["in"] == "path"]
        assert names == [part[1:-1] for part in act.address.split("/") if part.startswith("{")]


def test_the_data_pages_say_what_can_be_done(client: Client) -> None:
    page = client.get("/data/groups/").content.decode()
    assert "POST /api/v1/groups/add/" in page
    assert "Authorization: Bearer $TOKEN" in page


def test_describing_asks_each_vocabulary_once(client: Client, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(10):
        described(client)
