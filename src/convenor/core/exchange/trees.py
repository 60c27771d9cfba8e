"""Nested files of others (YAML, JSON, CSV) as plain values, or Refused with a sentence. Nothing trusts the file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Final

import yaml

from convenor.core.exchange.reading import MAX_BYTES, refused
from convenor.core.exchange.sheets import read_sheet
from convenor.core.exchange.workbooks import is_workbook

DEEPEST: Final = 40
MOST_NODES: Final = 2_000_000
Fast: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Plain(Fast):  # type: ignore[misc]
    """YAML without dates, numbers like 1:30 and yes/no read as something else: text stays as it was written."""


Plain.yaml_implicit_resolvers = {
    letter: [pair for pair in pairs if pair[0] in ("tag:yaml.org,2002:null", "tag:yaml.org,2002:merge")]
    for letter, pairs in Fast.yaml_implicit_resolvers.items()
}


def read_tree(name: str, content: bytes, sheet: str = "") -> Any:
    """What the file says: lists, mappings and texts; of a table its rows, as an upload of it would be read.

    sheet: which one of a workbook; other files have none.
    """
    ending = name.lower().rsplit(".", 1)[-1]
    if ending in ("csv", "xlsx"):
        return read_sheet(name, content, sheet if is_workbook(content) else "").rows
    text = read_text(name, content)
    return _json(name, text) if ending == "json" else read_yaml(name, text)


def read_text(name: str, content: bytes) -> str:
    """The file as text; Refused when it is too large or no text."""
    if len(content) > MAX_BYTES:
        raise refused(f"{name} is larger than {MAX_BYTES // 1_000_000} MB. Split it and load the parts.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise refused(f"{name} is not text in UTF-8: {wrong.reason} at byte {wrong.start}.") from wrong
    if "\x00" in text:
        raise refused(f"{name} holds a character that cannot be kept (NUL).")
    return text


def read_yaml(name: str, text: str) -> Any:
    """YAML as plain values; every scalar is text. Bombs of nesting and of aliases are refused before they unfold."""
    try:
        _inspect(name, text)
        return yaml.load(text, Plain)  # noqa: S506 - a safe loader, with fewer resolvers
    except yaml.MarkedYAMLError as wrong:
        mark = wrong.problem_mark or wrong.context_mark
        where = f": line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise refused(f"{name} is not YAML that can be read{where}: {wrong.problem or wrong.context}.") from wrong
    except (yaml.YAMLError, RecursionError, ValueError) as wrong:
        raise refused(f"{name} is not YAML that can be read.") from wrong


def _inspect(name: str, text: str) -> None:
    """Walk the file without building anything."""
    depth, collections = 0, set()
    for nodes, event in enumerate(yaml.parse(text, Loader=Fast)):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            collections |= {event.anchor} - {None}
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.AliasEvent) and event.anchor in collections:
            raise refused(f"{name} repeats a list by an alias (*{event.anchor}). Write it out where it is meant.")
        if depth > DEEPEST:
            line = event.start_mark.line + 1 if event.start_mark else 0
            raise refused(f"{name} is nested more than {DEEPEST} levels deep (line {line}).")
        if nodes > MOST_NODES:
            raise refused(f"{name} says more than can be read at once. Split it and load the parts.")


def _json(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as wrong:
        raise refused(f"{name} is not JSON: line {wrong.lineno}, column {wrong.colno}.") from wrong
    except (RecursionError, ValueError) as wrong:
        raise refused(f"{name} is not JSON that can be read.") from wrong


def as_text(value: Any) -> str | None:
    """A single value as a cell holds it; None for a list or a mapping."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    return " ".join(value.split()) if isinstance(value, str) else None


def walk(value: Any) -> Iterator[tuple[str, Any]]:
    """The members of a list (by their number, from 1) or of a mapping (by their key)."""
    if isinstance(value, dict):
        yield from ((str(key), each) for key, each in value.items())
    elif isinstance(value, list):
        yield from ((str(number), each) for number, each in enumerate(value, start=1))
