"""The page cache in real servers while another process writes: nobody reads a page older than five seconds."""

from __future__ import annotations

import re
import socket
import time
import urllib.request
from contextlib import suppress

import pytest

from tests.kills.site import Site

CHANGES = 12


def fetch(address: str) -> str:
    with urllib.request.urlopen(address, timeout=20) as answer:
        return str(answer.read().decode())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_change_by_another_process_shows_within_five_seconds(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    page = f"http://127.0.0.1:{(port := free_port())}/updates/"
    server = site.start("convenor", "serve", "--port", str(port))
    try:
        _wait_until_up(page)
        assert "mark 0" not in fetch(page)
        seen: dict[int, float] = {}
        writer = site.start("tests.kills.actors", "mark_changes", str(CHANGES))
        oldest = 0.0
        while writer.poll() is None or len(seen) < CHANGES:
            asked = time.time()
            found = {int(mark) for mark in re.findall(r"mark (\d+)", fetch(page))}
            for mark in found - seen.keys():
                seen[mark] = asked
            assert time.time() - asked < 20
            time.sleep(0.03)
        assert writer.stdout
        said = [line.split() for line in writer.stdout.read().splitlines()[:CHANGES]]
        oldest = max(seen[int(mark)] - float(at) for mark, at in said)
        writer.communicate()
    finally:
        server.terminate()
        server.communicate(timeout=30)
    assert oldest < 5
    with capsys.disabled():
        print(f"\n{CHANGES} changes by another process: the last old page {oldest:.2f} s after the commit")


def _wait_until_up(address: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with suppress(OSError):
            fetch(address)
            return
        time.sleep(0.2)
    raise AssertionError("The server did not start.")
