"""When a viewer's membership of an audience began, as one expression."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import DateTimeField, F, Func


class Since(Func):
    """CASE audience WHEN … THEN when it began END, of the audience that stands in a column; NULL for any other.

    A clause for each audience says the same, but a member of thirty would wait longer for Django to write it (five
    times over, where strict kinds are asked as well) than for the database to answer it.
    """

    def __init__(self, audience: str | F, began: tuple[tuple[int, datetime], ...]) -> None:
        super().__init__(audience, output_field=DateTimeField())
        self.began = began

    def as_sql(self, compiler: Any, connection: Any, **_context: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """One CASE; every value is a parameter."""
        audience, params = compiler.compile(self.source_expressions[0])
        sql, values = since_sql(audience, self.began, connection)
        return sql, [*params, *values]


def since_sql(audience: str, began: tuple[tuple[int, datetime], ...], connection: Any) -> tuple[str, list[Any]]:
    """The same over a column that Django does not know: SQL of ours and its parameters."""
    values = [each for pk, since in began for each in (pk, connection.ops.adapt_datetimefield_value(since))]
    return f"CASE {audience} {'WHEN %s THEN %s ' * len(began)}END", values
