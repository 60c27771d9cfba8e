"""Several lists in one file: a workbook with a sheet for each, a JSON object, or a CSV with a column "list".

They go in as one upload: checked together, loaded in the order in which one needs another, taken back together.
Formats that are not ours (Popolo, a legislature's YAML) are turned into such lists first (`add_format`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any, Final

from convenor.core.exchange.declare import Importer, Resource, lists, loadable, resources
from convenor.core.exchange.reading import (
    MAX_ROWS,
    ZIP_MAGIC,
    Line,
    Raw,
    csv_rows,
    json_lines,
    lines_of,
    parsed_json,
    refuse_size,
    refused,
    stop_at,
    xlsx_tabs,
)
from convenor.core.records.rules import YES, Verdict, Viewer, no
from convenor.kit.structs import struct

SEVERAL: Final = "several"
LIST: Final = "list"
FIRST: Final = ("organisations", "people")
"""Lists that all others name, whatever the order in which the apps added them."""

Lists = dict[str, list[dict[str, str]]]
"""name of a list → its rows."""


@struct
class Book:
    """The lists of a file in the order in which they are loaded, and what its reader had to decide."""

    lists: dict[str, list[Line]]
    notes: list[str] = field(default_factory=list)


@struct
class Format:
    """Somebody else's format. `knows`: whether what a JSON file says is written in it; `read`: as lists of ours."""

    name: str
    label: str
    knows: Callable[[Any], bool]
    read: Callable[[Any, list[str]], Lists]


formats: dict[str, Format] = {}


def add_format(made: Format) -> None:
    """From AppConfig.ready of the app that knows the format."""
    formats[made.name] = made


def parts() -> dict[str, Resource]:
    """Every list that can be loaded, in the order in which one needs another: words first."""
    first = [resources[name] for name in FIRST if name in resources]
    every = [*lists.values(), *first, *resources.values()]
    return {each.name: each for each in every if each.importer and each.name != SEVERAL}


def read_lists(filename: str, content: bytes) -> Book:
    """The lists of a file; Refused, on the field `file`, when it holds none."""
    refuse_size(content)
    notes: list[str] = []
    if content.startswith(ZIP_MAGIC):
        found = _of_workbook(content, notes)
    elif filename.lower().endswith(".csv"):
        found = _of_csv(content, filename, notes)
    elif filename.lower().endswith(".json"):
        found = _of_json(parsed_json(content), notes)
    else:
        raise refused("Several lists come as a workbook (XLSX), as JSON, or as CSV with a column “list”.")
    known = parts()
    book = {name: found[name] for name in known if found.get(name)}
    if not book:
        raise refused(f"The file holds none of these lists, or no rows in them: {', '.join(known)}.")
    stop_at(sum(len(lines) for lines in book.values()), MAX_ROWS)
    return Book(book, notes)


def as_file(made: Mapping[str, Sequence[Mapping[str, str]]]) -> bytes:
    """Lists as the JSON that `read_lists` reads."""
    return json.dumps(made, ensure_ascii=False, indent=1).encode()


def _of_workbook(content: bytes, notes: list[str]) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    for tab in xlsx_tabs(content):
        name = _named(tab.title)
        if name is None:
            notes.append(f"Not used, because no list is called so: the sheet “{tab.title[:60]}”.")
            continue
        found[name] = _lines(name, tab.rows(), tab.title, notes)
    return found


def _lines(name: str, rows: Iterator[Raw], where: str, notes: list[str]) -> list[Line]:
    """The rows of a sheet. One with a heading only, as in the template, holds nothing."""
    head = next(rows, None)
    if head is None:
        return []
    made = lines_of(_again(head, rows), _importer(name).columns, notes)
    return [_placed(line, f"{where}, row {line.number}") for line in _capped(made)]


def _again(head: Raw, rows: Iterator[Raw]) -> Iterator[Raw]:
    yield head
    yield from rows


def _of_csv(content: bytes, filename: str, notes: list[str]) -> dict[str, list[Line]]:
    rows = csv_rows(content, filename, notes)
    head = next((cells for _number, cells in rows if any(cells)), [])
    at = next((place for place, heading in enumerate(head) if heading.casefold() == LIST), None)
    if at is None:
        raise refused("The file has no column “list”, which says of which list each row is.")
    sorted_rows: dict[str, list[Raw]] = {}
    for number, cells in rows:
        if any(cells):
            said = cells[at] if at < len(cells) else ""
            name = _named(said)
            if name is None:
                raise refused(f"Row {number}: “{said[:60]}” is not one of: {', '.join(parts())}.")
            sorted_rows.setdefault(name, []).append((number, cells))
    quiet: list[str] = []  # each list uses some of the columns only
    return {
        name: [
            _placed(line, f"row {line.number}")
            for line in _capped(lines_of(iter([(0, head), *some]), _importer(name).columns, quiet))
        ]
        for name, some in sorted_rows.items()
    }


def _of_json(said: Any, notes: list[str]) -> dict[str, list[Line]]:
    form = next((form for form in formats.values() if form.knows(said)), None)
    if form is not None:
        notes.append(f"Read as {form.label}.")
        said = form.read(said, notes)
    if not isinstance(said, dict):
        raise refused("The file must hold an object with a list of rows for each list: {“groups”: [{…}], “seats”: …}.")
    found: dict[str, list[Line]] = {}
    for key, rows in said.items():
        name = _named(key)
        if name is None:
            notes.append(f"Not used, because no list is called so: “{str(key)[:60]}”.")
        elif not isinstance(rows, list):
            raise refused(f"“{key[:60]}” must be a list of rows: [{{…}}, {{…}}].")
        elif rows:
            lines = _capped(json_lines(rows, _importer(name).columns, notes))
            found[name] = [_placed(line, line.place or f"{name} {line.number}") for line in lines]
    return found


def _capped(lines: Iterable[Line]) -> list[Line]:
    kept: list[Line] = []
    for line in lines:
        stop_at(len(kept) + 1, MAX_ROWS)
        kept.append(line)
    return kept


def _placed(line: Line, place: str) -> Line:
    return Line(line.number, line.cells, line.fault, place)


def _named(said: Any) -> str | None:
    """The list that is meant by its name or label."""
    wanted = str(said).strip().casefold()
    return next((name for name, each in parts().items() if wanted in (name, each.label.casefold())), None)


def _importer(name: str) -> Importer:
    importer = loadable(name).importer
    if importer is None:
        raise LookupError(f"{name} has no importer.")
    return importer


# as an upload of its own


def _may(viewer: Viewer) -> Verdict:
    for each in parts().values():
        if each.importer and each.importer.may(viewer):
            return YES
    return no("Only officers load files.")


def _not_by_itself(*_given: Any) -> Any:
    """Its rows are those of other lists, and go their way."""
    raise LookupError("A row of several lists is loaded by its own list.")


def resource_of_several() -> Resource:
    """Under which an upload of several lists goes in."""
    return Resource(
        kind="",
        name=SEVERAL,
        label="Several lists in one file",
        description=(
            "A workbook with a sheet for each list, JSON with a list for each, Popolo JSON, or another legislature's "
            "file with a mapping: checked, loaded and taken back together."
        ),
        fields=(),
        queryset=_not_by_itself,
        key="",
        importer=Importer(
            columns=(), source_id="", parse=_not_by_itself, apply=_not_by_itself, undo=_not_by_itself, may=_may
        ),
    )
