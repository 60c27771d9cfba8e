"""Which column of somebody's table is which of ours: kept as a mapping, so that there is one way of reading."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Final

import yaml

from convenor.core.exchange.declare import Importer, Resource
from convenor.core.exchange.mapping import FORMAT, convert, read_mapping
from convenor.core.exchange.models import KeptMapping
from convenor.core.exchange.reading import Line, folded, json_lines, refused
from convenor.core.exchange.rules import Chosen, Wanted
from convenor.core.exchange.sheets import Sheet
from convenor.core.exchange.workbooks import is_workbook
from convenor.core.records.rules import Refused

NAME: Final = "columns.yaml"
FOLDED: Final = "\x85\u2028\u2029"
LONGEST_SOURCE: Final = 120
"""Letters of a register's name that are kept."""
LONGEST_PLACE: Final = 100
"""Letters of a file's name with which the place of a row begins."""


class AsItIs(yaml.SafeDumper):
    """YAML from which every text comes back: rare line breaks, which a reader would take for spaces, are escaped."""


def _text(dumper: yaml.SafeDumper, said: str) -> yaml.ScalarNode:
    style = '"' if any(mark in said for mark in FOLDED) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", said, style=style)


AsItIs.add_representer(str, _text)


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
    return is_workbook(content) or not filename.lower().endswith(".json")


def digest_of(headings: Sequence[str]) -> str:
    """By what a file with the same headings is known again, whatever their order."""
    return hashlib.sha256(json.dumps(sorted(headings)).encode()).hexdigest()


def lacks(importer: Importer, sheet: Sheet) -> bool:
    """Whether the table has rows, and no column that is called as one that each row needs."""
    there = {folded(heading) for heading in sheet.headings}
    needed = [column for column in importer.columns if column.required or column.name == importer.source_id]
    called = [{folded(column.name), folded(column.label)} for column in needed]
    return bool(sheet.rows) and any(not names & there for names in called)


def as_mapping(resource: Resource, source: str, chosen: Chosen) -> str:
    """What was chosen as the text of a mapping file."""
    cells = {name: {"column": heading} for name, heading in chosen.columns.items() if heading}
    cells |= {name: {"value": value} for name, value in chosen.same.items() if value}
    ours = [column.name for column in resource.importer.columns] if resource.importer else []
    in_order = {name: cells[name] for name in ours if name in cells}
    said = {
        "format": FORMAT,
        "source": source,
        "files": {"rows": {"pattern": "*", "sheet": chosen.sheet} if chosen.sheet else "*"},
        "lists": [{"list": resource.name, "rows": "rows[]", "set": in_order}],
    }
    return yaml.dump(said, Dumper=AsItIs, allow_unicode=True, sort_keys=False)


def chosen_in(resource: Resource, text: str) -> Chosen:
    """What a mapping of one list chooses; nothing where it is none that can be read."""
    try:
        mapped = read_mapping(NAME, text.encode())
    except Refused:
        return Chosen()
    cells = {name: spec for part in mapped.parts if part.name == resource.name for name, spec in part.cells.items()}
    columns = {name: spec.column for name, spec in cells.items() if spec.column}
    same = {name: spec.value for name, spec in cells.items() if spec.value}
    return Chosen(columns, same, mapped.sheets.get("rows", ""))


def fits(kept: KeptMapping, resource: Resource, source: str) -> bool:
    """Whether a kept choice is used without a question.

    Headings may be the same in another register; what all of its rows say need not be, so that is asked again.
    """
    chosen = chosen_in(resource, kept.text)
    return bool(chosen.columns) and (kept.source == source.strip()[:LONGEST_SOURCE] or not chosen.same)


def lines_by(
    text: str, resource: Resource, importer: Importer, filename: str, content: bytes, sheet: str = ""
) -> list[Line]:
    """The rows of a table, read by the mapping; Refused, on `file`, where it has none."""
    mapped = read_mapping(NAME, text.encode())
    rows = convert(mapped, {filename.replace("/", " ")[-LONGEST_PLACE:]: content}, sheet).get(resource.name, [])
    if not rows:
        raise refused("The file has a heading and no rows under it.")
    return list(json_lines(rows, importer.columns, []))
