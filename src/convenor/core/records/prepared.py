"""A query on the way of every page of a kind, whose SQL is worked out once for all who read alike (kit.prepared)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

from django.db.models import Model, QuerySet

from convenor.core.records.rules import Viewer
from convenor.kit.prepared import Given, Prepared, PreparedModels

T = TypeVar("T")
M = TypeVar("M", bound=Model)


def reads_as(viewer: Viewer) -> str:
    """Whose condition records.models.visible_filter gives, where no list of the viewer's own stands in it; else ""."""
    if viewer.is_system:
        return "system"
    if viewer.allowed or viewer.denied:
        return ""
    return "every audience" if viewer.reads_every_audience else "" if viewer.memberships else "public"


class _Prepared(Protocol[T]):
    def rows(self, **given: Any) -> list[T]: ...


class _ForReaders(Generic[T]):
    def __init__(self, build: Callable[..., Any], prepare: Callable[[Callable[[], Any]], _Prepared[T]]) -> None:
        self._build = build
        self._prepare = prepare
        self._by_reader: dict[str, _Prepared[T]] = {}

    def rows(self, viewer: Viewer, **given: Any) -> list[T]:
        """What this viewer may read, with these values. One query."""
        who = reads_as(viewer)
        if not who:
            return list(self._build(viewer, **given))
        nobody = Viewer(now=viewer.now, duties=viewer.duties, is_system=viewer.is_system)  # who asked is not kept
        places = {name: Given(name) for name in given}
        prepared = self._by_reader.setdefault(who, self._prepare(lambda: self._build(nobody, **places)))
        return prepared.rows(**given)


class PreparedFor(_ForReaders[M]):
    """The models that `build(viewer, **given)` finds. Of the viewer it may use visible_to and visible_filter alone."""

    def __init__(self, build: Callable[..., QuerySet[M]]) -> None:
        super().__init__(build, PreparedModels)


class PreparedRowsFor(_ForReaders[tuple[Any, ...]]):
    """The same of a queryset of tuples (values_list, unions of such)."""

    def __init__(self, build: Callable[..., QuerySet[Any, Any]]) -> None:
        super().__init__(build, Prepared)
