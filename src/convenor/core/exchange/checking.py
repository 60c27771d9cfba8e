"""The dry run: every row checked, every fault named with its row, its column and a sentence. Writes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from convenor.core.exchange import rules
from convenor.core.exchange.declare import Column, Importer, loadable, words
from convenor.core.exchange.reading import Line
from convenor.core.exchange.several import Book
from convenor.core.records.rules import Viewer
from convenor.kit.structs import struct


@struct
class Fault:
    """One thing that is wrong with a row; `column` is empty when it is the whole row."""

    column: str
    text: str


@struct
class Checked:
    """One row after the dry run."""

    number: int
    source_id: str
    content_hash: str
    cells: dict[str, str]
    faults: tuple[Fault, ...]
    resource: str = ""
    place: str = ""


NO_WORDS: Final[Mapping[str, Mapping[str, str]]] = {}


def check_lists(book: Book, by: Viewer, now: datetime) -> list[Checked]:
    """Every row of every list, numbered through, in the order in which they are loaded."""
    brought = {
        name: {line.cells[key]: line.cells[key] for line in lines if line.cells.get(key)}
        for name, lines in book.lists.items()
        if (key := source_id_of(name))
    }
    found: list[Checked] = []
    for name, lines in book.lists.items():
        importer = loadable(name).importer
        if importer is not None:
            found += [replace(each, resource=name) for each in check_lines(importer, lines, by, now, brought)]
    return [replace(each, number=number) for number, each in enumerate(found, start=1)]


def source_id_of(name: str) -> str:
    """The column by which rows of a list are known again."""
    importer = loadable(name).importer
    return importer.source_id if importer else ""


def check_lines(
    importer: Importer,
    lines: Sequence[Line],
    by: Viewer,
    now: datetime,
    brought: Mapping[str, Mapping[str, str]] = NO_WORDS,
) -> list[Checked]:
    """Every row, with what is wrong with it. `brought`: the words that other lists of the file bring, by list."""
    prepared = importer.prepare(by, now)
    allowed = {column.name: words(column.choices) for column in importer.columns}
    for column in importer.columns:
        if column.also:
            allowed[column.name] |= brought.get(column.also, {})
    lines = [replace(line, cells=_in_our_words(importer, line.cells, allowed)) for line in lines]
    identified = ((line.number, line.cells.get(importer.source_id, "")) for line in lines)
    repeated = rules.repeated_ids((number, said) for number, said in identified if said)
    return [_checked(importer, line, prepared, allowed, repeated) for line in lines]


def _in_our_words(
    importer: Importer, cells: Mapping[str, str], allowed: Mapping[str, Mapping[str, str]]
) -> dict[str, str]:
    """The cells, with a choice's word where somebody wrote its label, or wrote it in capitals."""
    made = dict(cells)
    for column in importer.columns:
        text = made.get(column.name, "")
        if text and allowed[column.name]:
            word_of = {
                spelling.casefold(): word for word, label in allowed[column.name].items() for spelling in (label, word)
            }
            made[column.name] = "; ".join(word_of.get(part.casefold(), part) for part in parts_of(column, text))
    return made


def parts_of(column: Column, text: str) -> list[str]:
    """What a cell holds: several where the column says so, "a; b"."""
    return [part.strip() for part in text.split(";") if part.strip()] if column.many else [text]


def _checked(
    importer: Importer,
    line: Line,
    prepared: Any,
    allowed: Mapping[str, Mapping[str, str]],
    repeated: Mapping[int, int],
) -> Checked:
    faults = [Fault("", line.fault)] if line.fault else _faults(importer, line, prepared, allowed)
    if line.number in repeated:
        text = f"“{line.cells[importer.source_id][:80]}” stands in row {repeated[line.number]} already."
        faults.append(Fault(importer.source_id, text))
    return Checked(
        number=line.number,
        source_id=line.cells.get(importer.source_id, ""),
        content_hash=rules.content_hash(line.cells),
        cells=line.cells,
        faults=tuple(faults),
        place=line.place,
    )


def _faults(importer: Importer, line: Line, prepared: Any, allowed: Mapping[str, Mapping[str, str]]) -> list[Fault]:
    found = [fault for column in importer.columns for fault in _cell_faults(importer, column, line, allowed)]
    if found:
        return found
    parsed = importer.parse(line.cells, prepared)
    return [Fault(breach.field, breach.text) for breach in parsed] if isinstance(parsed, list) else []


def _cell_faults(
    importer: Importer, column: Column, line: Line, allowed: Mapping[str, Mapping[str, str]]
) -> list[Fault]:
    text = line.cells.get(column.name, "")
    if not text:
        needed = column.required or column.name == importer.source_id
        return [Fault(column.name, f"“{column.label}” must be filled.")] if needed else []
    if "\x00" in text:
        return [Fault(column.name, f"“{column.label}” holds a character that cannot be kept (NUL).")]
    if column.name == importer.source_id and len(text) > 200:
        return [Fault(column.name, f"“{column.label}” is longer than 200 characters.")]
    taken = allowed[column.name]
    strange = [part for part in parts_of(column, text) if part not in taken] if taken else []
    return [Fault(column.name, f"“{part[:80]}” is not one of: {', '.join(taken)}.") for part in strange]
