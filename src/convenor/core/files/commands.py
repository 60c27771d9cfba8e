"""Taking files in. Steps inside other apps' commands: they neither permit nor journal.

`receive` puts the bytes on disk under a random name before any transaction, so that none is held open while bytes
come in; what no row points at after a day is removed by a job.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shlex
import subprocess
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

import puremagic
from django.conf import settings
from django.db import transaction
from django.db.models import Max

from convenor.core.files import rules
from convenor.core.files.models import FileVersion, StoredFile
from convenor.core.records.models import Record
from convenor.core.records.rules import Breach, Refused, Viewer, refuse_if
from convenor.kit.structs import struct

SCAN_PATIENCE: Final = 120
ORPHAN_AFTER: Final = timedelta(days=1)


class Upload(Protocol):
    """What Django's UploadedFile gives, and any file wrapped in django.core.files.File."""

    @property
    def name(self) -> str | None: ...

    def chunks(self, chunk_size: int | None = None) -> Iterable[bytes]: ...


@struct
class Received:
    """Bytes that are on disk and were found good."""

    stored_name: str
    original_name: str
    media_type: str
    size: int
    sha256: str


def path_of(stored_name: str) -> Path:
    """Where the bytes of a version are. Spread over folders by the first two characters."""
    return Path(settings.FILES_ROOT) / stored_name[:2] / stored_name


def receive(upload: Upload) -> Received:
    """Take the bytes in and check them: name, size, what they are, how far they unpack, and the scanner.

    Raises Refused in a sentence about the field “file”; nothing is left behind then.
    """
    name = rules.clean_name(upload.name or "file")
    refuse_if(rules.name_breaches(name))
    stored_name = secrets.token_hex(32)
    path = path_of(stored_name)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        size, digest = _write(upload, path)
        refuse_if(rules.size_breaches(size, settings.FILES_MAX_BYTES))
        with path.open("rb") as file:
            refuse_if(rules.content_breaches(name, _sniffed(path), file, settings.FILES_MAX_UNPACKED))
        _scan(path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Received(stored_name, name, rules.TYPES[rules.ending_of(name)], size, digest)


def _write(upload: Upload, path: Path) -> tuple[int, str]:
    """Size and SHA-256 of what was written; stops just over the cap."""
    size, digest = 0, hashlib.sha256()
    with path.open("wb") as file:
        for chunk in upload.chunks():
            size += len(chunk)
            digest.update(chunk)
            file.write(chunk)
            if size > settings.FILES_MAX_BYTES:
                break
        file.flush()
        os.fsync(file.fileno())
    return size, digest.hexdigest()


def _sniffed(path: Path) -> set[str]:
    """The endings that the bytes allow; the stored name has none that could sway it."""
    try:
        return {match.extension for match in puremagic.magic_file(path)}
    except (puremagic.PureError, ValueError):
        return set()


def _scan(path: Path) -> None:
    """Ask the site's scanner, if it has one: 0 clean, 1 infected, anything else could not tell (as clamdscan)."""
    if not settings.FILES_SCAN_COMMAND:
        return
    command = [*shlex.split(settings.FILES_SCAN_COMMAND), str(path)]
    try:
        code = subprocess.run(command, capture_output=True, timeout=SCAN_PATIENCE, check=False).returncode  # noqa: S603 - the operator's own command
    except (OSError, subprocess.TimeoutExpired):
        code = -1
    if code == 1:
        raise Refused([Breach("file-infected", "The scanner found something harmful in this file.", "file")])
    if code != 0:
        raise Refused([Breach("file-unscanned", "The file could not be scanned just now. Try again later.", "file")])


def store_file(
    *, by: Viewer, record: Record, title: str, received: Received, now: datetime, marking: str = ""
) -> FileVersion:
    """A new file with its first version, visible as the record is."""
    _must_be_in_transaction()
    refuse_if(rules.marking_breaches(marking, settings.MARKING_CEILING))
    file = StoredFile.objects.create(record=record, title=title[:200], marking=marking)
    return add_version(by=by, file=file, received=received, now=now)


def add_version(*, by: Viewer, file: StoredFile, received: Received, now: datetime) -> FileVersion:
    """The next version. Earlier ones stay as they are."""
    _must_be_in_transaction()
    StoredFile.objects.select_for_update().get(pk=file.pk)
    last: int | None = FileVersion.objects.filter(file=file).aggregate(last=Max("number"))["last"]
    return FileVersion.objects.create(
        file=file,
        number=(last or 0) + 1,
        stored_name=received.stored_name,
        original_name=received.original_name,
        media_type=received.media_type,
        size=received.size,
        sha256=received.sha256,
        uploaded_by_id=by.person_id,
        uploaded_at=now,
    )


def remove_orphans(now: datetime) -> None:
    """Remove bytes that no version points at: an upload whose command was refused, or a worker that died."""
    for folder in _folders():
        paths = {path.name: path for path in folder.iterdir()}
        kept = set(FileVersion.objects.filter(stored_name__in=list(paths)).values_list("stored_name", flat=True))
        for name in paths.keys() - kept:
            if paths[name].stat().st_mtime < (now - ORPHAN_AFTER).timestamp():
                paths[name].unlink(missing_ok=True)


def _folders() -> list[Path]:
    root = Path(settings.FILES_ROOT)
    return [folder for folder in root.iterdir() if folder.is_dir()] if root.is_dir() else []


def _must_be_in_transaction() -> None:
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("Files are stored inside a command's transaction.")
