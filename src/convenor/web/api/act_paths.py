"""The acts in OpenAPI 3.1."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from convenor.core.exchange.act_schema import answer_schema, body_schema
from convenor.core.exchange.acts import Act
from convenor.core.exchange.declare import resources
from convenor.web.api import problems

ERRORS: Final = {
    "400": ("BadRequest", ""),
    "401": ("TokenNeeded", "No token was sent, or it does not work."),
    "403": ("NotAllowed", "The token reads only, or its person may not do this; `detail` says why."),
    "404": ("NotFound", ""),
    "409": ("AtTheSameTime", "Somebody did the same at the same moment."),
    "413": ("TooLarge", "The body is too large."),
    "415": ("NotJson", "The body is not sent as JSON."),
    "422": ("Unprocessable", ""),
    "429": ("TooMany", "Too many requests; `Retry-After` says when to go on."),
}
"""Status → response and what it means; without words where the resources declare it already."""
KEY: Final[dict[str, Any]] = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": "A word of your own for this request. Sent again within a day, it is answered alike and done once.",
    "schema": {"type": "string", "maxLength": 200},
}


def add(made: dict[str, Any], acts: Iterable[Act]) -> dict[str, Any]:
    """The document with these acts."""
    found = list(acts)
    parts = made["components"]
    parts["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer", "description": "An API token of yours."}}
    made["security"] = [{}, {"token": []}]
    for act in found:
        parts["schemas"][act.operation] = body_schema(act)
        made["paths"].setdefault(act.address, {})["post"] = _operation(act)
    if found:
        parts["responses"] |= {name: _response(text) for name, text in ERRORS.values() if text}
    return made


def _operation(act: Act) -> dict[str, Any]:
    status = "201" if act.makes else "200"
    done = {"description": "Done.", "content": {"application/json": {"schema": answer_schema(act)}}}
    refused = {code: {"$ref": f"#/components/responses/{name}"} for code, (name, _text) in ERRORS.items()}
    body = {"application/json": {"schema": {"$ref": f"#/components/schemas/{act.operation}"}}}
    return {
        "operationId": act.operation,
        "summary": act.label,
        "description": act.description,
        "tags": [resources[act.resource].label if act.resource in resources else act.resource],
        "security": [{"token": []}],
        "parameters": [*map(_place, act.places().items()), KEY],
        "requestBody": {"required": True, "content": body},
        "responses": {status: done, **refused},
    }


def _place(place: tuple[str, str]) -> dict[str, Any]:
    name, kind = place
    return {"in": "path", "name": name, "required": True, "schema": {"type": kind}}


def _response(text: str) -> dict[str, Any]:
    return {
        "description": text,
        "content": {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/problem"}}},
    }
