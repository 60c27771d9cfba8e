"""Every public page, list, feed and export at 1x and at 10x: queries, bytes, CPU; and the ratio to a bare Django page.

`python bench/pages.py`. Queries must be equal at both sizes; bytes at most 1.1x, CPU at most 1.3x (issue 3's bars); CPU also right after a
change, when nothing that is kept holds.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from common import scratch_database
from data import SMALL, TENFOLD, fill

REPEATS = 5
PAGES = (
    "/", "/groups/", "/groups/?q=group", "/groups/group-1/", "/groups/group-1/?on=2025-06-30", "/organisations/",
    "/organisations/body-1/", "/offices/{office}/", "/people/{person}/", "/engagement/", "/engagement/dsp/",
    "/engagement/dsp/focus-group/", "/partnerships/", "/engagement-log/", "/updates/", "/updates/feed.atom",
    "/search/?q=group", "/data/", "/data/groups/", "/api/v1/groups/", "/api/v1/organisations/", "/people/", "/offices/", "/groups/initiatives/",
    "/groups/overlaps/", "/groups/overlaps/people/", "/groups/group-1/story/",
    "/groups/compare/?group=group-1&group=group-2", "/groups/vacancies/", "/groups/vacancies/feed.atom", "/proof/", "/glossary/", "/desk/", "/my-work/", "/uploads/",
)  # fmt: skip


@dataclass(frozen=True)
class Measure:
    status: int
    queries: int
    bytes: int
    cpu_ms: float
    changed_ms: float
    """When something was written just before, so that nothing that is kept holds (ADR 11)."""


def main() -> None:
    sizes = {}
    for name, size in (("1x", SMALL), ("10x", TENFOLD)):
        with scratch_database():
            fill(size)
            sizes[name] = measure_all()
    report(sizes["1x"], sizes["10x"])


def measure_all() -> dict[str, dict[str, Measure]]:
    from django.test import Client, override_settings

    found: dict[str, dict[str, Measure]] = {}
    with override_settings(ALLOWED_HOSTS=["*"]):
        anonymous, officer = Client(), Client()
        officer.force_login(_officer())
        bare = _bare()
        for page in PAGES:
            path = _filled(page)
            found[page] = {"stranger": measure(anonymous, path), "officer": measure(officer, path)}
    found["bare"] = {"stranger": Measure(200, 0, 0, bare, bare), "officer": Measure(200, 0, 0, bare, bare)}
    return found


def measure(client: object, path: str) -> Measure:
    """Median CPU of some repeats after one warm-up; queries of one."""
    from django.db import connection

    from convenor.core.journal.unchanged import forget

    asked = [0]

    def count(execute, *given):  # type: ignore[no-untyped-def]
        asked[0] += 1
        return execute(*given)

    client.get(path)  # type: ignore[attr-defined]
    with connection.execute_wrapper(count):  # the log of queries is bounded, and full once a world has been built
        response = client.get(path)  # type: ignore[attr-defined]
    body = b"".join(response.streaming_content) if response.streaming else response.content
    kept, changed = ([_timed(client, path, first) for _ in range(REPEATS)] for first in (lambda: None, forget))
    return Measure(response.status_code, asked[0], len(body), statistics.median(kept), statistics.median(changed))


def _timed(client: object, path: str, first: Callable[[], None]) -> float:
    first()
    began = time.process_time()
    again = client.get(path)  # type: ignore[attr-defined]
    _ = b"".join(again.streaming_content) if again.streaming else again.content
    return (time.process_time() - began) * 1000


def _bare() -> float:
    """A view that returns a stored string of 36 kB, through the same client and middleware-free handler."""
    from django.http import HttpResponse
    from django.test import RequestFactory

    text = "x" * 36_000
    factory, times = RequestFactory(), []
    for _ in range(200):
        began = time.process_time()
        HttpResponse(text, headers={"X": factory.get("/").path})
        times.append((time.process_time() - began) * 1000)
    return statistics.median(times)


def _officer() -> object:
    from convenor.core.accounts.models import Person

    return Person.objects.get(email="secretariat@demo.example")


def _filled(page: str) -> str:
    from convenor.domain.directory.models import Office, Profile

    return page.format(office=Office.objects.earliest("pk").slug, person=Profile.objects.earliest("pk").slug)


def report(one: dict[str, dict[str, Measure]], ten: dict[str, dict[str, Measure]]) -> None:
    print(
        f"{'page':34}{'who':10}{'status':>7}{'SQL 1x':>8}{'10x':>5}{'kB 1x':>8}{'10x':>8}{'CPU 1x':>9}{'10x':>8}{'ratio':>7}{'changed':>9}{'10x':>8}{'ratio':>7}"
    )
    for page, by_role in one.items():
        for who, small in by_role.items():
            large = ten[page][who]
            ratio = large.cpu_ms / small.cpu_ms if small.cpu_ms else 0
            after = large.changed_ms / small.changed_ms if small.changed_ms else 0
            print(
                f"{page:34}{who:10}{large.status:>7}{small.queries:>8}{large.queries:>5}{small.bytes / 1000:>8.1f}"
                f"{large.bytes / 1000:>8.1f}{small.cpu_ms:>9.1f}{large.cpu_ms:>8.1f}{ratio:>7.2f}"
                f"{small.changed_ms:>9.1f}{large.changed_ms:>8.1f}{after:>7.2f}"
            )


if __name__ == "__main__":
    main()
