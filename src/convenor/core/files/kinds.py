"""What strangers may read of a file whose record is public, and its work by the clock."""

from __future__ import annotations

from convenor.core.clock.schedules import Job, daily, register
from convenor.core.files import commands
from convenor.core.records.registry import registry


def register_all() -> None:
    registry.add_public_fields("files.StoredFile", "title", "marking")
    registry.add_public_fields("files.FileVersion", "original_name", "media_type", "sha256")
    register(Job("files.tidy", daily(1), commands.remove_orphans))
