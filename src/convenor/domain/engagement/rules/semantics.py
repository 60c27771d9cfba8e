"""What the schema cannot say: codes that are known and used once, spans that fit, rules that agree with each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from django.utils.translation import gettext as _

from convenor.domain.engagement.rules.values import LEFT_OPEN, PERSONS, Vocabulary
from convenor.domain.engagement.rules.yamltree import Path, Problem, Tree

RESERVED: Final = {"load", "versions", "schema", "drafts", "health"}
"""Words that follow /engagement/ or /engagement/<model>/ in addresses."""

MOST_TYPES: Final = 80

Found = Iterator[tuple[Path, str]]
Data = Mapping[str, Any]


def semantic_problems(tree: Tree, known: Vocabulary) -> list[Problem]:
    """Every such problem with its line. The tree fits the schema already."""
    found = list(_codes(tree.data))
    if not found:
        found += _circles(tree.data)
    words = _words(tree.data, known)
    types = {row["type"] for _path, row in _types(tree.data)}
    for path, row in _types(tree.data):
        for check in _CHECKS:
            found += [((*path, *where), text) for where, text in check(row)]
        found += [((*path, *where), text) for where, text in _references(row, types, words)]
    return [Problem(tree.line_of(path), text) for path, text in found]


def row_problems(row: Data, types: set[str], words: Mapping[str, set[str]]) -> list[tuple[Path, str]]:
    """What is wrong within one type whose part of the YAML fits the schema. words: codes that are known."""
    found = [each for check in _CHECKS for each in check(row)]
    sides = enumerate(row.get("seats", {}).get("constituencies", ()))
    found += _twice([(("seats", "constituencies", at), side) for at, side in sides], "constituency")
    return found + list(_references(row, types, words))


def _types(data: Data) -> Iterator[tuple[Path, Data]]:
    for at, level in enumerate(data["levels"]):
        for number, row in enumerate(level.get("types", ())):
            yield ("levels", at, "types", number), row


def _codes(data: Data) -> Found:
    """Codes are used once among their like."""
    vocabulary = data.get("vocabulary", {})
    for part, key in (("roles", "role"), ("kinds", "kind"), ("segments", "segment")):
        rows = [(("vocabulary", part, at), row) for at, row in enumerate(vocabulary.get(part, ()))]
        yield from _twice(rows, key)
    yield from _twice([(("levels", at), row) for at, row in enumerate(data["levels"])], "level")
    yield from _taken(data)
    yield from _too_many(data)
    yield from _twice(list(_types(data)), "type")
    yield from _twice(list(_types(data)), "name")
    for path, row in _types(data):
        sides = enumerate(row.get("seats", {}).get("constituencies", ()))
        yield from _twice([((*path, "seats", "constituencies", at), side) for at, side in sides], "constituency")


def _taken(data: Data) -> Found:
    """Codes that are addresses of their own."""
    text = _("“%(code)s” cannot be a code here: it is an address of the site.")
    if data["model"] in RESERVED:
        yield ("model",), text % {"code": data["model"]}
    for path, row in _types(data):
        if row["type"] in RESERVED:
            yield (*path, "type"), text % {"code": row["type"]}


def _too_many(data: Data) -> Found:
    """A model that nobody could read, or draw, is refused."""
    types = list(_types(data))
    if len(types) > MOST_TYPES:
        yield types[MOST_TYPES][0], _("A model has at most %(n)d types of group.") % {"n": MOST_TYPES}


def _twice(rows: Sequence[tuple[Path, Data]], key: str) -> Found:
    seen: set[str] = set()
    for path, row in rows:
        if row[key] in seen:
            yield (*path, key), _("“%(code)s” is used already above.") % {"code": row[key]}
        seen.add(row[key])


def _circles(data: Data) -> Found:
    """Every type can be set up at some time: its required parents do not run in a circle."""
    rows = {row["type"]: row for _path, row in _types(data)}
    possible: set[str] = set()
    while True:
        more = {slug for slug, row in rows.items() if slug not in possible and _can_be(row, possible)}
        if not more:
            break
        possible |= more
    for path, row in _types(data):
        parents = set(row.get("parents", {}).get("types", ()))
        if parents and row["type"] not in possible and parents <= set(rows):
            name = row["name"]
            yield (*path, "parents"), _("No %(name)s can ever be set up: its parents run in a circle.") % {"name": name}


def _can_be(row: Data, possible: set[str]) -> bool:
    parents = row.get("parents", {})
    return not parents.get("required") or "types" not in parents or bool(possible & set(parents["types"]))


def _words(data: Data, known: Vocabulary) -> dict[str, set[str]]:
    declared = data.get("vocabulary", {})
    return {
        "roles": {each.slug for each in known.roles} | {row["role"] for row in declared.get("roles", ())},
        "kinds": {each.slug for each in known.kinds} | {row["kind"] for row in declared.get("kinds", ())},
        "segments": {each.slug for each in known.segments} | {row["segment"] for row in declared.get("segments", ())},
    }


def _references(row: Data, types: set[str], words: Mapping[str, set[str]]) -> Found:
    """Codes that are named are known."""
    seats = row.get("seats", {})
    yield from _unknown(("parents", "types"), row.get("parents", {}).get("types", ()), types, _type_unknown)
    yield from _unknown(("consults",), row.get("consults", ()), types, _type_unknown)
    yield from _unknown(("refers_to",), row.get("refers_to", ()), types, _type_unknown)
    eligible = seats.get("eligible", {})
    for part in ("roles", "kinds"):
        yield from _unknown(("seats", "eligible", part), eligible.get(part, ()), words[part], _word_unknown(part))
    yield from _unknown(("seats", "segments"), seats.get("segments", ()), words["segments"], _word_unknown("segments"))
    sides = {side["constituency"] for side in seats.get("constituencies", ())}
    if eligible.get("constituency", "") not in {"", *sides}:
        yield ("seats", "eligible", "constituency"), _side_unknown(eligible["constituency"])
    for at, place in enumerate(seats.get("places", ())):
        if place.get("constituency", "") not in ({*sides} or {""}):
            yield ("seats", "places", at), _side_unknown(place.get("constituency", ""))


def _unknown(path: Path, slugs: Sequence[str], known: set[str], text: Callable[[str], str]) -> Found:
    for at, slug in enumerate(slugs):
        if slug not in known:
            yield (*path, at), text(slug)


def _type_unknown(slug: str) -> str:
    return _("There is no type “%(slug)s” in this model.") % {"slug": slug}


def _word_unknown(part: str) -> Callable[[str], str]:
    return lambda slug: (
        _("“%(slug)s” is not known; declare it under vocabulary, %(part)s.") % {"slug": slug, "part": part}
    )


def _side_unknown(slug: str) -> str:
    return _("“%(slug)s” is not one of the constituencies.") % {"slug": slug}


def _spans(row: Data) -> Found:
    """The fewest is not more than the most, of all and of each side."""
    seats = row.get("seats", {})
    text = _("The minimum is more than the maximum.")
    if seats.get("minimum", 0) > seats.get("maximum", 10**6):
        yield ("seats", "minimum"), text
    for at, side in enumerate(seats.get("constituencies", ())):
        if side.get("minimum", 0) > side.get("maximum", 10**6):
            yield ("seats", "constituencies", at, "minimum"), text
    if "counts" in seats and not {"minimum", "maximum"} & set(seats):
        yield ("seats", "counts"), _("Say a minimum or a maximum that it counts for.")


def _places_fit(row: Data) -> Found:
    """The named places fit under the caps that count people."""
    seats = row.get("seats", {})
    places = [place.get("constituency", "") for place in seats.get("places", ())]
    caps = [(side["constituency"], side) for side in seats.get("constituencies", ())]
    for slug, side in caps:
        if side.get("counts", PERSONS) == PERSONS and places.count(slug) > side.get("maximum", 10**6):
            yield ("seats", "places"), _("More places are named than “%(side)s” may have.") % {"side": side["name"]}
    if seats.get("counts", PERSONS) == PERSONS and len(places) > seats.get("maximum", 10**6):
        yield ("seats", "places"), _("More places are named than there may be in all.")


def _quorum(row: Data) -> Found:
    quorum = row.get("quorum", {"of": ""})
    given = {"number", "percent"} & set(quorum)
    if quorum["of"] in {"filled", "all"} and len(given) != 1:
        yield ("quorum",), _("Say a number or a per cent (one of them).")
    if quorum["of"] == "none" and len(quorum) > 1:
        yield ("quorum",), _("Without a quorum there is nothing more to say of it.")


def _clock(row: Data) -> Found:
    """Items are called for before papers are due, and papers are due before they go out."""
    clock = row.get("clock", {})
    days = [(key, clock[key]) for key in ("call_for_items", "papers_due", "papers_out") if key in clock]
    for (_before, longer), (key, shorter) in pairwise(days):
        if shorter > longer:
            yield ("clock", key), _("“%(key)s” comes before the step it follows.") % {"key": key}


def _chairs(row: Data) -> Found:
    sides = enumerate(row.get("seats", {}).get("constituencies", ()))
    if row.get("chairing", "none") != "none":
        return
    for at, side in sides:
        if side.get("chairs"):
            yield ("seats", "constituencies", at, "chairs"), _("The type has no chair that could come from here.")


def _agreeing(row: Data) -> Found:
    """Rules that only mean something together."""
    parents, delivers = row.get("parents", {}), row.get("delivers", {})
    if parents.get("approval") and not (parents.get("required") or parents.get("types")):
        yield ("parents", "approval"), _("A parent's approval needs a parent.")
    if delivers.get("closes") and not delivers.get("required"):
        yield ("delivers", "closes"), _("It can only close on delivery when it must deliver.")
    if "consults_about" in row and "consults" not in row:
        yield ("consults_about",), _("Say which types it consults.")
    ways = row.get("casual_vacancies", ())
    if LEFT_OPEN in ways and len(ways) > 1:
        yield ("casual_vacancies",), _("A seat that is left open is filled in no way: leave out the others.")
    if row["type"] in row.get("consults", ()):
        yield ("consults",), _("A type does not consult itself.")


_CHECKS: tuple[Callable[[Data], Found], ...] = (_spans, _places_fit, _quorum, _clock, _chairs, _agreeing)
