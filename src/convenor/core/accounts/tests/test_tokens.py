"""Keys to the API: shown once, never more than their person, dead with them."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from convenor.core.accounts import commands, jobs
from convenor.core.accounts.models import ApiToken, Person
from convenor.core.accounts.queries import held_about, token_by_secret
from convenor.core.accounts.tests.conftest import right_now, sign_in
from convenor.core.accounts.tests.journal import entries, said, verbs
from convenor.core.records.rules import NotAllowed, Refused, Viewer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_counts")]
DAY = timedelta(days=1)


def make(by: Viewer, person: Person, now: datetime, **facts: Any) -> tuple[ApiToken, str]:
    given: dict[str, Any] = {"name": "Nightly copy", "expires_at": now + 30 * DAY, "may_act": False} | facts
    return commands.make_token(by=by, person=person, now=now, **given)


def test_a_token_is_made_and_only_its_hash_is_kept(as_mia: Viewer, mia: Person, now: datetime) -> None:
    token, secret = make(as_mia, mia, now)
    assert secret.startswith("cvn_")
    assert len(secret) >= 47
    assert token.token_hash == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in str(ApiToken.objects.values())
    assert verbs() == ["token.made"]
    told = said(entries("token.made")[0])
    assert (told["name"], told["may_act"]) == ((None, "Nightly copy"), (None, "false"))
    assert not any(secret in str(value) or token.token_hash in str(value) for value in told.values())


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"name": "  "}, "name-missing"),
        ({"expires_at": timedelta(0)}, "ends-before-start"),
        ({"expires_at": 367 * DAY}, "token-too-long"),
    ],
)
def test_a_token_is_named_and_ends_within_a_year(
    as_mia: Viewer, mia: Person, now: datetime, facts: dict[str, Any], code: str
) -> None:
    given = {name: now + value if isinstance(value, timedelta) else value for name, value in facts.items()}
    with pytest.raises(Refused) as refused:
        make(as_mia, mia, now, **given)
    assert [breach.code for breach in refused.value.breaches] == [code]


def test_nobody_holds_heaps_of_them(as_mia: Viewer, mia: Person, now: datetime) -> None:
    made = [make(as_mia, mia, now)[0] for _ in range(20)]
    with pytest.raises(Refused, match="take one back first"):
        make(as_mia, mia, now)
    commands.revoke_token(by=as_mia, token=made[0], now=now)
    assert make(as_mia, mia, now)


def test_nobody_makes_or_takes_back_anothers(as_mia: Viewer, mia: Person, as_ada: Viewer, now: datetime) -> None:
    token, _secret = make(as_mia, mia, now)
    with pytest.raises(NotAllowed):
        make(as_ada, mia, now)
    with pytest.raises(NotAllowed):
        commands.revoke_token(by=as_ada, token=token, now=now)


def test_one_taken_back_opens_nothing(as_mia: Viewer, mia: Person, now: datetime) -> None:
    token, secret = make(as_mia, mia, now)
    assert token_by_secret(secret, now) == token
    commands.revoke_token(by=as_mia, token=token, now=now)
    assert token_by_secret(secret, now) is None
    assert verbs() == ["token.made", "token.revoked"]
    with pytest.raises(Refused, match="already"):
        commands.revoke_token(by=as_mia, token=token, now=now)


def test_one_that_has_ended_opens_nothing(as_mia: Viewer, mia: Person, now: datetime) -> None:
    _token, secret = make(as_mia, mia, now)
    assert token_by_secret(secret, now + 30 * DAY - timedelta(seconds=1)) is not None
    assert token_by_secret(secret, now + 30 * DAY) is None
    assert token_by_secret("cvn_" + "x" * 43, now) is None


def test_it_dies_with_the_person_and_does_not_come_back(
    as_mia: Viewer, mia: Person, as_ada: Viewer, now: datetime
) -> None:
    _token, secret = make(as_mia, mia, now)
    commands.deactivate_person(by=as_ada, person=mia, reason="Left.", now=now)
    assert token_by_secret(secret, now) is None
    commands.reactivate_person(by=as_ada, person=mia, reason="Back.", now=now)
    assert token_by_secret(secret, now) is None


def test_erasure_takes_it_away(as_mia: Viewer, mia: Person, as_ada: Viewer, now: datetime) -> None:
    make(as_mia, mia, now)
    commands.erase_person(by=as_ada, person=mia, authority="APP 11.2", now=now)
    assert not ApiToken.objects.exists()


def test_the_day_it_was_last_used_is_noted_once_a_day(
    as_mia: Viewer, mia: Person, now: datetime, django_assert_num_queries: Any
) -> None:
    _token, secret = make(as_mia, mia, now)
    commands.use_token(secret=secret, now=now)
    assert ApiToken.objects.get().last_used_on == now.date()
    with django_assert_num_queries(1):
        commands.use_token(secret=secret, now=now)
    commands.use_token(secret=secret, now=now + DAY)
    assert ApiToken.objects.get().last_used_on == (now + DAY).date()


def test_reading_goes_on_when_nothing_can_be_written(
    as_mia: Viewer, mia: Person, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, secret = make(as_mia, mia, now)

    def full(*_args: Any, **_kwargs: Any) -> int:
        raise OperationalError

    monkeypatch.setattr("django.db.models.query.QuerySet.update", full)
    assert commands.use_token(secret=secret, now=now) == token


def test_what_is_held_about_me_names_my_tokens(as_mia: Viewer, mia: Person, now: datetime) -> None:
    token, _secret = make(as_mia, mia, now)
    held = held_about(as_mia, mia)["api_tokens"]
    assert [row["name"] for row in held] == ["Nightly copy"]
    assert token.token_hash not in str(held)


def test_old_ones_are_forgotten(as_mia: Viewer, mia: Person, now: datetime) -> None:
    make(as_mia, mia, now)
    jobs.tidy(now + 100 * DAY)
    assert ApiToken.objects.exists()
    jobs.tidy(now + 121 * DAY)
    assert not ApiToken.objects.exists()


def day(value: datetime) -> dict[str, int]:
    return {"ends_on_day": value.day, "ends_on_month": value.month, "ends_on_year": value.year}


def test_the_pages_show_it_once_and_take_it_back(mia: Person) -> None:
    client, now = sign_in(Client(), mia), right_now()
    answer = client.post("/account/tokens/new/", {"name": "Copy", "scope": "act", **day(now + 30 * DAY)})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    found = re.search(r">(cvn_[\w-]{43})<", answer.content.decode())
    assert found
    token = ApiToken.objects.get()
    assert token_by_secret(found[1], now) == token
    assert (token.may_act, token.name) == (True, "Copy")
    page = client.get("/account/").content.decode()
    assert "Copy" in page
    assert found[1] not in page
    assert client.post(f"/account/tokens/{token.pk}/revoke/").status_code == 302
    assert token_by_secret(found[1], now) is None


def test_what_is_wrong_is_said_at_the_field(mia: Person) -> None:
    client = sign_in(Client(), mia)
    answer = client.post("/account/tokens/new/", {"name": "Copy", "scope": "read", **day(right_now() + 900 * DAY)})
    assert "A token lasts a year at most." in answer.content.decode()
    assert not ApiToken.objects.exists()


def test_anothers_token_does_not_exist(as_ada: Viewer, ada: Person, mia: Person, now: datetime) -> None:
    token, _secret = make(as_ada, ada, now)
    assert sign_in(Client(), mia).post(f"/account/tokens/{token.pk}/revoke/").status_code == 404
