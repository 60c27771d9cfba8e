"""Work that is claimed with a lease: outbox items, messages, scheduled runs (prototypes B).

Delivered at least once: a worker that dies lets its lease lapse, and another takes the item. So a handler is
idempotent. An item that was tried before is claimed alone, so that one which kills its worker does not use up
the attempts of those claimed with it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, TypeVar

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, Q, QuerySet

from convenor.core.journal.models import WAITING, Leased

ITEM = TypeVar("ITEM", bound=Leased)

LEASE: Final = timedelta(seconds=60)
BATCH: Final = 20
FIRST_PAUSE: Final = timedelta(seconds=5)
LONGEST_PAUSE: Final = timedelta(hours=1)

log = logging.getLogger(__name__)


class Later(Exception):
    """Raised by a handler: nothing is wrong with the item, the world is not ready. Not counted as an attempt."""

    def __init__(self, pause: timedelta, why: str = "") -> None:
        self.pause = pause
        super().__init__(why)


class Never(Exception):
    """Raised by a handler: this item cannot be done, and trying again would not help."""


def claim(model: type[ITEM], *, worker: str, now: datetime, lease: timedelta = LEASE, limit: int = BATCH) -> list[ITEM]:
    """Take up to `limit` items that are due and nobody holds. No two workers get the same one while a lease lasts."""
    ready = _claimable(model, now).order_by("run_after", "id")
    if not ready.exists():  # a read, so that an idle worker takes no write lock
        return []
    with transaction.atomic():
        batch = _alone_if_tried(list(ready.select_for_update(skip_locked=True)[:limit]))
        spent = [item for item in batch if item.attempts >= model.max_attempts]
        if spent:
            give_up(spent[0], now, spent[0].error or "Every worker that took it died.")
            return []
        for item in batch:
            item.leased_by, item.leased_until, item.attempts = worker, now + lease, item.attempts + 1
        rows = model._default_manager.filter(pk__in=[item.pk for item in batch])
        rows.update(leased_by=worker, leased_until=now + lease, attempts=F("attempts") + 1)
    return batch


def finish(item: Leased, now: datetime) -> bool:
    """Done. False when the lease was lost meanwhile and another worker has it."""
    return _held(item).update(done_at=now, leased_until=None, error="") == 1


def fail(item: Leased, now: datetime, error: str) -> None:
    """Try again after a pause that doubles, or give up after the last attempt its model allows."""
    if item.attempts >= item.max_attempts:
        give_up(item, now, error)
        return
    pause = min(FIRST_PAUSE * 2 ** (item.attempts - 1), LONGEST_PAUSE)
    _held(item).update(leased_by="", leased_until=None, run_after=now + pause, error=error[:1000])


def give_up(item: Leased, now: datetime, error: str) -> None:
    """Never try again. It stays where officers see it."""
    type(item)._default_manager.filter(pk=item.pk, done_at=None).update(
        failed_at=now, leased_by="", leased_until=None, error=error[:1000]
    )


def give_back(items: Sequence[Leased], run_after: datetime | None = None) -> None:
    """Let go of items untried, for now or until a time."""
    for item in items:
        later = {} if run_after is None else {"run_after": run_after}
        _held(item).update(leased_by="", leased_until=None, attempts=F("attempts") - 1, **later)


def drain(
    model: type[ITEM],
    handle: Callable[[ITEM], None],
    *,
    worker: str,
    clock: Callable[[], datetime],
    stopping: Callable[[], bool] = lambda: False,
    lease: timedelta = LEASE,
    limit: int = BATCH,
) -> int:
    """Claim one batch and handle it item by item; how many were handled. Stops between items when asked to.

    A lost database connection is the caller's to mend; what is held then lapses by itself.
    """
    batch = claim(model, worker=worker, now=clock(), lease=lease, limit=limit)
    for done, item in enumerate(batch):
        if stopping():
            give_back(batch[done:])
            return done
        _attempt(item, handle, clock)
    return len(batch)


def _attempt(item: ITEM, handle: Callable[[ITEM], None], clock: Callable[[], datetime]) -> None:
    try:
        handle(item)
    except (OperationalError, InterfaceError):
        raise
    except Later as later:
        give_back([item], clock() + later.pause)
    except Never as never:
        give_up(item, clock(), str(never))
    except Exception as error:
        log.exception("Attempt %s at “%s” failed.", item.attempts, item)
        fail(item, clock(), f"{type(error).__name__}: {error}")
    else:
        finish(item, clock())


def _claimable(model: type[ITEM], now: datetime) -> QuerySet[ITEM]:
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    return model._default_manager.filter(WAITING, free, run_after__lte=now)


def _alone_if_tried(rows: list[ITEM]) -> list[ITEM]:
    """The untried items at the front of the line; or the first one only, when it was tried before."""
    tried = next((place for place, item in enumerate(rows) if item.attempts), len(rows))
    return rows[: tried or 1]


def _held(item: Leased) -> QuerySet[Leased]:
    """The item's row while this worker still holds it."""
    return type(item)._default_manager.filter(pk=item.pk, leased_by=item.leased_by, done_at=None, failed_at=None)
