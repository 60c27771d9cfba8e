"""How wide words are, in the fonts the poster is set in. Widths in thousandths of an em, by the glyphs that have them.

Measured in a browser from Liberation Sans and Liberation Serif, the metric twins of Arial and Times. Readers may
have wider fonts of the same stacks (Noto Sans, Segoe UI, Palatino, Cambria …), so each face has a margin.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

from convenor.kit.structs import struct

_REGULAR: Final = {
    191: "'",
    222: "ijl‘’",
    260: "|",
    278: " !,./:;I[\\]ft··",
    333: "()-`r“”",
    334: "{}",
    350: "•",
    355: '"',
    389: "*",
    469: "^",
    500: "Jcksvxyz",
    549: "±",
    556: "#$0123456789?L_abdeghnopqu–",
    584: "+<=>~×",
    611: "FTZ",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    889: "%",
    944: "W",
    1000: "—…→",
    1015: "@",
}
_BOLD: Final = {
    238: "'",
    278: " ,./I\\ijl·‘’·",
    280: "|",
    333: "!()-:;[]`ft",
    350: "•",
    389: "*r{}",
    474: '"',
    500: "z“”",
    549: "±",
    556: "#$0123456789J_aceksvxy–",
    584: "+<=>^~×",
    611: "?FLTZbdghnopqu",
    667: "EPSVXY",
    722: "&ABCDHKNRU",
    778: "GOQw",
    833: "M",
    889: "%m",
    944: "W",
    975: "@",
    1000: "—…→",
}
_SERIF: Final = {
    180: "'",
    200: "|",
    250: " ,.··",
    278: "/:;\\ijlt",
    333: "!()-I[]`fr‘’",
    350: "•",
    389: "Js",
    408: '"',
    444: "?acez“”",
    469: "^",
    480: "{}",
    500: "#$*0123456789_bdghknopquvxy–",
    541: "~",
    549: "±",
    556: "FPS",
    564: "+<=>×",
    611: "ELTZ",
    667: "BCR",
    722: "ADGHKNOQUVXYw",
    778: "&m",
    833: "%",
    889: "M",
    921: "@",
    944: "W",
    1000: "—…→",
}
_ITALIC: Final = {
    214: "'",
    250: " ,.··",
    275: "|",
    278: "/\\fijlt",
    333: "!()-:;I`‘’",
    350: "•",
    389: "[]rsz",
    400: "{}",
    420: '"',
    422: "^",
    444: "Jcekvxy",
    500: "#$*0123456789?S_abdghnopqu–",
    541: "~",
    549: "±",
    556: "LTYZ“”",
    611: "ABEFPRVX",
    667: "CKNw",
    675: "+<=>×",
    722: "DGHOQUm",
    778: "&",
    833: "%MW",
    889: "—…",
    920: "@",
    1000: "→",
}

_UNKNOWN: Final = 620
_WIDE: Final = 1020


@struct(slots=False)
class Face:
    """A typeface with its margin for wider fonts of the same stack."""

    name: str
    margin: float


REGULAR: Final = Face("regular", 1.06)
BOLD: Final = Face("bold", 1.06)
SERIF: Final = Face("serif", 1.14)
ITALIC: Final = Face("italic", 1.14)

_TABLES: Final[dict[str, dict[str, int]]] = {
    face.name: {glyph: width for width, glyphs in table.items() for glyph in glyphs}
    for face, table in ((REGULAR, _REGULAR), (BOLD, _BOLD), (SERIF, _SERIF), (ITALIC, _ITALIC))
}


def width_of(text: str, face: Face, size: float) -> float:
    """The width of a line of text at this size, in the unit of the size; never less than it will be."""
    return sum(_glyph(glyph, face.name) for glyph in text) * face.margin * size / 1000


@lru_cache(maxsize=4096)
def _glyph(glyph: str, face: str) -> int:
    """Its own width, else that of the letter under its accent, else a guess by its class."""
    table = _TABLES[face]
    base = unicodedata.normalize("NFD", glyph)[0]
    if glyph in table or base in table:
        return table.get(glyph) or table[base]
    if unicodedata.combining(glyph):
        return 0
    return _WIDE if unicodedata.east_asian_width(glyph) in {"W", "F"} else _UNKNOWN
