"""Setting text in a box: wrapping by measured widths, cutting where there is no more room."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from convenor.domain.engagement.rules.poster.glyphs import Face, width_of
from convenor.domain.engagement.rules.poster.shapes import Text
from convenor.kit.structs import struct

ELLIPSIS = "…"


@struct
class Style:
    """How a role of text is set: face, size, line height, the most lines it may take, and the space above it."""

    face: Face
    size: float
    leading: float
    most: int
    above: float = 0


def wrap(text: str, style: Style, width: float) -> list[str]:
    """The text in lines that fit the width. A word that is too long for a line is broken."""
    lines: list[str] = []
    line = ""
    for word in _words(text, style, width):
        longer = f"{line} {word}" if line else word
        if not line or width_of(longer, style.face, style.size) <= width:
            line = longer
        else:
            lines.append(line)
            line = word
    return [*lines, line] if line else lines


def _words(text: str, style: Style, width: float) -> Iterable[str]:
    for word in text.split():
        yield from _broken(word, style, width)


def _broken(word: str, style: Style, width: float) -> Iterable[str]:
    while width_of(word, style.face, style.size) > width and len(word) > 1:
        fits = len(word) - 1
        while fits > 1 and width_of(word[:fits], style.face, style.size) > width:
            fits -= 1
        yield word[:fits]
        word = word[fits:]
    yield word


def cut(lines: list[str], style: Style, width: float) -> tuple[list[str], bool]:
    """At most so many lines as the style allows, the last one ending in an ellipsis where something is left out."""
    if len(lines) <= style.most:
        return lines, False
    last = lines[style.most - 1]
    while last and width_of(last + ELLIPSIS, style.face, style.size) > width:
        last = last[:-1]
    return [*lines[: style.most - 1], last.rstrip(" ,.;:") + ELLIPSIS], True


def joined(pieces: Iterable[str], style: Style, width: float, between: str = " · ") -> list[str]:
    """Pieces with a separator, broken between pieces rather than inside them where that is possible."""
    lines: list[str] = []
    line = ""
    for piece in pieces:
        longer = f"{line}{between}{piece}" if line else piece
        if not line or width_of(longer, style.face, style.size) <= width:
            line = longer
        else:
            lines.append(line)
            line = piece
    whole = [*lines, line] if line else lines
    return [part for each in whole for part in wrap(each, style, width)]


@struct
class Piece:
    """A text to be set: one string, or parts that are joined by dots; the label stands before it on its first line."""

    role: str
    parts: tuple[str, ...]
    label: str = ""

    def lines(self, style: Style, width: float) -> tuple[list[str], bool]:
        """In lines, and whether something had to be left out."""
        if len(self.parts) > 1:
            return cut(joined(self.parts, style, width), style, width)
        text = f"{self.label} {self.parts[0]}" if self.label else self.parts[0]
        return cut(wrap(text, style, width), style, width)


def set_texts(
    pieces: Iterable[Piece], styles: Mapping[str, Style], x: float, y: float, width: float
) -> tuple[tuple[Text, ...], float]:
    """The pieces one under the other from y on; returns them with the y under the last line."""
    found: list[Text] = []
    for piece in pieces:
        style = styles[piece.role]
        lines, was_cut = piece.lines(style, width)
        y += style.above if found else 0
        baselines = tuple(round(y + number * style.leading + style.leading * 0.76, 1) for number in range(len(lines)))
        label = piece.label if lines and lines[0].startswith(piece.label) else ""
        found.append(Text(piece.role, style.size, x, baselines, tuple(lines), label, was_cut))
        y += len(lines) * style.leading
    return tuple(found), y
