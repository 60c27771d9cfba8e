"""The page cache: never stale for more than five seconds, never anybody's own page."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils.timezone import localdate

from convenor.core.records import caretaker
from convenor.core.records.commands.caretaker import begin_caretaker, end_caretaker
from convenor.core.records.rules import CaretakerFacts, Viewer
from convenor.kit.http import public
from convenor.web.cache import KEPT_UNDER, TOO_OLD, Entry, PageCache, Shelf, Versions

Answer = tuple[str, dict[str, str], bytes]


class Page(HttpResponse):
    """A response without Django's end-of-request signals, which would close the test's own connection."""

    def close(self) -> None:
        self.closed = True


class Counter:
    """A WSGI application that answers with how often it was asked."""

    def __init__(self, prepare: Callable[[HttpResponse], HttpResponse] = public) -> None:
        self.asked = 0
        self.prepare = prepare

    def __call__(self, _environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.asked += 1
        response = self.prepare(Page(f"{self.asked} " + "x" * 1000))
        headers = [*response.items(), *(("Set-Cookie", morsel.OutputString()) for morsel in response.cookies.values())]
        start_response(f"{response.status_code} OK", headers)
        return response


def ask(app: PageCache, path: str = "/", method: str = "GET", **headers: str) -> Answer:
    said: list[Any] = []
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "HTTP_HOST": "localhost", **headers}
    body = b"".join(app(environ, lambda status, sent, _info=None: said.extend([status, dict(sent)])))  # type: ignore[arg-type]
    return said[0], said[1], body


@pytest.fixture
def version() -> list[int]:
    return [1]


def cache(app: Counter, version: list[int]) -> PageCache:
    return PageCache(app, Versions(lambda: version[0]))


def test_a_public_page_is_rendered_once(version: list[int]) -> None:
    app = Counter()
    kept = cache(app, version)
    assert ask(kept)[2] == ask(kept)[2]
    assert app.asked == 1


def test_gzip_and_304_have_their_own_strong_tags(version: list[int]) -> None:
    kept = cache(Counter(), version)
    _, plain, body = ask(kept)
    _, squeezed, small = ask(kept, HTTP_ACCEPT_ENCODING="gzip")
    assert gzip.decompress(small) == body
    assert squeezed["ETag"] == plain["ETag"][:-1] + '-gz"'
    status, _, nothing = ask(kept, HTTP_IF_NONE_MATCH=plain["ETag"])
    assert (status, nothing) == ("304 Not Modified", b"")


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_COOKIE": "sessionid=abc"},
        {"HTTP_COOKIE": "a=b; fresh=1"},
        {"HTTP_AUTHORIZATION": "Bearer x"},
        {"QUERY_STRING": "q=" + "x" * 400},
    ],
)
def test_some_requests_go_past_it(version: list[int], headers: dict[str, str]) -> None:
    app = Counter()
    kept = cache(app, version)
    ask(kept, **headers)
    ask(kept, **headers)
    assert app.asked == 2


def _with_cookie(response: HttpResponse) -> HttpResponse:
    response.set_cookie("a", "b")
    return public(response)


def _not_found(response: HttpResponse) -> HttpResponse:
    response.status_code = 404
    return public(response)


@pytest.mark.parametrize("prepare", [lambda response: response, _with_cookie, _not_found])
def test_what_is_not_everybodys_is_not_kept(version: list[int], prepare: Any) -> None:
    app = Counter(prepare)
    kept = cache(app, version)
    ask(kept)
    ask(kept)
    assert app.asked == 2


def test_a_page_ends_when_its_view_said(version: list[int]) -> None:
    app = Counter(lambda response: public(response, datetime.now(UTC) - timedelta(seconds=1)))
    kept = cache(app, version)
    ask(kept)
    ask(kept)
    assert app.asked == 2


def test_a_head_has_the_headers_of_the_get_and_no_body(version: list[int]) -> None:
    kept = cache(Counter(), version)
    _, got, _ = ask(kept)
    _, headed, body = ask(kept, method="HEAD")
    assert (headed, body) == (got, b"")


def test_the_shelf_drops_the_least_used_when_full() -> None:
    shelf = Shelf(capacity=3500)

    def entry(text: str) -> Entry:
        return Entry(1, "", float("inf"), (), "", text.encode(), None)

    for name in "abc":
        shelf.put(("", "", name, ""), entry(name))
        shelf.get(("", "", "a", ""))
    shelf.put(("", "", "d", ""), entry("d"))
    assert [name for name in "abcd" if shelf.get(("", "", name, ""))] == ["a", "c", "d"]
    assert shelf.size <= 3500


@pytest.mark.slow
def test_a_change_shows_within_five_seconds_to_every_thread(version: list[int]) -> None:
    """Eight readers, a slow version read: nobody gets the old page after TOO_OLD seconds and one read."""
    app = Counter()

    def read() -> int:
        time.sleep(0.05)
        return version[0]

    kept = PageCache(app, Versions(read))
    ask(kept)
    stale: list[float] = []
    stop = threading.Event()

    def reader() -> None:
        while not stop.is_set():
            if ask(kept)[2].startswith(b"1 ") and version[0] == 2:
                stale.append(time.monotonic() - changed)
            time.sleep(0.001)

    changed = time.monotonic()
    threads = [threading.Thread(target=reader) for _ in range(8)]
    version[0] = 2
    for thread in threads:
        thread.start()
    time.sleep(2.5)
    stop.set()
    for thread in threads:
        thread.join()
    assert max(stale, default=0) < TOO_OLD + 1
    assert not ask(kept)[2].startswith(b"1 ")


def test_when_the_database_does_not_answer_django_is_asked(version: list[int]) -> None:
    app = Counter()
    kept = PageCache(app, Versions(lambda: None))
    ask(kept)
    ask(kept)
    assert app.asked == 2


@pytest.mark.django_db
def test_a_cached_page_picks_up_a_caretaker_period_and_drops_it(client: Client, by_system: Viewer) -> None:
    """The page is kept under the version that was read before it was drawn, and drawn from what holds at that one."""
    version, now = [1], datetime.now(UTC)
    app = drawn_by(client)
    kept = PageCache(app, Versions(lambda: version[0]))
    assert b"strip--caretaker" not in ask(kept, "/glossary/")[2]
    facts = CaretakerFacts(localdate(now), None, "An election is to be held.")
    made = begin_caretaker(by=by_system, facts=facts, now=now)
    for moved, seen in ((2, True), (2, True), (3, True)):
        version[0], kept.versions = moved, Versions(lambda: version[0])
        assert (b"An election is to be held." in ask(kept, "/glossary/")[2]) is seen
    end_caretaker(by=by_system, period=made, reason="The result is clear.", now=now)
    version[0], kept.versions = 4, Versions(lambda: version[0])
    assert b"An election is to be held." not in ask(kept, "/glossary/")[2]


def test_a_page_that_is_kept_costs_the_banner_no_query(
    client: Client, django_assert_num_queries: Any, db: None
) -> None:
    caretaker.forget()
    client.get("/glossary/")
    with django_assert_num_queries(0):
        for _ in range(5):
            client.get("/glossary/")


def drawn_by(client: Client) -> Any:
    """Django's own pages as a WSGI application, without the end of the request that closes a test's connection."""

    def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        answer = client.get(environ["PATH_INFO"], **{KEPT_UNDER: environ[KEPT_UNDER]})
        page = public(Page(answer.content, content_type="text/html"))
        start_response("200 OK", list(page.items()))
        return page

    return app
