"""What was acknowledged is there after a kill; a backup made while writing is whole, and restores to the same."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.kills.site import Site, new_database

KILLS, WRITERS = 50, 3


def test_nothing_acknowledged_is_lost_when_sqlite_writers_are_killed(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    if site.on_postgres:
        pytest.skip("It is SQLite's own durability that is tried here.")
    found = site.act("kill_writers", KILLS, WRITERS)
    assert found["acknowledged"] > 500
    assert (found["lost"], found["damaged"]) == (0, 0)
    state = site.act("seal_all")
    assert state["gapless"]
    assert "The journal is sound." in site.convenor("verify")
    with capsys.disabled():
        print(f"\n{KILLS} times {WRITERS} writers killed: {found['acknowledged']} acknowledged, 0 lost, 0 damaged")


def restored(site: Site, backup: Path, folder: Path) -> Site:
    """The backup on an empty machine."""
    twin = Site(folder, new_database(site.url))
    assert "The journal is sound." in twin.convenor("restore", str(backup))
    return twin


def test_a_backup_while_writing_restores_to_a_whole_and_equal_site(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    writer = site.start("tests.kills.actors", "write_until_told")
    assert writer.stdout
    before = [int(writer.stdout.readline()) for _ in range(150)]
    began = time.monotonic()
    site.convenor("backup", str(tmp_path / "one.tar.gz"))
    took = time.monotonic() - began
    writer.kill()
    writer.communicate()
    first = restored(site, tmp_path / "one.tar.gz", tmp_path / "first")
    assert set(before) <= set(first.act("entry_ids"))
    seen = first.act("picture")
    assert seen["wrong_files"] == 0
    assert seen["files"] > 10
    assert (first.data / "keys" / "secret").read_text() == (site.data / "keys" / "secret").read_text()
    first.convenor("backup", str(tmp_path / "two.tar.gz"))
    second = restored(first, tmp_path / "two.tar.gz", tmp_path / "second")
    assert second.act("picture") == seen
    for each in (first, second):
        each.drop()
    with capsys.disabled():
        print(f"\nbackup while writing: {took:.1f} s, {seen['entries']} entries, {seen['files']} files, restored equal")
