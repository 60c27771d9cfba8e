"""Formula-proof cells, opaque cursors, content hashes, and when a batch may go on. Pure: no ORM."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final

from convenor.core.records.rules import Breach

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


def may_confirm(*, state: str, waiting: int, bad: int, without_bad: bool) -> list[Breach]:
    """Whether a checked batch may be loaded."""
    if state == "reading":
        return [Breach("batch-not-checked", "This upload is still being checked. Try again in a minute.")]
    if state != "checked":
        return [Breach("batch-not-checked", "This upload has been loaded already, or taken back.")]
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
