"""Law 5: no slug of seeded configuration in code or templates. Seed data itself is the only exception."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from django.apps import apps

from tests.laws.source import SRC, modules, templates, tree

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
    return found


def choices() -> set[str]:
    """Values that our own tables define (a basis, a sector): the same word may also be a seeded slug."""
    return {
        str(value)
        for model in apps.get_models()
        if model.__module__.startswith("convenor.")
        for field in model._meta.fields
        for value, _ in field.flatchoices
    }


def named(module: ast.Module, words: set[str]) -> set[str]:
    """Seeded slugs this code names: any with a hyphen; a plain word only where something is compared or looked up."""
    constants = {
        node.value for node in ast.walk(module) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return {word for word in constants & words if "-" in word} | (looked_up(module) & words)


def looked_up(module: ast.Module) -> set[str]:
    """Constants in `x.slug == "…"` and in `filter(…slug="…")`."""
    found: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Compare) and "slug" in ast.unparse(node.left):
            found |= {
                item.value for item in ast.walk(node) if isinstance(item, ast.Constant) and isinstance(item.value, str)
            }
        elif (
            isinstance(node, ast.keyword) and (node.arg or "").endswith("slug") and isinstance(node.value, ast.Constant)
        ):
            found.add(str(node.value.value))
    return found


def is_seed(path: Path) -> bool:
    parts = path.relative_to(SRC).parts
    return "seeds" in parts or parts[:2] == ("web", "demo")


def test_there_is_configuration_to_look_for() -> None:
    assert len(seeded()) > 20


@pytest.mark.slow
def test_no_code_names_seeded_configuration() -> None:
    words = seeded() - choices()
    found = {
        f"{path.relative_to(SRC)}: {slug}"
        for path in modules()
        if not is_seed(path)
        for slug in named(tree(path), words)
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
    hyphened = next(slug for slug in sorted(seeded()) if "-" in slug)
    plain = next(slug for slug in sorted(seeded()) if "-" not in slug)
    assert named(ast.parse(f"if group.type_name == {hyphened!r}:\n    pass\n"), seeded()) == {hyphened}
    assert named(ast.parse(f"if group.type.slug == {plain!r}:\n    pass\n"), seeded()) == {plain}
    assert named(ast.parse(f"Group.objects.filter(type__slug={plain!r})"), seeded()) == {plain}
