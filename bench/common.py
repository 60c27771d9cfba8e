"""What the benchmarks share: a database of their own, sample records with a mix of who may read them, best times."""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
AUDIENCES = 60


def setup() -> None:
    """The product as this process runs it."""
    sys.path.insert(0, str(ROOT / "src"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "convenor.settings")
    import django

    django.setup()


@contextmanager
def scratch_database() -> Iterator[None]:
    """A migrated test database beside the one DATABASE_URL names (SQLite: in a temporary folder), dropped after."""
    os.environ["CONVENOR_DATA"] = tempfile.mkdtemp(prefix="convenor-bench-")
    setup()
    from django.db import connection

    connection.settings_dict["TEST"]["NAME"] = (
        str(Path(os.environ["CONVENOR_DATA"]) / "bench.sqlite3") if connection.vendor == "sqlite" else "convenor_bench"
    )
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


def make_records(count: int, kinds: list[str]) -> list[int]:
    """Records straight into their table: 70 % public, 20 % for one of AUDIENCES, 10 % sealed; 2 % withdrawn."""
    from convenor.core.records.models import Audience, Record

    chance = random.Random(1)
    if not Audience.objects.exists():
        Audience.objects.bulk_create(Audience(key=f"bench:{n}", label=f"Audience {n}") for n in range(AUDIENCES))
    audiences = list(Audience.objects.values_list("pk", flat=True))
    rows = (_record(number, chance, kinds, audiences) for number in range(count))
    Record.objects.bulk_create(rows, batch_size=5000)
    return list(Record.objects.order_by("pk").values_list("pk", flat=True))


def _record(number: int, chance: random.Random, kinds: list[str], audiences: list[int]) -> Any:
    from convenor.core.records.models import Record

    visibility = chance.choices(["public", "audience", "sealed"], [70, 20, 10])[0]
    published = NOW - timedelta(minutes=chance.randrange(2_000_000))
    return Record(
        ref=f"BENCH-{number}",
        kind=chance.choice(kinds),
        title=f"Record {number}",
        visibility=visibility,
        audience_id=chance.choice(audiences) if visibility == "audience" else None,
        state="withdrawn" if chance.random() < 0.02 else "live",
        created_at=published,
        published_at=published,
    )


def viewers() -> dict[str, Any]:
    """Who asks: nobody in particular, a member of 30 groups (half of them joined later), an officer."""
    from convenor.core.records.models import Audience
    from convenor.core.records.rules import DutyHeld, Membership, Viewer, anonymous

    audiences = list(Audience.objects.values_list("pk", flat=True)[:30])
    joined = [NOW - timedelta(days=400) if n % 2 else None for n in range(30)]
    memberships = tuple(Membership(pk, since) for pk, since in zip(audiences, joined, strict=True))
    officer = frozenset({DutyHeld("secretariat")})
    return {
        "anybody": anonymous(NOW),
        "member of 30": Viewer(now=NOW, person_id=1, memberships=memberships),
        "officer": Viewer(now=NOW, person_id=2, duties=officer),
    }


def best_together(works: Sequence[Callable[[], Any]], rounds: int = 9) -> list[tuple[float, float]]:
    """The quickest run of each: (whole, in the database), in milliseconds.

    They take turns, so that a busy machine slows all of them alike.
    """
    from django.db import connection

    best = [(float("inf"), float("inf"))] * len(works)
    for _ in range(rounds):
        for place, work in enumerate(works):
            spent = [0.0]
            with connection.execute_wrapper(partial(_timed, spent)):
                started = time.perf_counter()
                work()
                whole = (time.perf_counter() - started) * 1000
            best[place] = min(best[place], (whole, spent[0]))
    return best


def _timed(spent: list[float], execute: Callable[..., Any], *given: Any) -> Any:
    started = time.perf_counter()
    try:
        return execute(*given)
    finally:
        spent[0] += (time.perf_counter() - started) * 1000
