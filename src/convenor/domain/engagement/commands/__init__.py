"""Writing engagement models."""

from __future__ import annotations

from convenor.domain.engagement.commands.load import load_model

__all__ = ["load_model"]
