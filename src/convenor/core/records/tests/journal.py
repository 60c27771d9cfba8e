"""Reading the journal in these tests, without importing what stands above."""

from __future__ import annotations

from typing import Any

from django.apps import apps


def entries(verb: str = "") -> list[Any]:
    """Entries with this verb, oldest first."""
    rows = apps.get_model("journal", "Entry").objects.order_by("pk")
    return list(rows.filter(verb=verb) if verb else rows)


def said(entry: Any) -> dict[str, str | None]:
    """What an entry says came to be, by field."""
    return {value.field: value.after for value in entry.values.all()}
