"""Law 4: every command has a permission, a journal verb and a test; every kind lists its public fields."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

from convenor.core.exchange.resources import resources
from convenor.core.records.registry import registry
from tests.laws.source import ROOT, SRC, modules, tree

PORTS = {"erasure.py"}
"""What accounts' own command (erase a person) calls through records.ports, inside its permission and transaction."""

Functions = dict[str, list[ast.FunctionDef]]


def command_files() -> Iterator[Path]:
    for path in modules():
        parts = path.relative_to(SRC).parts
        if parts[0] == "domain" and (parts[-1] == "commands.py" or "commands" in parts[:-1]):
            yield path


def commands(module: ast.Module) -> list[ast.FunctionDef]:
    """Public functions that take `by`: what a person (or the product) may ask for."""
    return [
        node
        for node in module.body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and any(arg.arg == "by" for arg in node.args.kwonlyargs)
    ]


def reaches(name: str, wanted: tuple[str, ...], functions: Functions, seen: set[str]) -> bool:
    """Whether a function's text, or that of a function of the same app it calls, mentions one of the words."""
    if name in seen or name not in functions:
        return False
    seen.add(name)
    texts = [ast.unparse(function) for function in functions[name]]
    if any(word in text for word in wanted for text in texts):
        return True
    called = {
        node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        for function in functions[name]
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute)
    }
    return any(reaches(other, wanted, functions, seen) for other in called)


def functions_of_app(path: Path) -> Functions:
    """Every function of the app by name; the same name may stand in several modules."""
    parts = path.relative_to(SRC).parts
    found: Functions = defaultdict(list)
    for other in modules():
        if other.relative_to(SRC).parts[:2] == parts[:2]:
            for node in tree(other).body:
                if isinstance(node, ast.FunctionDef):
                    found[node.name].append(node)
    return found


def all_commands() -> list[tuple[Path, str]]:
    return [
        (path, command.name) for path in command_files() if path.name not in PORTS for command in commands(tree(path))
    ]


@pytest.mark.parametrize(("path", "name"), all_commands(), ids=lambda value: getattr(value, "name", value))
def test_every_command_permits_and_journals(path: Path, name: str) -> None:
    functions = functions_of_app(path)
    assert reaches(name, (".require()",), functions, set()), f"{name} asks no permission"
    assert reaches(name, ("journal.write", "write_entry", "write("), functions, set()), (
        f"{name} writes no journal entry"
    )


@pytest.mark.parametrize("folder", sorted({path.relative_to(SRC).parts[1] for path, _ in all_commands()}))
def test_every_command_is_tested(folder: str) -> None:
    tests = "".join(path.read_text() for path in (SRC / "domain" / folder / "tests").rglob("*.py"))
    untested = [name for path, name in all_commands() if path.relative_to(SRC).parts[1] == folder and name not in tests]
    assert untested == []


def test_a_planted_command_without_permission_is_caught() -> None:
    module = ast.parse("def bad(*, by, group):\n    group.save()\n")
    functions = {node.name: [node] for node in module.body if isinstance(node, ast.FunctionDef)}
    assert [command.name for command in commands(module)] == ["bad"]
    assert not reaches("bad", (".require()",), functions, set())
    assert not reaches("bad", ("journal.write",), functions, set())


def test_every_kind_has_a_model_and_real_public_fields() -> None:
    for kind in registry.kinds.values():
        names = {field.name for field in apps.get_model(kind.model)._meta.get_fields()}
        assert kind.public_fields <= names, kind.slug


def test_every_model_with_a_record_is_a_kind() -> None:
    kinds = {kind.model for kind in registry.kinds.values()}
    with_record = {
        model._meta.label
        for model in apps.get_models()
        if model.__module__.startswith("convenor.")
        and any(field.name == "record" and field.one_to_one for field in model._meta.fields)
    }
    assert {label for label in with_record if label not in kinds} - {"search.Document"} == set()


def test_every_kind_is_in_the_data_dictionary() -> None:
    assert {resource.kind for resource in resources.values() if resource.kind} == set(registry.kinds)


def test_every_reference_page_is_there() -> None:
    assert (ROOT / "docs" / "reference").is_dir()
