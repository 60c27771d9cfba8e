"""Law 6: what the README, CI, the lists and the code say agrees. And nothing names this machine or an index."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib

import pytest

from tests.laws.source import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
TRACKED = [
    ROOT / name
    for name in subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split(
        "\n"
    )
    if name and (ROOT / name).is_file()
]
LISTS = sorted((ROOT / "requirements").glob("*.txt"))
LEAK = re.compile(
    "".join(
        (
            r"(/wo",
            r"rk/|/ro",
            r"ot/\.|bash_jobs|--(?:extra-)?index",
            r"-url|files\.python",
            r"hosted|",
            r"registry\.npm",
            r"js)",
        )
    )
)
"""In pieces, so that this file does not name what it looks for."""


def leaks(text: str) -> list[str]:
    return LEAK.findall(text)


def test_no_file_names_this_machine_or_an_index() -> None:
    found = []
    for path in TRACKED:
        if path.name.endswith(".min.js"):
            continue
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {leak}" for leak in leaks(text) if path.name != "test_repository.py"]
    assert found == []


def test_a_planted_address_is_caught() -> None:
    assert leaks("see /wo" + "rk/main") == ["/wo" + "rk/"]
    assert leaks("pip install --index" + "-url x") == ["--index" + "-url"]


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.name)
def test_the_lists_are_pinned_hashed_and_hold_no_address(path: object) -> None:
    text = path.read_text()  # type: ignore[attr-defined]
    needs = [line for line in text.splitlines() if line and line[0].isalpha()]
    assert needs
    assert all("==" in line for line in needs)
    assert "--hash=sha256:" in text
    assert "http" not in text


def test_every_dependency_says_why_it_is_here() -> None:
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    needs = [
        line for line in lines if re.match(r'\s+"[A-Za-z][\w.-]+(\[.*\])?[><=]', line) or re.match(r'\s+"types-', line)
    ]
    assert [line for line in needs if "#" not in line] == []


@pytest.mark.slow
def test_every_runtime_dependency_is_imported() -> None:
    imported = set()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module.split(".")[0])
    text = (ROOT / "src/convenor/settings.py").read_text() + "".join(
        path.read_text() for path in (ROOT / "src/convenor/web/cli").rglob("*.py")
    )
    names = {
        "django-allauth": "allauth",
        "django-csp": "csp",
        "django-ninja": "ninja",
        "markdown-it-py": "markdown_it",
        "prometheus-client": "prometheus_client",
        "PyYAML": "yaml",
        "Django": "django",
        "python-dateutil": "dateutil",
    }
    by_name_only = {"psycopg", "tzdata", "PyJWT", "requests"}
    needs = [re.split(r"[\[><=]", need)[0] for need in PROJECT["project"]["dependencies"]]
    unused = [
        need
        for need in needs
        if need not in by_name_only and names.get(need, need) not in imported and names.get(need, need) not in text
    ]
    assert unused == []


def test_readme_shows_commands_that_exist() -> None:
    shown = set(re.findall(r"\./convenor (\w+)", (ROOT / "README.md").read_text()))
    runner = (ROOT / "convenor").read_text()
    assert {"demo", "test"} <= shown
    assert [command for command in shown if f'"{command}"' not in runner] == []


def test_ci_calls_what_the_readme_calls() -> None:
    ci = (ROOT / ".ci" / "run").read_text()
    assert "./convenor test" in ci
    assert "./convenor check" in ci


def test_python_versions_agree() -> None:
    wanted = PROJECT["project"]["requires-python"]
    runner = (ROOT / "convenor").read_text()
    assert wanted == ">=3.11,<3.14"
    assert "(3, 11)" in runner
    assert "(3, 13)" in runner
