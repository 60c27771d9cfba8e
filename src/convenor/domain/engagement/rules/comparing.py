"""What other rules would do to a group as it is: which sentences change, what breaks, what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from convenor.core.records.rules import Breach
from convenor.domain.engagement.rules.enforcement import broken_by, shortfalls
from convenor.domain.engagement.rules.rulebook import RULES, told
from convenor.domain.engagement.rules.values import Composition, ParentValue, TypeRulesValue
from convenor.kit.structs import struct

CAPS: Final = ("engagement.size", "engagement.constituencies")
"""Rules that nothing lowers below what is occupied: neither a new version of a model nor an override."""


@struct
class Changed:
    """A rule that reads otherwise: its key and label, its sentences before and after."""

    rule: str
    label: str
    before: str
    after: str


def plain(rules: TypeRulesValue) -> TypeRulesValue:
    """The same rules without the notes on what is overridden, to compare sentences with."""
    return replace(rules, overrides=())


def changed(old: TypeRulesValue, new: TypeRulesValue) -> list[Changed]:
    """The rules whose sentences are not the same."""
    found = []
    for rule in RULES:
        before, after = " ".join(told(old, rule)), " ".join(told(new, rule))
        if before != after:
            found.append(Changed(rule.key, str(rule.label), before, after))
    return found


def called_alike(old: TypeRulesValue, new: TypeRulesValue) -> TypeRulesValue:
    """The old rules under the new name: a type that is only renamed breaks nothing."""
    return replace(plain(old), name=new.name, name_plural=new.name_plural)


def newly(
    old: TypeRulesValue | None, new: TypeRulesValue, seated: Composition, parents: Sequence[ParentValue]
) -> list[Breach]:
    """What the new rules would break that the old ones do not; told in the words of the new."""
    had = {breach.text for breach in broken_by(called_alike(old, new), seated, parents)} if old else set()
    bare = broken_by(plain(new), seated, parents)
    told_of = broken_by(new, seated, parents)
    return [breach for breach, words in zip(told_of, bare, strict=True) if words.text not in had]


def newly_short(old: TypeRulesValue | None, new: TypeRulesValue, seated: Composition) -> list[Breach]:
    """What would be missing by the new rules that is not by the old ones."""
    had = {breach.text for breach in shortfalls(called_alike(old, new), seated)} if old else set()
    bare, told_of = shortfalls(plain(new), seated), shortfalls(new, seated)
    return [breach for breach, words in zip(told_of, bare, strict=True) if words.text not in had]


def split(breaches: Iterable[Breach]) -> tuple[tuple[Breach, ...], tuple[Breach, ...]]:
    """Caps, which refuse; and the rest, which somebody may decide to live with."""
    found = list(breaches)
    caps = tuple(breach for breach in found if breach.code in CAPS)
    return caps, tuple(breach for breach in found if breach.code not in CAPS)
