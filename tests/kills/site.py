"""A whole site of its own for tests that kill processes: a data folder, a database, and how to run things on it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Site:
    """`url` is empty for SQLite, which is then a file in the data folder."""

    data: Path
    url: str = ""

    @classmethod
    def make(cls, folder: Path) -> Site:
        """An empty, migrated site on the database that DATABASE_URL names the kind of."""
        site = cls(folder / uuid4().hex[:8], new_database(os.environ.get("DATABASE_URL", "")))
        site.convenor("manage", "migrate", "-v0", "--skip-checks")
        return site

    def copied(self, folder: Path) -> Site:
        """Another site that is what this one is now. Nobody may be at work on this one."""
        twin = Site(folder / uuid4().hex[:8], new_database(self.url, template=self.url))
        shutil.copytree(self.data, twin.data)
        return twin

    @property
    def on_postgres(self) -> bool:
        return bool(self.url)

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("CONVENOR_", "DATABASE_"))}
        here = {"CONVENOR_DATA": str(self.data), "PYTHONPATH": str(ROOT / "src"), "CONVENOR_TESTING": "yes"}
        return kept | here | ({"DATABASE_URL": self.url} if self.url else {})

    def convenor(self, *arguments: str, code: int | None = 0, **environment: str) -> str:
        """Run `./convenor …` to its end; what it printed. `code` is the exit code it must have, None for any."""
        done = subprocess.run(
            [sys.executable, "-m", "convenor", *arguments],
            cwd=ROOT, env=self.environment | environment, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        said = done.stdout + done.stderr
        assert code is None or done.returncode == code, said
        return said

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Start a module on this site and leave it running; its output can be read, what it logs is in the file log."""
        with (self.data / "log").open("a") as log:
            return subprocess.Popen(
                [sys.executable, "-m", *arguments],
                cwd=ROOT, env=self.environment | environment, stdout=subprocess.PIPE, stderr=log, text=True,
            )  # fmt: skip

    def act(self, name: str, *arguments: object) -> Any:
        """Run one function of tests.kills.actors in a process of its own; what it returned."""
        process = self.start("tests.kills.actors", name, *map(str, arguments))
        said, _ = process.communicate(timeout=300)
        assert process.returncode == 0, (self.data / "log").read_text()[-3000:]
        return json.loads(said.splitlines()[-1])

    def drop(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        if self.on_postgres:
            with psycopg.connect(_server(self.url), autocommit=True) as server:
                server.execute(f'DROP DATABASE "{_name(self.url)}" WITH (FORCE)')


def new_database(url: str, template: str = "") -> str:
    """A database on the server of `url`, empty or as that of the address `template`; no address for SQLite."""
    if not url.startswith("postgres"):
        return ""
    name = f"kills_{uuid4().hex[:8]}"
    with psycopg.connect(_server(url), autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{_name(template)}"' if template else ""))
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def _name(url: str) -> str:
    return urlsplit(url).path.lstrip("/")


def _server(url: str) -> str:
    return urlsplit(url)._replace(path="/postgres").geturl()
