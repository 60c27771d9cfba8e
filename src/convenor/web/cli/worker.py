"""`./convenor worker`: hand out what is in the outbox, send mail, seal the journal, run what is due.

A supervisor starts the process that works, and starts it again when it dies. SIGTERM lets it finish the item in hand.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import threading
import time
from typing import Final

import django
import structlog

from convenor.web.cli import logs

STOP_WITHIN: Final = 30.0
LONGEST_PAUSE: Final = 30.0

log = structlog.get_logger(__name__)


def main(arguments: list[str]) -> int:
    logs.configure()
    parser = argparse.ArgumentParser("./convenor worker", description=__doc__)
    parser.add_argument("--once", action="store_true", help="do what is waiting now, then stop")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if not (options.once or options.child):
        return Supervisor().run()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    django.setup()
    from convenor.web.cli.rounds import Worker  # noqa: PLC0415 - the apps must be ready

    worker = Worker(stop)
    return worker.run_once() if options.once else worker.run()


class Supervisor:
    """Keeps one working process alive, and passes on that it should stop."""

    def __init__(self) -> None:
        self.stopping = False
        self.child: subprocess.Popen[bytes] | None = None

    def run(self) -> int:
        """Until told to stop. A child that keeps dying is started again ever more slowly."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        pause = 0.5
        while not self.stopping:
            began = time.monotonic()
            code = self._work()
            if self.stopping or code == 0:
                return 0
            pause = 0.5 if time.monotonic() - began > 60 else min(pause * 2, LONGEST_PAUSE)
            log.error("worker.died", code=code, again_in=pause)
            self._wait(pause)
        return 0

    def _work(self) -> int:
        self.child = subprocess.Popen([sys.executable, "-P", "-m", "convenor", "worker", "--child"])
        if self.stopping:  # told so while it was being started
            self.child.terminate()
        while True:
            try:
                return self.child.wait(STOP_WITHIN if self.stopping else None)
            except subprocess.TimeoutExpired:
                self.child.kill()

    def _stop(self, *_: object) -> None:
        self.stopping = True
        if self.child and self.child.poll() is None:
            self.child.terminate()

    def _wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self.stopping and time.monotonic() < until:
            time.sleep(0.1)
