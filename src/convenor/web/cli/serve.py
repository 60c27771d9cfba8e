"""`./convenor serve`: bring tables and first words up to date, then serve, by granian."""

from __future__ import annotations

import argparse
import errno
import socket
import sys
from datetime import UTC, datetime
from importlib import import_module

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from convenor.web.cli import databases
from convenor.web.cli.faults import Trouble

APPLICATION = "convenor.wsgi:application"
WORKERS, THREADS = 2, 4
STOP_WITHIN = 5
"""Seconds for the requests under way when it is told to stop."""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser("./convenor serve", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--no-migrate", action="store_true", help="leave the database as it is")
    options = parser.parse_args(arguments)
    check_port(options.host, options.port)
    import_module("convenor.wsgi")  # before the workers are forked: loaded once, and shared
    if not options.no_migrate:
        set_up()
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # in DATA; whitenoise warns where there is none
    connections.close_all()  # no worker may go on with a connection that another has too
    _serve(options.host, options.port)
    return 0


def _serve(host: str, port: int) -> None:
    from granian import Granian  # noqa: PLC0415 - who only migrates does without
    from granian.constants import Interfaces  # noqa: PLC0415
    from granian.log import LogLevels  # noqa: PLC0415

    Granian(
        APPLICATION,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=WORKERS,
        blocking_threads=THREADS,
        workers_kill_timeout=STOP_WITHIN,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()


def command(host: str, port: int) -> list[str]:
    """The command line of a server on a database that is up to date."""
    place = ("--host", host, "--port", str(port))
    return [sys.executable, "-P", "-m", "convenor", "serve", "--no-migrate", *place]


def set_up() -> None:
    """The tables, and what every site starts with; quick when both are there."""
    migrate()
    from convenor.web.first_words import load_first_words  # noqa: PLC0415 - the apps must be ready

    load_first_words(datetime.now(UTC))


def migrate() -> None:
    """Bring the tables up to date; quick when they are."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # in DATA; whitenoise warns where there is none
    databases.reach()
    call_command("migrate", verbosity=0, interactive=False)


def check_port(host: str, port: int) -> None:
    """Say who is in the way before anything is started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), port))
        except OverflowError as fault:
            raise Trouble(f"{port} is not a port: it must be between 1 and 65535.") from fault
        except OSError as fault:
            if fault.errno == errno.EADDRINUSE:
                raise Trouble(
                    f"Port {port} is in use. Stop what uses it, or choose another: --port {port + 1}"
                ) from fault
            raise Trouble(f"Cannot listen on {host}:{port}: {fault.strerror}.") from fault
