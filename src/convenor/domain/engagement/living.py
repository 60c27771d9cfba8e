"""What stands above (the groups app) tells engagement of the groups there are. Engagement never imports it.

The groups app calls `provide(...)` from AppConfig.ready. Until then there are no groups.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from convenor.core.records.rules import Viewer
from convenor.domain.engagement.rules import Composition, ParentValue


@dataclass(frozen=True, slots=True)
class LivingGroup:
    """A group that is not closed, as the rules look at it on a day. `type_id` is its GroupType's key."""

    type_id: int
    name: str
    url: str
    composition: Composition
    parents: tuple[ParentValue, ...] = ()


Counts = Callable[[Viewer, Sequence[int]], Mapping[int, int]]
"""(viewer, keys of GroupTypes) → how many living groups of each the viewer may see. One query."""

Groups = Callable[[Sequence[int], date], Iterable[LivingGroup]]
"""(keys of GroupTypes, day) → every living group of these types, whoever may see them. Constant queries."""

ListUrl = Callable[[str, str], str]
"""(model slug, type slug) → where the groups of the type are listed."""


def _no_counts(viewer: Viewer, types: Sequence[int]) -> Mapping[int, int]:  # noqa: ARG001 - the shape of Counts
    return {}


def _no_groups(types: Sequence[int], on: date) -> Iterable[LivingGroup]:  # noqa: ARG001 - the shape of Groups
    return ()


def _no_url(model: str, group_type: str) -> str:  # noqa: ARG001 - the shape of ListUrl
    return ""


@dataclass
class Living:
    """The three questions that engagement asks of whoever keeps the groups."""

    counts: Counts = _no_counts
    groups: Groups = _no_groups
    list_url: ListUrl = _no_url


living = Living()


def provide(*, counts: Counts, groups: Groups, list_url: ListUrl) -> None:
    """Answer these questions from now on; from AppConfig.ready of the app that keeps the groups."""
    living.counts, living.groups, living.list_url = counts, groups, list_url
