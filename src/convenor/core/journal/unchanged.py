"""What takes long to work out is kept until something changes (ADR 11), by the version that the page cache goes by.

For what follows from records and the day alone: counts, lists of what is vacant. Not for what turns on the hour, nor on
rows that are written without an entry in the journal.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from dataclasses import fields
from typing import Any, Final, TypeVar

from django.db import transaction
from django.db.models import Model, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.timezone import localdate
from django.utils.translation import get_language

from convenor.core.journal.models import SiteVersion
from convenor.core.records.rules import Viewer

T = TypeVar("T")
M = TypeVar("M", bound=Model)
MOST: Final = 64
"""Values kept by one process, those asked for last."""

_kept: OrderedDict[Hashable, tuple[int, Any]] = OrderedDict()
_lock = threading.Lock()


def while_unchanged(what: str, viewer: Viewer, work_out: Callable[[], T], version: int | None = None) -> T:
    """What `work_out` gave for this viewer today, while nothing was written since. One query. Treat it as read-only.

    version: of the site, where it was read already, before anything of what `work_out` reads; then no query.
    The version is read first: a value may be newer than what it is kept for, never older. Inside a transaction nothing
    is kept or taken, for what is read there may never be committed.
    """
    version = _version() if version is None else version
    key = what, get_language(), localdate(viewer.now), *_rights(viewer)
    if transaction.get_connection().in_atomic_block:
        return work_out()
    with _lock:
        kept = _kept.get(key)
        if kept and kept[0] == version:
            _kept.move_to_end(key)
            return kept[1]  # type: ignore[no-any-return]
    found = work_out()
    with _lock:
        _kept[key] = version, found
        _kept.move_to_end(key)
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    return found


def _rights(viewer: Viewer) -> Iterator[Hashable]:
    """Everything that decides what somebody may read, but for the hour."""
    return (getattr(viewer, each.name) for each in fields(Viewer) if each.name != "now")


def with_version(rows: QuerySet[M]) -> QuerySet[M]:
    """The rows, each with the version of the site as `site_version`: for who reads rows first anyway."""
    numbered: Any = rows.annotate(site_version=Coalesce(Subquery(SiteVersion.objects.values("number")[:1]), 0))
    return numbered  # type: ignore[no-any-return]


def forget() -> None:
    """Empty it: where the database is exchanged under a living process (tests, benchmarks)."""
    with _lock:
        _kept.clear()


def _version() -> int:
    return SiteVersion.objects.values_list("number", flat=True).first() or 0
