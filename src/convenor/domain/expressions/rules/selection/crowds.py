"""Entrants whom the rules cannot tell apart, and the rules as rows of numbers over them.

Without a rule on organisations, entrants with the same traits are alike. With one seat for each organisation, an
organisation offers a choice (so many with these traits, so many with those); organisations that offer the same
choice form a pool, and entrants with the same traits in one pool are alike. A slate then says how many of each kind
sit, and it can be filled exactly where no pool is asked for more than its organisations: so one slate stands for
all the panels that differ only by who of those alike sits, and the tables stay small.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from convenor.domain.expressions.rules.selection.values import Alike, Entrant, Panel, Quota
from convenor.kit.structs import struct

ORGANISATIONS: Final = "one-per-organisation"

Profile = tuple[tuple[tuple[str, ...], int], ...]


@struct
class Organisation:
    """Entrants who may not sit together. Where there is no such rule, or nobody to share with: one of them alone."""

    label: str
    members: tuple[Entrant, ...]


@struct
class Row:
    """A rule as numbers: the seats of the marked kinds, added up, are from `low` to `high`. `quota`: where from one."""

    marks: tuple[int, ...]
    low: int
    high: int
    rule: str
    quota: Quota | None = None
    organisation: bool = False


@struct
class Crowd:
    """All entrants of a selection, sorted into kinds."""

    panel: Panel
    pools: tuple[tuple[Organisation, ...], ...]
    alikes: tuple[Alike, ...]

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many entrants each kind has."""
        return tuple(len(each.references) for each in self.alikes)

    def places(self) -> Mapping[str, int]:
        """Of each reference, the number of its kind."""
        return {name: place for place, each in enumerate(self.alikes) for name in each.references}


def gather(panel: Panel, entrants: Iterable[Entrant]) -> Crowd:
    """Sort entrants into pools and kinds, in an order that depends on nothing but them."""
    pools: dict[Profile, list[Organisation]] = defaultdict(list)
    for each in organisations(panel, entrants):
        pools[_profile(each)].append(each)
    ordered = tuple(tuple(pools[profile]) for profile in sorted(pools))
    alikes = [alike for number, pool in enumerate(ordered) for alike in _alikes(number, pool)]
    return Crowd(panel, ordered, tuple(alikes))


def organisations(panel: Panel, entrants: Iterable[Entrant]) -> list[Organisation]:
    """The entrants by organisation, each in order of reference."""
    members: dict[tuple[bool, str], list[Entrant]] = defaultdict(list)
    for each in sorted(entrants, key=lambda entrant: entrant.reference):
        shared = bool(panel.one_per_organisation and each.organisation)
        members[shared, each.organisation if shared else each.reference].append(each)
    return [Organisation(label, tuple(some)) for (_shared, label), some in members.items()]


def rows(crowd: Crowd) -> list[Row]:
    """Every rule but the number of seats, as rows. A quota with both bounds is two rules."""
    return quota_rows(crowd) + pool_rows(crowd)


def quota_rows(crowd: Crowd) -> list[Row]:
    """The rules of the quotas."""
    panel = crowd.panel
    found = []
    for number, quota in enumerate(panel.quotas):
        marks = tuple(int(quota.trait in each.traits) for each in crowd.alikes)
        if quota.minimum:
            found.append(Row(marks, quota.minimum, panel.seats, f"minimum {number}", quota))
        if quota.maximum is not None and quota.maximum < panel.seats:
            found.append(Row(marks, 0, quota.maximum, f"maximum {number}", quota))
    return found


def pool_rows(crowd: Crowd) -> list[Row]:
    """That no pool gives more than its organisations, where it has more than one kind or several of a kind."""
    found = []
    for number, pool in enumerate(crowd.pools):
        marks = tuple(int(each.pool == number) for each in crowd.alikes)
        if any(len(each.members) > 1 for each in pool):
            found.append(Row(marks, 0, len(pool), ORGANISATIONS, organisation=True))
    return found


def _profile(organisation: Organisation) -> Profile:
    return tuple(sorted(Counter(tuple(sorted(each.traits)) for each in organisation.members).items()))


def _alikes(number: int, pool: Sequence[Organisation]) -> list[Alike]:
    found: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for each in pool:
        for entrant in each.members:
            found[tuple(sorted(entrant.traits))].append(entrant.reference)
    return [Alike(number, frozenset(traits), tuple(sorted(found[traits]))) for traits in sorted(found)]
