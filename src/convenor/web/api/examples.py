"""Worked examples of asking: commands that one can paste into a terminal."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from convenor.core.exchange.declare import Filter, Resource, words
from convenor.core.exchange.present import absolute
from convenor.kit.structs import struct

SAMPLES: Final = {"date": "2026-01-01", "boolean": "true", "integer": "1"}


@struct
class Example:
    """What it does, and the command."""

    title: str
    command: str


def examples(resource: Resource, key: str) -> list[Example]:
    """The first page, a narrowed one, a row, a file, and the whole list page by page. `key`: some row's, or ""."""
    base = absolute(f"/api/v1/{resource.name}")
    made = [Example(_("The first ten rows"), f"curl '{base}/?limit=10'")]
    narrowed = next(filter(None, map(_sample, resource.filters)), "")
    if narrowed:
        made.append(Example(_("Only some of them"), f"curl '{base}/?{narrowed}'"))
    if key:
        made.append(Example(_("One row"), f"curl '{base}/{key}/'"))
    made.append(Example(_("The whole list as a file"), f"curl -O '{base}.csv'"))
    made.append(Example(_("Every row, page by page"), _loop(f"{base}/?limit=200")))
    return made


def _sample(item: Filter) -> str:
    """A filter with a value that it takes; "" where none can be made up."""
    value = next(iter(words(item.choices)), "") or SAMPLES.get(item.type, "")
    return urlencode({item.name: value}) if value else ""


def _loop(first: str) -> str:
    lines = (
        f"next='{first}'",
        'while [ "$next" != null ]; do',
        '  page=$(curl -s "$next")',
        "  printf '%s' \"$page\" | jq -c '.items[]'",
        "  next=$(printf '%s' \"$page\" | jq -r '.next')",
        "done",
    )
    return "\n".join(lines)
