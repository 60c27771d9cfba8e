"""Saving and bringing back a database by its own online methods, whichever of the two it is."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import psycopg
from django.db import connection

from convenor.web.cli import postgres
from convenor.web.cli.faults import Trouble

PAGES_AT_ONCE: Final = 2000


def reach() -> None:
    """Raise Trouble at once, not after the pool's half minute, when PostgreSQL does not answer."""
    if connection.vendor != "postgresql":
        return
    given: dict[str, Any] = connection.settings_dict
    try:
        psycopg.connect(
            host=given["HOST"] or None,
            port=given["PORT"] or None,
            user=given["USER"] or None,
            password=given["PASSWORD"] or None,
            dbname=given["NAME"],
            connect_timeout=5,
        ).close()
    except psycopg.OperationalError as fault:
        raise Trouble(f"The database cannot be reached: {str(fault).strip().splitlines()[0]}") from fault


def is_empty() -> bool:
    """Whether the database has no tables yet."""
    return not connection.introspection.table_names()


def save(target: Path) -> None:
    """A consistent copy while others read and write."""
    if connection.vendor == "sqlite":
        _copy_sqlite(Path(connection.settings_dict["NAME"]), target)
    else:
        _run("pg_dump", "--format=custom", f"--file={target}", *_where())


def bring_back(source: Path) -> None:
    """Put a saved copy in place of what is there, all of it or nothing."""
    if connection.vendor == "sqlite":
        connection.close()
        _copy_sqlite(source, Path(connection.settings_dict["NAME"]))
    else:
        connection.close()
        _run("pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", *_where(), str(source))


def _copy_sqlite(source: Path, target: Path) -> None:
    """SQLite's online backup. The copy into a live database is one transaction there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(source, timeout=60)) as given, closing(sqlite3.connect(target, timeout=60)) as taken:
        given.backup(taken, pages=-1)
        taken.execute("PRAGMA journal_mode=WAL")
        found = taken.execute("PRAGMA integrity_check").fetchone()[0]
    if found != "ok":
        raise Trouble(f"The copy of the database is damaged: {found}.")


def _where() -> list[str]:
    given: dict[str, Any] = connection.settings_dict
    flags = {"--host": given["HOST"], "--port": given["PORT"], "--username": given["USER"], "--dbname": given["NAME"]}
    return [f"{flag}={value}" for flag, value in flags.items() if value]


def _run(program: str, *arguments: str) -> None:
    folder = postgres.found()
    path = str(folder / program) if folder and (folder / program).exists() else program
    password = str(connection.settings_dict["PASSWORD"] or "")
    environment = {**os.environ, **({"PGPASSWORD": password} if password else {})}
    try:
        done = subprocess.run([path, *arguments], env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    except FileNotFoundError as fault:
        raise Trouble(f"{program} was not found: apt-get install postgresql-client") from fault
    if done.returncode:
        raise Trouble(
            f"{program} failed: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else 'no reason given'}"
        )
