"""How digests and the chain are computed. Pure, so that `verify` and a stranger's script agree.

value digest  = SHA-256(salt, field, before, after)
public nonce  = SHA-256(nonce, "public")
who           = SHA-256(nonce, "who", actor id, principal id)
entry digest  = SHA-256(public nonce, verb, record id, who, time, sorted value digests)
link hash     = SHA-256(previous hash, number, entry digest)

The nonce and the salts stay in the database. An export gives the public nonce, `who` and every value digest of a
public entry, and salts of public values only: a stranger can check each digest without learning who acted, or
what the other values are about. Erasing a value drops its salt and its text; its digest stays, and the chain holds.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

from convenor.kit.structs import struct

GENESIS: Final = "0" * 64
HASH: Final = re.compile(r"[0-9a-f]{64}")


def digest(*parts: Any) -> str:
    """SHA-256 over a JSON list, so that no two different lists of parts read the same."""
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def instant(at: datetime) -> str:
    """A time as the digests spell it: UTC, microseconds always."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def value_digest(salt: str, field: str, before: str | None, after: str | None) -> str:
    return digest(salt, field, before, after)


def public_nonce(nonce: str) -> str:
    return digest(nonce, "public")


def who(nonce: str, actor_id: int | None, on_behalf_of_id: int | None) -> str:
    """Commits to the actor without naming them: the nonce cannot be had from the public one."""
    return digest(nonce, "who", actor_id, on_behalf_of_id)


def entry_digest(
    *, public_nonce: str, verb: str, record_id: int | None, who: str, at: str, values: Iterable[str]
) -> str:
    """`at` as `instant` spells it; `values` are value digests in any order."""
    return digest(public_nonce, verb, record_id, who, at, sorted(values))


def link_hash(previous: str, number: int, entry: str) -> str:
    return digest(previous, number, entry)


@struct
class Fault:
    """Something `verify` found: at which number, and what."""

    number: int | None
    text: str


@struct
class Sealed:
    """A seal as somebody kept it: how many entries it covers, the hash of the last, where it was kept."""

    number: int
    hash: str
    kept: str = "the seal"


def check_chain(links: Iterable[tuple[int, str, str]], seals: Iterable[Sealed]) -> Iterator[Fault]:
    """Walk (number, entry digest, hash) in order and hold it against earlier seals. One pass, little memory.

    Finds altered, removed, inserted and reordered links; a seal beyond the end is a cut tail.
    """
    waiting: dict[int, list[Sealed]] = {}
    for seal in seals:
        waiting.setdefault(seal.number, []).append(seal)
    previous, last = GENESIS, 0
    for number, entry, found in links:
        if number != last + 1:
            yield Fault(number, f"Entry {last + 1} is missing: the next one is numbered {number}.")
        if link_hash(previous, number, entry) != found:
            yield Fault(number, f"Entry {number} does not follow from the one before it.")
        for seal in waiting.pop(number, ()):
            if seal.hash != found:
                yield Fault(number, f"Entry {number} is not the one that {seal.kept} sealed.")
        previous, last = found, number
    for seal in sorted((seal for rest in waiting.values() for seal in rest), key=lambda seal: seal.number):
        missing = f"and the chain ends at {last}" if seal.number > last else "and that entry is gone"
        yield Fault(seal.number, f"{seal.kept.capitalize()} covers {seal.number} entries, {missing}.")


def seal_line(number: int, head: str, at: datetime) -> str:
    """A seal as it is published: one line, `number hash time`."""
    return f"{number} {head} {instant(at)}"


def parse_seals(text: str, kept: str) -> list[Sealed]:
    """The seals of a file of such lines; lines of another shape are refused with their number."""
    found = []
    for place, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if not words or line.startswith("#"):
            continue
        if len(words) < 2 or not words[0].isdecimal() or not HASH.fullmatch(words[1]):
            raise ValueError(f"Line {place} of {kept} is not a seal: a seal is a number, a hash and a time.")
        found.append(Sealed(int(words[0]), words[1], kept))
    return found
