"""Which files are taken, and what they may be called. Pure: looks at names, bytes and numbers only."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable
from typing import IO, Final

from convenor.core.records.rules import Breach

MARKINGS: Final = ("UNOFFICIAL", "OFFICIAL", "OFFICIAL:Sensitive")
"""Protective markings, lowest first. PROTECTED and above are not held here at all (PSPF policy 8)."""

OOXML: Final = "application/vnd.openxmlformats-officedocument."
ODF: Final = "application/vnd.oasis.opendocument."
TYPES: Final = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".txt": "text/plain",
    ".md": "text/markdown",
    ".csv": "text/csv",
    ".docx": f"{OOXML}wordprocessingml.document",
    ".xlsx": f"{OOXML}spreadsheetml.sheet",
    ".pptx": f"{OOXML}presentationml.presentation",
    ".odt": f"{ODF}text",
    ".ods": f"{ODF}spreadsheet",
    ".odp": f"{ODF}presentation",
}
"""The allow-list: what a name may end with, and the media type it is then served as."""

TEXTS: Final = frozenset({".txt", ".md", ".csv"})
MEMBER: Final = {".docx": "word/document.xml", ".xlsx": "xl/workbook.xml", ".pptx": "ppt/presentation.xml"}
ZIPPED: Final = frozenset({*MEMBER, ".odt", ".ods", ".odp"})
MOST_MEMBERS: Final = 5000
CHUNK: Final = 64 * 1024
BOMB: Final = tuple("<!ENTITY".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
LONGEST_NAME: Final = 120


def clean_name(name: str) -> str:
    """A file's name without folders, control characters or marks that a file system or a header reads otherwise."""
    base = re.split(r"[/\\]", name)[-1]
    base = re.sub(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\"<>:|?*;]+", "", base)
    base = re.sub(r"\s+", " ", base).strip(" .")
    stem, dot, ending = base.rpartition(".")
    if not stem:
        return (base or "file")[:LONGEST_NAME]
    return f"{stem[: LONGEST_NAME - len(ending) - 1].rstrip(' .') or 'file'}{dot}{ending.lower()}"


def ending_of(name: str) -> str:
    return f".{name.rpartition('.')[2]}" if "." in name else ""


def name_breaches(name: str) -> list[Breach]:
    """Whether files of this name are taken at all."""
    if ending_of(name) in TYPES:
        return []
    taken = ", ".join(sorted(ending[1:] for ending in TYPES))
    return [Breach("file-type", f"“{name}” is not a kind of file that is taken here. Taken are: {taken}.", "file")]


def size_breaches(size: int, largest: int) -> list[Breach]:
    if size == 0:
        return [Breach("file-empty", "The file is empty.", "file")]
    if size > largest:
        return [Breach("file-size", f"The file is larger than {largest // 2**20} MB.", "file")]
    return []


def content_breaches(name: str, found: Iterable[str], file: IO[bytes], most_unpacked: int) -> list[Breach]:
    """Whether the bytes are what the name says. `found` are the endings that the sniffer thinks possible.

    Zip-based documents are unpacked as far as the cap, whatever their directory claims, and read for entity bombs.
    """
    ending = ending_of(name)
    if ending in TEXTS:
        return _text_breaches(name, file)
    if ending in ZIPPED:
        return _zip_breaches(name, file, most_unpacked)
    return [] if ending in found else [_not_what_it_says(name)]


def _not_what_it_says(name: str) -> Breach:
    return Breach("file-content", f"“{name}” is not what its name says: its content is of another kind.", "file")


def _text_breaches(name: str, file: IO[bytes]) -> list[Breach]:
    file.seek(0)
    while chunk := file.read(CHUNK):
        if b"\0" in chunk:
            return [_not_what_it_says(name)]
    return []


def _zip_breaches(name: str, file: IO[bytes], most_unpacked: int) -> list[Breach]:
    try:
        with zipfile.ZipFile(file) as archive:
            return _archive_breaches(name, archive, most_unpacked)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError):
        return [_not_what_it_says(name)]


def _archive_breaches(name: str, archive: zipfile.ZipFile, most_unpacked: int) -> list[Breach]:
    members = archive.infolist()
    names = {member.filename for member in members}
    if not _is_document(ending_of(name), archive, names):
        return [_not_what_it_says(name)]
    if any(member.endswith("vbaProject.bin") for member in names):
        return [Breach("file-macros", f"“{name}” holds macros. Save it without them.", "file")]
    if len(members) > MOST_MEMBERS:
        return [_too_large_inside(name)]
    left = most_unpacked
    for member in members:
        size, bomb = _read_member(archive, member, left)
        left -= size
        if bomb:
            return [Breach("file-entities", f"“{name}” declares XML entities, which no office program writes.", "file")]
        if left < 0:
            return [_too_large_inside(name)]
    return []


def _is_document(ending: str, archive: zipfile.ZipFile, names: set[str]) -> bool:
    if ending in MEMBER:
        return {"[Content_Types].xml", MEMBER[ending]} <= names
    return "mimetype" in names and archive.open("mimetype").read(200) == TYPES[ending].encode()


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> tuple[int, bool]:
    """Bytes unpacked (stops once over `most`), and whether an entity is declared in it."""
    size, tail = 0, b""
    with archive.open(member) as file:
        while size <= most and (chunk := file.read(CHUNK)):
            size += len(chunk)
            if any(bomb in tail + chunk for bomb in BOMB):
                return size, True
            tail = chunk[-16:]
    return size, False


def _too_large_inside(name: str) -> Breach:
    return Breach("file-unpacked", f"“{name}” unpacks to far more than a document should.", "file")


def marking_breaches(marking: str, ceiling: str) -> list[Breach]:
    """Whether this site may hold something so marked; no marking is allowed."""
    if not marking:
        return []
    if marking not in MARKINGS:
        return [Breach("marking", f"“{marking}” is not a marking this site knows: {', '.join(MARKINGS)}.", "marking")]
    if MARKINGS.index(marking) > MARKINGS.index(ceiling):
        return [Breach("marking", f"This site holds nothing above {ceiling}.", "marking")]
    return []
