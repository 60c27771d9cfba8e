"""Contrast of the stylesheet's colours, by WCAG 2.2; the gallery shows it and a test holds it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

STYLESHEET = Path(__file__).parent / "static" / "kit" / "convenor.css"
GROUNDS = ("paper", "surface", "wash")
WORDS = ("ink", "ink-soft", "civic", "civic-deep", "warm", "good", "watch", "bad")
LEVELS = tuple(f"level-{number}" for number in range(1, 7))
SHAPES = ("edge", "focus")
TEXT_NEED, SHAPE_NEED = 4.5, 3.0

_BLOCK = re.compile(r"^(?P<head>:root[^{]*)\{(?P<body>[^}]*)\}", re.MULTILINE)
_COLOUR = re.compile(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6})\b")


def tokens(css: str) -> dict[str, dict[str, str]]:
    """The colours of the light theme and of the dark one (as set by data-theme), by name."""
    blocks = {match["head"].strip(): dict(_COLOUR.findall(match["body"])) for match in _BLOCK.finditer(css)}
    light = blocks[":root"]
    return {"light": light, "dark": {**light, **blocks[":root[data-theme=dark]"]}}


@cache
def own_tokens() -> dict[str, dict[str, str]]:
    """The colours of our own stylesheet."""
    return tokens(STYLESHEET.read_text())


def ratio(one: str, other: str) -> float:
    """Contrast ratio of two #rrggbb colours, 1 to 21 (WCAG 2.2, definition of contrast ratio)."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def pairs() -> list[tuple[str, str, float]]:
    """Every (colour, ground, least ratio) that the stylesheet puts together."""
    on_grounds = [(name, ground, TEXT_NEED) for name in (*WORDS, *LEVELS) for ground in GROUNDS]
    shapes = [(name, ground, SHAPE_NEED) for name in SHAPES for ground in GROUNDS]
    filled = [("civic-ink", ground, TEXT_NEED) for ground in ("civic", "civic-deep")]
    strips = [("paper", ground, TEXT_NEED) for ground in ("bad", "warm", "ink")]
    return [*on_grounds, *shapes, *filled, *strips]


def _luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
