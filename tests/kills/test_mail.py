"""A worker that is killed in the middle of sending, again and again: nothing is lost, nobody gets what they may not."""

from __future__ import annotations

import asyncio
import random
import socket
import subprocess
import time
from collections import defaultdict
from collections.abc import Iterator
from email import message_from_bytes

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.kills.site import Site

OPEN, PRIVATE, KILLS, AT_ONCE = 1440, 60, 20, 2


class Inbox:
    """Keeps who got which Message-ID how often; slow enough to be killed in the middle of."""

    def __init__(self) -> None:
        self.got: dict[str, list[str]] = defaultdict(list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802
        await asyncio.sleep(0.004)
        said = message_from_bytes(envelope.original_content or b"")
        for recipient in envelope.rcpt_tos:
            self.got[recipient].append(said["Message-ID"])
        return "250 OK"

    @property
    def count(self) -> int:
        return sum(map(len, self.got.values()))


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, str]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    handler = Inbox()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, f"smtp://127.0.0.1:{port}"
    controller.stop()


def wait_for(inbox: Inbox, count: int, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while inbox.count < count and time.monotonic() < until:
        time.sleep(0.005)


def test_nothing_is_lost_and_nobody_gets_what_they_may_no_longer_read(
    site: Site, inbox: tuple[Inbox, str], capsys: pytest.CaptureFixture[str]
) -> None:
    kept, url = inbox
    assert site.act("queue_mail", OPEN, PRIVATE) == OPEN + PRIVATE

    def start() -> subprocess.Popen[str]:
        return site.start("convenor", "worker", "--child", CONVENOR_SMTP_URL=url)

    began = time.monotonic()
    workers, revoked = [start() for _ in range(AT_ONCE)], 0
    for turn in range(KILLS):
        wait_for(kept, (turn + 1) * 45)
        time.sleep(random.random() * 0.05)  # noqa: S311 - when the axe falls
        victim = workers[turn % AT_ONCE]
        victim.kill()
        victim.communicate()
        workers[turn % AT_ONCE] = start()
        if turn == 2:
            revoked = site.act("take_access_away")
    _wait_until_done(site)
    for worker in workers:
        worker.terminate()
        assert worker.wait(20) == 0
        worker.communicate()
    _check(site, kept, revoked)
    repeats = kept.count - len(kept.got)
    with capsys.disabled():
        print(
            f"\n{OPEN + PRIVATE} messages, {KILLS} kills, {time.monotonic() - began:.0f} s: 0 lost, {repeats} repeated"
        )


def _wait_until_done(site: Site) -> None:
    """What a killed worker held is taken when its lease lapses."""
    until = time.monotonic() + 150
    while time.monotonic() < until and site.act("mail_states")["done"] < OPEN + PRIVATE:
        time.sleep(5)


def _check(site: Site, kept: Inbox, revoked: int) -> None:
    states = site.act("mail_states")
    assert revoked == PRIVATE
    assert states == states | {"sent": OPEN, "held": PRIVATE, "done": OPEN + PRIVATE, "failed": 0, "bodies": 0}
    assert set(kept.got) == {f"reader{n}@convenor.example" for n in range(OPEN)}
    assert all(len(set(ids)) == 1 for ids in kept.got.values())
    assert len({ids[0] for ids in kept.got.values()}) == OPEN
