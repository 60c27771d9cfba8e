"""What is kept until something changes: for whom, how long, and that a write ends it at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.utils.translation import override

from convenor.core.journal import commands
from convenor.core.journal.models import Entry, SiteVersion
from convenor.core.journal.unchanged import MOST, _kept, while_unchanged, with_version
from convenor.core.records.rules import Viewer, anonymous, system

committing = pytest.mark.django_db(transaction=True)


@pytest.fixture
def counting() -> Callable[[], int]:
    """How often it was called so far, this call included."""
    calls: list[None] = []

    def work_out() -> int:
        calls.append(None)
        return len(calls)

    return work_out


def write(now: datetime) -> None:
    """What every command does last."""
    with transaction.atomic():
        commands.write(by=system(now), verb="thing.made", record=None, now=now)


@committing
def test_it_is_worked_out_once_until_something_is_written(now: datetime, counting: Callable[[], int]) -> None:
    viewer = anonymous(now)
    assert [while_unchanged("x", viewer, counting) for _ in range(3)] == [1, 1, 1]
    write(now)
    assert [while_unchanged("x", viewer, counting) for _ in range(2)] == [2, 2]


@committing
def test_a_later_hour_is_the_same_and_another_day_is_not(now: datetime, counting: Callable[[], int]) -> None:
    assert while_unchanged("x", anonymous(now), counting) == 1
    assert while_unchanged("x", anonymous(now + timedelta(hours=1)), counting) == 1
    assert while_unchanged("x", anonymous(now + timedelta(days=1)), counting) == 2


@committing
def test_words_are_kept_for_each_language(now: datetime, counting: Callable[[], int]) -> None:
    found = []
    for language in ("en", "de", "en"):
        with override(language):
            found.append(while_unchanged("x", anonymous(now), counting))
    assert found == [1, 2, 1]


@committing
@pytest.mark.parametrize("other", [{"person_id": 1}, {"allowed": frozenset({4})}, {"is_system": True}])
def test_whoever_may_read_something_else_gets_their_own(
    now: datetime, counting: Callable[[], int], other: dict[str, object]
) -> None:
    viewer = anonymous(now)
    another: Viewer = replace(viewer, **other)  # type: ignore[arg-type]
    assert [while_unchanged("x", each, counting) for each in (viewer, another, viewer, another)] == [1, 2, 1, 2]
    assert while_unchanged("y", viewer, counting) == 3


@committing
def test_what_a_transaction_reads_is_not_kept(now: datetime, counting: Callable[[], int]) -> None:
    """Else a write that is rolled back would be shown to others."""
    viewer = anonymous(now)
    with transaction.atomic():
        write(now)
        assert while_unchanged("x", viewer, counting) == 1
        transaction.set_rollback(True)
    assert while_unchanged("x", viewer, counting) == 2
    with transaction.atomic():
        assert while_unchanged("x", viewer, counting) == 3


@committing
def test_only_so_many_are_kept(now: datetime) -> None:
    for number in range(MOST + 5):
        while_unchanged(f"n{number}", anonymous(now), lambda: 0)
    assert len(_kept) == MOST


@committing
def test_the_version_moves_with_the_write_and_stays_without(now: datetime) -> None:
    """It is part of the same transaction: there is no moment at which the rows are new and the version is not."""
    write(now)
    before = SiteVersion.objects.get().number
    with transaction.atomic():
        commands.write(by=system(now), verb="thing.made", record=None, now=now)
        transaction.set_rollback(True)
    assert SiteVersion.objects.get().number == before
    write(now)
    assert SiteVersion.objects.get().number == before + 1


@committing
def test_a_version_read_with_the_rows_is_as_good(now: datetime, counting: Callable[[], int]) -> None:
    write(now)
    viewer, row = anonymous(now), with_version(Entry.objects.all())[0]
    version = getattr(row, "site_version")  # noqa: B009 - an annotation
    assert version == SiteVersion.objects.get().number
    assert while_unchanged("x", viewer, counting, version) == 1
    assert while_unchanged("x", viewer, counting) == 1
    assert while_unchanged("x", viewer, counting, version + 1) == 2
