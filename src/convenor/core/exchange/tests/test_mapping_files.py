"""Mapping files that somebody wrote wrongly, or in order to harm: each is refused in a sentence that says where."""

from __future__ import annotations

import time

import pytest

from convenor.core.exchange.mapping import convert, read_mapping
from convenor.core.exchange.reading import MAX_BYTES
from convenor.core.records.rules import Refused

HEAD = "format: convenor-mapping/1\nfiles: {rows: '*.csv'}\n"
GOOD = HEAD + "lists:\n  - {list: notes, rows: 'rows[]', set: {id: '{id}', title: '{name}'}}\n"
LAUGHS = HEAD + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9) if n else 'ha'}]\n" for n in range(9)
)  # fmt: skip
FLAT_LAUGHS = HEAD + "words: &w {x: y}\nlists:\n" + "  - *w\n" * 9


def refusal(text: str) -> str:
    """The sentence with which the mapping is refused, said at once."""
    began = time.perf_counter()
    with pytest.raises(Refused) as refused:
        read_mapping("map.yaml", text.encode())
    assert time.perf_counter() - began < 5
    [breach] = refused.value.breaches
    assert breach.field == "file"
    return breach.text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (LAUGHS, "map.yaml repeats a list by an alias (*a0). Write it out where it is meant."),
        (FLAT_LAUGHS, "map.yaml repeats a list by an alias (*w). Write it out where it is meant."),
        (HEAD + "lists: &l [*l]\n", "map.yaml repeats a list by an alias (*l). Write it out where it is meant."),
        (HEAD + "lists: " + "[" * 60 + "]" * 60, "map.yaml is nested more than 40 levels deep (line 3)."),
        (HEAD + "lists: [}\n", "map.yaml is not YAML that can be read: line 3, column 9"),
        ("lists: []\n", "map.yaml is no mapping: it must begin with “format: convenor-mapping/1”."),
        ("- a\n", "map.yaml is no mapping: it must begin with “format: convenor-mapping/1”."),
        ("", "map.yaml is no mapping: it must begin with “format: convenor-mapping/1”."),
        (HEAD, "map.yaml: “lists” must be a list of the lists to make."),
        (HEAD + "lists: 7\n", "map.yaml: “lists” must be a list of the lists to make."),
        (HEAD + "lists: [7]\n", "map.yaml: lists, 1: this must say which list, which rows and which cells."),
        (HEAD + "odd: 1\nlists: [{}]\n", "map.yaml: “odd” is not known here; known are about"),
        (GOOD + "words: 7\n", "map.yaml: a mapping of names is needed here."),
        (GOOD + "words: {w: {a: {b: c}}}\n", "map.yaml: words.w: “a” must be a single value."),
        (GOOD + "constants: {notes: 7}\n", "map.yaml: constants.notes: this must be a list of rows."),
        (GOOD + "constants: {secrets: []}\n", "map.yaml: constants.secrets: “secrets” is not one of the lists: "),
        (GOOD.replace("list: notes", "list: people-of-mars"), "map.yaml: lists, 1: “people-of-mars” is not one of the"),
        (GOOD.replace("title:", "password:"), "map.yaml: lists, 1: notes has no column “password”; it has due, id,"),
        (GOOD.replace("rows[]", "others[]"), "map.yaml: lists, 1: “rows: others[]” must begin with one of the files"),
        (GOOD.replace("rows[]", ""), "map.yaml: lists, 1: “rows: ” must begin with one of the files: rows."),
        (GOOD.replace("'{name}'", "{from: '{name}', words: w}"), "lists, 1, title: there are no words called “w”"),
        (GOOD.replace("'{name}'", "{from: x, without: {a: b}}"), "lists, 1, title: “without” must be a list of titles"),
        (GOOD.replace("'{name}'", "{script: rm}"), "map.yaml: lists, 1, title: “script” is not known here; known are"),
        (GOOD.replace("'{name}'", "[a, b]"), "map.yaml: lists, 1, title: this must be a text, or say"),
        (GOOD.replace("'{name}'", "'{name!x}'"), "map.yaml: lists, 1: “!x” is not one of: !c, !before, !after, !day"),
        (GOOD.replace("'{name}'", "'{^^name}'"), None),
        (GOOD.replace("'{name}'", "{value: '{x!y}'}"), None),
        (GOOD.replace("'{name}'", "{value: [a]}"), "map.yaml: lists, 1, title: “value” is one text, and stands alone"),
        (GOOD.replace("'{name}'", "{value: a, from: b}"), "lists, 1, title: “value” is one text, and stands alone"),
        (GOOD.replace("'*.csv'", "{pattern: '*.csv', sheet: Two}"), None),
        (GOOD.replace("'*.csv'", "{pattern: '*.csv', tab: Two}"), "map.yaml: files, rows: “tab” is not known here"),
        (GOOD.replace("'*.csv'", "{sheet: [a]}"), "map.yaml: files, rows: “sheet” must be a single value."),
        (GOOD.replace("'*.csv'", "[a]"), "map.yaml: files: “rows” must be a single value."),
        (GOOD.replace("list: notes", "list: [notes]"), "map.yaml: lists, 1: “['notes']” is not one of the lists"),
        (GOOD + "files: {rows: '*.csv'}\n", None),
        ("!!python/object/apply:os.system ['true']\n", "map.yaml is not YAML that can be read"),
        ("x" * (MAX_BYTES + 1), "map.yaml is larger than 10 MB."),
        (GOOD + "name: 'a\0b'\n", "map.yaml holds a character that cannot be kept (NUL)."),
    ],
)
def test_each_is_refused_where_it_is_wrong(text: str, said: str | None) -> None:
    if said is None:
        assert convert(read_mapping("map.yaml", text.encode()), {"a.csv": b"id,name\n1,One\n"}) is not None
        return
    assert said in refusal(text)


def test_a_row_that_holds_several_where_one_is_asked_for_is_named_and_the_rest_goes_on() -> None:
    text = GOOD.replace("set:", "where: {'{kind}': [a]}, needs: '{name}', set:").replace("csv", "json")
    files = {"a.json": b'[{"id": 1, "name": "One", "kind": "a"}, {"id": 2, "name": "Two", "kind": {"b": "c"}}]'}
    [good, odd] = convert(read_mapping("map.yaml", text.encode()), files)["notes"]
    assert (good["title"], "_fault" in good) == ("One", False)
    assert (odd["_place"], odd["_fault"]) == ("a.json[2]", "“kind” holds more than one value.")
