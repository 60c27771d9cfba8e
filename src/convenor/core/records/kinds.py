"""What strangers may read of the shared rows of records; what a record's own kind allows stands with that kind."""

from __future__ import annotations

from typing import Final

from convenor.core.records.registry import registry

PUBLIC: Final[dict[str, tuple[str, ...]]] = {
    "Record": ("ref", "kind", "title", "withheld_reason"),
    "Address": ("kind", "slug"),
    "Relation": ("slug", "label", "inverse_label"),
    "RelationKinds": ("source_kind", "target_kind"),
    "Link": ("note",),
    "RefCounter": ("prefix",),
    "Audience": (),
    "Freeze": (),
    "CaretakerPeriod": ("note",),
}


def register() -> None:
    """Called from AppConfig.ready()."""
    for model, names in PUBLIC.items():
        registry.add_public_fields(f"records.{model}", *names)
