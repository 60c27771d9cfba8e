"""What stands above (the groups app) tells engagement of the groups there are. Engagement never imports it.

The groups app calls `provide(...)` from AppConfig.ready. Until then there are no groups.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from convenor.core.records.registry import Panel
from convenor.core.records.rules import Viewer
from convenor.domain.engagement.rules import Composition, ParentValue


@dataclass(frozen=True, slots=True)
class LivingGroup:
    """A group that is not closed, as the rules look at it on a day. `type_id` is its GroupType's key.

    name and url are "" for a group that the viewer may not see: it counts, and is not named.
    """

    type_id: int
    name: str
    url: str
    composition: Composition
    parents: tuple[ParentValue, ...] = ()


Counts = Callable[[Viewer, Sequence[int]], Mapping[int, int]]
"""(viewer, keys of GroupTypes) → how many living groups of each the viewer may see. One query."""

Groups = Callable[[Viewer, Sequence[int], date], Iterable[LivingGroup]]
"""(viewer, keys of GroupTypes, day) → every living group of these types. Constant queries."""

ListUrl = Callable[[str, str], str]
"""(model slug, type slug) → where the groups of the type are listed."""

Panels = Callable[[Viewer, int], Iterable[Panel]]
"""(viewer, key of a GroupType) → what to show of its groups on the type's page."""


OverCaps = Callable[[Sequence[int], date], Iterable[str]]
"""(keys of GroupTypes, day) → a sentence for each living group of these types with more places taken on the day than
the rules of the day allow. Holds the groups' rows until the transaction ends: nobody takes a place meanwhile."""


def _no_counts(viewer: Viewer, types: Sequence[int]) -> Mapping[int, int]:  # noqa: ARG001 - the shape of Counts
    return {}


def _no_groups(
    viewer: Viewer,  # noqa: ARG001 - the shape of Groups
    types: Sequence[int],  # noqa: ARG001 - the shape of Groups
    on: date,  # noqa: ARG001 - the shape of Groups
) -> Iterable[LivingGroup]:
    return ()


def _no_url(model: str, group_type: str) -> str:  # noqa: ARG001 - the shape of ListUrl
    return ""


def _no_panels(viewer: Viewer, group_type: int) -> Iterable[Panel]:  # noqa: ARG001 - the shape of Panels
    return ()


def _none_over(types: Sequence[int], on: date) -> Iterable[str]:  # noqa: ARG001 - the shape of OverCaps
    return ()


@dataclass
class Living:
    """The five questions that engagement asks of whoever keeps the groups."""

    counts: Counts = _no_counts
    groups: Groups = _no_groups
    list_url: ListUrl = _no_url
    panels: Panels = _no_panels
    over_caps: OverCaps = _none_over


living = Living()


def provide(*, counts: Counts, groups: Groups, list_url: ListUrl, panels: Panels, over_caps: OverCaps) -> None:
    """Answer these questions from now on; from AppConfig.ready of the app that keeps the groups."""
    living.counts, living.groups, living.list_url, living.panels = counts, groups, list_url, panels
    living.over_caps = over_caps
