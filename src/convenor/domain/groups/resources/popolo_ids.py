"""Whose ids a Popolo file's are: each site of this product says in `identifiers` under which address it is published.

What this site published comes back to the record it is. What another site published is known by its whole address:
both sites count from 1, and its `GRP-2026-00004` is no record of ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from convenor.domain.groups.queries.popolo import OURS, site_scheme

SITE: Final = re.compile(r"https?://\S+/r/")
NAMES_ANOTHER: Final = ("id", "parent_id", "organization_id", "person_id", "post_id", "on_behalf_of_id", "host_id",
                        "stands_for_id")  # fmt: skip
Things = Mapping[str, list[tuple[dict[str, Any], str]]]
"""Kind → each thing of that kind with its place in the file."""


def text_of(thing: Mapping[str, Any], name: str) -> str:
    """A text or number of a thing as text; "" for anything else."""
    value = thing.get(name)
    return str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def told_apart(things: Things) -> Things:
    """The things with ids that mean the same whoever published them, wherever they are named."""
    known = {text_of(each, "id"): key for some in things.values() for each, _place in some if (key := _key(each))}
    return {kind: [(_renamed(each, known), place) for each, place in some] for kind, some in things.items()}


def is_identified(thing: Mapping[str, Any]) -> bool:
    """Whether the file says which site published it, and as what."""
    return bool(_key(thing))


def _key(thing: Mapping[str, Any]) -> str:
    """The reference here of what this site published, the whole address of what another did, "" when none is said."""
    by_site = {scheme: key for scheme, key in _identifiers(thing) if SITE.fullmatch(scheme)}
    if (ours := by_site.get(site_scheme())) is not None:
        return ours
    return next((f"{scheme}{key}" for scheme, key in by_site.items()), "")


def _identifiers(thing: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Scheme and identifier: of a person or organization in Popolo's own place, of a post in ours."""
    ours = thing.get(OURS)
    for held in (thing.get("identifiers"), ours.get("identifiers") if isinstance(ours, dict) else None):
        for each in held if isinstance(held, list) else []:
            if isinstance(each, dict) and text_of(each, "identifier"):
                yield text_of(each, "scheme"), text_of(each, "identifier")


def _renamed(thing: dict[str, Any], known: Mapping[str, str]) -> dict[str, Any]:
    made = _with(thing, known)
    ours = thing.get(OURS)
    if isinstance(ours, dict):
        made[OURS] = _with(ours, known)
        for name in ("parent_ids", "parents"):
            if isinstance(ours.get(name), list):
                made[OURS][name] = [
                    _with(each, known) if isinstance(each, dict) else known.get(str(each), each) for each in ours[name]
                ]
    return made


def _with(thing: Mapping[str, Any], known: Mapping[str, str]) -> dict[str, Any]:
    changed = {name: known[key] for name in NAMES_ANOTHER if (key := text_of(thing, name)) in known}
    return {**thing, **changed}
