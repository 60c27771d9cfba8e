"""What stands above (the groups app) tells engagement of the groups there are. Engagement never imports it.

The groups app calls `provide(...)` from AppConfig.ready. Until then there are no groups.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from convenor.core.records.registry import Panel
from convenor.core.records.rules import Viewer
from convenor.domain.engagement.rules import Composition, Override, ParentValue
from convenor.kit.structs import struct


@struct
class LivingGroup:
    """A group that is not closed, as the rules look at it on a day. `type_id` is its GroupType's key.

    name and url are "" for a group that the viewer may not see: it counts, and is not named.
    """

    type_id: int
    name: str
    url: str
    composition: Composition
    parents: tuple[ParentValue, ...] = ()
    ref: str = ""
    later: tuple[tuple[date, Composition], ...] = ()
    """Who sits on each later day from which somebody more does."""
    overrides: tuple[Override, ...] = ()
    """Those that have not ended by the day."""


@struct
class Exceptional:
    """An override in force in a group: the rule's key, when and why."""

    rule: str
    span: str
    reason: str


@struct
class GroupHealth:
    """How one group of a model stands today, as far as the viewer may see it.

    terms_ending: seats whose holder's term ends within 90 days and whom nobody follows. broken and missing are empty
    unless they were asked for.
    """

    type_id: int
    name: str
    url: str
    ref: str
    state: str
    state_word: str
    seats: int = 0
    vacant: int = 0
    terms_ending: int = 0
    review_due_on: date | None = None
    sunset_on: date | None = None
    overrides: tuple[Exceptional, ...] = ()
    broken: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


Health = Callable[[Viewer, Sequence[int], date, bool], Sequence[GroupHealth]]
"""(viewer, keys of GroupTypes, day, whether to hold each against its rules) → every living group of these types that
the viewer may see. Constant queries."""

Counts = Callable[[Viewer, Sequence[int]], Mapping[int, int]]
"""(viewer, keys of GroupTypes) → how many living groups of each the viewer may see. One query."""

Groups = Callable[[Viewer, Sequence[int], date], Iterable[LivingGroup]]
"""(viewer, keys of GroupTypes, day) → every living group of these types, those the viewer may not see without a name.
Constant queries."""

Hold = Callable[[Sequence[int]], None]
"""(keys of GroupTypes) → hold every living group of these types until the transaction ends: none gets a seat."""

ListUrl = Callable[[str, str], str]
"""(model slug, type slug) → where the groups of the type are listed."""

Panels = Callable[[Viewer, int], Iterable[Panel]]
"""(viewer, key of a GroupType) → what to show of its groups on the type's page."""


def _no_counts(viewer: Viewer, types: Sequence[int]) -> Mapping[int, int]:  # noqa: ARG001 - the shape of Counts
    return {}


def _no_groups(
    viewer: Viewer,  # noqa: ARG001 - the shape of Groups
    types: Sequence[int],  # noqa: ARG001 - the shape of Groups
    on: date,  # noqa: ARG001 - the shape of Groups
) -> Iterable[LivingGroup]:
    return ()


def _no_health(
    viewer: Viewer,  # noqa: ARG001 - the shape of Health
    types: Sequence[int],  # noqa: ARG001 - the shape of Health
    on: date,  # noqa: ARG001 - the shape of Health
    judged: bool,  # noqa: ARG001 - the shape of Health
) -> Sequence[GroupHealth]:
    return ()


def _hold_none(types: Sequence[int]) -> None:
    """There are none to hold."""


def _no_url(model: str, group_type: str) -> str:  # noqa: ARG001 - the shape of ListUrl
    return ""


def _no_panels(viewer: Viewer, group_type: int) -> Iterable[Panel]:  # noqa: ARG001 - the shape of Panels
    return ()


@dataclass
class Living:
    """The six questions that engagement asks of whoever keeps the groups."""

    counts: Counts = _no_counts
    groups: Groups = _no_groups
    list_url: ListUrl = _no_url
    panels: Panels = _no_panels
    hold: Hold = _hold_none
    health: Health = _no_health


living = Living()


def provide(*, counts: Counts, groups: Groups, list_url: ListUrl, panels: Panels, hold: Hold, health: Health) -> None:
    """Answer these questions from now on; from AppConfig.ready of the app that keeps the groups."""
    living.counts, living.groups, living.list_url, living.panels = counts, groups, list_url, panels
    living.hold, living.health = hold, health
