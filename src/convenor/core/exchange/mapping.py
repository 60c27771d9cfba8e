"""Another register's nested file as lists of ours, by a mapping that is itself a file (docs/handbook).

    format: convenor-mapping/1
    source: unitedstates/congress-legislators
    files:
      committees: "committees-*.yaml"
      members: "*membership*.yaml"
    words:
      chairs: {Chairman: chair, Ranking Member: ranking-member}
    lists:
      - list: groups
        rows: committees[]
        set:
          id: "{thomas_id}"
          name: "{name}"
      - list: seats
        rows: members.*[]
        set:
          id: "{^key}-{bioguide}"
          chairs_as: {from: "{title}", words: chairs, otherwise: ""}

A path begins with a file, then goes down: `.name` into a field, `[]` over a list, `.*` over the fields of a mapping.
`{column: Full name}` takes the cell of a table under that heading, `{value: Sydney}` is the same in every row.
A file may be `{pattern: "*.xlsx", sheet: Members}`; a workbook without is read by the first of its sheets with rows.
In braces stand fields of the row (`{title}`, `{leadership.chairs}`), of the rows around it (`{^name}`, `{^^name}`),
`{key}` and `{number}` of the row where it stands, `{file}` the name of its file; `{title!c}` begins with a capital.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from typing import Any, Final

from convenor.core.exchange.reading import FAULT, MAX_ROWS, PLACE, refused, stop_at
from convenor.core.exchange.several import Lists, parts
from convenor.core.exchange.sheets import SheetRow
from convenor.core.exchange.trees import as_text, read_text, read_tree, read_yaml, walk
from convenor.core.exchange.workbooks import is_workbook, refuse_sheet
from convenor.kit.structs import struct

FORMAT: Final = "convenor-mapping/1"
BRACES: Final = re.compile(r"\{([^{}]*)\}")
STEP: Final = re.compile(r"\[\]|\.\*|\.?[^.\[\]*]+")
DAY_MONTH_YEAR: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)
SPEC_KEYS: Final = {"from", "words", "otherwise", "default", "first_of", "join", "without", "column", "value"}
FILE_KEYS: Final = {"pattern", "sheet"}
LIST_KEYS: Final = {"list", "rows", "set", "where", "needs", "unique"}
KEYS: Final = {"format", "name", "about", "source", "attribution", "files", "words", "lists", "constants"}

Tables = Mapping["Table", Mapping[str, str]]
Files = Mapping[str, bytes]
"""name of a file → what it holds."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Words: what is written there, and what it is called here. Or rows of the files in which that stands."""

    told: Mapping[str, str]
    path: str = ""
    key: str = ""
    value: str = ""


@struct
class Spec:
    """How a cell is made: templates of which the first that says something counts, then words, then a default.

    `otherwise` (no such word) and `default` (nothing said) are templates too. `without`: titles that are cut off.
    `column`: instead of templates, the cell under this heading of a table as it is, whatever letters the heading has.
    `value`: instead of all that, what every row says, braces and all.
    """

    templates: tuple[str, ...]
    words: Table | None = None
    otherwise: str | None = None
    default: str = ""
    without: frozenset[str] = frozenset()
    column: str = ""
    value: str | None = None


@struct
class Part:
    """One list that the mapping makes: over which rows, which cells, which rows only, and which once."""

    name: str
    paths: tuple[str, ...]
    cells: Mapping[str, Spec]
    where: Mapping[str, tuple[str, ...]]
    needs: str
    unique: str


@struct
class Made:
    """Rows that the mapping itself brings: words of a vocabulary, the body that runs the groups."""

    name: str
    rows: tuple[Mapping[str, str], ...]


@struct
class Mapped:
    """A mapping that can be used. `sheets`: of the files that are workbooks, which sheet is read."""

    name: str
    source: str
    files: Mapping[str, str]
    constants: tuple[Made, ...]
    parts: tuple[Part, ...]
    sheets: Mapping[str, str] = field(default_factory=dict)


@struct
class Row:
    """A row with those around it, nearest first, and where it stands."""

    value: Any
    key: str
    number: int
    file: str
    place: str
    around: tuple[Row, ...] = field(default=())
    is_level: bool = True
    """False for a field on the way down: `^` means the row around it, not the field."""


@struct
class Odd:
    """In place of a row: what should be a list is none."""

    text: str


def read_mapping(name: str, content: bytes) -> Mapped:
    """A mapping file, or Refused with what is wrong with it and where."""
    said = read_yaml(name, read_text(name, content))
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        raise refused(f"{name} is no mapping: it must begin with “format: {FORMAT}”.")
    _known(said, KEYS, name)
    files, sheets = _files(said.get("files"), f"{name}: files")
    words = {
        key: _words(each, files, f"{name}: words.{key}") for key, each in _mapping(said.get("words"), name).items()
    }
    lists = said.get("lists")
    if not isinstance(lists, list) or not lists:
        raise refused(f"{name}: “lists” must be a list of the lists to make.")
    made = tuple(_part(each, words, files, f"{name}: lists, {number}") for number, each in enumerate(lists, start=1))
    constants = tuple(
        _made(key, rows, f"{name}: constants.{key}") for key, rows in _mapping(said.get("constants"), name).items()
    )
    return Mapped(str(said.get("name", name)), str(said.get("source", "")).strip(), files, constants, made, sheets)


def starter() -> str:
    """A mapping to start from: people out of one table, and every list with its columns as remarks."""
    lines = [
        f"format: {FORMAT}", "source: Name of the register", 'files: {rows: "*.csv"}', "words:",
        "  chairs: {Chairman: chair}", "lists:", "  - list: people", "    rows: rows[]", "    set:",
        '      id: "{id}"', '      name: "{name}"', "", "# Every list and its columns; those with * must be set.",
    ]  # fmt: skip
    for name, each in parts().items():
        lines.append(f"# {name}")
        for column in each.importer.columns if each.importer else ():
            needed = " *" if column.required or (each.importer and column.name == each.importer.source_id) else ""
            lines.append(f"#   {column.name}{needed}: {' '.join(column.description.split())}")
    return "\n".join([*lines, ""])


def convert(mapping: Mapped, files: Files, sheet: str = "") -> Lists:
    """The lists that the files make, each row with its place; what is odd about a row is said with it.

    sheet: of the workbooks among the files, in place of what the mapping says.
    """
    if sheet and not any(is_workbook(content) for content in files.values()):
        raise refuse_sheet("None of the files has sheets to choose from: only a workbook (XLSX) has.")
    trees = _trees(mapping, files, sheet)
    tables = {
        spec.words: _told(spec.words, trees) for part in mapping.parts for spec in part.cells.values() if spec.words
    }
    found: Lists = {}
    for made in mapping.constants:
        rows = found.setdefault(made.name, [])
        rows.extend({**row, PLACE: f"the mapping, {made.name} {at}"} for at, row in enumerate(made.rows, start=1))
    seen: dict[tuple[str, str], set[str]] = {}
    for part in mapping.parts:
        rows = found.setdefault(part.name, [])
        once = seen.setdefault((part.name, part.unique), set())
        for row in (row for path in part.paths for row in _rows(path, trees)):
            cells = _cells(part, row, tables)
            if cells is not None and _first_time(part, cells, once):
                stop_at(len(rows) + 1, MAX_ROWS)
                rows.append(cells)
    return {name: rows for name, rows in found.items() if rows}


def _first_time(part: Part, cells: Mapping[str, str], once: set[str]) -> bool:
    said = cells.get(part.unique, "") if part.unique else ""
    if not said:
        return True
    new = said not in once
    once.add(said)
    return new


# the files


def _trees(mapping: Mapped, files: Files, sheet: str) -> dict[str, list[tuple[str, Any]]]:
    """For each file of the mapping what the files that match say."""
    found: dict[str, list[tuple[str, Any]]] = {name: [] for name in mapping.files}
    for filename in sorted(files):
        short = filename.rsplit("/", 1)[-1]
        for name, pattern in mapping.files.items():
            if fnmatch(short, pattern):
                found[name].append((short, read_tree(short, files[filename], sheet or mapping.sheets.get(name, ""))))
    missing = [f"{name} ({mapping.files[name]})" for name, trees in found.items() if not trees]
    if missing:
        raise refused(f"The mapping needs files that are not here: {', '.join(missing)}.")
    return found


def _rows(path: str, trees: Mapping[str, Sequence[tuple[str, Any]]]) -> Iterator[Row]:
    steps = STEP.findall(path)
    for filename, tree in trees[steps[0]]:
        top = Row(tree, filename.rsplit(".", 1)[0], 1, filename, filename)
        yield from _down(top, steps[1:])


def _down(row: Row, steps: Sequence[str]) -> Iterator[Row]:
    if not steps:
        yield row
        return
    step, rest, around = steps[0], steps[1:], (row, *row.around)
    if step in ("[]", ".*"):
        wanted: type = list if step == "[]" else dict
        if row.value is not None and not isinstance(row.value, wanted):
            shape = "a list" if step == "[]" else "a mapping of names"
            yield Row(Odd(f"Here should be {shape}."), row.key, row.number, row.file, row.place, around)
            return
        for number, (key, value) in enumerate(walk(row.value), start=1):
            place = _place(row.place, step, key, value)
            yield from _down(Row(value, key, number, row.file, place, around), rest)
        return
    name = step.removeprefix(".")
    value = row.value.get(name) if isinstance(row.value, dict) else None
    if value is not None:
        field_row = Row(value, row.key, row.number, row.file, f"{row.place} {name}", around, is_level=False)
        yield from _down(field_row, rest)


def _place(around: str, step: str, key: str, value: Any) -> str:
    if isinstance(value, SheetRow):
        return f"{around}, row {value.number}"
    return f"{around}[{key}]" if step == "[]" else f"{around} {key}"


# the cells


def _cells(part: Part, row: Row, tables: Tables) -> dict[str, str] | None:
    """The cells of a row; None where the mapping leaves it out."""
    if isinstance(row.value, Odd):
        return {FAULT: row.value.text, PLACE: row.place}
    if isinstance(row.value, SheetRow) and row.value.fault:
        return {FAULT: row.value.fault, PLACE: row.place}
    if not isinstance(row.value, dict) and not _takes_single(part, row):
        return {FAULT: "This is not a row with named fields.", PLACE: row.place}
    cells: dict[str, str] = {PLACE: row.place}
    try:
        if not _wanted(part, row):
            return None
    except ValueError as wrong:
        return {FAULT: str(wrong), PLACE: row.place}
    for name, spec in part.cells.items():
        try:
            cells[name] = _cell(spec, row, tables)
        except ValueError as wrong:
            cells[FAULT] = f"{name}: {wrong}"
    return cells


def _wanted(part: Part, row: Row) -> bool:
    """Whether the mapping takes the row in; ValueError where what it asks for is no single value."""
    fits = all(_filled(asked, row) in allowed for asked, allowed in part.where.items())
    return fits and (not part.needs or bool(_filled(part.needs, row)))


def _takes_single(part: Part, row: Row) -> bool:
    """A list of plain texts, where the mapping asks for {value}."""
    asked = any("{value}" in template for spec in part.cells.values() for template in spec.templates)
    return asked and as_text(row.value) is not None


def _cell(spec: Spec, row: Row, tables: Tables) -> str:
    if spec.value is not None:
        return spec.value
    said = _under(spec.column, row) if spec.column else ""
    said = said or next((text for template in spec.templates if (text := _filled(template, row))), "")
    said = _without(said, spec.without) if spec.without else said
    if said and spec.words is not None:
        found = tables[spec.words].get(said.casefold())
        if found is None and spec.otherwise is None:
            raise ValueError(f"“{said[:80]}” is not one of the words of the mapping.")
        said = _filled(spec.otherwise or "", row) if found is None else found
    return said or _filled(spec.default, row)


def _under(heading: str, row: Row) -> str:
    """The cell under a heading, lines and all."""
    value = row.value.get(heading) if isinstance(row.value, dict) else None
    text = value.strip() if isinstance(value, str) else as_text(value)
    if text is None:
        raise ValueError(f"“{heading[:60]}” holds more than one value.")
    return text


def _without(said: str, titles: frozenset[str]) -> str:
    """A name without the titles before and behind it: “Mr John Smith MP”."""
    words = said.split()
    while words and words[0].strip(".,").casefold() in titles:
        words.pop(0)
    while words and words[-1].strip(".,").casefold() in titles:
        words.pop()
    return " ".join(words).strip(",")


def _told(table: Table, trees: Mapping[str, Sequence[tuple[str, Any]]]) -> Mapping[str, str]:
    """The words of a table, whatever their capitals."""
    if not table.path:
        return {key.casefold(): word for key, word in table.told.items()}
    rows = list(_rows(table.path, trees))
    try:
        return {_filled(table.key, row).casefold(): _filled(table.value, row) for row in rows}
    except ValueError as wrong:
        raise refused(f"The words of the mapping in {table.path} cannot be read: {wrong}") from wrong


def _filled(template: str, row: Row) -> str:
    """The template with its fields; "" where all of them are empty."""
    names = BRACES.findall(template)
    values = {name: _shaped(name, row) for name in names}
    if names and not any(values.values()):
        return ""
    return BRACES.sub(lambda found: values[found[1]], template).strip()


def _shaped(name: str, row: Row) -> str:
    """The field; !c begins it with a capital, !before and !after take what stands before or after the first comma.

    !day takes the day of a time as computers write it, !dmy reads a day as 9/07/2024; what is neither stays as it is.
    """
    field_name, _, shape = name.partition("!")
    return SHAPES[shape](_value(field_name, row))


def _day_month_year(said: str) -> str:
    found = DAY_MONTH_YEAR.fullmatch(said)
    return f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}" if found else said


SHAPES: Final[Mapping[str, Callable[[str], str]]] = {
    "": lambda said: said,
    "c": lambda said: said[:1].upper() + said[1:],
    "before": lambda said: said.partition(",")[0].strip(),
    "after": lambda said: said.partition(",")[2].strip(),
    "day": lambda said: said.partition("T")[0] if said[:4].isdigit() else said,
    "dmy": _day_month_year,
}


def _value(name: str, row: Row) -> str:
    up = len(name) - len(name.lstrip("^"))
    at = row if not up else _around(row, up)
    path = name[up:]
    if at is None:
        return ""
    if path in ("key", "number", "file", "value") and not (isinstance(at.value, dict) and path in at.value):
        own = {"key": at.key, "number": str(at.number), "file": at.file.rsplit(".", 1)[0]}
        return own.get(path) or (as_text(at.value) or "" if path == "value" else "")
    value = at.value
    for step in path.split("."):
        if isinstance(value, list) and step.isdigit():
            value = value[int(step) - 1] if 0 < int(step) <= len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    if isinstance(value, list):
        texts = [as_text(each) for each in value]
        return "; ".join(text for text in texts if text)
    text = as_text(value)
    if text is None:
        raise ValueError(f"“{path}” holds more than one value.")
    return text


def _around(row: Row, up: int) -> Row | None:
    """The row that many levels around: fields on the way down are no levels."""
    found = [each for each in row.around if each.is_level]
    return found[up - 1] if up <= len(found) else None


# reading the mapping


def _files(said: Any, where: str) -> tuple[dict[str, str], dict[str, str]]:
    """name → pattern of the file's name, and name → sheet for those of which one is meant."""
    given = _mapping(said, where)
    told = {name: _texts(each, f"{where}, {name}") for name, each in given.items() if isinstance(each, dict)}
    for name, each in told.items():
        _known(each, FILE_KEYS, f"{where}, {name}")
    plain = _texts({name: each for name, each in given.items() if name not in told}, where)
    patterns = plain | {name: each.get("pattern", "*") for name, each in told.items()}
    return {name: patterns[name] for name in given}, {name: each.get("sheet", "") for name, each in told.items()}


def _part(said: Any, words: Mapping[str, Table], files: Mapping[str, str], where: str) -> Part:
    if not isinstance(said, dict):
        raise refused(f"{where}: this must say which list, which rows and which cells.")
    _known(said, LIST_KEYS, where)
    name, rows = str(said.get("list", "")), said.get("rows", "")
    _known_list(name, where)
    paths = tuple(str(each) for each in (rows if isinstance(rows, list) else [rows]))
    for path in paths:
        _known_path(path, files, where)
    cells = {key: _spec(each, words, f"{where}, {key}") for key, each in _mapping(said.get("set"), where).items()}
    asked = [str(said.get("needs", "")), *_mapping(said.get("where"), where)]
    made = (text for spec in cells.values() for text in (*spec.templates, spec.otherwise or "", spec.default))
    _known_shapes([*asked, *made], where)
    _known_columns(name, cells, where)
    conditions = {
        key: tuple(str(one or "") for one in (each if isinstance(each, list) else [each]))
        for key, each in _mapping(said.get("where"), where).items()
    }
    return Part(name, paths, cells, conditions, str(said.get("needs", "")), str(said.get("unique", "")))


def _made(name: str, rows: Any, where: str) -> Made:
    _known_list(name, where)
    if not isinstance(rows, list):
        raise refused(f"{where}: this must be a list of rows.")
    made = tuple(_texts(row, where) for row in rows)
    _known_columns(name, {key for row in made for key in row}, where)
    return Made(name, made)


def _words(said: Any, files: Mapping[str, str], where: str) -> Table:
    """A table that is written out, or one that stands in the files: {rows: …, key: …, value: …}."""
    told = _texts(said, where)
    if set(told) != {"rows", "key", "value"}:
        return Table(told)
    _known_path(told["rows"], files, where)
    _known_shapes([told["key"], told["value"]], where)
    return Table({}, told["rows"], told["key"], told["value"])


def _known_path(path: str, files: Mapping[str, str], where: str) -> None:
    if STEP.sub("", path) or not path or STEP.findall(path)[0] not in files:
        raise refused(f"{where}: “rows: {path[:60]}” must begin with one of the files: {', '.join(files)}.")


def _spec(said: Any, words: Mapping[str, Table], where: str) -> Spec:
    if not isinstance(said, dict):
        text = as_text(said)
        if text is None:
            raise refused(f"{where}: this must be a text, or say from where: {{from: …}}.")
        return Spec((text,))
    _known(said, SPEC_KEYS, where)
    if "value" in said:
        return _same(said, where)
    given = said.get("first_of", [said.get("from", "")])
    named = said.get("words")
    if named is not None and named not in words:
        raise refused(f"{where}: there are no words called “{str(named)[:60]}” in the mapping.")
    table = words[named] if named is not None else None
    otherwise = said.get("otherwise")
    return Spec(
        tuple(str(each or "") for each in (given if isinstance(given, list) else [given])),
        table,
        None if otherwise is None and "otherwise" not in said else str(otherwise or ""),
        str(said.get("default") or ""),
        _titles(said.get("without"), where),
        _as_it_is(said.get("column")),
    )


def _same(said: Mapping[str, Any], where: str) -> Spec:
    """A cell that is the same in every row."""
    if len(said) > 1 or as_text(said["value"]) is None:
        raise refused(f"{where}: “value” is one text, and stands alone: the cell is then the same in every row.")
    return Spec((), value=_as_it_is(said["value"]))


def _as_it_is(said: Any) -> str:
    """A text with every space that it holds."""
    return said if isinstance(said, str) else as_text(said) or ""


def _titles(said: Any, where: str) -> frozenset[str]:
    titles = said if isinstance(said, list) else [] if said is None else [said]
    if not all(isinstance(each, str) for each in titles):
        raise refused(f"{where}: “without” must be a list of titles: [Mr, Mrs, MP].")
    return frozenset(each.strip(".,").casefold() for each in titles)


def _known_shapes(templates: Sequence[str], where: str) -> None:
    for name in (name for template in templates for name in BRACES.findall(template)):
        shape = name.partition("!")[2]
        if shape not in SHAPES:
            known = ", ".join(f"!{each}" for each in SHAPES if each)
            raise refused(f"{where}: “!{shape[:20]}” is not one of: {known}.")


def _known(said: Mapping[str, Any], allowed: set[str], where: str) -> None:
    odd = [str(key) for key in said if key not in allowed]
    if odd:
        raise refused(f"{where}: “{odd[0][:60]}” is not known here; known are {', '.join(sorted(allowed))}.")


def _known_list(name: str, where: str) -> None:
    if name not in parts():
        raise refused(f"{where}: “{name[:60]}” is not one of the lists: {', '.join(parts())}.")


def _known_columns(name: str, cells: Any, where: str) -> None:
    importer = parts()[name].importer
    columns = {column.name for column in importer.columns} if importer else set()
    odd = [key for key in cells if key not in columns]
    if odd:
        raise refused(f"{where}: {name} has no column “{str(odd[0])[:60]}”; it has {', '.join(sorted(columns))}.")


def _mapping(said: Any, where: str) -> dict[str, Any]:
    if said is None:
        return {}
    if not isinstance(said, dict):
        raise refused(f"{where}: a mapping of names is needed here.")
    return {str(key if key is not None else ""): value for key, value in said.items()}


def _texts(said: Any, where: str) -> dict[str, str]:
    found = {key: as_text(value) for key, value in _mapping(said, where).items()}
    for key, text in found.items():
        if text is None:
            raise refused(f"{where}: “{key[:60]}” must be a single value.")
    return {key: text or "" for key, text in found.items()}
