"""Rows of a resource as plain values, with refs only to what the viewer may read. Every format starts here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings

from convenor.core.exchange.declare import Field, Resource
from convenor.core.records.models import Record
from convenor.core.records.rules import Viewer
from convenor.kit.structs import struct


@struct
class Ref:
    """A record that the viewer may read, as one field of another."""

    ref: str
    title: str

    @property
    def url(self) -> str:
        return absolute(f"/r/{self.ref}")


Values = dict[str, Any]
"""field name → text, list of texts, int, Decimal, bool, date, datetime, Ref, list of Refs, or None."""


def absolute(path: str) -> str:
    """A path of this site with its host; whole addresses stay as they are."""
    return f"{settings.SITE_URL.rstrip('/')}{path}" if path.startswith("/") else path


def present(resource: Resource, rows: Sequence[Any], viewer: Viewer) -> list[Values]:
    """The rows as values. One query, whatever the rows: the refs of everything they point to."""
    fields = resource.fields_for(viewer)
    raw = [[_raw(item, row) for item in fields] for row in rows]
    seen = _readable(_record_ids(fields, raw), viewer)
    return [{item.name: _value(item, value, seen) for item, value in zip(fields, line, strict=True)} for line in raw]


def plain(values: Values) -> dict[str, Any]:
    """Values as JSON knows them: ISO dates, UTC times, refs as objects with ref, title and url."""
    return {name: _plain(value) for name, value in values.items()}


def _raw(item: Field, row: Any) -> Any:
    value = item.value(row)
    return list(value or ()) if item.type in ("refs", "texts") else value


def _record_ids(fields: Sequence[Field], raw: Iterable[Sequence[Any]]) -> set[int]:
    found: set[int] = set()
    for line in raw:
        for item, value in zip(fields, line, strict=True):
            if item.type == "ref" and value is not None:
                found.add(value)
            elif item.type == "refs":
                found.update(value)
    return found


def _readable(ids: set[int], viewer: Viewer) -> dict[int, Ref]:
    if not ids:
        return {}
    rows = Record.objects.visible_to(viewer).filter(pk__in=ids).values_list("pk", "ref", "title")
    return {pk: Ref(ref, title) for pk, ref, title in rows}


def _value(item: Field, value: Any, seen: Mapping[int, Ref]) -> Any:
    if item.type == "ref":
        return seen.get(value)
    if item.type == "refs":
        return [seen[pk] for pk in value if pk in seen]
    if item.type == "texts":
        return [str(text) for text in value]
    if value is None or value == "":
        return None
    if item.type == "text":
        return str(value)
    if item.type == "url":
        return absolute(str(value))
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, Ref):
        return {"ref": value.ref, "title": value.title, "url": value.url}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def instant(at: datetime) -> str:
    """A time as machines read it: UTC, whole seconds unless it has more."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
