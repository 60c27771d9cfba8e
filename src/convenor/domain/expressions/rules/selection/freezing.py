"""All inputs of a selection as one text that is the same on every machine, and back.

Only what the rules look at goes in: traits that no rule names, organisations where nobody shares one, scores in a
lottery and every name stay out, and shared organisations are numbered. So the text can be shown to those who check.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from convenor.domain.expressions.rules.selection.values import (
    METHODS,
    RANKED,
    Entrant,
    Frozen,
    Inputs,
    Panel,
    Quota,
    sha256,
)

FORMAT: Final = "convenor-selection-1"
"""The version of the text and of the methods: a change to how either works needs another."""


def freeze(panel: Panel, entrants: Iterable[Entrant], method: str) -> Frozen:
    """The canonical text of all inputs and its SHA-256. Raises ValueError for a method or references not usable."""
    some = tuple(sorted(entrants, key=lambda entrant: entrant.reference))
    if method not in METHODS:
        raise ValueError(f"there is no method {method!r}")
    if len({entrant.reference for entrant in some}) < len(some) or any(not entrant.reference for entrant in some):
        raise ValueError("every entrant needs a reference of their own")
    text = canonical(_plain(Inputs(method, panel, slimmed(panel, some, method))))
    return Frozen(text, sha256(text))


def thaw(text: str) -> Inputs:
    """What a frozen text says. Raises ValueError where it is not one of ours."""
    given = json.loads(text)
    if not isinstance(given, dict) or given.get("format") != FORMAT:
        raise ValueError("this is not the text of a selection that this version can read")
    quotas = tuple(Quota(each["trait"], each["label"], each["minimum"], each["maximum"]) for each in given["quotas"])
    panel = Panel(given["seats"], quotas, given["one_per_organisation"])
    return Inputs(given["method"], panel, tuple(_entrant(each) for each in given["entrants"]))


def canonical(value: Any) -> str:
    """JSON with sorted keys, one space of indent, ASCII only, and a newline at the end."""
    return json.dumps(value, sort_keys=True, indent=1, ensure_ascii=True) + "\n"


def slimmed(panel: Panel, entrants: Iterable[Entrant], method: str) -> tuple[Entrant, ...]:
    """The entrants, in order of reference, with no more about each than the rules look at."""
    some = sorted(entrants, key=lambda entrant: entrant.reference)
    named = frozenset(quota.trait for quota in panel.quotas)
    numbers = _numbers(some) if panel.one_per_organisation else {}
    return tuple(
        replace(
            each,
            traits=each.traits & named,
            organisation=numbers.get(each.organisation, ""),
            score=each.score if method == RANKED else None,
        )
        for each in some
    )


def _numbers(entrants: Iterable[Entrant]) -> dict[str, str]:
    """Names that say nothing for the organisations that several share, by the reference that comes first."""
    members: dict[str, list[str]] = defaultdict(list)
    for each in entrants:
        if each.organisation:
            members[each.organisation].append(each.reference)
    shared = [name for name, references in members.items() if len(references) > 1]
    return {name: f"organisation {number}" for number, name in enumerate(shared, start=1)}


def _plain(inputs: Inputs) -> dict[str, Any]:
    quotas = sorted(inputs.panel.quotas, key=lambda quota: (quota.trait, quota.label, str(quota)))
    return {
        "format": FORMAT,
        "method": inputs.method,
        "seats": inputs.panel.seats,
        "one_per_organisation": inputs.panel.one_per_organisation,
        "quotas": [
            {"trait": each.trait, "label": each.label, "minimum": each.minimum, "maximum": each.maximum}
            for each in quotas
        ],
        "entrants": [_plain_entrant(each) for each in inputs.entrants],
    }


def _plain_entrant(entrant: Entrant) -> dict[str, Any]:
    plain: dict[str, Any] = {"reference": entrant.reference, "traits": sorted(entrant.traits)}
    if entrant.organisation:
        plain["organisation"] = entrant.organisation
    if entrant.score is not None:
        plain["score"] = format(entrant.score.normalize(), "f")
    return plain


def _entrant(given: dict[str, Any]) -> Entrant:
    score = Decimal(given["score"]) if "score" in given else None
    return Entrant(given["reference"], frozenset(given["traits"]), given.get("organisation", ""), score)
