"""An owner for the models, and the models the product ships."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import date, datetime
from pathlib import Path

import pytest
from django.db import transaction

from conftest import NOW
from convenor.core.records.commands import create_record
from convenor.core.records.rules import Viewer
from convenor.domain.directory.models import Organisation, OrganisationKind
from convenor.domain.engagement.commands import load_model
from convenor.domain.engagement.models import ModelVersion
from tests.once import once_a_module

SEEDS = Path(__file__).parent.parent / "seeds"
FIRST_DAY = date(2026, 7, 1)


def organisation(name: str, slug: str, now: datetime) -> Organisation:
    """An agency that may own models."""
    kind, _ = OrganisationKind.objects.get_or_create(
        slug="government-agency", defaults={"name": "Agency", "name_plural": "Agencies", "sector": "government"}
    )
    with transaction.atomic():
        record = create_record(kind="organisation", title=name, now=now)
        return Organisation.objects.create(record=record, slug=slug, name=name, kind=kind)


def make_owners() -> dict[str, Organisation]:
    return {
        "dsp": organisation("Australian Taxation Office", "australian-taxation-office", NOW),
        "digital-agency": organisation("Digital Transformation Agency", "digital-transformation-agency", NOW),
    }


owners_of_module = once_a_module(make_owners)


@pytest.fixture
def owners(owners_of_module: dict[str, Organisation], db: None) -> dict[str, Organisation]:
    return deepcopy(owners_of_module)


@pytest.fixture
def shipped() -> Callable[[str], str]:
    """The text of a shipped model."""
    return lambda slug: (SEEDS / f"{slug}.yaml").read_text(encoding="utf-8")


Load = Callable[..., ModelVersion]


@pytest.fixture
def load(owners: dict[str, Organisation], shipped: Callable[[str], str], by_system: Viewer, now: datetime) -> Load:
    """Load a shipped model, or its text with replacements: load("dsp", ("maximum: 12", "maximum: 10"))."""

    def loaded(slug: str, *changes: tuple[str, str], on: date = FIRST_DAY) -> ModelVersion:
        text = shipped(slug)
        for before, after in changes:
            assert before in text
            text = text.replace(before, after)
        return load_model(by=by_system, text=text, now=now, in_force_from=on)

    return loaded
