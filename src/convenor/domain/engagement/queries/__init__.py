"""Reading engagement models."""

from __future__ import annotations

from convenor.domain.engagement.queries.values import (
    effective_rules,
    effective_rules_of,
    has_rules,
    in_force,
    levels_of,
)

__all__ = ["effective_rules", "effective_rules_of", "has_rules", "in_force", "levels_of"]
