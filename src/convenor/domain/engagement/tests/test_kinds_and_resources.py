"""What the shared parts know of models: search words, actions, and every rule as a column."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date, datetime
from typing import Any

import pytest

from convenor.core.exchange.declare import Resource, resources
from convenor.core.exchange.queries import listed
from convenor.core.records.registry import registry
from convenor.core.records.rules import DutyHeld, Viewer, anonymous
from convenor.domain.engagement import kinds
from convenor.domain.engagement.models import EngagementModel
from convenor.domain.engagement.rules import TypeRulesValue
from convenor.domain.engagement.tests.conftest import Load

LATER = date(2026, 9, 1)


def rows(resource: Resource, viewer: Viewer, **chosen: Any) -> list[dict[str, Any]]:
    """The rows as they are read for every format."""
    found = listed(resource, viewer, chosen).prefetch_related(*resource.prefetch(viewer))
    return [{field.name: field.value(row) for field in resource.fields_for(viewer)} for row in found]


def test_the_kind_is_known(db: None) -> None:
    kind = registry.kind(kinds.MODEL)
    assert (kind.prefix, kind.list_url, kind.model) == ("MOD", "/engagement/", "engagement.EngagementModel")


def test_search_finds_a_model_by_its_levels_and_types(load: Load) -> None:
    model = load("dsp").model
    words = registry.kind(kinds.MODEL).search_text(model)
    for each in ("Guiding our direction", "Micro Focus Group", "PLS Working Group"):
        assert each in words
    EngagementModel.objects.get().versions.all().delete()
    assert registry.kind(kinds.MODEL).search_text(model) == ""


def test_only_officers_are_offered_a_new_version(load: Load, now: datetime) -> None:
    model = load("dsp").model
    officer = replace(anonymous(now), duties=frozenset({DutyHeld("secretariat", model.record_id)}))
    assert [action.label for action in registry.actions(model.record, officer)] == [
        "Work on the next version",
        "Load a new version",
    ]
    assert registry.actions(model.record, anonymous(now)) == []


def test_every_field_of_the_rules_is_a_column() -> None:
    columns = {field.name for field in resources["group-types"].fields}
    assert {field.name for field in fields(TypeRulesValue)} - {"slug", "overrides"} <= columns


def test_models_are_data(load: Load, public: Viewer) -> None:
    version = load("dsp")
    (row,) = rows(resources["engagement-models"], public)
    assert {
        name: row[name] for name in ("ref", "url", "code", "owner", "version", "in_force_from", "levels", "yaml")
    } == {
        "ref": version.model.record.ref,
        "url": "/engagement/dsp/",
        "code": "dsp",
        "owner": version.model.owner.record_id,
        "version": 1,
        "in_force_from": date(2026, 7, 1),
        "levels": ["Strategic", "Operational", "Tactical", "Informative"],
        "yaml": "/engagement/dsp.yaml",
    }


def test_a_model_that_begins_later_has_no_version_in_force(load: Load, public: Viewer) -> None:
    load("dsp", on=date(2090, 1, 1))
    (row,) = rows(resources["engagement-models"], public)
    assert (row["version"], row["summary"], row["levels"]) == (None, None, [])


def test_types_are_data_with_all_their_rules(load: Load, public: Viewer) -> None:
    load("dsp")
    found = {row["code"]: row for row in rows(resources["group-types"], public)}
    focus = found["focus-group"]
    assert len(found) == 8
    assert focus["constituencies"] == [
        "Digital service providers: up to 12 organisations",
        "Australian Taxation Office",
    ]
    assert focus["parent_types"] == ["initiative-technical-committee", "initiative-working-group"]
    assert (focus["must_deliver"], focus["formation"], focus["review_months"]) == (True, "expression-of-interest", None)
    assert found["strategic-working-group"]["outputs"] == ["advice", "guidance", "recommendation"]


@pytest.mark.parametrize(
    ("chosen", "caps"),
    [({}, 4), ({"code": "focus-group"}, 2), ({"version": 2}, 2), ({"on": LATER}, 2), ({"on": date(2020, 1, 1)}, 0)],
)
def test_types_can_be_narrowed(load: Load, public: Viewer, chosen: dict[str, Any], caps: int) -> None:
    load("dsp")
    load("dsp", ("maximum: 12", "maximum: 10"), on=LATER)
    found = rows(resources["group-types"], public, **chosen)
    assert sum("up to" in " ".join(row["constituencies"]) for row in found) == caps


def test_data_costs_the_same_however_many_types(
    load: Load, public: Viewer, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    load("dsp")
    with django_assert_max_num_queries(9) as few:
        rows(resources["group-types"], public)
    load("digital-agency")
    load("dsp", ("maximum: 12", "maximum: 10"), on=LATER)
    with django_assert_max_num_queries(len(few.captured_queries)):
        assert len(rows(resources["group-types"], public)) == 24
