"""How digests and the chain are computed. Pure, so that `verify` and a stranger's script agree.

value digest  = SHA-256(salt, field, before, after)
entry digest  = SHA-256(nonce, verb, record id, actor id, principal id, time, sorted [field, value digest])
link hash     = SHA-256(previous hash, number, entry digest)
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

GENESIS: Final = "0" * 64


def digest(*parts: Any) -> str:
    """SHA-256 over a JSON list, so that no two different lists of parts read the same."""
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def instant(at: datetime) -> str:
    """A time as the digests spell it: UTC, microseconds always."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def value_digest(salt: str, field: str, before: str | None, after: str | None) -> str:
    return digest(salt, field, before, after)


def entry_digest(
    *,
    nonce: str,
    verb: str,
    record_id: int | None,
    actor_id: int | None,
    on_behalf_of_id: int | None,
    at: datetime,
    values: Iterable[tuple[str, str]],
) -> str:
    return digest(nonce, verb, record_id, actor_id, on_behalf_of_id, instant(at), sorted(map(list, values)))


def link_hash(previous: str, number: int, entry: str) -> str:
    return digest(previous, number, entry)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something `verify` found: at which number, and what."""

    number: int | None
    text: str


def check_chain(links: Iterable[tuple[int, str, str]], seals: Iterable[tuple[int, str]]) -> list[Fault]:
    """Walk (number, entry digest, hash) in order; then hold the result against earlier seals.

    Finds altered, removed, inserted and reordered links; a seal beyond the end is a cut tail.
    """
    faults: list[Fault] = []
    hashes = {0: GENESIS}
    previous, expected = GENESIS, 1
    for number, entry, found in links:
        if number != expected:
            faults.append(Fault(number, f"Entry {expected} is missing: the next one is numbered {number}."))
        if link_hash(previous, number, entry) != found:
            faults.append(Fault(number, f"Entry {number} does not follow from the one before it."))
        previous, expected = found, number + 1
        hashes[number] = found
    for number, sealed in seals:
        if number not in hashes:
            faults.append(Fault(number, f"The seal covers {number} entries, and the chain ends at {expected - 1}."))
        elif hashes[number] != sealed:
            faults.append(Fault(number, f"Entry {number} is not the one that was sealed."))
    return faults
