"""The poster of a model: pure geometry, from rules to lines of text and arrows."""

from __future__ import annotations

from convenor.domain.engagement.rules.poster.content import description, notes, strip
from convenor.domain.engagement.rules.poster.layout import FULL, SMALL, Sizes, draw, draw_for_paper
from convenor.domain.engagement.rules.poster.shapes import Arrow, Band, Box, Card, Key, Poster, Text

__all__ = [
    "FULL",
    "SMALL",
    "Arrow",
    "Band",
    "Box",
    "Card",
    "Key",
    "Poster",
    "Sizes",
    "Text",
    "description",
    "draw",
    "draw_for_paper",
    "notes",
    "strip",
]
