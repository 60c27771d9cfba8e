"""The database in the hands of somebody who may do anything to it, for tests of `verify`."""

from __future__ import annotations

from django.db import connection


def untied(sql: str, *params: int | str) -> None:
    """Run SQL as one who switches the journal's guards off first: for the transaction, or for good on SQLite."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            cursor.execute(sql, params)
            cursor.execute("SET session_replication_role = origin")
            return
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'journal_%_no_%'")
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')
        cursor.execute(sql, params)


def empty_journal() -> None:
    """Take everything out of the journal and what hangs on it, and put the guards back."""
    if connection.vendor == "postgresql":  # Django empties by TRUNCATE there, which no row guard sees
        return
    with connection.cursor() as cursor, connection.constraint_checks_disabled():
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'journal_%_no_DELETE'")
        guards = cursor.fetchall()
        for name, _sql in guards:
            cursor.execute(f'DROP TRIGGER "{name}"')
        for table in ("seal", "chainlink", "value", "entry"):
            cursor.execute(f"DELETE FROM journal_{table}")  # noqa: S608 - these four
        for _name, sql in guards:
            cursor.execute(sql)
