"""A query whose SQL is worked out once, and run with other values each time.

    held = Prepared(lambda: Duty.objects.filter(person=Given("person")).values_list("pk", "over_id"))
    held.rows(person=7)

Django works out the SQL of a queryset each time it is run. For most queries that is little; for a union of joins on
the way of every request it takes several times as long as the database does. Use it only there.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, Final, Generic, TypeVar

from django.db import connection, models
from django.db.models.expressions import Expression
from django.db.models.query import ModelIterable
from django.utils.functional import cached_property

M = TypeVar("M", bound=models.Model)
K = TypeVar("K")

OF_NO_TYPE: Final[models.Field[Any, Any]] = models.Field()
"""A place takes the type of what it is compared with; the database is handed the value as it would be without us."""


class Given(Expression):
    """A place in a prepared query, filled when it is run: an int, a string, an aware datetime or a date."""

    def __init__(self, name: str) -> None:
        super().__init__(output_field=OF_NO_TYPE)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:  # noqa: ARG002 - Django's
        """One place, and itself in the list of values until it is filled."""
        return "%s", [self]


class Prepared:
    """A queryset of tuples (values_list, unions of such), with a Given wherever a value changes."""

    def __init__(self, build: Callable[[], models.QuerySet[Any, Any]]) -> None:
        self._build = build

    def rows(self, **given: Any) -> list[tuple[Any, ...]]:
        """What the database says with these values. One query."""
        compiler, found = self.answer(**given)
        return list(compiler.results_iter(results=[found], tuple_expected=True))

    def answer(self, **given: Any) -> tuple[Any, list[tuple[Any, ...]]]:
        """A compiler, which knows what the columns are, and what the database said, as it said it."""
        compiler, sql, places = self._worked_out
        values = [_said(given[place.name]) if isinstance(place, Given) else place for place in places]
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            found = cursor.fetchall()
        own = copy.copy(compiler)  # what is kept belongs to no connection, for each thread has its own
        own.connection = connection
        return own, found

    @cached_property
    def _worked_out(self) -> tuple[Any, str, tuple[Any, ...]]:
        compiler: Any = self._build().query.get_compiler(connection=connection)
        sql, places = compiler.as_sql()
        compiler.connection = None
        return compiler, sql, tuple(places)


class PreparedModels(Generic[M]):
    """The same of a queryset of models, with what it selects beside them (select_related, annotate); no prefetching."""

    def __init__(self, build: Callable[[], models.QuerySet[M]]) -> None:
        self._prepared = Prepared(build)

    def rows(self, **given: Any) -> list[M]:
        """The models that the database names with these values. One query."""
        iterable: Any = ModelIterable
        return list(iterable(_Answered(*self._prepared.answer(**given))))


class _Answered:
    """What ModelIterable takes for a queryset, and for its query: the question has been put to the database already."""

    def __init__(self, compiler: Any, found: list[tuple[Any, ...]]) -> None:
        compiler.execute_sql = lambda **_how: [found]
        self.query, self.db = self, compiler.connection.alias
        self._compiler = compiler
        self._known_related_objects: dict[Any, Any] = {}

    def get_compiler(self, using: str) -> Any:  # noqa: ARG002 - Django's
        return self._compiler


def padded(keys: Sequence[K]) -> list[K]:
    """The keys, the last one repeated until they are a power of two (so that few queries serve any number of them)."""
    return [*keys, *[keys[-1]] * ((1 << (len(keys) - 1).bit_length()) - len(keys))] if keys else []


class PreparedIn:
    """The same for several keys at once: `build` is handed a place for each, to stand behind an `__in`.

    A few queries are prepared, each for a power of two: where there are fewer keys, the last is asked for again.
    """

    def __init__(self, build: Callable[[list[Any]], models.QuerySet[Any, Any]]) -> None:
        self._build = build
        self._by_size: dict[int, Prepared] = {}

    def rows(self, keys: Sequence[int | str], **given: Any) -> list[tuple[Any, ...]]:
        """What the database says of these keys. One query; none without keys."""
        if not keys:
            return []
        filled = padded(keys)
        places = [f"key_{number}" for number in range(len(filled))]
        prepared = self._by_size.setdefault(len(places), Prepared(lambda: self._build([Given(at) for at in places])))
        return prepared.rows(**dict(zip(places, filled, strict=True)), **given)


def _said(value: Any) -> Any:
    """As Django hands such a value to the database."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value
