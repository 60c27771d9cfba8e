"""`./convenor demo`: the whole product with a true story in it, on one machine, at once."""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import fcntl
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import django

from convenor import __version__
from convenor.web.cli import serve
from convenor.web.cli.faults import Trouble
from convenor.web.cli.serve import check_port, migrate

PR_SET_PDEATHSIG = 1
STOP_WITHIN = 8.0
SOURCE = Path(__file__).resolve().parents[2]
SEEDS = "domain/*/seeds/*"


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    _choose_data_folder()
    address = f"http://{options.host}:{options.port}"
    os.environ.setdefault("CONVENOR_URL", address)
    if not options.no_serve:
        check_port(options.host, options.port)
    from django.conf import settings  # noqa: PLC0415 - the environment above decides the settings

    with _only_one(settings.DATA):
        if options.reset:
            _reset(settings.DATA)
        greeting = _prepare(settings.DATA)
        running = _hold(settings.DATA, fcntl.LOCK_SH)
    if options.no_serve:
        _say("The demonstration is loaded.")
        return 0
    with running:
        return _run(options.host, options.port, address, greeting)


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("./convenor demo", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--reset", action="store_true", help="throw the demonstration's data away and load it anew")
    parser.add_argument("--no-serve", action="store_true", help="set up, load, and stop")
    return parser.parse_args(arguments)


def _choose_data_folder() -> None:
    """The demonstration has a folder of its own: it never touches a real site's data."""
    root = Path(os.environ.get("CONVENOR_ROOT", Path(__file__).resolve().parents[4]))
    os.environ["CONVENOR_DEMO"] = "yes"
    os.environ.setdefault("CONVENOR_DATA", str(root / "var" / "demo"))


@contextlib.contextmanager
def _only_one(data: Path) -> Iterator[None]:
    """Two starts at once: the second waits until the first has loaded the story."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say("Another start is loading the demonstration; waiting for it.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _hold(data: Path, how: int) -> IO[str]:
    """A lock that every running demonstration shares, and that a reset needs alone; given up when the file closes."""
    held = (data / "running").open("w")
    fcntl.flock(held, how | fcntl.LOCK_NB)
    return held


def _reset(data: Path) -> None:
    """Everything but the locks; refused while a demonstration runs on it."""
    try:
        alone = _hold(data, fcntl.LOCK_EX)
    except BlockingIOError as fault:
        raise Trouble("The demonstration is running. Stop it first (Ctrl-C where it was started).") from fault
    with alone:
        for path in data.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name not in ("lock", "running"):
                path.unlink()


def _prepare(data: Path) -> str:
    """Make the database and tell the story, unless that is done; what to greet with.

    A later start needs neither the apps nor the database: a file says what was loaded and from which code.
    """
    ready, mark = data / "ready.json", _fingerprint()
    with contextlib.suppress(OSError, ValueError):
        known = json.loads(ready.read_text())
        if known["mark"] == mark and (data / "convenor.sqlite3").exists():
            return str(known["greeting"])
    greeting = _load()
    ready.write_text(json.dumps({"mark": mark, "greeting": greeting}))
    return greeting


def _fingerprint() -> str:
    """Changes with the tables, the story and the database it goes into."""
    told = hashlib.sha256(f"{__version__} {os.environ.get('DATABASE_URL')}".encode())
    for path in sorted([*SOURCE.glob("*/*/migrations/*.py"), *SOURCE.glob("web/demo/**/*"), *SOURCE.glob(SEEDS)]):
        if path.is_file() and path.suffix != ".pyc":
            told.update(path.read_bytes())
    return told.hexdigest()


def _load() -> str:
    began = time.monotonic()
    django.setup()
    migrate()
    from convenor.core.search.commands import rebuild  # noqa: PLC0415 - the apps must be ready
    from convenor.web.demo import people, story  # noqa: PLC0415 - same

    if story.is_loaded():
        rebuild()  # an earlier start may have been killed just before it
    else:
        _say("Loading the demonstration …")
        story.load(datetime.now(UTC))
        _say(f"Loaded in {time.monotonic() - began:.1f} s.")
    logins = [f"    {each.role:<28} {each.email:<28} {each.password}   {each.waits}" for each in people.logins()]
    return "\n".join(["  Sign in as (everybody here is fictitious; the password is the same for all):", *logins])


def _run(host: str, port: int, address: str, greeting: str) -> int:
    """Server and worker in process groups of their own; stop both when either ends or we are told to."""
    stopped = _Stop()
    children = [_start(serve.command(host, port))]
    try:
        if _wait_until_up(address, children, stopped):
            children.append(_start([sys.executable, "-P", "-m", "convenor", "worker"]))
            _say(f"\n  Convenor is running: {address}/\n\n{greeting}\n\n  Ctrl-C stops it.")
        while not stopped.asked and all(child.poll() is None for child in children):
            time.sleep(0.1)
    finally:
        failed = [child for child in children if child.poll() not in (None, 0)]
        _stop(children)
    if failed and not stopped.asked:
        raise Trouble("The server or the worker stopped by itself; its last lines above say why.")
    _say("Stopped.")
    return 0


class _Stop:
    """Remembers that Ctrl-C or SIGTERM asked us to stop."""

    def __init__(self) -> None:
        self.asked = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask)

    def _ask(self, *_: object) -> None:
        self.asked = True


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, start_new_session=True, preexec_fn=_die_with_parent)  # noqa: S603, PLW1509 - Linux only


def _die_with_parent() -> None:
    """Where the system can (Linux): the child is told to stop when we are killed, so nothing is left behind."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _wait_until_up(address: str, children: list[subprocess.Popen[bytes]], stopped: _Stop) -> bool:
    until = time.monotonic() + 30
    while time.monotonic() < until and not stopped.asked and all(child.poll() is None for child in children):
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/livez", timeout=2):  # noqa: S310 - own address
            return True
        time.sleep(0.05)
    return False


def _stop(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        _signal(child, signal.SIGTERM)
    until = time.monotonic() + STOP_WITHIN
    for child in children:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(max(0.1, until - time.monotonic()))
        _signal(child, signal.SIGKILL)
        child.wait()


def _signal(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, number)


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - it is what the command is for
