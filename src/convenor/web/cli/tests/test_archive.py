from __future__ import annotations

import io
import json
import stat
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from convenor.web.cli import archive
from convenor.web.cli.faults import Trouble

STAMP = archive.Stamp(convenor="0.1.0", database="sqlite", made_at="2026-11-23T01:00:00+00:00", entries=0, head="")


@pytest.fixture
def made(tmp_path: Path) -> Path:
    source = tmp_path / "files" / "ab"
    source.mkdir(parents=True)
    (source / "abcd").write_bytes(b"words")
    (source / ".half").write_bytes(b"being written")
    path = tmp_path / "out" / "site.tar.gz"
    with archive.writing(path, STAMP) as writer:
        writer.add_folder(tmp_path / "files", "files")
        writer.add_folder(tmp_path / "nothing", "keys")
        writer.add(tmp_path / "vanished", "seals.txt")
    return path


def test_what_goes_in_comes_out(made: Path, tmp_path: Path) -> None:
    folder = tmp_path / "unpacked"
    assert archive.unpack(made, folder) == STAMP
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert found == {"stamp.json", "manifest.json", "files/ab/abcd"}
    assert (folder / "files/ab/abcd").read_bytes() == b"words"
    assert stat.S_IMODE(made.stat().st_mode) == 0o600


def test_a_backup_that_fails_leaves_the_former_one(made: Path) -> None:
    before = made.read_bytes()
    with pytest.raises(OSError, match="full"), archive.writing(made, STAMP):
        raise OSError("full")
    assert made.read_bytes() == before
    assert [path.name for path in made.parent.iterdir()] == [made.name]


def again(path: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    """Pack the archive anew with something changed in it."""
    with tarfile.open(path) as old:
        members = {member.name: old.extractfile(member).read() for member in old}  # type: ignore[union-attr]
    change(members)
    with tarfile.open(path, "w:gz") as new:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            new.addfile(info, io.BytesIO(content))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda m: m.update({"files/ab/abcd": b"other"}), "files/ab/abcd was changed"),
        (lambda m: m.pop("files/ab/abcd"), "files/ab/abcd was removed"),
        (lambda m: m.update({"files/more": b"x"}), "files/more was added"),
        (lambda m: m.pop("manifest.json"), "its list of checksums is missing"),
        (lambda m: m.update({"stamp.json": b"{}"}), "its stamp cannot be read"),
        (lambda m: m.update({"../../etc/passwd": b"x"}), "which is no plain file beneath it"),
        (lambda m: m.update({"/etc/passwd": b"x"}), "which is no plain file beneath it"),
    ],
)
def test_what_is_not_as_it_was_made_is_refused(
    made: Path, tmp_path: Path, change: Callable[[dict[str, bytes]], None], says: str
) -> None:
    again(made, change)
    with pytest.raises(Trouble, match=says):
        archive.unpack(made, tmp_path / "unpacked")
    assert not (tmp_path / "etc").exists()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_only_plain_files_come_out(tmp_path: Path, kind: bytes) -> None:
    path = tmp_path / "x.tar.gz"
    with tarfile.open(path, "w:gz") as made:
        info = tarfile.TarInfo("files/x")
        info.type, info.linkname = kind, "/etc/passwd"
        made.addfile(info)
    with pytest.raises(Trouble, match="no plain file"):
        archive.unpack(path, tmp_path / "unpacked")


@pytest.mark.parametrize("keep", [0, 10, 200])
def test_a_cut_archive_is_a_sentence(made: Path, tmp_path: Path, keep: int) -> None:
    made.write_bytes(made.read_bytes()[:keep])
    with pytest.raises(Trouble, match="is not a whole backup"):
        archive.unpack(made, tmp_path / "unpacked")


def test_the_manifest_lists_what_is_there(made: Path) -> None:
    with tarfile.open(made) as found:
        names = found.getnames()
        sums = json.loads(found.extractfile("manifest.json").read())  # type: ignore[union-attr]
    assert (names[0], names[-1], set(sums)) == ("stamp.json", "manifest.json", set(names[1:-1]))
