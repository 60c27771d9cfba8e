"""Reading what somebody typed, folding accents, and marking what was found. Pure: no ORM.

Nothing a person types reaches a query language: words are cut out here and quoted there.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString

from convenor.kit.structs import struct

MAX_QUERY: Final = 1_000
"""Characters of a query that are looked at."""

MAX_TERMS: Final = 16
MAX_BODY: Final = 200_000
"""Characters of a document that are indexed; a tsvector holds at most a megabyte."""

SNIPPET: Final = 240
SEPARATORS: Final = "".join(sign for sign in map(chr, range(33, 127)) if not sign.isalnum()) + "‘’“”–—…·\xa0"
"""What parts words, in both databases alike: left alone, PostgreSQL reads GRP-2026 as GRP and minus 2026, and
takes what looks like an address, a path or a tag for one word. It and ACCENTS are in migration 0002: changing
either needs a migration that makes the column anew."""

STOP_WORDS: Final = frozenset(
    re.findall(
        r"\w+",
        """a an and are as at be been but by can did do does for from had has have he her his how i if in into is it its
        me my no nor not of on or our she so that the their them then there these they this those to was we were what
        when where which who why will with you your""",
    )
)
"""Left out of a query unless it holds nothing else (PostgreSQL's English dictionary leaves them out too)."""

QUERY_PARTS: Final = re.compile(r'"([^"]*)"?|([^\s"]+)')
WORDS: Final = re.compile(r"[^\W_]+")
ENDINGS: Final = re.compile(r"(?<=\w{3})(?:ies|ing|ment|es|ed|s|y|e)$")


def _accent_table() -> dict[int, int]:
    """Every letter that is another one with marks → that letter. One character for one, so places stay."""
    table = {}
    for code in range(0xC0, min(0x1EFF, sys.maxunicode)):
        base = unicodedata.normalize("NFKD", chr(code))
        if len(base) > 1 and unicodedata.category(base[0])[0] == "L" and all(map(unicodedata.combining, base[1:])):
            table[code] = ord(base[0])
    return table


ACCENTS: Final = _accent_table()


def fold(text: str) -> str:
    """The text without accents, as long as it was."""
    return text.translate(ACCENTS)


def clean(text: str, most: int = MAX_BODY) -> str:
    """Text fit for the index: composed letters, no NUL."""
    return unicodedata.normalize("NFC", text[:most]).replace("\x00", " ")


@struct
class Term:
    """Words that must stand one after the other. `prefix`: the last of them may go on."""

    words: tuple[str, ...]
    prefix: bool = False


def read_query(text: str) -> list[Term]:
    """What was asked: words and "phrases in quotes", all of which must be found. Empty when there are no words."""
    terms: list[Term] = []
    asked = clean(text, MAX_QUERY)
    for quoted, bare in QUERY_PARTS.findall(asked):
        found = tuple(WORDS.findall(fold(quoted or bare).lower()))
        if found:
            terms.append(Term(found))
    said = [term for term in terms if term.words[0] not in STOP_WORDS or len(term.words) > 1] or terms
    said = list(dict.fromkeys(said))[:MAX_TERMS]
    if said and not asked.rstrip().endswith('"') and len(said[-1].words[-1]) > 2:
        said[-1] = Term(said[-1].words, prefix=True)
    return said


def fts5(terms: list[Term]) -> str:
    """The MATCH expression: every word in quotes, so that none is an operator."""
    return " AND ".join(f'"{" ".join(term.words)}"{" *" if term.prefix else ""}' for term in terms)


def tsquery(terms: list[Term]) -> tuple[str, list[str]]:
    """The tsquery as SQL with its parameters: words and phrases in parameters only."""
    parts, params = [], []
    for term in terms:
        if term.prefix:
            parts.append("to_tsquery('english', %s)")
            params.append(" <-> ".join(f"'{word}'" for word in term.words) + ":*")
        else:
            parts.append("phraseto_tsquery('english', %s)")
            params.append(" ".join(term.words))
    return " && ".join(parts), params


def pattern_of(terms: list[Term]) -> re.Pattern[str] | None:
    """What to mark in a text that was found: the words, whatever their ending. None when nothing was asked."""
    roots = {ENDINGS.sub("", word) for term in terms for word in term.words}
    if not roots:
        return None
    ordered = sorted(roots, key=len, reverse=True)
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, ordered))})[^\W_]{{0,6}}(?![^\W_])", re.IGNORECASE)


def marked(text: str, terms: list[Term]) -> SafeString:
    """The text as HTML with what was found in <mark>; everything else escaped."""
    pattern = pattern_of(terms)
    made, at = SafeString(""), 0
    for found in pattern.finditer(fold(text)) if pattern else ():
        made += format_html("{}<mark>{}</mark>", text[at : found.start()], text[found.start() : found.end()])
        at = found.end()
    return made + format_html("{}", text[at:])


def snippet(body: str, terms: list[Term], length: int = SNIPPET) -> SafeString:
    """About `length` characters of the body around the first thing found, marked; its beginning when none is."""
    flat = " ".join(body[:MAX_BODY].split())
    pattern = pattern_of(terms)
    found = pattern.search(fold(flat)) if pattern else None
    start = _word_start(flat, max(0, found.start() - length // 3)) if found else 0
    end = _word_end(flat, start + length)
    return format_html("{}{}{}", "… " if start else "", marked(flat[start:end], terms), " …" if end < len(flat) else "")


def _word_start(text: str, at: int) -> int:
    return text.rfind(" ", 0, at) + 1 if at else 0


def _word_end(text: str, at: int) -> int:
    if at >= len(text):
        return len(text)
    space = text.rfind(" ", 0, at)
    return space if space > at - 40 else at
