"""The product's own source, parsed once for all laws."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src" / "convenor"
SHELVES = ("kit", "core", "domain", "web")
ORDER = (
    "kit", "records", "accounts", "clock", "files", "journal", "search", "notify", "exchange",
    "directory", "engagement", "groups", "expressions", "api", "site", "demo",
)  # fmt: skip


def modules() -> Iterator[Path]:
    """Every module of the product, without tests and migrations."""
    for path in sorted(SRC.rglob("*.py")):
        parts = path.relative_to(SRC).parts
        if "tests" not in parts and "migrations" not in parts:
            yield path


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def templates() -> Iterator[Path]:
    yield from sorted(SRC.rglob("templates/**/*.html"))


def app_of(path: Path) -> str:
    """core/journal/commands.py → journal; kit/tables.py → kit."""
    parts = path.relative_to(SRC).parts
    return parts[0] if parts[0] == "kit" else (parts[1] if len(parts) > 2 else parts[0])
