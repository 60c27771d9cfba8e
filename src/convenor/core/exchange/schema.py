"""What a resource is, for machines: JSON Schema 2020-12, Table Schema, JSON-LD context, data dictionary."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

from convenor.core.exchange.declare import Column, Field, Importer, Resource, words
from convenor.core.exchange.present import Ref, Values, absolute, plain
from convenor.kit.structs import struct

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
PREFIXES: Final = {
    "schema": "https://schema.org/",
    "org": "http://www.w3.org/ns/org#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

REF_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["ref", "title", "url"],
    "additionalProperties": False,
    "properties": {"ref": {"type": "string"}, "title": {"type": "string"}, "url": {"type": "string", "format": "uri"}},
}
TYPES: Final[dict[str, dict[str, Any]]] = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "decimal": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "url": {"type": "string", "format": "uri"},
    "ref": REF_SCHEMA,
    "refs": {"type": "array", "items": REF_SCHEMA},
    "texts": {"type": "array", "items": {"type": "string"}},
}
TABLE_TYPES: Final = {
    "integer": "integer",
    "decimal": "number",
    "boolean": "boolean",
    "date": "date",
    "datetime": "datetime",
}
LINKED_TYPES: Final = {"date": "xsd:date", "datetime": "xsd:dateTime", "url": "@id", "ref": "@id", "refs": "@id"}


def public_fields(resource: Resource) -> list[Field]:
    """The columns that strangers get; schemas and dictionaries describe these."""
    return [item for item in resource.fields if item.public]


def item_schema(resource: Resource) -> dict[str, Any]:
    """JSON Schema of one row as the API gives it to strangers; officers get more properties."""
    fields = public_fields(resource)
    return {
        "$schema": DIALECT,
        "$id": absolute(f"/api/v1/{resource.name}/schema.json"),
        "title": resource.label,
        "description": resource.description,
        "type": "object",
        "required": [item.name for item in fields],
        "properties": {item.name: property_schema(item) for item in fields},
    }


def property_schema(item: Field) -> dict[str, Any]:
    """One field. Every field is always there; one that may be empty may be null."""
    made = dict(TYPES[item.type])
    allowed = words(item.choices)
    if allowed and item.type == "texts":
        made["items"] = {"type": "string", "enum": list(allowed)}
    elif allowed:
        made["enum"] = list(allowed)
    if not item.required and item.type not in ("refs", "texts"):
        made = _or_null(made)
    return (
        {"title": item.label, "description": item.description}
        | made
        | ({"examples": [item.example]} if item.example else {})
    )


def _or_null(made: dict[str, Any]) -> dict[str, Any]:
    if made["type"] == "object":
        return {"anyOf": [made, {"type": "null"}]}
    null_too = made | {"type": [made["type"], "null"]}
    return null_too | ({"enum": [*made["enum"], None]} if "enum" in made else {})


def upload_schema(resource: Resource, importer: Importer) -> dict[str, Any]:
    """JSON Schema of an upload as JSON: a list of rows whose cells are text."""
    return {
        "$schema": DIALECT,
        "title": f"{resource.label}: upload",
        "type": "array",
        "items": {
            "type": "object",
            "required": [column.name for column in importer.columns if column.required],
            "properties": {column.name: _column_schema(column) for column in importer.columns},
        },
    }


def _column_schema(column: Column) -> dict[str, Any]:
    made: dict[str, Any] = {"title": column.label, "description": column.description, "type": "string"}
    return made | ({"examples": [column.example]} if column.example else {})


def as_text(schema: dict[str, Any]) -> str:
    """A schema as people read it."""
    return json.dumps(schema, ensure_ascii=False, indent=2)


def table_schema(resource: Resource) -> dict[str, Any]:
    """Table Schema (Frictionless) of the CSV, for datapackage.json."""
    fields = []
    for item in public_fields(resource):
        kind = TABLE_TYPES.get(item.type, "string")
        column: dict[str, Any] = {"name": item.name, "title": item.label, "description": item.description, "type": kind}
        if item.required:
            column["constraints"] = {"required": True}
        fields.append(column)
        if item.type in ("ref", "refs"):
            text = f"{item.label}: title, for people"
            fields.append({"name": f"{item.name}_title", "title": text, "type": "string"})
    made: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    return made | ({"primaryKey": "ref"} if any(item.name == "ref" for item in resource.fields) else {})


def context(resource: Resource) -> dict[str, Any]:
    """The JSON-LD context: shared terms where the field has one, else its place in our data dictionary."""
    made: dict[str, Any] = dict(PREFIXES)
    for item in resource.fields:
        term = item.term or absolute(f"/data/{resource.name}/#field-{item.name}")
        linked = LINKED_TYPES.get(item.type)
        made[item.name] = {"@id": term, "@type": linked} if linked else term
    return made


def linked(resource: Resource, values: Values) -> dict[str, Any]:
    """One row as a JSON-LD node; empty fields are left out."""
    made: dict[str, Any] = {"@type": resource.jsonld_type}
    if values.get("ref"):
        made["@id"] = absolute(f"/r/{values['ref']}")
    for name, value in values.items():
        if value not in (None, []):
            made[name] = _linked(value)
    return made


def _linked(value: Any) -> Any:
    if isinstance(value, Ref):
        return value.url
    if isinstance(value, list):
        return [_linked(item) for item in value]
    return plain({"": value})[""]


@struct
class Entry:
    """One line of the data dictionary."""

    name: str
    label: str
    type: str
    required: bool
    description: str
    example: str
    allowed: str
    term: str


TYPE_WORDS: Final = {
    "text": "text",
    "texts": "list of texts",
    "integer": "whole number",
    "decimal": "number",
    "boolean": "true or false",
    "date": "date (YYYY-MM-DD)",
    "datetime": "time (UTC)",
    "ref": "reference",
    "refs": "list of references",
    "url": "web address",
}


def dictionary(fields: Iterable[Field]) -> list[Entry]:
    """The data dictionary of these fields, in order."""
    return [
        Entry(
            name=item.name,
            label=item.label,
            type=TYPE_WORDS[item.type],
            required=item.required,
            description=item.description,
            example=item.example,
            allowed="; ".join(words(item.choices)),
            term=item.term,
        )
        for item in fields
    ]
