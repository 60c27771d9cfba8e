"""The words the directory starts with."""

from __future__ import annotations

from datetime import datetime

import pytest

from convenor.core.journal.models import Entry
from convenor.core.records.models import Relation
from convenor.domain.directory.commands import load_vocabulary
from convenor.domain.directory.models import OrganisationKind, RoleClass, Segment

pytestmark = pytest.mark.django_db


def test_loading_twice_adds_nothing_and_changes_nothing(now: datetime) -> None:
    added = load_vocabulary(now)
    assert added == OrganisationKind.objects.count() + RoleClass.objects.count() + Segment.objects.count()
    kind = OrganisationKind.objects.all()[0]
    kind.name = "What this site calls it"
    kind.save()
    entries = Entry.objects.count()
    assert load_vocabulary(now) == 0
    kind.refresh_from_db()
    assert (kind.name, Entry.objects.count()) == ("What this site calls it", entries)


def test_every_sector_has_a_kind(now: datetime) -> None:
    load_vocabulary(now)
    sectors = {value for value, _label in OrganisationKind._meta.get_field("sector").choices or ()}
    assert set(OrganisationKind.objects.values_list("sector", flat=True)) == sectors


def test_the_relations_join_what_they_say(now: datetime) -> None:
    load_vocabulary(now)
    joined = {word.slug: word.kinds.count() for word in Relation.objects.all()}
    assert joined == {"succeeded-by": 1, "related-to": 4, "led-to": 2}
