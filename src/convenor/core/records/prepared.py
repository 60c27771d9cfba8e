"""A query on the way of every page of a kind, whose SQL is worked out once for all who read alike (kit.prepared)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet

from convenor.core.records.rules import Viewer
from convenor.kit.prepared import Given, PreparedModels

M = TypeVar("M", bound=Model)


def reads_as(viewer: Viewer) -> str:
    """Whose condition records.models.visible_filter gives, where no list of the viewer's own stands in it; else ""."""
    if viewer.is_system:
        return "system"
    if viewer.allowed or viewer.denied:
        return ""
    return "every audience" if viewer.reads_every_audience else "" if viewer.memberships else "public"


class PreparedFor(Generic[M]):
    """What `build(viewer, **given)` finds. Of the viewer it may use visible_to and visible_filter, and nothing else."""

    def __init__(self, build: Callable[..., QuerySet[M]]) -> None:
        self._build = build
        self._by_reader: dict[str, PreparedModels[M]] = {}

    def rows(self, viewer: Viewer, **given: Any) -> list[M]:
        """The models this viewer may read, with these values. One query."""
        who = reads_as(viewer)
        if not who:
            return list(self._build(viewer, **given))
        nobody = Viewer(now=viewer.now, duties=viewer.duties, is_system=viewer.is_system)  # who asked is not kept
        places = {name: Given(name) for name in given}
        prepared = self._by_reader.setdefault(who, PreparedModels(lambda: self._build(nobody, **places)))
        return prepared.rows(**given)
