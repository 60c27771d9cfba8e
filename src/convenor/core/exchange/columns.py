"""Which column of somebody's table is which of ours: kept as a mapping, so that there is one way of reading."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Final

import yaml

from convenor.core.exchange.declare import Importer, Resource
from convenor.core.exchange.mapping import FORMAT, convert, read_mapping
from convenor.core.exchange.reading import ZIP_MAGIC, Line, folded, json_lines, refused
from convenor.core.exchange.rules import Wanted
from convenor.core.exchange.sheets import Sheet
from convenor.core.records.rules import Refused

NAME: Final = "columns.yaml"
LONGEST_PLACE: Final = 100
"""Letters of a file's name with which the place of a row begins."""


def wanted_of(importer: Importer) -> list[Wanted]:
    """What a list holds, and what each row needs."""
    return [
        Wanted(
            column.name,
            column.label,
            column.required or column.name == importer.source_id,
            column.name == importer.source_id,
        )
        for column in importer.columns
    ]


def is_table(filename: str, content: bytes) -> bool:
    """Whether the file may have headings of its own: JSON says by itself what each value is."""
    return content.startswith(ZIP_MAGIC) or not filename.lower().endswith(".json")


def digest_of(headings: Sequence[str]) -> str:
    """By what a file with the same headings is known again, whatever their order."""
    return hashlib.sha256(json.dumps(sorted(headings)).encode()).hexdigest()


def lacks(importer: Importer, sheet: Sheet) -> bool:
    """Whether the table has rows, and no column that is called as one that each row needs."""
    there = {folded(heading) for heading in sheet.headings}
    needed = [column for column in importer.columns if column.required or column.name == importer.source_id]
    called = [{folded(column.name), folded(column.label)} for column in needed]
    return bool(sheet.rows) and any(not names & there for names in called)


def as_mapping(resource: Resource, source: str, chosen: Mapping[str, str]) -> str:
    """What was chosen (our column → heading) as the text of a mapping file."""
    cells = {name: {"column": heading} for name, heading in chosen.items() if heading}
    said = {
        "format": FORMAT,
        "source": source,
        "files": {"rows": "*"},
        "lists": [{"list": resource.name, "rows": "rows[]", "set": cells}],
    }
    return yaml.safe_dump(said, allow_unicode=True, sort_keys=False)


def chosen_in(resource: Resource, text: str) -> dict[str, str]:
    """What a mapping of one list chooses (our column → heading); nothing where it is none that can be read."""
    try:
        parts = read_mapping(NAME, text.encode()).parts
    except Refused:
        return {}
    return {name: spec.column for part in parts if part.name == resource.name for name, spec in part.cells.items()}


def lines_by(text: str, resource: Resource, importer: Importer, filename: str, content: bytes) -> list[Line]:
    """The rows of a table, read by the mapping; Refused, on `file`, where it has none."""
    mapped = read_mapping(NAME, text.encode())
    rows = convert(mapped, {filename.replace("/", " ")[-LONGEST_PLACE:]: content}).get(resource.name, [])
    if not rows:
        raise refused("The file has a heading and no rows under it.")
    return list(json_lines(rows, importer.columns, []))
