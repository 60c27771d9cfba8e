"""The few drawn signs. Each tone has its own shape, so that colour is never the only carrier of meaning."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

# 12 x 12 drawings; `currentColor` follows the words beside them, also in forced colours.
_DRAWINGS = {
    "good": '<circle cx="6" cy="6" r="6"/><path class="glyph__cut" d="M3 6.2 5.2 8.4 9.2 4"/>',
    "watch": '<path d="M6 .6 12 11.4H0z"/><path class="glyph__cut" d="M6 4.4v3.2M6 9v1"/>',
    "bad": '<path d="M6 0l6 6-6 6-6-6z"/><path class="glyph__cut" d="M6 2.9v3.6M6 8v1.1"/>',
    "info": '<circle cx="6" cy="6" r="6"/><path class="glyph__cut" d="M6 5.2v4M6 2.7v1.2"/>',
    "neutral": '<circle class="glyph__line" cx="6" cy="6" r="4.6"/>',
    "level": '<path d="M0 1h4v10H0z"/><path class="glyph__line" d="M6.5 3H12M6.5 6H12M6.5 9H12"/>',
    "withheld": '<path d="M1 5.4h10V12H1z"/><path class="glyph__line" d="M3.2 5.4V3.6a2.8 2.8 0 0 1 5.6 0v1.8"/>',
    "follow": '<path class="glyph__line" d="M2 9.2V5.6a4 4 0 0 1 8 0v3.6M.8 9.4h10.4M5 11.3h2"/>',
    "download": '<path class="glyph__line" d="M6 .8v7M3 5l3 3 3-3M1 11.2h10"/>',
    "history": '<circle class="glyph__line" cx="6" cy="6" r="5"/><path class="glyph__line" d="M6 3v3.2l2.2 1.4"/>',
    "cite": (
        '<path d="M1 6.6C1 3.8 2.4 2.3 4.7 1.9l.3 1.1C3.8 3.5 3.2 4.3 3.2 5.3H5V10H1z'
        'M7 6.6C7 3.8 8.4 2.3 10.7 1.9l.3 1.1C9.8 3.5 9.2 4.3 9.2 5.3H11V10H7z"/>'
    ),
    "remove": '<path class="glyph__line" d="M2.5 2.5l7 7M9.5 2.5l-7 7"/>',
    "search": '<circle class="glyph__line" cx="5" cy="5" r="4"/><path class="glyph__line" d="M8 8l3.5 3.5"/>',
    "menu": '<path class="glyph__line" d="M0 2h12M0 6h12M0 10h12"/>',
    "filter": '<path class="glyph__line" d="M0 2h12M2 6h8M4 10h4"/>',
    "up": '<path d="M6 1.5 11 10H1z"/>',
    "down": '<path d="M6 10.5 1 2h10z"/>',
    "level-change": '<path class="glyph__line" d="M1 6h10"/>',
    "arrow": '<path class="glyph__line" d="M0 6h10.5M6.8 2.2 10.8 6l-4 3.8"/>',
    "seat": '<path d="M6 6a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM0 12c0-3 2.5-5 6-5s6 2 6 5z"/>',
}
SHAPES = ("good", "watch", "bad", "info", "neutral", "withheld")


def glyph(name: str) -> SafeString:
    """The drawing of that name, hidden from screen readers; an unknown name gives the neutral ring."""
    drawing = _DRAWINGS.get(name, _DRAWINGS["neutral"])
    return format_html(
        '<svg class="glyph" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" focusable="false">{}</svg>',
        mark_safe(drawing),  # noqa: S308 - our own constant
    )


def shape_of(tone: str) -> str:
    """Name of the drawing for a tone; every `level-…` shares one shape, its word tells which."""
    if tone.startswith("level"):
        return "level"
    return tone if tone in SHAPES else "neutral"
