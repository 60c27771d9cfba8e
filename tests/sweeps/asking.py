"""Sending a request as somebody of the cast, and keeping what matters of the answer."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django.test import Client

WRITES = re.compile(
    r"""^\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM|REPLACE\s+INTO)\s+["']?(\w+)""", re.IGNORECASE
)
HOUSEKEEPING = frozenset({"django_session", "convenor_cache", "usersessions_usersession"})
"""Tables that any request may write: sessions, and the counters of the rate limits."""

VOLATILE_HEADERS = frozenset(
    {"date", "content-length", "set-cookie", "content-security-policy", "x-request-id", "server-timing"}
)
"""Headers that differ between two equal answers: times, nonces, and the length, which follows from the body."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as the sweeps compare it. `where` is the Location of a redirect, `writes` the tables it wrote to."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    where: str = ""
    writes: frozenset[str] = field(default_factory=frozenset)
    fault: str = ""

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def word(self) -> str:
        """How the committed table writes it: the status, or “in” for a redirect to the sign-in page."""
        return "in" if self.status == 302 and is_sign_in(self.where) else str(self.status)

    @property
    def opened(self) -> bool:
        """Whether the door gave what is behind it."""
        return 200 <= self.status < 300

    def neutral(self, *own: str) -> bytes:
        """The body without what the asker typed into the address, which may be shown back, and without form tokens."""
        return neutral(TOKEN.sub(rb'\1"."', self.body), self.url, *own)


TOKEN = re.compile(rb'(name="csrfmiddlewaretoken" value=)"[^"]*"')
"""Masked anew on every page."""


def is_sign_in(where: str) -> bool:
    return urlsplit(where).path == resolve_url(settings.LOGIN_URL)


def neutral(body: bytes, *typed: str) -> bytes:
    """A body in which everything the asker typed, in each form it may be written back, is one dot."""
    for text in sorted({form for given in typed if given for form in forms_of(given)}, key=len, reverse=True):
        body = body.replace(text.encode(), b".")
    return body


def forms_of(typed: str) -> set[str]:
    """A text as it may be written back in HTML, in an address and in JSON."""
    plain = {typed, quote(typed), quote(typed, safe=""), quote(typed, safe="/:@")}
    return plain | {text.replace("&", "&amp;").replace("'", "&#x27;").replace('"', "&quot;") for text in plain}


def ask(client: Client, method: str, url: str, data: Any = None, *, body: bytes = b"", **extra: Any) -> Answer:
    """Send one request; a fault of the server becomes a 500 with its text, never an exception of the test.

    The browser keeps the cookies it had: who signed out in one request is signed in for the next.

    data: the fields of a form. body: raw bytes instead, with `content_type`.
    """
    client.raise_request_exception = False
    written: set[str] = set()
    cookies = dict(client.cookies)
    with connection.execute_wrapper(_noting(written)):
        response = client.generic(method, url, body, **extra) if data is None else client.post(url, data, **extra)
        content = _body(response)
    fault = _traceback(getattr(response, "exc_info", None)) if response.status_code >= 500 else ""
    client.exc_info = None
    _restore(client, cookies)
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(response.status_code, headers, content, url, headers.get("location", ""), frozenset(written), fault)


def _restore(client: Client, cookies: dict[str, Any]) -> None:
    if dict(client.cookies) != cookies:
        client.cookies.clear()
        for name, morsel in cookies.items():
            client.cookies[name] = morsel


def _traceback(exc_info: Any) -> str:
    """The last lines of what went wrong, for who must mend it."""
    lines = traceback.format_exception(*exc_info)[-3:] if exc_info else []
    return "".join(lines) or "the server said so itself"


def _body(response: HttpResponseBase) -> bytes:
    if response.streaming:
        return b"".join(cast("Iterable[bytes]", response))
    return bytes(cast("HttpResponse", response).content)


def _noting(written: set[str]) -> Any:
    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found = WRITES.match(sql)
        if found and found.group(1) not in HOUSEKEEPING:
            written.add(found.group(1))
        return execute(sql, params, many, context)

    return note


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside is rolled back."""
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)
