"""Reading everything that somebody can reach: the addresses of the routes, and every link found on the way."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from typing import Final
from urllib.parse import urldefrag, urljoin, urlsplit

from django.test import Client

from tests.sweeps.asking import Answer, ask, undone

LIMIT: Final = 4000
"""Pages a crawl may read before it counts as endless."""
HREF: Final = re.compile(r"""\shref\s*=\s*(?:"([^"]*)"|'([^']*)')""")
"""Every link of a page or feed. A parser finds the same ones in ten times the time."""
OURS: Final = {"testserver", "127.0.0.1", "localhost"}
NOTHING: Final[Mapping[str, Answer]] = {}


def crawl(
    client: Client, start: Iterable[str], *, follow: bool = True, asked: Mapping[str, Answer] = NOTHING
) -> Iterator[Answer]:
    """GET every address, then every link of this site on the pages found, each once. asked: answers at hand."""
    waiting = deque(dict.fromkeys(start))
    known = set(waiting)
    while waiting:
        url = waiting.popleft()
        answer = asked.get(url) or _read(client, url)
        yield answer
        if follow:
            fresh = [link for link in links_of(answer) if link not in known and crawlable(link)]
            known.update(fresh)
            waiting.extend(fresh)
        assert len(known) < LIMIT, f"More than {LIMIT} addresses, the last one {url}: do links make ever new links?"


def _read(client: Client, url: str) -> Answer:
    with undone():
        return ask(client, "GET", url)


def links_of(answer: Answer) -> list[str]:
    """Where an answer leads: its redirect, and the links of a page or feed."""
    found = [urlsplit(answer.where).path] if answer.where.startswith("/") else []
    kind = answer.headers.get("content-type", "")
    if kind.startswith(("text/html", "application/xhtml+xml", "application/atom+xml", "application/xml", "text/xml")):
        found += hrefs(answer.text, urlsplit(answer.url).path)
    return list(dict.fromkeys(found))


def hrefs(text: str, base: str) -> Iterator[str]:
    """Where the links of a page lead on this very site, as path and query."""
    for double, single in HREF.findall(text):
        found = urlsplit(urljoin(f"http://testserver{base}", urldefrag(unescape(double or single)).url))
        if found.scheme in {"http", "https"} and found.hostname in OURS:
            yield found.path + (f"?{found.query}" if found.query else "")


def crawlable(link: str) -> bool:
    """Not the static files, nor the way out.

    Of the style guide, which draws made-up samples and reads no row, one filter at a time: all combinations of them
    were half of a crawl.
    """
    combined = link.startswith("/styleguide/?") and "&" in link
    return not combined and not link.startswith(("/static/", "/account/logout/"))
