"""The demonstration as somebody starts it: again, twice at once, and killed."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif("DATABASE_URL" in os.environ, reason="The demonstration is on SQLite, and tried there.")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder into which the story was loaded: by two starts at once."""
    folder = tmp_path_factory.mktemp("demo")
    both = [start(folder, "--no-serve") for _ in range(2)]
    said = [process.communicate(timeout=300)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert sum("Loading the demonstration" in each for each in said) == 1
    assert all("The demonstration is loaded." in each for each in said)
    return folder


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CONVENOR_", "DATABASE_"))}
    environment = kept | {"CONVENOR_DATA": str(folder), "PYTHONPATH": str(ROOT / "src"), "PYTHONUNBUFFERED": "1"}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "-m", "convenor", "demo", *arguments]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def read_until(process: subprocess.Popen[str], word: str) -> str:
    assert process.stdout
    said = ""
    for line in process.stdout:
        said += line
        if word in line:
            return said
    raise AssertionError(said)


def of_this_demo(folder: Path) -> list[int]:
    """Every process that works on this data folder."""
    mark = f"CONVENOR_DATA={folder}".encode()
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if mark in (path / "environ").read_bytes():
                found.append(int(path.name))
    return found


def until(true: Callable[[], object], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "It did not happen."
        time.sleep(0.1)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_it_serves_and_however_it_ends_nothing_stays_behind(
    data: Path, how: signal.Signals, capsys: pytest.CaptureFixture[str]
) -> None:
    began = time.monotonic()
    port = free_port()
    process = start(data, "--port", str(port))
    said = read_until(process, "Ctrl-C stops it.")
    took = time.monotonic() - began
    assert f"http://127.0.0.1:{port}/" in said
    assert len(re.findall(r"\S+@\S+", said)) >= 5
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as page:
        assert page.status == 200
    assert len(of_this_demo(data)) >= 4
    process.send_signal(how)
    process.communicate(timeout=30)
    assert process.returncode == (-9 if how == signal.SIGKILL else 0)
    until(lambda: not of_this_demo(data))
    with capsys.disabled():
        print(f"\nlater start of the demonstration, ended by {how.name}: {took:.1f} s to the address")


def test_a_busy_port_and_a_reset_of_a_running_one_are_sentences(data: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = start(data, "--port", str(port))
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert said == f"Port {port} is in use. Stop what uses it, or choose another: --port {port + 1}\n"
    running = start(data, "--port", str(free_port()))
    read_until(running, "Ctrl-C stops it.")
    reset = start(data, "--reset", "--no-serve")
    said, _ = reset.communicate(timeout=60)
    assert (reset.returncode, said) == (
        1, "The demonstration is running. Stop it first (Ctrl-C where it was started).\n"
    )  # fmt: skip
    running.terminate()
    running.communicate(timeout=30)


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    process = start(tmp_path / "file" / "data", "--no-serve")
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert said.count("\n") == 1
    assert "runs through a file where a folder should be" in said
