"""Real addresses for every route: which rows of the world its arguments stand for.

A provider gives, per specimen, the arguments of a route. It is found by the route's name, else by how its address
begins and the arguments it takes: "/offices/ slug,pk". Add one when a new address takes arguments.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.urls import reverse

from tests.sweeps.routes import Route, routes
from tests.world import SPECIMENS, World

Arguments = Mapping[str, Any]
Provider = Callable[[World], Mapping[str, Arguments]]

ABSENT = "absent"
"""The specimen that does not exist: what a stranger gets for it is what they must get for all that is hidden."""
ALONE = "-"
"""The specimen of a route without arguments."""
HELP = (
    "{names}: no arguments are known for these addresses. Add a provider to PROVIDERS in tests/sweeps/providers.py, "
    "then run REVIEW_DOORS=1 ./convenor test tests/sweeps/test_doors.py and review the difference in doors.csv."
)


@dataclass(frozen=True, slots=True)
class Door:
    """One address of one specimen."""

    route: Route
    specimen: str
    url: str

    @property
    def key(self) -> tuple[str, str]:
        return (self.route.key, self.specimen)

    @property
    def shown_as(self) -> str:
        """public, audience, sealed, withdrawn, foreign, absent: where a specimen is named “sealed: group”."""
        return self.specimen.partition(":")[0]


def kind(slug: str, /, **arguments: Callable[[Any], Any]) -> Provider:
    """Arguments taken from the five specimens of a kind, and an absent one. A None leaves the specimen out."""

    def provide(world: World) -> Mapping[str, Arguments]:
        found = {}
        for specimen in SPECIMENS:
            row = world.row(slug, specimen)
            given = {name: read(row) for name, read in arguments.items()}
            if None not in given.values():
                found[specimen] = given
        first = next(iter(found.values()))
        return {**found, ABSENT: {name: absent_like(value) for name, value in first.items()}}

    return provide


def only(**specimens: Arguments | Callable[[World], Arguments]) -> Provider:
    """Named specimens with their arguments, given or read from the world."""

    def provide(world: World) -> Mapping[str, Arguments]:
        return {name: given(world) if callable(given) else given for name, given in specimens.items()}

    return provide


def absent_like(value: Any) -> Any:
    """A value of the same shape that nothing has."""
    if isinstance(value, int):
        return 987654321
    if re.fullmatch(r"[A-Z]{2,5}-.+", value):
        return f"{value[:3]}-2001-999"
    return "nobody-here"


def provider_of(route: Route, providers: Mapping[str, Provider]) -> Provider | None:
    """By the route's name, else by the longest beginning of its pattern with its arguments: "/offices/ slug,pk"."""
    wanted = ",".join(route.arguments)
    keys = [key for key in providers if key.startswith("/") and key.partition(" ")[2] == wanted]
    begun = [key for key in keys if f"/{route.pattern}".startswith(key.partition(" ")[0])]
    return providers.get(route.name) or (providers[max(begun, key=len)] if begun else None)


def doors(world: World, providers: Mapping[str, Provider]) -> list[Door]:
    """Every address to knock at; an AssertionError names the routes whose arguments nobody provided."""
    found: list[Door] = []
    unknown: list[str] = []
    for route in routes():
        if not route.arguments:
            found.append(Door(route, ALONE, address(route, {})))
            continue
        provide = provider_of(route, providers)
        if provide is None:
            unknown.append(f"{route.name} ({', '.join(route.arguments)})")
            continue
        found += [Door(route, specimen, address(route, given)) for specimen, given in provide(world).items()]
    assert not unknown, HELP.format(names="; ".join(unknown))
    return found


def address(route: Route, arguments: Arguments) -> str:
    """The path of a route with these arguments."""
    if "(?P<" in route.pattern or "^" in route.pattern:
        return reverse(route.name, kwargs=dict(arguments))
    path = re.sub(r"<(?:(?P<converter>\w+):)?(?P<name>\w+)>", lambda found: _part(found, arguments), route.pattern)
    return f"/{path}"


def _part(found: re.Match[str], arguments: Arguments) -> str:
    return quote(str(arguments[found["name"]]), safe="/:@" if found["converter"] == "path" else ":@")
