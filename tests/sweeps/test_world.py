"""The world is what it says: somebody of every role, five specimens of every kind, seen by whom they are for."""

from __future__ import annotations

import pytest

from convenor.core.records.models import Record
from convenor.core.records.registry import registry
from tests import specimens
from tests.world import HIDDEN, ROLES, SPECIMENS, World

pytestmark = pytest.mark.django_db


def test_every_kind_has_a_factory() -> None:
    unknown = specimens.unknown_kinds()
    assert unknown == [], f"{unknown}: write a factory for each in tests/specimens.py, so that the sweeps reach it."


@pytest.mark.parametrize("specimen", SPECIMENS)
def test_specimens_are_seen_by_whom_they_are_for(world: World, specimen: str) -> None:
    for kind in registry.kinds:
        record = world.row(kind, specimen).record
        seen_by = {
            role for role in ROLES if Record.objects.visible_to(world.viewer(role)).filter(pk=record.pk).exists()
        }
        assert seen_by == EXPECTED[specimen], kind


EVERYBODY = set(ROLES)
READERS = {"member", "assistant", "officer", "administrator"}
EXPECTED = {
    "public": EVERYBODY,
    "withdrawn": EVERYBODY,
    "audience": READERS,
    "sealed": set[str](),
    "foreign": {"officer", "administrator", "foreign_officer"},
}


def test_hidden_specimens_are_hidden(world: World) -> None:
    for kind in registry.kinds:
        for specimen in HIDDEN:
            assert not world.row(kind, specimen).record.is_public
