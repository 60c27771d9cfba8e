"""What apps import to declare their resources and acts; see declare.py and acts.py, which say how."""

from __future__ import annotations

from convenor.core.exchange.acts import CANNOT_WAIT, Act, Call, Done, Input, Output, add_act
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
    "CANNOT_WAIT",
    "Act",
    "Call",
    "Choices",
    "Column",
    "Done",
    "Field",
    "FieldType",
    "Filter",
    "Importer",
    "Input",
    "Loaded",
    "Loading",
    "Output",
    "Resource",
    "add",
    "add_act",
    "breach",
    "record_fields",
    "resources",
    "words",
]
