"""Changing the text of a model part by part: the steps of the editor, on plain data. What else it says stays.

A draft may be wrong for a while (a type that is named and not there yet); it only has to fit the schema to be edited
field by field. What is wrong with it is told, and refuses it when it is to come into force.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any, Final

from django.utils.translation import gettext as _

from convenor.core.records.rules import Breach, refuse_if
from convenor.domain.engagement.rules.overriding import Override, laid_over
from convenor.domain.engagement.rules.reading import LENIENT, model_of, read_type
from convenor.domain.engagement.rules.schema import schema_problems
from convenor.domain.engagement.rules.semantics import semantic_problems
from convenor.domain.engagement.rules.values import COLOURS, ModelValue, Vocabulary
from convenor.domain.engagement.rules.writing import as_data, dump_data
from convenor.domain.engagement.rules.yamltree import Problem, Unreadable, read_tree
from convenor.kit.structs import struct

Data = dict[str, Any]
Step = Callable[[Data], None]

TYPE_WORDS: Final = ("name", "plural", "purpose", "membership", "examples")
LEVEL_WORDS: Final = ("name", "colour", "motto", "purpose")
MODEL_WORDS: Final = ("name", "owner", "calendar", "summary", "source")


@struct(slots=False)
class Draft:
    """A draft's text, read as far as it can be. data: None where the text does not fit the schema."""

    text: str
    data: Data | None
    problems: tuple[Problem, ...]
    value: ModelValue | None


def read_draft(text: str, known: Vocabulary) -> Draft:
    """The text with every problem, by line; its value where it fits the schema, even if its parts do not agree yet."""
    try:
        tree = read_tree(text)
    except Unreadable as error:
        return Draft(text, None, (error.problem,), None)
    problems = tree.problems + schema_problems(tree)
    if problems:
        return Draft(text, None, tuple(sorted(set(problems))), None)
    found = tuple(sorted(set(semantic_problems(tree, known))))
    return Draft(text, tree.data, found, model_of(tree.data, known))


def changed(draft: Draft, step: Step) -> str:
    """The text after a step, in its canonical form. Raises Refused where the step cannot be, or breaks the schema."""
    if draft.data is None:
        refuse_if([Breach("engagement.draft", _("Mend the text first: it cannot be read."), "yaml")])
    data = deepcopy(draft.data) or {}
    step(data)
    text = dump_data(as_data(model_of(data, Vocabulary())) if _fits(data) else data)
    refuse_if(Breach("engagement.draft", problem.text, "") for problem in _wrong(text))
    return text


def _fits(data: Data) -> bool:
    """Whether it can be read as a model at all."""
    return not _wrong(dump_data(data))


def _wrong(text: str) -> list[Problem]:
    try:
        tree = read_tree(text)
    except Unreadable as error:
        return [error.problem]
    return tree.problems + schema_problems(tree)


# steps


def both(first: Step, second: Step) -> Step:
    """One step after the other."""

    def step(data: Data) -> None:
        first(data)
        second(data)

    return step


def set_words(words: Mapping[str, str]) -> Step:
    """What the model is called, whose it is, and so on."""
    return lambda data: _words(data, words)


def set_vocabulary(vocabulary: Mapping[str, Sequence[Mapping[str, str]]]) -> Step:
    """The words the model declares: roles, kinds, segments."""

    def step(data: Data) -> None:
        kept = {part: [dict(row) for row in rows] for part, rows in vocabulary.items() if rows}
        data.pop("vocabulary", None)
        if kept:
            data["vocabulary"] = kept

    return step


def set_level(slug: str, words: Mapping[str, str]) -> Step:
    """What a level is called, what for, in which colour."""
    return lambda data: _words(_level(data, slug), words)


def add_level(slug: str, name: str) -> Step:
    """A level below the others, in the first colour that is free."""

    def step(data: Data) -> None:
        used = {level["colour"] for level in data["levels"]}
        free = next((colour for colour in COLOURS if colour not in used), COLOURS[-1])
        refuse_if(_taken([level["level"] for level in data["levels"]], slug))
        data["levels"].append({"level": slug, "name": name, "colour": free})

    return step


def remove_level(slug: str) -> Step:
    """Take out a level that is empty."""

    def step(data: Data) -> None:
        level = _level(data, slug)
        if level.get("types"):
            refuse_if([Breach("engagement.draft", _("Move or remove its types first."))])
        data["levels"].remove(level)

    return step


def move_level(slug: str, by: int) -> Step:
    """Up (-1) or down (+1)."""
    return lambda data: _move(data["levels"], _level(data, slug), by)


def set_type(slug: str, level: str, words: Mapping[str, str], values: Mapping[str, Any]) -> Step:
    """What a type is called, on which level it stands, and its rules, by the fields of TypeRulesValue."""

    def step(data: Data) -> None:
        old_level, row = _type(data, slug)
        new = laid_over(read_type(row, LENIENT), [Override("", values, _NO_DAY)])
        _words(new, words)
        row.clear()
        row.update(new)
        if level != old_level["level"]:
            old_level["types"].remove(row)
            _level(data, level).setdefault("types", []).append(row)

    return step


def add_type(level: str, slug: str, name: str, purpose: str) -> Step:
    """A type at the end of its level, with no rule yet."""

    def step(data: Data) -> None:
        refuse_if(_taken([row["type"] for _level_of, row in _types(data)], slug))
        _level(data, level).setdefault("types", []).append({"type": slug, "name": name, "purpose": purpose})

    return step


def remove_type(slug: str) -> Step:
    """Take out a type; where others name it, that is told as a problem."""

    def step(data: Data) -> None:
        level, row = _type(data, slug)
        level["types"].remove(row)

    return step


def move_type(slug: str, by: int) -> Step:
    """Up (-1) or down (+1) within its level."""

    def step(data: Data) -> None:
        level, row = _type(data, slug)
        _move(level["types"], row, by)

    return step


_NO_DAY: Any = None


def _words(row: Data, words: Mapping[str, str]) -> None:
    for key, said in words.items():
        if said.strip():
            row[key] = said.strip()
        else:
            row.pop(key, None)


def _types(data: Data) -> Iterator[tuple[Data, Data]]:
    for level in data["levels"]:
        for row in level.get("types", ()):
            yield level, row


def _level(data: Data, slug: str) -> Data:
    found: Data | None = next((level for level in data["levels"] if level["level"] == slug), None)
    if found is None:
        refuse_if([Breach("engagement.draft-gone", _("That level is no longer in the draft."))])
    assert found is not None  # noqa: S101 - refused above
    return found


def _type(data: Data, slug: str) -> tuple[Data, Data]:
    found = next((each for each in _types(data) if each[1]["type"] == slug), None)
    if found is None:
        refuse_if([Breach("engagement.draft-gone", _("That type is no longer in the draft."))])
    assert found is not None  # noqa: S101 - refused above
    return found


def _taken(slugs: Sequence[str], slug: str) -> list[Breach]:
    if slug not in slugs:
        return []
    return [Breach("engagement.draft-taken", _("“%(code)s” is used already.") % {"code": slug}, "code")]


def _move(rows: list[Data], row: Data, by: int) -> None:
    at = rows.index(row)
    to = min(max(at + by, 0), len(rows) - 1)
    rows.insert(to, rows.pop(at))
