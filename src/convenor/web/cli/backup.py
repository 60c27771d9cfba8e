"""`./convenor backup FILE`: database, uploaded files, keys and published seals, while the site runs."""

from __future__ import annotations

import argparse
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

from convenor import __version__
from convenor.core.journal.models import ChainLink
from convenor.web.cli import archive, databases
from convenor.web.cli.faults import Trouble, say


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser("./convenor backup", description=__doc__)
    parser.add_argument("file", type=Path, help="where to write it, such as convenor.tar.gz; replaced when it is there")
    options = parser.parse_args(arguments)
    make(options.file)
    size = options.file.stat().st_size / 2**20
    say(f"Saved to {options.file} ({size:.1f} MB). It holds the site's keys: keep it as safe as the site itself.")
    return 0


def make(path: Path) -> None:
    """Write the archive. The database first: the files it points at were on disk before it did."""

    if databases.is_empty():
        raise Trouble("There is nothing to save: the database has no tables yet.")
    settings.DATA.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=settings.DATA) as folder:
        copy = Path(folder) / archive.DATABASE
        databases.save(copy)
        with archive.writing(path, _stamp()) as writer:
            writer.add(copy, archive.DATABASE)
            writer.add_folder(Path(settings.FILES_ROOT), "files")
            writer.add_folder(settings.DATA / "keys", "keys")
            writer.add(settings.DATA / "seals.txt", "seals.txt")


def _stamp() -> archive.Stamp:

    last = ChainLink.objects.order_by("-number").first()
    return archive.Stamp(
        convenor=__version__,
        database=connection.vendor,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        entries=last.number if last else 0,
        head=last.hash if last else "",
    )
