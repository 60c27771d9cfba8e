"""The published schema of the YAML, and its errors in plain words."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path as File
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from convenor.domain.engagement.rules import words
from convenor.domain.engagement.rules.yamltree import Path, Problem, Tree

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

FORMAT: Final = "engagement-model/1"
FILE: Final = File(__file__).parent.parent / "seeds" / "model.schema.json"
LIMIT: Final = 50
"""More problems than this are not worth reading at once."""


@cache
def schema_text() -> str:
    """The schema as it is published at /engagement/schema.json."""
    return FILE.read_text(encoding="utf-8")


@cache
def schema() -> dict[str, Any]:
    """The schema as data."""
    found: dict[str, Any] = json.loads(schema_text())
    return found


@cache
def _validator() -> Any:
    import jsonschema  # noqa: PLC0415 - 0.2 s to import, and needed when a model is loaded

    return jsonschema.Draft202012Validator(schema())


@cache
def _type_validator() -> Any:
    import jsonschema  # noqa: PLC0415 - as above

    one = schema()["properties"]["levels"]["items"]["properties"]["types"]["items"]
    return jsonschema.Draft202012Validator({**one, "$defs": schema()["$defs"]})


def type_problems(row: dict[str, Any]) -> list[tuple[Path, str]]:
    """Where one type's part of the YAML departs from the schema: the place, and what is wrong there."""
    tree = Tree(row)
    return [
        (tuple(error.absolute_path), problem.text)
        for error in _type_validator().iter_errors(row)
        for problem in _problems(tree, error)
    ][:LIMIT]


def known_part(data: Any) -> tuple[Any, list[str]]:
    """The data without the keys that this release's schema does not know, and those keys, each once.

    For a text that was checked when it was loaded: what it says of a rule that a later release dropped binds nobody.
    """
    gone: dict[str, None] = {}
    return _known(data, schema(), gone), list(gone)


def _known(data: Any, part: dict[str, Any], gone: dict[str, None]) -> Any:
    if isinstance(data, list):
        return [_known(each, _resolved(part).get("items", {}), gone) for each in data]
    if not isinstance(data, dict):
        return data
    known = _properties(part)
    gone.update(dict.fromkeys(key for key in data if known and key not in known))
    return {key: _known(value, known.get(key, {}), gone) for key, value in data.items() if not known or key in known}


def _properties(part: dict[str, Any]) -> dict[str, Any]:
    """The keys that this part of the schema knows, in whichever form the data may have there."""
    part = _resolved(part)
    forms = [part, *(_resolved(each) for key in ("oneOf", "anyOf") for each in part.get(key, ()))]
    return {key: inside for form in forms for key, inside in form.get("properties", {}).items()}


def _resolved(part: dict[str, Any]) -> dict[str, Any]:
    name = str(part.get("$ref", "")).removeprefix("#/$defs/")
    found: dict[str, Any] = schema()["$defs"][name] if name else part
    return found


def schema_problems(tree: Tree) -> list[Problem]:
    """Where the data departs from the schema, at most LIMIT problems, in the order of the lines."""
    found = [problem for error in _validator().iter_errors(tree.data) for problem in _problems(tree, error)]
    return sorted(set(found))[:LIMIT]


def _problems(tree: Tree, error: ValidationError) -> Iterator[Problem]:
    path: Path = tuple(error.absolute_path)
    if error.validator == "additionalProperties":
        known = list(error.schema["properties"])  # type: ignore[index]
        for key in sorted(set(error.instance) - set(known)):  # type: ignore[arg-type]
            yield Problem(tree.line_of((*path, key)), _unknown(key, known))
        return
    yield Problem(tree.line_of(path), _REASONS.get(str(error.validator), _reason)(error))


def _unknown(key: str, known: list[str]) -> str:
    near = difflib.get_close_matches(key, known, n=1)
    if near:
        return _("“%(key)s” is not known here; did you mean “%(near)s”?") % {"key": key, "near": near[0]}
    return _("“%(key)s” is not known here; known are %(known)s.") % {"key": key, "known": words.both(known)}


def _place(error: ValidationError) -> str:
    """The key at fault; for an item of a list, the list's key."""
    keys = [str(part) for part in error.absolute_path if isinstance(part, str)]
    return f"“{keys[-1]}”" if keys else _("the model")


def _given(error: ValidationError) -> str:
    """What stands there, shortened."""
    value = error.instance
    if isinstance(value, dict):
        return _("a group of keys")
    if isinstance(value, list):
        return _("a list")
    if value is None:
        return _("nothing")
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"“{text[:40]}…”" if len(text) > 40 else f"“{text}”"


def _reason(error: ValidationError) -> str:
    schema = error.schema if isinstance(error.schema, dict) else {}
    why = schema.get("x-reason") or _("it is not as the schema says")
    return _("%(place)s is %(given)s: %(why)s.") % {"place": _place(error), "given": _given(error), "why": why}


def _required(error: ValidationError) -> str:
    missing = re.match(r"'(.*)' is a required", error.message)
    return _("“%(key)s” is missing.") % {"key": missing[1] if missing else "?"}


def _type(error: ValidationError) -> str:
    kinds = {
        "string": _("words"),
        "integer": _("a whole number"),
        "boolean": _("true or false"),
        "array": _("a list"),
        "object": _("a group of keys"),
    }
    wanted = kinds.get(str(error.validator_value), str(error.validator_value))
    pattern = _("%(place)s must be %(wanted)s; it is %(given)s.")
    return pattern % {"place": _place(error), "wanted": wanted, "given": _given(error)}


def _enum(error: ValidationError) -> str:
    wanted = words.either([str(value) for value in error.validator_value])  # type: ignore[union-attr]
    pattern = _("%(place)s must be %(wanted)s; it is %(given)s.")
    return pattern % {"place": _place(error), "wanted": wanted, "given": _given(error)}


def _limit(pattern: str) -> Callable[[ValidationError], str]:
    return lambda error: _(pattern) % {"place": _place(error), "limit": error.validator_value}


_REASONS: dict[str, Callable[[ValidationError], str]] = {
    "required": _required,
    "type": _type,
    "enum": _enum,
    "minLength": _limit("%(place)s is empty."),
    "maxLength": _limit("%(place)s is longer than %(limit)s characters."),
    "minimum": _limit("%(place)s must be at least %(limit)s."),
    "maximum": _limit("%(place)s must be at most %(limit)s."),
    "minItems": _limit("%(place)s is an empty list; leave it out."),
    "maxItems": _limit("%(place)s has more than %(limit)s entries."),
    "uniqueItems": _limit("%(place)s names something twice."),
}
