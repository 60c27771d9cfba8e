"""What changed between two texts, word by word, readable without colour. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Final

from django.utils.translation import gettext as _

from convenor.kit.structs import struct

SAME: Final = "same"
ADDED: Final = "added"
REMOVED: Final = "removed"
MOST: Final = 1_000_000
"""Word by word only where the two sides are small enough; else the whole passage is removed and added."""

TOKENS: Final = re.compile(r"\s+|\w+|[^\w\s]")


@struct
class Piece:
    """Some text that stayed, was added or was removed."""

    how: str
    text: str


@struct
class SectionChange:
    """A section in both versions."""

    title: str
    pieces: tuple[Piece, ...]

    @property
    def changed(self) -> bool:
        return any(piece.how != SAME for piece in self.pieces)


def redline(before: str, after: str) -> list[Piece]:
    """The pieces that make both: without the added ones they are `before`, without the removed ones `after`."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    found: list[Piece] = []
    for op, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone, come = "".join(old[a:b]), "".join(new[c:d])
        found += [Piece(SAME, gone)] if op == "equal" else _words(gone, come)
    return _joined(found)


def compare(before: Mapping[str, str], after: Mapping[str, str], titles: Mapping[str, str]) -> list[SectionChange]:
    """Every section that either version has, in the order of the titles."""
    return [
        SectionChange(str(title), tuple(redline(before.get(key, ""), after.get(key, ""))))
        for key, title in titles.items()
        if before.get(key) or after.get(key)
    ]


def as_text(changes: Iterable[SectionChange]) -> str:
    """The same in plain text: [added: …], [removed: …]."""
    marks = {ADDED: _("added"), REMOVED: _("removed")}
    return "\n\n".join(f"{change.title}\n\n{_said(change.pieces, marks)}".strip() for change in changes) + "\n"


def _said(pieces: Sequence[Piece], marks: Mapping[str, str]) -> str:
    return "".join(
        piece.text if piece.how == SAME else f"[{marks[piece.how]}: {piece.text.strip()}]{_end(piece.text)}"
        for piece in pieces
    )


def _end(text: str) -> str:
    return text[len(text.rstrip()) :]


def _words(gone: str, come: str) -> Iterator[Piece]:
    old, new = TOKENS.findall(gone), TOKENS.findall(come)
    if len(old) * len(new) > MOST:
        yield from _both(gone, come)
        return
    for op, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if op == "equal":
            yield Piece(SAME, "".join(old[a:b]))
        else:
            yield from _both("".join(old[a:b]), "".join(new[c:d]))


def _both(gone: str, come: str) -> Iterator[Piece]:
    if gone:
        yield Piece(REMOVED, gone)
    if come:
        yield Piece(ADDED, come)


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    """Neighbours of one kind as one piece."""
    found: list[Piece] = []
    for piece in pieces:
        if found and found[-1].how == piece.how:
            found[-1] = Piece(piece.how, found[-1].text + piece.text)
        else:
            found.append(piece)
    return found
