"""Formula-proof cells, opaque cursors, content hashes, and when a batch may go on. Pure: no ORM."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import field
from datetime import timedelta
from typing import Final

from convenor.core.records.rules import Breach
from convenor.kit.structs import struct

FORMULA: Final = re.compile(r"['\s]*[=+\-@＝＋－＠]|[\t\r\n]")
"""What makes a spreadsheet take text for a formula (OWASP, CSV Injection), full-width twins included."""

UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that neither XML nor a spreadsheet can hold."""

KEPT: Final = timedelta(days=90)
"""How long an uploaded file, its cells and what it takes to undo it are kept."""

CHECK_ENDS: Final = timedelta(minutes=10)
"""After that a check that is not done was cut off, and the worker does it again."""

ANSWER_KEPT: Final = timedelta(hours=24)
"""How long a program that asks again under the same key gets the same answer."""

CURSOR_BITS: Final = 48
CURSOR: Final = re.compile(r"[0-9a-f]{16}")


def defuse(text: str) -> str:
    """Text that no spreadsheet takes for a formula: a leading ' where it would. Numbers are not text."""
    clean = UNPRINTABLE.sub("", text)
    return f"'{clean}" if FORMULA.match(clean) else clean


def undefused(text: str) -> str:
    """What was there before `defuse`, so that an export can be loaded again."""
    return text[1:] if text.startswith("'") and FORMULA.match(text[1:]) else text


def content_hash(row: Mapping[str, str]) -> str:
    """SHA-256 of what a row says, whatever the order of its columns; empty cells say nothing."""
    said = sorted((key, value) for key, value in row.items() if value)
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def seal_cursor(key: int, purpose: str, secret: str) -> str:
    """A row's database key as 16 hex digits that tell nothing of how many rows there are.

    A four-round Feistel network keyed by the site's secret; `purpose` keeps one list's cursor from
    working in another. Keys up to 2^48.
    """
    if not 0 <= key < 1 << CURSOR_BITS:
        raise ValueError(f"{key} does not fit a cursor.")
    left, right = key >> 32, key & 0xFFFFFFFF
    for number in range(4):
        left, right = right, left ^ _scrambled(right, number, purpose, secret)
    return f"{left:08x}{right:08x}"


def open_cursor(cursor: str, purpose: str, secret: str) -> int | None:
    """The key in a cursor of ours; None for anything else (one forged cursor in 65,536 slips through)."""
    if not CURSOR.fullmatch(cursor):
        return None
    left, right = int(cursor[:8], 16), int(cursor[8:], 16)
    for number in reversed(range(4)):
        left, right = right ^ _scrambled(left, number, purpose, secret), left
    key = left << 32 | right
    return key if key < 1 << CURSOR_BITS else None


def _scrambled(half: int, number: int, purpose: str, secret: str) -> int:
    message = f"cursor:{purpose}:{number}:{half}".encode()
    return int.from_bytes(hmac.digest(secret.encode(), message, "sha256")[:4], "big")


def repeated_ids(ids: Iterable[tuple[int, str]]) -> dict[int, int]:
    """row number → the earlier row with the same source id, for each row that repeats one."""
    first: dict[str, int] = {}
    return {number: first[said] for number, said in ids if first.setdefault(said, number) != number}


CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
WORD: Final = re.compile(r"[^\W_]+")
ID_WORDS: Final = ("id", "no", "nr", "number", "code", "key", "ref", "reference", "identifier")
"""What registers call the column by which they tell their rows apart."""


@struct
class Wanted:
    """A column of ours, and whether a row is wrong without it."""

    name: str
    label: str
    needed: bool
    identifies: bool = False


@struct
class Chosen:
    """Where our columns come from: a heading of the file, or what is the same for every row; and which sheet is read.

    columns: ours → heading. same: ours → what every row says. sheet: "" where the file has one only.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    same: Mapping[str, str] = field(default_factory=dict)
    sheet: str = ""


def guess_columns(wanted: Sequence[Wanted], headings: Sequence[str]) -> dict[str, str]:
    """name of ours → heading of theirs that is called alike, whatever the capitals, signs between words and plurals.

    What is called the same counts before what only holds the same word; each heading is guessed once.
    """
    words = {heading: words_of(heading) for heading in headings}
    found: dict[str, str] = {}
    for alike in (_same, _holds):
        for each in wanted:
            left = [heading for heading in headings if heading not in found.values()]
            fits = [heading for heading in left if alike(each, words[heading])]
            if each.name not in found and (len(fits) == 1 or (fits and alike is _same)):
                found[each.name] = fits[0]
    return found


def with_guesses(chosen: Chosen, wanted: Sequence[Wanted], headings: Sequence[str]) -> Chosen:
    """What was chosen, and for the rest what is called alike among the headings that are left."""
    taken = {*chosen.columns, *chosen.same}
    left = [heading for heading in headings if heading not in chosen.columns.values()]
    guessed = guess_columns([each for each in wanted if each.name not in taken], left)
    return Chosen({**chosen.columns, **guessed}, chosen.same, chosen.sheet)


def words_of(text: str) -> tuple[str, ...]:
    """The words of a heading, small and without the plural: “GroupTypes”, “group_type” and “Group type” are alike."""
    return tuple(_single(word) for word in WORD.findall(CAMEL.sub(" ", text).casefold()))


def _single(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word


def _spellings(each: Wanted) -> list[tuple[str, ...]]:
    more = ID_WORDS if each.identifies else ()
    return [words_of(text) for text in (each.name, each.label, *more)]


def _same(each: Wanted, words: tuple[str, ...]) -> bool:
    return "".join(words) in ["".join(spelling) for spelling in _spellings(each)]


def _holds(each: Wanted, words: tuple[str, ...]) -> bool:
    return any(spelling and set(spelling) <= set(words) for spelling in _spellings(each)[:2])


CHECKING: Final = Breach("batch-not-checked", "This upload is still being checked. Try again in a minute.")
LOADED: Final = Breach("batch-not-checked", "This upload has been loaded already, or taken back.")
NO_SHEET: Final = Breach("batch-not-checked", "Say first which sheet of the workbook is to be read.")
NO_COLUMNS: Final = Breach("batch-not-checked", "Say first which column of the file is which.")


def may_choose_sheet(*, state: str, kept: bool) -> list[Breach]:
    """Whether it may still be said which sheet of an upload is read."""
    if state == "reading":
        return [CHECKING]
    if state not in ("sheet", "columns", "checked"):
        return [LOADED]
    if not kept:
        return [
            Breach("batch-old", f"The file was uploaded more than {KEPT.days} days ago and is gone. Upload it again.")
        ]
    return []


def may_choose(*, state: str, kept: bool) -> list[Breach]:
    """Whether it may still be said which column of an upload is which."""
    return [NO_SHEET] if state == "sheet" else may_choose_sheet(state=state, kept=kept)


def right_columns(wanted: Sequence[Wanted], headings: Sequence[str], chosen: Chosen) -> list[Breach]:
    """What is wrong with what somebody chose.

    Each needed column has one of the file's or is the same for every row; each heading is in the file; and a row is
    known again by a number of its own.
    """
    found = [
        Breach("column-needed", f"Choose the column that holds “{each.label}”: every row needs it.", each.name)
        for each in wanted
        if each.needed and not (chosen.columns.get(each.name) or chosen.same.get(each.name))
    ]
    found += [
        Breach("column-own", f"“{each.label}” tells the rows apart: it cannot be the same for every row.", each.name)
        for each in wanted
        if each.identifies and chosen.same.get(each.name)
    ]
    names = {each.name for each in wanted}
    for name in dict.fromkeys((*chosen.columns, *chosen.same)):
        heading = chosen.columns.get(name, "")
        if name not in names:
            found.append(Breach("column-unknown", f"“{name[:60]}” is not something this list holds."))
        elif heading and heading not in headings:
            found.append(Breach("column-absent", f"The file has no column “{heading[:60]}”.", name))
    return found


def same_sheet(chosen: str, now_read: str) -> list[Breach]:
    """Whether columns were chosen for the sheet that is read: somebody may have chosen another meanwhile."""
    if chosen == now_read:
        return []
    text = f"Meanwhile the sheet “{now_read[:60]}” was chosen. These are its columns: choose them again."
    return [Breach("sheet-changed", text)]


def wrong_in_every_row(rows: Iterable[Sequence[tuple[str, str]]], names: Container[str]) -> list[tuple[str, str]]:
    """What is wrong with cells that are the same in every row: (column, sentence) that each row says of them.

    rows: for each that was tried, what is wrong with it. One that is wrong elsewhere too may never have been asked.
    """
    told = [found for found in rows if all(column in names for column, _text in found)]
    return [fault for fault in dict.fromkeys(told[0]) if all(fault in found for found in told)] if told else []


def may_confirm(*, state: str, waiting: int, bad: int, without_bad: bool) -> list[Breach]:
    """Whether a checked batch may be loaded."""
    early = {"reading": CHECKING, "sheet": NO_SHEET, "columns": NO_COLUMNS}
    if state != "checked":
        return [early.get(state, LOADED)]
    if not waiting:
        return [
            Breach("batch-empty", "No row of this file can be loaded. Mend the rows named below and upload it again.")
        ]
    if bad and not without_bad:
        text = (
            "Some rows are wrong. Mend them and upload the file again, or say that the good rows may be loaded alone."
        )
        return [Breach("batch-bad-rows", text, "without_bad")]
    return []


def may_undo(*, state: str, loaded: int, touched: Iterable[str], age: timedelta = timedelta(0)) -> list[Breach]:
    """Whether what a batch made may be taken back: only while nobody has touched any of it."""
    if state not in ("done", "undoing"):
        return [Breach("batch-not-done", "Only an upload that has been loaded can be taken back.")]
    if age > KEPT:
        return [
            Breach("batch-old", f"It was uploaded more than {KEPT.days} days ago; what it needs to be undone is gone.")
        ]
    if not loaded:
        return [Breach("batch-made-nothing", "This upload changed nothing, so there is nothing to take back.")]
    names = list(touched)
    if names:
        shown = "; ".join(names[:5]) + (f"; and {len(names) - 5} more" if len(names) > 5 else "")
        return [Breach("batch-touched", f"It cannot be taken back, because some of it was changed since: {shown}.")]
    return []
