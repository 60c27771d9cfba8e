"""The description: well formed, complete, honest about errors; and no query makes the API fail."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from convenor.core.exchange.declare import resources
from convenor.core.exchange.tests.samples import JOINS, NOTES, SERIES, add_note, join
from convenor.core.records.rules import Viewer
from convenor.web.api.tests.asking import body, every

pytestmark = pytest.mark.slow

Query = list[tuple[str, str]]
SAMPLES = (NOTES, SERIES, JOINS)
QUIET = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=60)


def described(client: Client) -> dict[str, Any]:
    made: dict[str, Any] = client.get("/api/v1/openapi.json").json()
    return made


def check_document(made: dict[str, Any]) -> None:
    """The structure that OpenAPI 3.1 asks for, every $ref resolved, operation ids unique."""
    assert made["openapi"] == "3.1.0"
    assert {"title", "version"} <= set(made["info"])
    operations = [operation for methods in made["paths"].values() for operation in methods.values()]
    ids = [operation["operationId"] for operation in operations]
    assert len(ids) == len(set(ids))
    for path, methods in made["paths"].items():
        assert path.startswith("/api/v1/")
        assert set(methods) <= {"get", "post"}
        if "get" in methods:
            check_operation(path, methods["get"])
    for schema in made["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    for pointer in pointers(made):
        assert resolve(made, pointer)


def check_operation(path: str, operation: dict[str, Any]) -> None:
    names = [parameter["name"] for parameter in operation["parameters"]]
    assert len(names) == len(set(names))
    assert "request" not in names
    assert {parameter["in"] for parameter in operation["parameters"]} <= {"query", "path"}
    assert [name for name in names if f"{{{name}}}" in path] == (["key"] if "{key}" in path else [])
    assert {"200", "400", "404", "422"} <= set(operation["responses"])
    assert all("description" in each or "$ref" in each for each in operation["responses"].values())
    assert operation["responses"]["404"] == {"$ref": "#/components/responses/NotFound"}
    assert operation["responses"]["200"]["content"]


def pointers(made: Any) -> list[str]:
    if isinstance(made, list):
        return [each for item in made for each in pointers(item)]
    if isinstance(made, dict):
        own = [made["$ref"]] if isinstance(made.get("$ref"), str) else []
        return own + [each for item in made.values() for each in pointers(item)]
    return []


def resolve(made: dict[str, Any], pointer: str) -> Any:
    at: Any = made
    for step in pointer.removeprefix("#/").split("/"):
        at = at[step]
    return at


@pytest.mark.django_db
def test_the_site_is_described(client: Client) -> None:
    made = described(client)
    check_document(made)
    for name, resource in resources.items():
        assert f"/api/v1/{name}/" in made["paths"]
        assert (f"/api/v1/{name}/{{key}}/" in made["paths"]) == bool(resource.key)


@pytest.mark.usefixtures("samples")
def test_samples_are_described(client: Client) -> None:
    made = described(client)
    check_document(made)
    parameters = made["paths"]["/api/v1/notes/"]["get"]["parameters"]
    assert [item["name"] for item in parameters] == ["after", "limit", "title", "parent", "since", "state"]
    assert parameters[-1]["schema"] == {"type": "string", "enum": ["live", "withdrawn"]}
    assert made["paths"]["/api/v1/notes.csv"]["get"]["responses"]["200"]["content"] == {
        "text/csv": {"schema": {"type": "string"}}
    }
    assert list(made["components"]["responses"]) == ["BadRequest", "NotFound", "Unprocessable"]
    assert "secret" not in made["components"]["schemas"]["notes"]["properties"]


@pytest.mark.usefixtures("samples")
def test_rows_are_what_their_schema_says(client: Client, now: datetime, by_system: Viewer) -> None:
    join(add_note("Part", by_system, now), add_note("Whole", by_system, now), now)
    for resource in SAMPLES:
        schema = client.get(f"/api/v1/{resource.name}/schema.json").json()
        check = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
        for item in every(client, f"/api/v1/{resource.name}/"):
            check.validate(item)


def test_the_index_lists_them_all(client: Client, db: None) -> None:
    told = client.get("/api/v1/").json()
    assert [item["name"] for item in told["resources"]] == list(resources)
    assert told["openapi"] == "http://127.0.0.1:8000/api/v1/openapi.json"


VALUES = st.one_of(
    st.text(max_size=30),
    st.integers().map(str),
    st.dates().map(str),
    st.sampled_from(["live", "true", "0" * 16, "f" * 16, "NOTE-2026-001", "0001-01-01", "9999-12-31", "%00", "''--"]),
)
PARAMETERS = st.sampled_from(
    sorted({"after", "limit", "page", *(item.name for resource in SAMPLES for item in resource.filters)})
)
FORMS = st.sampled_from(["/", ".csv", ".xlsx", ".jsonld"])


@pytest.mark.usefixtures("samples")
@QUIET
@given(st.sampled_from(SAMPLES), FORMS, st.lists(st.tuples(PARAMETERS, VALUES), max_size=4))
def test_no_query_makes_the_samples_fail(
    client: Client, resource: Any, form: str, query: list[tuple[str, str]]
) -> None:
    answer = client.get(f"/api/v1/{resource.name}{form}?{_encoded(query)}")
    body(answer)
    assert answer.status_code in (200, 422)


@pytest.mark.django_db
@QUIET
@given(st.data())
def test_no_query_makes_the_site_fail(client: Client, data: st.DataObject) -> None:
    resource = resources[data.draw(st.sampled_from(sorted(resources)))]
    names = st.sampled_from(["after", "limit", *(item.name for item in resource.filters)])
    query = data.draw(st.lists(st.tuples(names, VALUES), max_size=4))
    answer = client.get(f"/api/v1/{resource.name}{data.draw(FORMS)}?{_encoded(query)}")
    body(answer)
    assert answer.status_code in (200, 422)


@pytest.mark.django_db
@QUIET
@given(st.data(), st.text(min_size=1, max_size=20))
def test_no_key_makes_the_site_fail(client: Client, data: st.DataObject, key: str) -> None:
    name = data.draw(st.sampled_from(sorted(resources)))
    answer = client.get(f"/api/v1/{name}/{quote(key.encode('utf-8', 'replace'))}/")
    assert answer.status_code in (200, 404)


def _encoded(query: Query) -> str:
    return urlencode([(name, value.encode("utf-8", "replace")) for name, value in query])
