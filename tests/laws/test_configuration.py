"""Law 5: no slug of seeded configuration in code or templates. Seed data itself is the only exception."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from tests.laws.source import SRC, modules, templates, tree

COMMON_WORDS = {"public", "private", "open", "agency", "company", "chair", "members", "strategic", "operational",
                "tactical", "informative", "other"}
"""Slugs that are also ordinary words of our code (a level's colour, a sector); the others are unmistakable."""


NAMES = {"slug", "model", "level", "type", "constituency"}
"""The keys that name a row in our seed files."""


def slugs(value: object) -> Iterator[str]:
    """Every value of a `slug` key, and every key of a mapping of named rows, in a seed file."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in NAMES and isinstance(inner, str):
                yield inner
            yield from slugs(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from slugs(inner)


def seeded() -> set[str]:
    found: set[str] = set()
    for path in SRC.rglob("seeds/*.yaml"):
        for document in yaml.safe_load_all(path.read_text()):
            found |= set(slugs(document))
    return {slug for slug in found if "-" in slug or slug not in COMMON_WORDS} - COMMON_WORDS


def strings(module: ast.Module) -> set[str]:
    return {node.value for node in ast.walk(module) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def is_seed(path: Path) -> bool:
    parts = path.relative_to(SRC).parts
    return "seeds" in parts or parts[:2] == ("web", "demo")


def test_there_is_configuration_to_look_for() -> None:
    assert len(seeded()) > 20


def test_no_code_names_seeded_configuration() -> None:
    found = {
        f"{path.relative_to(SRC)}: {slug}"
        for path in modules()
        if not is_seed(path)
        for slug in strings(tree(path)) & seeded()
    }
    assert found == set()


def test_no_template_names_seeded_configuration() -> None:
    words = seeded()
    found = {
        f"{path.relative_to(SRC)}: {word}"
        for path in templates()
        if not is_seed(path)
        for word in re.findall(r"""==\s*["']([\w-]+)["']""", path.read_text())
        if word in words
    }
    assert found == set()


def test_a_planted_slug_is_caught() -> None:
    slug = sorted(seeded())[0]
    assert slug in strings(ast.parse(f"if group.type.slug == {slug!r}:\n    pass\n")) & seeded()
