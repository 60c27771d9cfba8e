"""YAML as plain data that knows its lines. Events only: nothing is constructed, aliases and tags are refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import yaml
from django.utils.translation import gettext as _
from yaml import events

MAX_BYTES: Final = 256 * 1024
MAX_DEPTH: Final = 12
MAX_EVENTS: Final = 20_000

Path = tuple[str | int, ...]

_WORDS: Final = {"true": True, "false": False, "null": None, "~": None, "": None}
_INTEGER: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,8})")
_QUICK: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SURROGATE: Final = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """What is wrong on one line of a text. Line 0: with the text as a whole."""

    line: int
    text: str

    def __str__(self) -> str:
        return _("Line %(line)d: %(text)s") % {"line": self.line, "text": self.text} if self.line else self.text


class Unreadable(Exception):
    """The text cannot be read any further."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))


@dataclass
class Tree:
    """The data, where each part of it stands (1 is the first line), and what was wrong on the way."""

    data: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line_of(self, path: Path) -> int:
        """The line of this part, or of the nearest part around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_tree(text: str) -> Tree:
    """The text as data. Raises Unreadable where it cannot go on: not YAML, too large, too deep, aliases, tags."""
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise Unreadable(Problem(0, _("The text is larger than %(kb)d kB.") % {"kb": MAX_BYTES // 1024}))
    tree = Tree()
    stream = _checked(text)
    first = next(stream, None)
    if first is None:
        raise Unreadable(Problem(0, _("The text is empty.")))
    tree.data = _build(tree, stream, first, ())
    if next(stream, None) is not None:
        raise Unreadable(Problem(0, _("The text holds more than one document (---).")))
    return tree


def _checked(text: str) -> Iterator[Any]:
    """The events that carry data, each looked at before it is used."""
    depth = 0
    for number, event in enumerate(_events(text)):
        line = event.start_mark.line + 1
        if isinstance(event, events.AliasEvent) or getattr(event, "anchor", None):
            raise Unreadable(Problem(line, _("Anchors and aliases (& and *) are not used in engagement models.")))
        if getattr(event, "tag", None):
            raise Unreadable(Problem(line, _("Tags (!) are not used in engagement models.")))
        depth += isinstance(event, events.CollectionStartEvent) - isinstance(event, events.CollectionEndEvent)
        if depth > MAX_DEPTH or number > MAX_EVENTS:
            raise Unreadable(Problem(line, _("The text is nested too deeply or too long.")))
        if isinstance(event, events.NodeEvent | events.CollectionEndEvent):
            yield event


def _events(text: str) -> Iterator[Any]:
    """By libyaml where it is there: seven times as quick. What it refuses is read again by the one that says why."""
    try:
        return iter(list(_quickly(text)))
    except (yaml.YAMLError, UnicodeError):
        return _slowly(text)


def _quickly(text: str) -> Iterator[Any]:
    """No deeper than is taken anyway: libyaml takes very long over deep nesting."""
    depth = 0
    for event in yaml.parse(text, Loader=_QUICK):
        depth += isinstance(event, events.CollectionStartEvent) - isinstance(event, events.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise yaml.YAMLError
        yield event


def _slowly(text: str) -> Iterator[Any]:
    try:
        yield from yaml.parse(text, Loader=yaml.SafeLoader)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise Unreadable(Problem(line, _("There is a character here that YAML does not allow."))) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        reason = error.problem or error.context or ""
        raise Unreadable(Problem(line, _("This is not well-formed YAML: %(reason)s.") % {"reason": reason})) from None


def _build(tree: Tree, stream: Iterator[Any], event: Any, path: Path) -> Any:
    tree.lines.setdefault(path, event.start_mark.line + 1)
    if isinstance(event, events.MappingStartEvent):
        return _mapping(tree, stream, path)
    if isinstance(event, events.SequenceStartEvent):
        return _sequence(tree, stream, path)
    return _scalar(tree, event)


def _sequence(tree: Tree, stream: Iterator[Any], path: Path) -> list[Any]:
    found: list[Any] = []
    for event in stream:
        if isinstance(event, events.SequenceEndEvent):
            break
        found.append(_build(tree, stream, event, (*path, len(found))))
    return found


def _mapping(tree: Tree, stream: Iterator[Any], path: Path) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for event in stream:
        if isinstance(event, events.MappingEndEvent):
            break
        line = event.start_mark.line + 1
        if not isinstance(event, events.ScalarEvent):
            raise Unreadable(Problem(line, _("A key must be a word.")))
        key = event.value
        if key in found:
            tree.problems.append(Problem(line, _("“%(key)s” stands here twice.") % {"key": key}))
        tree.lines[(*path, key)] = line
        found[key] = _build(tree, stream, next(stream), (*path, key))
    return found


def _scalar(tree: Tree, event: Any) -> Any:
    """Words, whole numbers, true, false, null. Everything else that YAML knows (dates, sexagesimals) is words."""
    text = event.value.strip()
    if _SURROGATE.search(text):
        tree.problems.append(Problem(event.start_mark.line + 1, _("There is half a character here (a surrogate).")))
        return _SURROGATE.sub("", text)
    if event.implicit[0] and not event.style:
        if text in _WORDS:
            return _WORDS[text]
        if _INTEGER.fullmatch(text):
            return int(text)
    return text
