"""Lots from a seed: SHA-256 and nothing else, so that anybody can draw them again on any machine.

The lot for a purpose is SHA-256 of "<seed>/<digest of the inputs>/<purpose>", read as one whole number.
Everybody in an order is put there by their lot, the smallest first.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from convenor.domain.expressions.rules.selection.values import sha256

SPACE: Final = 2**256


def lot(seed: str, digest: str, purpose: str) -> int:
    """A number from 0 to 2**256 - 1."""
    return int(sha256(f"{seed}/{digest}/{purpose}"), 16)


def below(seed: str, digest: str, purpose: str, many: int) -> int:
    """A number from 0 to many - 1, each as likely as the other.

    Lots past the last whole multiple of `many` are thrown away, and the next one ("<purpose>/1", "/2" …) is taken.
    """
    attempt = 0
    while True:
        number = lot(seed, digest, f"{purpose}/{attempt}")
        if number < SPACE - SPACE % many:
            return number % many
        attempt += 1


def in_lot_order(seed: str, digest: str, purpose: str, names: Iterable[str]) -> list[str]:
    """The names by their lots for "<purpose>/<name>"."""
    return sorted(names, key=lambda name: (lot(seed, digest, f"{purpose}/{name}"), name))
