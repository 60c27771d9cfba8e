"""What many tests of a module begin with: built once in the database, rolled back at the end.

A test takes a deep copy of it, and `db`, so that what it changes is its own. Not for modules whose tests commit
(`transaction=True`): those flush the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import pytest
from django.db import transaction

Built = TypeVar("Built")


def once_a_module(build: Callable[[], Built], after: str = "") -> Any:
    """A module's fixture: what `build` makes, in a transaction that ends with the module.

    after: the name of another such fixture, whose rows are there already.
    """

    @pytest.fixture(scope="module")
    def built(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Iterator[Built]:
        if after:
            request.getfixturevalue(after)
        yield from built_and_undone(django_db_blocker, build)

    return built


def built_and_undone(blocker: Any, build: Callable[[], Built]) -> Iterator[Built]:
    """What `build` makes, for a fixture that outlives a test; when the fixture ends it is rolled back."""
    with blocker.unblock(), transaction.atomic():
        try:
            yield build()
        finally:
            transaction.set_rollback(True)
