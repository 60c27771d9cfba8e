"""The worker comes back when killed, leaves nothing behind, and outlives a database that goes away."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import psycopg

from tests.kills.site import Site


def until(true: Callable[[], object], seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "It did not happen."
        time.sleep(0.2)


@contextmanager
def working(site: Site) -> Iterator[subprocess.Popen[str]]:
    supervisor = site.start("convenor", "worker")
    try:
        yield supervisor
    finally:
        with suppress(ProcessLookupError):
            supervisor.terminate()
        supervisor.communicate(timeout=40)


def is_alive(pid: int) -> bool:
    """Whether the process runs (one that ended and that nobody waited for does not)."""
    try:
        with open(f"/proc/{pid}/stat") as state:  # noqa: PTH123 - not a real file
            return state.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_killed_worker_is_started_again_and_sigterm_stops_it(site: Site) -> None:
    with working(site) as supervisor:
        until(lambda: site.act("beats"))
        first = site.act("beats")[0]
        os.kill(first, signal.SIGKILL)
        until(lambda: set(site.act("beats")) - {first})
        second = next(iter(set(site.act("beats")) - {first}))
        supervisor.terminate()
        assert supervisor.wait(30) == 0
        assert not is_alive(second)
        assert second not in site.act("beats")


def test_a_killed_supervisor_leaves_no_worker_behind(site: Site) -> None:
    with working(site) as supervisor:
        until(lambda: site.act("beats"))
        [child] = site.act("beats")
        supervisor.kill()
        until(lambda: not is_alive(child), 10)


def test_a_lost_database_connection_is_made_anew(site: Site) -> None:
    with working(site):
        until(lambda: site.act("beats"))
        [child] = site.act("beats")
        if site.on_postgres:
            _cut_connections(site)
        site.act("queue_mail", 3, 0)
        until(lambda: site.act("mail_states")["sent"] == 3)
        assert site.act("beats") == [child]
    assert len(list((site.data / "mail").glob("*.eml"))) == 3


def _cut_connections(site: Site) -> None:
    with psycopg.connect(site.url, autocommit=True) as server:
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
