"""What an act takes and answers, as JSON Schema 2020-12."""

from __future__ import annotations

import json
from typing import Any, Final

from convenor.core.exchange.acts import Act, Input
from convenor.core.exchange.declare import words

TYPES: Final[dict[str, dict[str, Any]]] = {
    "text": {"type": "string"},
    "texts": {"type": "array", "items": {"type": "string"}},
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "row": {"type": "string"},
}
SAMPLES: Final[dict[str, Any]] = {
    "text": "…",
    "texts": ["…"],
    "integer": 1,
    "boolean": True,
    "date": "2026-11-24",
    "datetime": "2026-11-24T17:00:00+11:00",
    "row": "…",
}


def body_schema(act: Act) -> dict[str, Any]:
    """The body: nothing but the declared fields."""
    return {
        "title": act.label,
        "type": "object",
        "additionalProperties": False,
        "required": [item.name for item in act.inputs if item.required],
        "properties": {item.name: input_schema(item) for item in act.inputs},
    }


def input_schema(item: Input) -> dict[str, Any]:
    """One field; one that may be left out may be null."""
    made: dict[str, Any] = {"title": item.label, "description": item.description, **TYPES[item.type], **_bounds(item)}
    allowed = list(words(item.choices))
    if allowed and item.type == "texts":
        made["items"] = {"type": "string", "enum": allowed}
    elif allowed:
        made["enum"] = allowed if item.required else [*allowed, "", None]
    if not item.required:
        made["type"] = [made["type"], "null"]
    return made | ({"examples": [item.example]} if item.example is not None else {})


def _bounds(item: Input) -> dict[str, Any]:
    if item.type in ("text", "row"):
        return {"maxLength": item.most, **({"minLength": 1} if item.required else {})}
    if item.type == "texts":
        return {"maxItems": item.most, **({"minItems": 1} if item.required else {})}
    return {"minimum": item.least, "maximum": item.most} if item.type == "integer" else {}


def answer_schema(act: Act) -> dict[str, Any]:
    """What it answers when it was done."""
    own = {"text": {"type": "string"}, "integer": {"type": "integer"}}
    named = {
        "ref": {"type": "string", "description": "The record whose history tells of it."},
        "url": {"type": "string", "format": "uri", "description": "Where people read it."},
    }
    said = {
        "act": {"const": act.operation},
        **(named if act.of_record else {}),
        **{item.name: {**own[item.type], "description": item.description} for item in act.outputs},
    }
    return {"type": "object", "required": ["act", *(named if act.of_record else {})], "properties": said}


def example_of(act: Act) -> str:
    """A body that one can start from: what is required, and what has an example."""
    shown = {
        item.name: item.example if item.example is not None else SAMPLES[item.type]
        for item in act.inputs
        if item.required or item.example is not None
    }
    return json.dumps(shown, ensure_ascii=False)
