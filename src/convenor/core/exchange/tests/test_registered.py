"""What holds of every resource that any app declares."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from convenor.core.exchange import queries, schema, tabular
from convenor.core.exchange.commands import importer_of
from convenor.core.exchange.resources import Resource, resources
from convenor.core.records.registry import registry
from convenor.core.records.rules import Viewer

ALL = [pytest.param(resource, id=name) for name, resource in resources.items()]
LOADED = [pytest.param(resource, id=name) for name, resource in resources.items() if resource.importer]

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("resource", ALL)
def test_its_rows_go_through_the_one_visibility_condition(resource: Resource, public: Viewer) -> None:
    sql = str(queries.listed(resource, public, {}).query)
    assert '."visibility" = public' in sql
    assert '."state" = live' in sql


@pytest.mark.parametrize("resource", ALL)
def test_it_says_what_it_holds(resource: Resource) -> None:
    assert resource.kind in registry.kinds
    assert resource.description
    assert [item.name for item in resource.fields if not item.description.strip() or not item.label.strip()] == []
    assert [item.name for item in resource.filters if not item.description.strip()] == []
    assert not {item.name for item in resource.filters} & {"after", "limit", "page", "sort"}


@pytest.mark.parametrize("resource", ALL)
def test_its_schemas_are_right(resource: Resource) -> None:
    jsonschema.Draft202012Validator.check_schema(schema.item_schema(resource))
    assert len(schema.dictionary(resource.fields)) == len(resource.fields)
    names = [item["name"] for item in schema.table_schema(resource)["fields"]]
    assert names == tabular.heads(schema.public_fields(resource))
    assert set(schema.context(resource)) >= {item.name for item in resource.fields}


@pytest.mark.parametrize("resource", ALL)
def test_it_can_be_listed_and_looked_up(resource: Resource, public: Viewer, by_system: Viewer) -> None:
    for viewer in (public, by_system):
        page = queries.page(resource, viewer, {})
        assert page.items == list(queries.stream(resource, viewer, {}))[:50]
        assert queries.find(resource, viewer, "no-such-key") is None
        assert queries.moved_to(resource, viewer, "no-such-key") == ""


@pytest.mark.parametrize("resource", ALL)
def test_every_filter_can_be_asked(resource: Resource, public: Viewer) -> None:
    samples = {"text": "x", "integer": "1", "boolean": "true", "date": "2026-11-23", "ref": "ORG-2026-001"}
    for item in resource.filters:
        choices = item.choices() if callable(item.choices) else item.choices
        value = next(iter(choices), None) if choices is not None else samples[item.type]
        if value is not None:
            assert queries.page(resource, public, queries.choose(resource, {item.name: value})).next is None


@pytest.mark.parametrize("resource", LOADED)
def test_what_can_be_loaded_says_how(resource: Resource, public: Viewer, by_system: Viewer) -> None:
    importer = importer_of(resource)
    assert [column.name for column in importer.columns if not column.description.strip()] == []
    assert not importer.may(public)
    assert importer.may(by_system)
    jsonschema.Draft202012Validator.check_schema(schema.upload_schema(resource, importer))
    notes: Any = tabular.template_notes(importer.columns)
    assert len(notes) == len(importer.columns) + 1
