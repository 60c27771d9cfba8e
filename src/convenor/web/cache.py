"""The page cache in front of Django (research: prototypes A).

A WSGI layer with an in-process, byte-capped LRU. It keeps what a view marked public (kit.http.public) and that sets no
cookie; anybody with a session, an Authorization header or a form just sent goes past it. Each entry holds the site's
version (journal.SiteVersion, bumped by a trigger last in every writing transaction): when the version has moved, the
entry is dead. The version is read at most once a second by one thread; nobody is answered on one older than four
seconds, so no reader ever sees a page older than five.
"""

from __future__ import annotations

import gzip
import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import localdate

from convenor.kit.structs import struct

Headers = list[tuple[str, str]]

REFRESH_AFTER: Final = 1.0
"""Seconds after which one thread reads the version again."""

TOO_OLD: Final = 4.0
"""Seconds after which every thread waits for a fresh version."""

CAPACITY: Final = 64 * 2**20
LARGEST: Final = 2 * 2**20
SMALLEST_GZIP: Final = 600
LONGEST_QUERY: Final = 300
KEPT_UNDER: Final = "convenor.version"
"""In the environment of a request whose page is to be kept: under which version of the site."""
FRESH_COOKIE: Final = "fresh"
FRESH_SECONDS: Final = 6
PUBLIC_POLICY: Final = "public, max-age=0, must-revalidate"
PRIVATE_POLICY: Final = "private, no-store"
SQUEEZED: Final = ("text/", "application/json", "application/atom+xml", "image/svg+xml", "application/ld+json")

Key = tuple[str, str, str, str]


@struct
class Entry:
    """One kept page in both encodings, and how long it may be shown."""

    version: int
    day: str
    fresh_until: float
    headers: tuple[tuple[str, str], ...]
    etag: str
    body: bytes
    squeezed: bytes | None

    @property
    def size(self) -> int:
        return len(self.body) + len(self.squeezed or b"") + 1000

    def holds(self, version: int, day: str, now: float) -> bool:
        return self.version == version and self.day == day and now < self.fresh_until


class Shelf:
    """A byte-capped LRU that several threads use."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self.capacity = capacity
        self.size = 0
        self._entries: OrderedDict[Key, Entry] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key) -> Entry | None:
        with self._lock:
            entry = self._entries.get(key)
            if entry:
                self._entries.move_to_end(key)
            return entry

    def put(self, key: Key, entry: Entry) -> None:
        with self._lock:
            former = self._entries.pop(key, None)
            self.size += entry.size - (former.size if former else 0)
            self._entries[key] = entry
            while self.size > self.capacity:
                _, dropped = self._entries.popitem(last=False)
                self.size -= dropped.size


class Versions:
    """The site's version, read from the database at most once a second, by one thread for all."""

    def __init__(self, read: Callable[[], int | None]) -> None:
        self._read = read
        self._version: int | None = None
        self._read_at = float("-inf")
        self._lock = threading.Lock()

    def current(self) -> int | None:
        """The version, at most TOO_OLD seconds old; None when the database does not answer."""
        age = time.monotonic() - self._read_at
        if age < REFRESH_AFTER:
            return self._version
        if self._lock.acquire(blocking=age >= TOO_OLD):
            try:
                if time.monotonic() - self._read_at >= REFRESH_AFTER:
                    asked_at = time.monotonic()
                    self._version = self._read()
                    self._read_at = asked_at
            finally:
                self._lock.release()
        return self._version


def read_version() -> int | None:
    """The one-row counter, 0 before the first entry. Gives the connection back at once."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT number FROM journal_siteversion WHERE id = 1")
            row = cursor.fetchone()
            return int(row[0]) if row else 0
    except DatabaseError:
        return None
    finally:
        connection.close()


class PageCache:
    """The WSGI application in front of Django's."""

    def __init__(self, app: WSGIApplication, versions: Versions | None = None, shelf: Shelf | None = None) -> None:
        self.app = app
        self.versions = versions or Versions(read_version)
        self.shelf = shelf or Shelf()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not may_share(environ):
            return self.app(environ, start_response)
        version = self.versions.current()
        if version is None:
            return self.app(environ, start_response)
        key, day = key_of(environ), localdate().isoformat()
        entry = self.shelf.get(key)
        if entry and entry.holds(version, day, time.time()):
            return answer(entry, environ, start_response)
        return self._render(key, version, day, environ, start_response)

    def _render(
        self, key: Key, version: int, day: str, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Ask Django; keep the page under the version read before it was rendered."""
        held: list[tuple[str, Headers]] = []

        def hold(status: str, headers: Headers, exc_info: Any = None) -> Any:  # noqa: ARG001 - WSGI's signature
            held.append((status, headers))
            return None

        response = self.app({**environ, "REQUEST_METHOD": "GET", KEPT_UNDER: version}, hold)
        status, headers = held[0]
        if not may_keep(response, status, headers):
            start_response(status, headers)
            return response if environ["REQUEST_METHOD"] == "GET" else _without_body(response)
        body = b"".join(response)
        _close(response)
        entry = make_entry(version, day, headers, body, getattr(response, "convenor_fresh_until", None))
        self.shelf.put(key, entry)
        return answer(entry, environ, start_response)


def may_share(environ: WSGIEnvironment) -> bool:
    """Whether a stranger's page would do: a read, nobody signed in, no form sent in the last seconds."""
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or "HTTP_AUTHORIZATION" in environ:
        return False
    if len(environ.get("QUERY_STRING", "")) > LONGEST_QUERY:
        return False
    cookies = environ.get("HTTP_COOKIE", "")
    names = {pair.split("=", 1)[0].strip() for pair in cookies.split(";")}
    return not names & {settings.SESSION_COOKIE_NAME, FRESH_COOKIE, "messages"}


def key_of(environ: WSGIEnvironment) -> Key:
    scheme = environ.get("wsgi.url_scheme", "http")
    return (scheme, environ.get("HTTP_HOST", ""), environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", ""))


def may_keep(response: Any, status: str, headers: Headers) -> bool:
    """A whole 200 that its view marked public and that sets no cookie."""
    if not status.startswith("200") or not getattr(response, "convenor_public", False):
        return False
    if getattr(response, "streaming", True) or any(name.lower() == "set-cookie" for name, _ in headers):
        return False
    return len(response.content) <= LARGEST


def make_entry(version: int, day: str, headers: Headers, body: bytes, fresh_until: datetime | None) -> Entry:
    """The page with a strong ETag (hash of the body), squeezed once where that pays."""
    kept = {name.title(): value for name, value in headers}
    dropped = ("Content-Length", "Etag", "Cache-Control", "Vary", "Content-Encoding")
    rest = [(name, value) for name, value in kept.items() if name not in dropped]
    squeeze = len(body) >= SMALLEST_GZIP and kept.get("Content-Type", "").startswith(SQUEEZED)
    return Entry(
        version=version,
        day=day,
        fresh_until=fresh_until.timestamp() if fresh_until else float("inf"),
        headers=(*rest, ("Cache-Control", PUBLIC_POLICY), ("Vary", "Accept-Encoding, Cookie")),
        etag=hashlib.sha256(body).hexdigest()[:32],
        body=body,
        squeezed=gzip.compress(body, 6, mtime=0) if squeeze else None,
    )


def answer(entry: Entry, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """The kept page in the encoding the reader takes, or 304 when they have it."""
    squeezed = entry.squeezed if "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "") else None
    etag = f'"{entry.etag}-gz"' if squeezed else f'"{entry.etag}"'
    headers = [*entry.headers, ("ETag", etag)]
    if etag in environ.get("HTTP_IF_NONE_MATCH", ""):
        start_response("304 Not Modified", headers)
        return []
    body = squeezed if squeezed is not None else entry.body
    if squeezed is not None:
        headers.append(("Content-Encoding", "gzip"))
    headers.append(("Content-Length", str(len(body))))
    start_response("200 OK", headers)
    return [body] if environ["REQUEST_METHOD"] == "GET" else []


class CachePolicyMiddleware:
    """Django's side of it: what is not marked public is nobody else's, and a form's sender sees their own change."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        shared = settings.SESSION_COOKIE_NAME not in request.COOKIES
        public = shared and getattr(response, "convenor_public", False)
        if not public and "Cache-Control" not in response:
            response["Cache-Control"] = PRIVATE_POLICY
        if public and "Cache-Control" not in response:
            response["Cache-Control"] = PUBLIC_POLICY
        if request.method == "POST":
            response.set_cookie(
                FRESH_COOKIE, "1", max_age=FRESH_SECONDS, httponly=True, samesite="Lax", secure=settings.HTTPS
            )
        return response


def _without_body(response: Iterable[bytes]) -> Iterable[bytes]:
    _close(response)
    return []


def _close(response: Any) -> None:
    close = getattr(response, "close", None)
    if close:
        close()
