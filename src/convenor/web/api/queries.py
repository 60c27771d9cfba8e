"""How much there is, for the data pages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connection

from convenor.core.exchange.declare import Resource
from convenor.core.exchange.queries import listed
from convenor.core.journal import exported
from convenor.core.records.rules import Viewer


def counts(found: Iterable[Resource], viewer: Viewer) -> dict[str, int]:
    """resource name → rows the viewer may read; one query for all of them, so that the page's number stays fixed."""
    parts: dict[str, tuple[str, tuple[Any, ...]]] = {}
    for resource in found:
        try:
            parts[resource.name] = listed(resource, viewer, {}).order_by().values("pk").query.sql_with_params()
        except EmptyResultSet:
            parts[resource.name] = "SELECT 1 WHERE 1 = 0", ()
    if not parts:
        return {}
    columns = ", ".join(f"(SELECT COUNT(*) FROM ({sql}) AS part)" for sql, _values in parts.values())  # noqa: S608 - the ORM's own text; values apart
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns}", [value for _sql, values in parts.values() for value in values])
        numbers = cursor.fetchone()
    return dict(zip(parts, numbers, strict=True))


def public_export() -> tuple[Path, datetime] | None:
    """The zip of everything public in the data folder and when it was made; None when some of it was taken back."""
    path = settings.DATA / exported.FILE
    return (path, datetime.fromtimestamp(path.stat().st_mtime, UTC)) if exported.is_fresh(path) else None


def first_key(resource: Resource, viewer: Viewer) -> str:
    """The public key of some row, for an example; "" where there is none."""
    row = listed(resource, viewer, {}).order_by("pk").first() if resource.key else None
    return resource.key_of(row) if row else ""
