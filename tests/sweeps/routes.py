"""Every address of the product, from the resolver itself, so that no new one can be forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern, RoutePattern


@dataclass(frozen=True, slots=True, order=True)
class Route:
    """One pattern: its name with namespaces ("groups:detail"), its text, and the arguments it takes."""

    name: str
    pattern: str
    arguments: tuple[str, ...]

    @property
    def key(self) -> str:
        """What a reviewer reads: the name, with the pattern where several share it or none is given."""
        return f"{self.name} /{self.pattern}"


def routes() -> list[Route]:
    """All of them, sorted by pattern; unnamed ones carry their pattern as name."""
    return sorted(_walk(get_resolver(), "", "", ()), key=lambda route: (route.pattern, route.name))


def _walk(resolver: URLResolver, prefix: str, namespace: str, before: tuple[str, ...]) -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        text = prefix + str(pattern.pattern)
        arguments = before + _arguments(pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern, text, inner, arguments)
        else:
            yield Route(f"{namespace}{pattern.name or text}", text, arguments)


def _arguments(pattern: URLPattern | URLResolver) -> tuple[str, ...]:
    if isinstance(pattern.pattern, RoutePattern):
        return tuple(pattern.pattern.converters)
    return tuple(pattern.pattern.regex.groupindex) if isinstance(pattern.pattern, RegexPattern) else ()
