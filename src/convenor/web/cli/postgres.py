"""A PostgreSQL of our own for the tests: temporary folder, private socket, gone afterwards (prototypes G)."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

PLACES = "/usr/lib/postgresql"
OPTIONS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c listen_addresses='' -c max_connections=200"


def found() -> Path | None:
    """The folder with initdb and pg_ctl, newest first."""
    on_path = shutil.which("initdb")
    if on_path and shutil.which("pg_ctl"):
        return Path(on_path).parent
    versions = sorted(Path(PLACES).glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]), reverse=True)
    return versions[0].parent if versions else None


@contextlib.contextmanager
def cluster() -> Iterator[str]:
    """Start one, give its DATABASE_URL, stop it. As root it runs as an unprivileged user, as it must."""
    programs = found()
    if programs is None:
        raise FileNotFoundError("No initdb was found.")
    folder = Path(tempfile.mkdtemp(prefix="convenor-pg-"))
    become = _unprivileged(folder)
    run = _runner(become)
    try:
        data = str(folder / "data")
        run(
            [
                str(programs / "initdb"),
                "--no-sync",
                "-A",
                "trust",
                "-U",
                "convenor",
                "-E",
                "UTF8",
                "--locale=C",
                "-D",
                data,
            ]
        )
        options = f"{OPTIONS} -c unix_socket_directories={folder}"
        run([str(programs / "pg_ctl"), "-w", "-D", data, "-o", options, "-l", str(folder / "log"), "start"])
        try:
            yield f"postgresql://convenor@/postgres?host={folder}"
        finally:
            run([str(programs / "pg_ctl"), "-w", "-D", data, "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _runner(become: Callable[[], None] | None) -> Callable[[list[str]], None]:
    def run(command: list[str]) -> None:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, preexec_fn=become, cwd="/")  # noqa: S603

    return run


def _unprivileged(folder: Path) -> Callable[[], None] | None:
    """Give the folder to the user postgres, or to nobody, and say how to become them; None when not root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    os.chown(folder, user.pw_uid, user.pw_gid)

    def become() -> None:
        os.setgid(user.pw_gid)
        os.setuid(user.pw_uid)

    return become
