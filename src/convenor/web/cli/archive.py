"""One file that holds a whole site: database, uploaded files, keys, published seals, each with its checksum.

The archive is a tar.gz. Its first member, `stamp.json`, says which version made it from which database; its last,
`manifest.json`, gives size and SHA-256 of every other. What is not in the manifest, or not as it says, is refused.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final

from convenor.kit.structs import struct
from convenor.web.cli.faults import Trouble

STAMP: Final = "stamp.json"
MANIFEST: Final = "manifest.json"
DATABASE: Final = "database"
CHUNK: Final = 1 << 20


@struct
class Stamp:
    """Who made a backup, of what, and the journal's head in it."""

    convenor: str
    database: str
    made_at: str
    entries: int
    head: str


class Writer:
    """Adds files and remembers their checksums."""

    def __init__(self, archive: tarfile.TarFile) -> None:
        self.archive = archive
        self.sums: dict[str, dict[str, Any]] = {}

    def add(self, path: Path, name: str) -> None:
        """A file from disk under a name in the archive. One that vanished meanwhile is left out."""
        try:
            file = path.open("rb")
        except FileNotFoundError:
            return
        with file:
            size = os.fstat(file.fileno()).st_size
            info = tarfile.TarInfo(name)
            info.size, info.mode = size, 0o600
            reader = _Summing(file)
            self.archive.addfile(info, reader)
            self.sums[name] = {"size": size, "sha256": reader.digest.hexdigest()}

    def add_folder(self, folder: Path, name: str) -> None:
        """Everything beneath, without what is being written (names that begin with a dot)."""
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if path.is_file() and not path.name.startswith("."):
                self.add(path, f"{name}/{path.relative_to(folder).as_posix()}")

    def add_json(self, name: str, content: Any) -> None:
        text = json.dumps(content, indent=1, sort_keys=True).encode()
        info = tarfile.TarInfo(name)
        info.size, info.mode = len(text), 0o600
        self.archive.addfile(info, io.BytesIO(text))


class _Summing:
    """Reads a file and sums it on the way."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self.file.read(size)
        self.digest.update(chunk)
        return chunk


@contextmanager
def writing(path: Path, stamp: Stamp) -> Iterator[Writer]:
    """Write an archive beside its place and put it there when whole: a killed backup leaves no half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as raw:
            with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=3) as archive:
                writer = Writer(archive)
                writer.add_json(STAMP, asdict(stamp))
                yield writer
                writer.add_json(MANIFEST, writer.sums)
            raw.flush()
            os.fsync(raw.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def unpack(path: Path, folder: Path) -> Stamp:
    """Unpack an archive into an empty folder and check every byte of it. Raises Trouble in a sentence."""
    try:
        with tarfile.open(path, "r:gz") as archive:
            for member in archive:
                _unpack_one(archive, member, folder)
    except (tarfile.TarError, EOFError, OSError) as fault:
        if isinstance(fault, OSError) and fault.errno:
            raise
        raise Trouble(f"{path} is not a whole backup: {fault}.") from fault
    _check(path, folder)
    try:
        return Stamp(**json.loads((folder / STAMP).read_text()))
    except (TypeError, ValueError, OSError) as fault:
        raise Trouble(f"{path} is not a backup of Convenor: its stamp cannot be read.") from fault


def _unpack_one(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """Plain files beneath the folder only: no links, no devices, no way out."""
    name = PurePosixPath(member.name)
    if not member.isfile() or name.is_absolute() or ".." in name.parts:
        raise Trouble(f"The backup holds {member.name}, which is no plain file beneath it.")
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    source = archive.extractfile(member)
    if source is not None:
        with target.open("wb") as file:
            while chunk := source.read(CHUNK):
                file.write(chunk)


def _check(path: Path, folder: Path) -> None:
    if not (folder / MANIFEST).exists():
        raise Trouble(f"{path} is not a whole backup: its list of checksums is missing.")
    sums = json.loads((folder / MANIFEST).read_text())
    there = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()} - {STAMP, MANIFEST}
    for name in sorted(there ^ set(sums)):
        raise Trouble(f"{path} is not as it was made: {name} was {'added' if name in there else 'removed'}.")
    for name, expected in sums.items():
        with (folder / name).open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != expected["sha256"]:
                raise Trouble(f"{path} is not as it was made: {name} was changed.")
