"""Law 1 and 2: imports, foreign keys, migrations and templates only point down."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from django.db.migrations.loader import MigrationLoader

from tests.laws.source import ORDER, ROOT, SRC, app_of, templates

OURS = {config.label: config for config in apps.get_app_configs() if config.name.startswith("convenor.")}
RANK = {name: rank for rank, name in enumerate(ORDER)}


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    lint = Path(sys.executable).parent / "lint-imports"
    return subprocess.run(
        [lint, "--no-cache"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(root / "src"), "PATH": ""},
    )


def relations_up(models_seen: list[type[models.Model]]) -> list[str]:
    """Foreign keys whose target stands above the model that holds them."""
    found = []
    for model in models_seen:
        for field in model._meta.get_fields():
            target = field.related_model if isinstance(field, models.ForeignKey | models.ManyToManyField) else None
            if isinstance(target, type) and RANK.get(target._meta.app_label, -1) > RANK[model._meta.app_label]:
                found.append(f"{model._meta.label}.{field.name} → {target._meta.label}")
    return found


def template_references_up(text: str, app: str) -> list[str]:
    """{% url 'groups:…' %} or {% include "groups/…" %} in a template of an app that stands lower."""
    named = re.findall(r"""\{%\s*url\s+['"](\w+):""", text) + re.findall(
        r"""\{%\s*(?:include|extends)\s+['"](\w+)/""", text
    )
    return [name for name in named if RANK.get(name, -1) > RANK[app] and name != "site"]


def test_every_app_has_a_place_in_the_order() -> None:
    assert set(OURS) <= set(ORDER)


@pytest.mark.slow
def test_import_contracts_hold() -> None:
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("core/records/models.py", "import convenor.domain.groups.models"),
        ("domain/directory/rules.py", "import convenor.domain.engagement.rules"),
        ("core/journal/rules.py", "import convenor.core.search.models"),
        ("domain/groups/rules.py", "import convenor.domain.groups.models"),
        ("stray/__init__.py", ""),
        ("core/stray/__init__.py", ""),
    ],
)
def test_a_planted_import_fault_is_caught(tmp_path: Path, module: str, line: str) -> None:
    shutil.copytree(SRC, tmp_path / "src" / "convenor", ignore=shutil.ignore_patterns("tests", "static", "__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    target = tmp_path / "src" / "convenor" / module
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("a") as file:
        file.write(f"\n{line}\n")
    assert lint_imports(tmp_path).returncode != 0


def test_no_relation_points_up() -> None:
    assert relations_up([model for config in OURS.values() for model in config.get_models()]) == []


def test_a_planted_relation_fault_is_caught() -> None:
    class Planted(models.Model):  # noqa: DJ008 - it lives for one assertion
        group = models.ForeignKey("groups.Group", models.CASCADE, related_name="+")

        class Meta:
            app_label = "records"
            managed = False

    try:
        assert relations_up([Planted]) == ["records.Planted.group → groups.Group"]
    finally:
        del apps.all_models["records"]["planted"]
        apps.clear_cache()


def test_no_migration_depends_on_what_stands_above() -> None:
    loader = MigrationLoader(None)
    up = [
        f"{app}.{name} needs {other}"
        for (app, name), migration in loader.disk_migrations.items()
        if app in RANK
        for other, _ in migration.dependencies
        if RANK.get(other, -1) > RANK[app]
    ]
    assert up == []


def test_no_template_points_up() -> None:
    up = [
        f"{path.relative_to(SRC)}: {name}"
        for path in templates()
        for name in template_references_up(path.read_text(), app_of(path))
    ]
    assert up == []


def test_a_planted_template_fault_is_caught() -> None:
    assert template_references_up("{% url 'groups:detail' slug %}", "directory") == ["groups"]
    assert template_references_up('{% include "groups/seat.html" %}', "kit") == ["groups"]
