from __future__ import annotations

import hashlib
import os
import stat
import tracemalloc
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from pytest_django import Settings

from convenor.core.files import commands
from convenor.core.files.models import FileVersion, StoredFile
from convenor.core.files.tests import samples
from convenor.core.records.rules import Refused, Viewer
from tests.things import make_thing


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.FILES_ROOT = tmp_path / "files"
    return tmp_path / "files"


def on_disk(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.pdf", samples.PDF, "application/pdf"),
        ("a.png", samples.PNG, "image/png"),
        ("a.JPG", samples.JPG, "image/jpeg"),
        ("a.jpeg", samples.JPG, "image/jpeg"),
        ("a.webp", samples.WEBP, "image/webp"),
        ("a.txt", b"Plain words", "text/plain"),
        ("a.csv", b"a,b\n1,2\n", "text/csv"),
        ("a.docx", samples.docx(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("a.xlsx", samples.xlsx(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("a.odt", samples.odt(), "application/vnd.oasis.opendocument.text"),
    ],
)
def test_what_is_taken(folder: Path, name: str, content: bytes, kind: str) -> None:
    got = commands.receive(ContentFile(content, name))
    assert (got.media_type, got.size, got.sha256) == (kind, len(content), hashlib.sha256(content).hexdigest())
    assert got.original_name == name.lower()
    assert commands.path_of(got.stored_name).read_bytes() == content
    assert len(got.stored_name) == 64


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.html", samples.HTML, "is not a kind of file that is taken"),
        ("a.svg", samples.SVG, "is not a kind of file that is taken"),
        ("a.pdf", samples.HTML, "is not what its name says"),
        ("a.pdf", samples.EXE, "is not what its name says"),
        ("a.png", samples.JPG, "is not what its name says"),
        ("a.txt", samples.EXE, "is not what its name says"),
        ("a.docx", samples.xlsx(), "is not what its name says"),
        ("a.docx", samples.zipped({"evil.txt": "x"}), "is not what its name says"),
        ("a.docx", b"PK\x03\x04 and then nothing", "is not what its name says"),
        ("a.odt", samples.docx(), "is not what its name says"),
        ("a.docx", samples.docx(**{"word/vbaProject.bin": b"x"}), "holds macros"),
        ("a.docx", samples.docx(**{"word/x.xml": samples.BOMB}), "declares XML entities"),
        ("a.docx", samples.docx(**{"word/x.xml": samples.BOMB.encode("utf-16")}), "declares XML entities"),
        ("a.docx", samples.docx(**{"word/x.xml": " " * 65530 + samples.BOMB}), "declares XML entities"),
        ("a.odt", samples.odt(samples.BOMB), "declares XML entities"),
        ("a.docx", samples.docx(**{f"word/{n}.xml": "x" for n in range(5001)}), "unpacks to far more"),
        ("a.txt", b"", "The file is empty"),
    ],
)
def test_what_is_refused_leaves_nothing_behind(folder: Path, name: str, content: bytes, says: str) -> None:
    with pytest.raises(Refused, match=says) as refused:
        commands.receive(ContentFile(content, name))
    assert refused.value.breaches[0].field == "file"
    assert on_disk(folder) == []


def test_a_zip_bomb_is_not_unpacked_past_the_cap(folder: Path, settings: Settings) -> None:
    settings.FILES_MAX_UNPACKED = 2**20
    bomb = samples.docx(**{"word/media/x.bin": b"\0" * 50 * 2**20})
    tracemalloc.start()
    with pytest.raises(Refused, match="unpacks to far more"):
        commands.receive(ContentFile(bomb, "a.docx"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * 2**20


class Endless:
    """An upload that never ends."""

    name = "a.txt"
    given = 0

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:  # noqa: ARG002 - as an upload has it
        while True:
            self.given += 2**16
            yield b"x" * 2**16


def test_reading_stops_just_over_the_cap(folder: Path, settings: Settings) -> None:
    settings.FILES_MAX_BYTES = 2**20
    upload = Endless()
    with pytest.raises(Refused, match="larger than 1 MB"):
        commands.receive(upload)
    assert upload.given <= 2**20 + 2**16
    assert on_disk(folder) == []


@pytest.mark.parametrize(
    ("code", "says"),
    [(0, ""), (1, "found something harmful"), (2, "could not be scanned"), (None, "could not be scanned")],
)
def test_the_scanner_decides(folder: Path, settings: Settings, tmp_path: Path, code: int | None, says: str) -> None:
    scanner = tmp_path / "scan it"
    scanner.write_text(f'#!/bin/sh\ntest -s "$2" || exit 9\nexit {code}\n')
    scanner.chmod(scanner.stat().st_mode | stat.S_IXUSR)
    settings.FILES_SCAN_COMMAND = f"'{scanner if code is not None else tmp_path / 'none'}' --quiet"
    if not says:
        assert commands.receive(ContentFile(b"x", "a.txt")).size == 1
        return
    with pytest.raises(Refused, match=says):
        commands.receive(ContentFile(b"x", "a.txt"))
    assert on_disk(folder) == []


@pytest.mark.django_db
def test_versions_are_numbered_and_earlier_ones_stay(now: datetime, by_system: Viewer) -> None:
    record = make_thing(now)
    one, two = (commands.receive(ContentFile(text, "a.txt")) for text in (b"one", b"two"))
    with transaction.atomic():
        first = commands.store_file(
            by=by_system, record=record, title="Terms", received=one, now=now, marking="OFFICIAL"
        )
        second = commands.add_version(by=by_system, file=first.file, received=two, now=now)
    assert (first.number, second.number) == (1, 2)
    assert [commands.path_of(version.stored_name).read_bytes() for version in (first, second)] == [b"one", b"two"]


@pytest.mark.django_db
def test_nothing_above_the_ceiling_is_stored(now: datetime, by_system: Viewer) -> None:
    received = commands.receive(ContentFile(b"x", "a.txt"))
    with transaction.atomic(), pytest.raises(Refused, match="nothing above OFFICIAL"):
        commands.store_file(
            by=by_system, record=make_thing(now), title="T", received=received, now=now, marking="OFFICIAL:Sensitive"
        )
    assert StoredFile.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_stored(now: datetime, by_system: Viewer) -> None:
    received = commands.receive(ContentFile(b"x", "a.txt"))
    with pytest.raises(RuntimeError, match="inside a command's transaction"):
        commands.store_file(by=by_system, record=make_thing(now), title="T", received=received, now=now)


@pytest.mark.django_db
def test_bytes_without_a_row_are_removed_after_a_day(folder: Path, now: datetime, by_system: Viewer) -> None:
    commands.remove_orphans(now)
    kept, orphan, fresh = (commands.receive(ContentFile(b"x", "a.txt")) for _ in range(3))
    with transaction.atomic():
        commands.store_file(by=by_system, record=make_thing(now), title="T", received=kept, now=now)
    for received, age in ((kept, 9), (orphan, 2), (fresh, 0)):
        at = (now - timedelta(days=age)).timestamp()
        os.utime(commands.path_of(received.stored_name), (at, at))
    commands.remove_orphans(now)
    assert {path.name for path in on_disk(folder)} == {kept.stored_name, fresh.stored_name}
    assert FileVersion.objects.count() == 1
