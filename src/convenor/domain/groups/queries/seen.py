"""What a row may say of other records: their names only where the viewer may read them."""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, Case, CharField, F, Q, TextField, Value, When
from django.db.models.functions import Cast

from convenor.core.records.models import visible_filter
from convenor.core.records.rules import Viewer


def readable(viewer: Viewer, *paths: str) -> Q:
    """The condition that the records at all these paths are there and may be read."""
    condition = Q()
    for path in paths:
        condition &= Q(**{f"{path}__isnull": False}) & visible_filter(viewer, path)
    return condition


def flag(viewer: Viewer, *paths: str) -> Case:
    """Whether the viewer may read the records at these paths, as a column."""
    return Case(When(readable(viewer, *paths), then=Value(True)), default=Value(False), output_field=BooleanField())


def named(viewer: Viewer, field: str, *paths: str) -> Case:
    """A text column where the records at the paths may be read, else ""."""
    return Case(When(readable(viewer, *paths), then=text(F(field))), default=text(Value("")))


def text(expression: Any) -> Cast:
    """Of one type on both databases, so that unions of columns agree."""
    return Cast(expression, TextField())


def word(expression: Any) -> Cast:
    return Cast(expression, CharField(max_length=40))
