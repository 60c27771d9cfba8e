"""Law 3: the ORM is written to only where commands, models, loaders and factories live."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.laws.source import SRC, modules, tree

WRITES = {
    "save", "create", "acreate", "update", "aupdate", "delete", "bulk_create", "bulk_update", "get_or_create",
    "update_or_create",
}  # fmt: skip
ALLOWED_FILES = {"commands.py", "models.py", "outbox.py"}
ALLOWED_FOLDERS = {"commands", "seeds"}
JOBS_OF_CORE = ("core", "jobs.py")
NOT_THE_ORM = {
    "hashlib",
    "headers",
    "dict",
    "context",
    "seen",
    "found",
    "h",
    "hasher",
    "sha",
    "os",
    "digest",
    "cookies",
}


def may_write(path: Path) -> bool:
    parts = path.relative_to(SRC).parts
    if parts[:2] == ("web", "demo"):
        return True
    if (parts[0], parts[-1]) == JOBS_OF_CORE:
        return True
    return parts[-1] in ALLOWED_FILES or any(folder in parts[:-1] for folder in ALLOWED_FOLDERS)


def writes_in(module: ast.Module) -> list[int]:
    """Lines where a queryset or a model instance is written: `.objects.create(`, `row.save(`, `….update(field=…)`."""
    return [
        node.lineno
        for node in ast.walk(module)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in WRITES
        and _is_orm(node, node.func)
    ]


def _is_orm(call: ast.Call, func: ast.Attribute) -> bool:
    chain = ast.unparse(func.value)
    if func.attr in {"save", "delete"}:
        return not call.args and "session" not in chain and "cookies" not in chain
    if func.attr in {"update", "aupdate"}:
        return bool(call.keywords) and not call.args
    return ".objects" in chain or "_set" in chain or "manager" in chain.lower() or func.attr.startswith("bulk_")


@pytest.mark.slow
def test_writes_stand_only_in_commands() -> None:
    strays = [
        f"{path.relative_to(SRC)}:{line}" for path in modules() if not may_write(path) for line in writes_in(tree(path))
    ]
    assert strays == []


@pytest.mark.parametrize(
    "planted",
    [
        "Group.objects.create(name='x')",
        "group.save()",
        "group.save(update_fields=['name'])",
        "Group.objects.filter(pk=1).update(name='x')",
        "Group.objects.bulk_create(rows)",
        "Group.objects.filter(pk=1).delete()",
        "Group.objects.update_or_create(slug='x')",
    ],
)
def test_a_planted_write_is_caught(planted: str) -> None:
    assert writes_in(ast.parse(planted)) == [1]


@pytest.mark.parametrize("harmless", ["digest.update(data)", "context.update({'a': 1})", "form.save_later()"])
def test_what_is_not_a_write_is_let_be(harmless: str) -> None:
    assert writes_in(ast.parse(harmless)) == []
