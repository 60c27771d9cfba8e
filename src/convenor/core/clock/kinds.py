"""What strangers may read of calendars and deadlines."""

from __future__ import annotations

from convenor.core.records.registry import registry


def register() -> None:
    registry.add_public_fields("clock.Calendar", "slug", "name", "zone", "region")
    registry.add_public_fields("clock.Holiday", "name", "source")
    registry.add_public_fields("clock.Deadline", "kind", "note")
    registry.add_public_fields("clock.Schedule", "job", "rule", "zone")
