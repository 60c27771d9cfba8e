"""When a viewer's membership of an audience began, as one expression."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import DateTimeField, F, Func


class Since(Func):
    """When it began, of the audience that stands in a column; NULL for any other.

    A clause for each audience says the same, but a member of thirty would wait longer for Django to write it (five
    times over, where strict kinds are asked as well) than for the database to answer it.
    """

    def __init__(self, audience: str, began: tuple[tuple[int, datetime], ...]) -> None:
        super().__init__(F(audience), output_field=DateTimeField())
        self.began = began

    def as_sql(self, compiler: Any, connection: Any, **_context: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """As since_sql; every value is a parameter."""
        column, _none = compiler.compile(self.source_expressions[0])
        return since_sql(column, self.began, connection)


def since_sql(audience: str, began: tuple[tuple[int, datetime], ...], connection: Any) -> tuple[str, list[Any]]:
    """The same over a column that Django does not know: SQL of ours and its parameters.

    On PostgreSQL two arrays: its planner takes a CASE to be as dear as all of its branches, and then plans badly.
    """
    if connection.vendor == "postgresql":
        keys, days = [pk for pk, _ in began], [since for _, since in began]
        return f"(%s::timestamptz[])[array_position(%s::bigint[], {audience})]", [days, keys]
    values = [each for pk, since in began for each in (pk, connection.ops.adapt_datetimefield_value(since))]
    return f"CASE {audience} {'WHEN %s THEN %s ' * len(began)}END", values
