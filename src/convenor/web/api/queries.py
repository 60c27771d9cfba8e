"""How much there is, for the data pages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from convenor.core.exchange.declare import Resource
from convenor.core.exchange.queries import listed
from convenor.core.journal import exported
from convenor.core.journal.unchanged import while_unchanged
from convenor.core.records.queries import counted
from convenor.core.records.rules import Viewer


def counts(found: Iterable[Resource], viewer: Viewer) -> dict[str, int]:
    """resource name → rows the viewer may read."""
    parts = {resource.name: listed(resource, viewer, {}) for resource in found}
    return while_unchanged(f"api.counts {' '.join(parts)}", viewer, lambda: counted(parts))


def public_export() -> tuple[Path, datetime] | None:
    """The zip of everything public in the data folder and when it was made; None when some of it was taken back."""
    path = settings.DATA / exported.FILE
    return (path, datetime.fromtimestamp(path.stat().st_mtime, UTC)) if exported.is_fresh(path) else None


def first_key(resource: Resource, viewer: Viewer) -> str:
    """The public key of some row, for an example; "" where there is none."""
    row = listed(resource, viewer, {}).order_by("pk").first() if resource.key else None
    return resource.key_of(row) if row else ""
