"""Every kind of record has the retention class that was reviewed for it (DESIGN section 4, Exchange)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import Model

from convenor.core.records.registry import Kind, registry
from convenor.core.records.retention import CLASSES, NOTHING_GOES, SETTING, authorities
from convenor.kit.environment import BadSetting
from tests.things import THING

REVIEWED: Final[dict[str, str]] = {
    "call": "selection",
    "contact": "dealings",
    "group": "advisory-bodies",
    "initiative": "advisory-bodies",
    "engagement-model": "framework",
    "office": "organisations-and-offices",
    "organisation": "organisations-and-offices",
    "organisation-change": "organisations-and-offices",
    "partnership": "dealings",
    "person": "named-people",
    "report-back": "participation",
}
"""Kind → its class. Whoever adds a kind reads what the classes say, and adds a row here, and a class if none fits."""


def unreviewed(kinds: Iterable[Kind]) -> list[str]:
    return sorted(kind.slug for kind in kinds if REVIEWED.get(kind.slug) != kind.retention.slug)


def test_the_class_of_each_kind_was_reviewed() -> None:
    assert unreviewed(registry.kinds.values()) == []


def test_no_row_is_left_over() -> None:
    assert sorted(set(REVIEWED) - set(registry.kinds)) == []
    assert {each.slug for each in CLASSES} == set(REVIEWED.values())


def test_a_kind_without_a_class_or_without_a_row_is_caught() -> None:
    without: Any = Kind
    with pytest.raises(TypeError, match="retention"):
        without("new", "New", "New", "NEW", "records.Record", str, frozenset())
    assert unreviewed([THING]) == ["thing"]


def test_a_kind_with_rows_that_are_purged_by_date_says_what_goes() -> None:
    purged = [model for model in apps.get_models() if any(field.name == "purge_on" for field in model._meta.fields)]
    assert len(purged) >= 4
    assert {kind.slug for model in purged for kind in kinds_of(model) if kind.retention.goes is NOTHING_GOES} == set()
    assert all(kinds_of(model) for model in purged)


def kinds_of(model: type[Model]) -> list[Kind]:
    """The kinds that rows of a model belong to: its own, or those it points at (an organisation is only named)."""
    near = {model, *(field.related_model for field in model._meta.fields if field.is_relation)}
    labels = {other._meta.label for other in near if isinstance(other, type)}
    return [kind for kind in registry.kinds.values() if kind.model in labels and kind.slug != "organisation"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("advisory-bodies", "“advisory-bodies” must look like"),
        ("advisory-bodies = ", "must look like"),
        ("groups = RA 1", "“groups” is no retention class; there are advisory-bodies, dealings"),
        ("person = RA 1; person = RA 2", "“person” is no retention class"),
        ("dealings = RA 1; dealings = RA 2", "states “dealings” twice"),
    ],
)
def test_an_authority_that_cannot_be_read_is_a_sentence(text: str, said: str) -> None:
    with pytest.raises(BadSetting, match=said) as fault:
        authorities(text)
    assert SETTING in str(fault.value)


def test_authorities_are_read_as_written() -> None:
    text = " advisory-bodies = RA 2020/1, class 2 ;; dealings=RA 3;"
    assert authorities(text) == {"advisory-bodies": "RA 2020/1, class 2", "dealings": "RA 3"}
    assert authorities("") == {}
    assert authorities(settings.RETENTION_AUTHORITIES) == {}
