"""Forms of engagement models: loading one, and the typed fields of every rule."""

from __future__ import annotations

from convenor.domain.engagement.forms.load import LoadForm

__all__ = ["LoadForm"]
