"""How the public history names who acted: by an office, never by a person. Filled from AppConfig.ready above."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

OfficeNames = Callable[[Collection[int]], Mapping[int, str]]
"""Person ids → the public name of an office each holds; persons without one are left out. One query."""

sources: list[OfficeNames] = []


def register(source: OfficeNames) -> None:
    sources.append(source)


def office_names(person_ids: Collection[int]) -> Mapping[int, str]:
    """The office to name for each person, from every registered source; the last one wins."""
    return {person: name for source in sources for person, name in source(person_ids).items()} if person_ids else {}
