"""A prepared query against the same query asked anew, with other values each time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from threading import Thread
from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.auth.models import Permission
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import TruncDate, Upper
from django.db.models.sql.compiler import SQLCompiler

from convenor.kit.prepared import Given, Prepared, PreparedIn, PreparedModels

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _three() -> None:
    for number, key in enumerate("abc"):
        Session.objects.create(session_key=key, session_data="%s", expire_date=NOON + timedelta(days=number))


def asked(keys: list[Any], now: Any) -> QuerySet[Any, Any]:
    """A union, a condition of each sort, and a value that stays (with a percent sign in it)."""
    rows = Session.objects.filter(session_data="%s")
    late = rows.filter(expire_date__gt=now).values_list("session_key", "expire_date")
    return late.union(rows.filter(pk__in=keys).values_list("session_key", "expire_date"), all=True)


def test_it_says_what_the_query_itself_says() -> None:
    prepared = Prepared(lambda: asked([Given("first"), Given("second")], Given("now")))
    for now in (NOON - timedelta(days=1), NOON, NOON + timedelta(days=1), NOON + timedelta(days=9)):
        for keys in (["a", "b"], ["c", "nobody's"], ["' OR 1=1 --", "%s"]):
            found = prepared.rows(first=keys[0], second=keys[1], now=now)
            assert sorted(found) == sorted(asked(keys, now))
            assert all(isinstance(day, datetime) and day.tzinfo for _key, day in found)


def test_a_day_is_compared_as_a_day() -> None:
    days = Session.objects.annotate(day=TruncDate("expire_date"))
    prepared = Prepared(lambda: days.filter(Q(day=Given("day"))).values_list("session_key"))
    assert prepared.rows(day=date(2026, 12, 1)) == [("b",)]


def test_the_sql_is_worked_out_once() -> None:
    prepared = Prepared(lambda: asked([Given("key")], Given("now")))
    prepared.rows(key="a", now=NOON)
    with patch.object(SQLCompiler, "as_sql", side_effect=AssertionError("worked out again")):
        assert prepared.rows(key="b", now=NOON + timedelta(days=9)) == [("b", NOON + timedelta(days=1))]


def test_a_value_that_was_not_given_is_named() -> None:
    with pytest.raises(KeyError, match="now"):
        Prepared(lambda: asked([Given("key")], Given("now"))).rows(key="a")


def test_what_is_kept_belongs_to_no_connection() -> None:
    """Another thread asks through its own."""
    prepared = Prepared(lambda: Session.objects.filter(pk=Given("key")).values_list("session_key"))
    assert prepared.rows(key="a") == [("a",)]
    used: list[Any] = []

    def note(execute: Any, sql: str, values: Any, *given: Any) -> Any:
        used.append(list(values))
        return execute(sql, values, *given)

    def ask() -> None:
        with connection.execute_wrapper(note):
            prepared.rows(key="nobody's")
        connection.close()

    thread = Thread(target=ask)
    thread.start()
    thread.join()
    assert used == [["nobody's"]]


def test_as_many_keys_as_are_asked_for() -> None:
    """Three make the query of four: no row comes twice, and none for nothing."""
    prepared = PreparedIn(lambda keys: Session.objects.filter(pk__in=keys).values_list("session_key"))
    for many in (["a"], ["b", "c"], ["a", "b", "c"], ["nobody's", "c", "b", "a", "%s"]):
        assert sorted(prepared.rows(many)) == [(key,) for key in "abc" if key in many]
    assert prepared.rows([]) == []


def named(codename: Any) -> QuerySet[Permission]:
    rows = Permission.objects.select_related("content_type").annotate(shout=Upper("name"))
    return rows.filter(codename=codename).order_by("pk")[:1]


def test_models_come_with_what_was_selected_beside_them(django_assert_num_queries: Any) -> None:
    prepared = PreparedModels(lambda: named(Given("codename")))
    for codename in ("add_session", "delete_session"):
        asked_anew = named(codename).get()
        with django_assert_num_queries(1):
            [found] = prepared.rows(codename=codename)
            assert found.content_type == asked_anew.content_type
        assert (found, vars(found).keys()) == (asked_anew, vars(asked_anew).keys())
        assert (found.name, found.shout) == (asked_anew.name, asked_anew.name.upper())  # type: ignore[attr-defined]
        found.name = "Another name"
        found.save(update_fields=["name"])
        assert named(codename).get().name == "Another name"
    assert prepared.rows(codename="nobody's") == []
