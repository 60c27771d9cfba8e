"""Every address of the product, from the resolver itself, so that no new one can be forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern


@dataclass(frozen=True, slots=True, order=True)
class Route:
    """One pattern: its name with namespaces ("groups:detail"), its text, and the arguments it takes."""

    name: str
    pattern: str
    arguments: tuple[str, ...]


def routes() -> list[Route]:
    """All of them, sorted by pattern; unnamed ones carry their pattern as name."""
    return sorted(_walk(get_resolver(), "", ""), key=lambda route: (route.pattern, route.name))


def _walk(resolver: URLResolver, prefix: str, namespace: str) -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        text = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern, text, inner)
        else:
            yield _route(pattern, text, namespace)


def _route(pattern: URLPattern, text: str, namespace: str) -> Route:
    arguments = tuple(pattern.pattern.converters) if isinstance(pattern.pattern, RoutePattern) else ()
    return Route(f"{namespace}{pattern.name or text}", text, arguments)
