"""Things done at once, each in a thread with a connection of its own."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection, connections


def at_once(*acts: Callable[[], object]) -> list[BaseException]:
    """Start them together and wait; what each of them raised, if anything."""
    ready, failures = threading.Barrier(len(acts)), list[BaseException]()

    def work(act: Callable[[], object]) -> None:
        try:
            ready.wait()
            act()
        except BaseException as failure:  # noqa: BLE001 - shown by the test
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def race(attempts: list[Callable[[], Any]]) -> Counter[str]:
    """Let all begin at the same moment; count how each ended."""
    from convenor.core.records.rules import Refused

    start = threading.Barrier(len(attempts))

    def run(attempt: Callable[[], Any]) -> str:
        start.wait()
        try:
            attempt()
        except Refused as refused:
            return " ".join(breach.code for breach in refused.breaches)
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(attempts)) as pool:
        return Counter(pool.map(run, attempts))
