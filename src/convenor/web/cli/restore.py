"""`./convenor restore FILE`: check a backup and put it in place. Stop the server and the worker first."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection

from convenor import __version__
from convenor.core.journal.models import Heartbeat
from convenor.core.journal.rules import Sealed
from convenor.core.journal.verify import check_database
from convenor.web.cli import archive, databases
from convenor.web.cli.faults import Trouble, say

ALIVE = timedelta(seconds=30)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser("./convenor restore", description=__doc__)
    parser.add_argument("file", type=Path, help="a file that `./convenor backup` wrote")
    parser.add_argument("--force", action="store_true", help="replace the site that is there")
    options = parser.parse_args(arguments)
    if not options.file.is_file():
        raise Trouble(f"There is no file {options.file}.")
    report = put_back(options.file, force=options.force)
    for line in report:
        say(line)
    return 0


def put_back(path: Path, *, force: bool) -> list[str]:
    """Check all of the backup, then replace what is there; then verify the journal against the seals in it."""
    settings.DATA.mkdir(parents=True, exist_ok=True)
    if not force and not databases.is_empty():
        raise Trouble("There is a site here already. Say --force to replace it by the backup.")
    _refuse_if_running()
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=settings.DATA) as temporary:
        folder = Path(temporary)
        stamp = archive.unpack(path, folder)
        _refuse_unfit(stamp)
        databases.bring_back(folder / archive.DATABASE)
        for name, target in (("files", Path(settings.FILES_ROOT)), ("keys", settings.DATA / "keys")):
            _replace(folder / name, target)
        seals = folder / "seals.txt"
        if seals.exists():
            seals.replace(settings.DATA / "seals.txt")
    call_command("migrate", verbosity=0, interactive=False)
    return _verified(stamp)


def _refuse_unfit(stamp: archive.Stamp) -> None:

    if _numbers(stamp.convenor) > _numbers(__version__):
        raise Trouble(
            f"The backup is from Convenor {stamp.convenor}, newer than this one ({__version__}). Update first."
        )
    if stamp.database != connection.vendor:
        raise Trouble(
            f"The backup is of a {stamp.database} database, and DATABASE_URL names a {connection.vendor} one."
        )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())


def _refuse_if_running() -> None:
    """A worker that still writes its heartbeat would go on with what it read before."""
    try:
        alive = Heartbeat.objects.filter(beat_at__gt=datetime.now(UTC) - ALIVE).exists()
    except DatabaseError:
        return  # no such table yet, or a database so damaged that it is being replaced for that reason
    if alive:
        raise Trouble("A worker is running on this site. Stop the server and the worker, then restore.")


def _replace(source: Path, target: Path) -> None:
    """Put a folder in place of another, whole; nothing in the backup means nothing there afterwards."""
    former = target.with_name(f".{target.name}.former")
    shutil.rmtree(former, ignore_errors=True)
    if target.exists():
        target.rename(former)
    if source.exists():
        shutil.move(source, target)
    shutil.rmtree(former, ignore_errors=True)


def _verified(stamp: archive.Stamp) -> list[str]:

    kept = [Sealed(stamp.entries, stamp.head, "the backup's stamp")] if stamp.entries else []
    report = check_database(kept)
    if not report.sound:
        raise Trouble("The backup is in place, and its journal is NOT sound: " + report.faults[0].text)
    return [f"Restored what was saved on {stamp.made_at}.", *report.lines()]
