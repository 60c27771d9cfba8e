"""Helpers of these tests: draw a template, look into HTML."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.template import engines

KIT = Path(__file__).parent.parent
TEMPLATES = KIT / "templates"
HOSTILE = "<script>alert('x')</script>\" onload=\"y"


def draw(source: str, **context: Any) -> str:
    """The template text with the kit's tags, rendered."""
    return str(engines["django"].from_string("{% load kit %}" + source).render(context))
