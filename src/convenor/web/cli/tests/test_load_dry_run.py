"""`./convenor load FILE --dry-run` for an engagement model: what would change, and for which groups."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from convenor.domain.engagement.models import ModelVersion
from convenor.domain.groups.tests.world import MODEL, TODAY, World, make_world
from convenor.web.cli import load as cli

pytestmark = pytest.mark.slow

DAY = TODAY + timedelta(days=10)
CAP = "seats: {maximum: 3, counts: persons}"
ELIGIBLE = MODEL.replace(CAP, "seats: {maximum: 3, eligible: {roles: [practice-cio]}}")


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def test_the_command_line_says_what_would_change(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    group = world.group("task-group", name="Task group")
    world.seat(group, "One")
    world.seat(group, "Two")
    path = tmp_path / "model.yaml"
    for text, code, words in (
        (
            MODEL.replace(CAP, CAP.replace("3", "1")),
            1,
            "Task group: A Task Group has places for up to 1 person in all. So far: 2 people.",
        ),
        (MODEL.replace(CAP, CAP.replace("3", "9")), 0, "reads otherwise: Size in all"),
        (MODEL, 0, "says the same already"),
        (MODEL.replace("plural: Companies", "plural: []"), 1, "Line 11"),
        (ELIGIBLE, 0, "--accept REASON"),
    ):
        path.write_text(text, encoding="utf-8")
        assert cli.main([str(path), "--dry-run", "--from", DAY.isoformat()]) == code
        assert words in capsys.readouterr().out
    assert ModelVersion.objects.count() == 1
    assert cli.main([str(path), "--from", DAY.isoformat(), "--accept", "They leave by June."]) == 0
    assert ModelVersion.objects.count() == 2
