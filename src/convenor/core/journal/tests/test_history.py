from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from convenor.core.accounts.models import Person
from convenor.core.journal import actors, commands, queries
from convenor.core.records import commands as records
from convenor.core.records.models import Record
from convenor.core.records.rules import PUBLIC, SEALED, DutyHeld, Viewer
from tests.things import make_thing, things_known

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_offices_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actors, "sources", [])


@pytest.fixture
def officer(now: datetime) -> Viewer:
    person = Person.objects.create(name="Olive Officer")
    return Viewer(now=now, person_id=person.pk, name=person.name, duties=frozenset([DutyHeld("secretariat")]))


@pytest.fixture
def thing(now: datetime, officer: Viewer, by_system: Viewer) -> Record:
    record = make_thing(now)
    for by in (by_system, officer):
        with transaction.atomic():
            commands.write(
                by=by,
                verb="thing.changed",
                record=record,
                now=now,
                changes={"title": ("Old", "New"), "phone": (None, "0491 570 006")},
                public=("title",),
                reason="Because",
            )
    return record


def told(viewer: Viewer, record: Record) -> list[tuple[str, str, list[str]]]:
    found = queries.happenings(viewer, queries.history(viewer, record))
    return [(each.who, each.reason, [value.field for value in each.values]) for each in found]


def test_strangers_read_public_values_and_no_names(thing: Record, public: Viewer) -> None:
    assert told(public, thing) == [("An officer", "", ["title"]), ("", "", ["title"])]


def test_an_office_is_named_where_one_is_known(thing: Record, public: Viewer, officer: Viewer) -> None:
    assert officer.person_id
    actors.register(lambda ids: dict.fromkeys(ids, "Head of Secretariat"))
    assert told(public, thing)[0][0] == "Head of Secretariat"


def test_officers_read_all(thing: Record, officer: Viewer) -> None:
    assert told(officer, thing) == [
        ("Olive Officer", "Because", ["title", "phone"]),
        ("", "Because", ["title", "phone"]),
    ]


def test_what_happened_before_it_was_shown_stays_with_its_makers(
    now: datetime, by_system: Viewer, public: Viewer, officer: Viewer
) -> None:
    record = make_thing(now, visibility=SEALED)
    later = now + timedelta(days=1)
    with transaction.atomic(), things_known():
        commands.write(by=by_system, verb="thing.made", record=record, now=now)
        records.show_to(record, now=later, visibility=PUBLIC)
        commands.write(by=by_system, verb="thing.published", record=record, now=later)
    for found in (queries.history(public, record), queries.recent(public)):
        assert [entry.verb for entry in found] == ["thing.published"]
    assert [entry.verb for entry in queries.history(officer, record)] == ["thing.published", "thing.made"]


def test_a_sealed_record_has_no_history_for_strangers(now: datetime, by_system: Viewer, public: Viewer) -> None:
    record = make_thing(now, visibility=SEALED)
    with transaction.atomic():
        commands.write(by=by_system, verb="thing.made", record=record, now=now)
    assert list(queries.history(public, record)) == []
    assert list(queries.recent(public)) == []


def test_a_page_of_history_takes_the_same_queries_whatever_its_length(
    thing: Record, public: Viewer, by_system: Viewer, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(20):
        with transaction.atomic():
            commands.write(by=by_system, verb="thing.changed", record=thing, now=now, changes={"n": (1, 2)})
    with django_assert_num_queries(2):
        assert len(told(public, thing)) == 22


def test_the_newest_seals_come_first(thing: Record, now: datetime) -> None:
    commands.seal(now, limit=1)
    commands.seal(now)
    assert [seal.number for seal in queries.latest_seals(1)] == [2]
