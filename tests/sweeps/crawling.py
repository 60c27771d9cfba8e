"""Reading everything that somebody can reach: the addresses of the routes, and every link found on the way."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import urlsplit

from django.test import Client

from tests.sweeps.asking import Answer, ask, undone
from tests.sweeps.html import read

LIMIT: Final = 4000
"""Pages a crawl may read before it counts as endless."""


def crawl(client: Client, start: Iterable[str], *, follow: bool = True) -> Iterator[Answer]:
    """GET every address, then every link of this site on the pages found, each once."""
    waiting = deque(dict.fromkeys(start))
    known = set(waiting)
    while waiting:
        url = waiting.popleft()
        with undone():
            answer = ask(client, "GET", url)
        yield answer
        if follow:
            fresh = [link for link in links_of(answer) if link not in known and crawlable(link)]
            known.update(fresh)
            waiting.extend(fresh)
        assert len(known) < LIMIT, f"More than {LIMIT} addresses, the last one {url}: do links make ever new links?"


def links_of(answer: Answer) -> list[str]:
    """Where an answer leads: its redirect, and the links of a page or feed."""
    found = [urlsplit(answer.where).path] if answer.where.startswith("/") else []
    kind = answer.headers.get("content-type", "")
    if kind.startswith(("text/html", "application/xhtml+xml", "application/atom+xml", "application/xml", "text/xml")):
        found += read(answer.text).links(urlsplit(answer.url).path)
    return list(dict.fromkeys(found))


def crawlable(link: str) -> bool:
    """Not the static files, nor the way out."""
    return not link.startswith(("/static/", "/account/logout/"))
