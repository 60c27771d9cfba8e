"""OpenAPI 3.1 of the API: ninja's operations, with the resources' own schemas, filters and media types.

Made when asked for, since the words that a filter takes may be rows of the database.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

from django.conf import settings
from ninja import NinjaAPI

from convenor.core.exchange.acts import Act
from convenor.core.exchange.declare import Filter, Resource, words
from convenor.core.exchange.schema import item_schema
from convenor.web.api import act_paths, downloads, problems

DESCRIPTION: Final = """Everything this site publishes, as JSON, CSV, XLSX and JSON-LD; and what a program may do here.

You read what you may read on the site: without signing in, what is public. Lists come in pages in the order the rows
were made; follow `next` until it is null, and no row that is there throughout is missed or given twice. Parameters
that a list does not know are ignored. Times are UTC; days are ISO 8601. A `ref` never changes: `/r/<ref>` leads to it.

With an API token of yours (`Authorization: Bearer …`) you read what you may read, and a token made for it does what you
may do, by POST: every rule holds as in the forms and refuses in the same words. Nothing is half done. Send an
`Idempotency-Key` where you might ask twice.
"""
ERRORS: Final = {
    "400": ("BadRequest", "The request cannot be read."),
    "404": ("NotFound", "Nothing at this address that the reader may read."),
    "422": ("Unprocessable", "A parameter cannot be used; `errors` names it and says why."),
}
TYPES: Final[dict[str, dict[str, Any]]] = {
    "text": {"type": "string"},
    "ref": {"type": "string"},
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
}
PROBLEM: Final[dict[str, Any]] = {
    "type": "object",
    "description": "RFC 9457 problem details.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "A sentence that says what is wrong."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["place", "code", "text"],
                "properties": {name: {"type": "string"} for name in ("place", "code", "text")},
            },
        },
    },
}


def document(api: NinjaAPI, resources: Iterable[Resource], prefix: str, acts: Iterable[Act] = ()) -> dict[str, Any]:
    """The whole description as plain JSON."""
    made: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix=prefix)))
    made["info"] |= {"title": settings.SITE_NAME, "description": DESCRIPTION}
    made["info"]["license"] = {"name": "CC BY 4.0", "url": downloads.LICENCES["CC-BY-4.0"]}
    made["servers"] = [{"url": settings.SITE_URL.rstrip("/")}]
    made["components"] = {"schemas": {"problem": PROBLEM}, "responses": dict(map(_error, ERRORS))}
    for resource in resources:
        made["components"]["schemas"][resource.name] = _without_address(item_schema(resource))
        _describe(made["paths"], resource, f"{prefix}{resource.name}")
    for operations in made["paths"].values():
        _declare_errors(operations["get"])
    return act_paths.add(made, acts)


def _error(status: str) -> tuple[str, dict[str, Any]]:
    name, description = ERRORS[status]
    return name, {"description": description, "content": {problems.MEDIA_TYPE: {"schema": _at("problem")}}}


def _without_address(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema within the document: its dialect and address are the document's."""
    return {name: value for name, value in schema.items() if name not in ("$schema", "$id")}


def _at(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _describe(paths: dict[str, Any], resource: Resource, base: str) -> None:
    narrowing = [parameter(item) for item in resource.filters]
    _answers(paths[f"{base}/"], "application/json", _page(resource), narrowing)
    _answers(paths[f"{base}.csv"], "text/csv", {"type": "string"}, narrowing)
    _answers(paths[f"{base}.xlsx"], downloads.XLSX, {}, narrowing)
    _answers(paths[f"{base}.jsonld"], downloads.JSONLD, {"type": "object"}, narrowing)
    _answers(paths[f"{base}/schema.json"], "application/schema+json", {"type": "object"})
    if resource.key:
        _answers(paths[f"{base}/{{key}}/"], "application/json", _at(resource.name))


def _answers(
    operations: dict[str, Any], media_type: str, schema: dict[str, Any], parameters: Iterable[dict[str, Any]] = ()
) -> None:
    operations["get"]["parameters"].extend(parameters)
    operations["get"]["responses"]["200"]["content"] = {media_type: {"schema": schema}}


def _page(resource: Resource) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["items", "next"],
        "properties": {
            "items": {"type": "array", "items": _at(resource.name)},
            "next": {"type": ["string", "null"], "format": "uri", "description": "The following page."},
        },
    }


def parameter(item: Filter) -> dict[str, Any]:
    """A filter of a list."""
    schema = dict(TYPES[item.type])
    allowed = words(item.choices)
    if allowed:
        schema["enum"] = list(allowed)
    return {"in": "query", "name": item.name, "required": False, "description": item.description, "schema": schema}


def _declare_errors(operation: dict[str, Any]) -> None:
    for status, (name, _description) in ERRORS.items():
        operation["responses"][status] = {"$ref": f"#/components/responses/{name}"}
    operation["responses"]["200"].setdefault("content", {"application/json": {"schema": {"type": "object"}}})
