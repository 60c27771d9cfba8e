"""One key sent many times at once: one seat, and one answer for all. On a database file, then on PostgreSQL."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.db import connection

from convenor.domain.groups.tests.test_races import postgres_url, run

ROUNDS, AT_ONCE = 5, 6


def main() -> None:
    """Prints, as JSON: how many seats there are, and how many different answers, after ROUNDS rounds.

    Whoever found the counters locked was told to wait (429), and has no answer yet.
    """
    import django

    django.setup()
    from datetime import UTC, datetime

    from convenor.core.accounts.models import Person
    from convenor.domain.groups.tests.acting import program_of
    from convenor.domain.groups.tests.world import make_world
    from tests.at_once import at_once

    world = make_world(datetime.now(UTC))
    person = Person.objects.get(pk=world.officer().person_id or 0)
    group, program = world.group("council"), program_of(person)
    found: list[tuple[int, str]] = []
    for number in range(ROUNDS):
        body = {"basis": "individual", "title": f"Seat {number}", "starts_on": "2026-01-05", "constituency": "agency"}

        def ask(body: dict[str, str] = body, number: int = number) -> None:
            answer = program.act(f"groups/{group.slug}/seats/add/", body, Idempotency_Key=f"round {number}")
            found.append((answer.status_code, answer.content.decode()))

        failures = at_once(*[ask] * AT_ONCE)
        assert not failures, failures
    answers = {body for status, body in found if status != TOLD_TO_WAIT}
    print(json.dumps([group.seats.count(), len(answers), len(found)]))


TOLD_TO_WAIT = 429
EXPECTED = [ROUNDS, ROUNDS, ROUNDS * AT_ONCE]


@pytest.mark.slow
def test_one_key_at_once_on_sqlite(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVENOR_HOSTS", "testserver")
    assert json.loads(run("convenor.web.api.tests.test_acting_races", url=sqlite_url, data=tmp_path)) == EXPECTED


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="runs on PostgreSQL")
def test_one_key_at_once_on_postgresql(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVENOR_HOSTS", "testserver")
    assert json.loads(run("convenor.web.api.tests.test_acting_races", url=postgres_url(), data=tmp_path)) == EXPECTED


if __name__ == "__main__":
    main()
