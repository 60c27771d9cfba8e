"""What apps import to declare their resources; see declare.py, which says how."""

from __future__ import annotations

from convenor.core.exchange.declare import (
    Choices,
    Column,
    Field,
    FieldType,
    Filter,
    Importer,
    Loaded,
    Loading,
    Resource,
    add,
    breach,
    record_fields,
    resources,
    words,
)

__all__ = [
    "Choices",
    "Column",
    "Field",
    "FieldType",
    "Filter",
    "Importer",
    "Loaded",
    "Loading",
    "Resource",
    "add",
    "breach",
    "record_fields",
    "resources",
    "words",
]
