"""A thousand commands from eight processes while two sealers seal: one chain, no gap, and every tampering shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kills.harm import TAMPERINGS
from tests.kills.site import Site

PROCESSES, EACH = 8, 125


def test_one_chain_without_a_gap_and_every_tampering_found(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sealers = [site.start("tests.kills.actors", "seal_until_told") for _ in range(2)]
    writers = [site.start("tests.kills.actors", "do_commands", str(EACH), str(seed)) for seed in range(PROCESSES)]
    for writer in writers:
        said, _ = writer.communicate(timeout=300)
        assert writer.returncode == 0, said
    for sealer in sealers:
        sealer.terminate()
        said, _ = sealer.communicate(timeout=60)
        assert sealer.returncode == 0, said
    state = site.act("seal_all")
    assert state["entries"] == state["links"] >= PROCESSES * EACH
    assert state["gapless"]
    kept = tmp_path / "kept.txt"
    kept.write_text(state["head"])
    assert "The journal is sound." in site.convenor("verify", "--seals", str(kept))
    export = str(tmp_path / "public.zip")
    site.convenor("export", export)
    assert "The journal is sound." in site.convenor("verify", export, "--seals", str(kept))
    found = site.act("what_verify_says", kept)
    assert {name: bool(faults) for name, faults in found.items()} == dict.fromkeys(TAMPERINGS, True), found
    assert "The journal is sound." in site.convenor("verify")
    site.act("do_harm", "removed link")
    assert "The journal is NOT sound" in site.convenor("verify", code=1)
    with capsys.disabled():
        told = f"{state['entries']} entries by {PROCESSES} processes, gapless; {len(TAMPERINGS)} tamperings found"
        print(f"\n{told}")
