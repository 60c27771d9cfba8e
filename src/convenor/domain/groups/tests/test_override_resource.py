"""Overrides as data: what anybody downloads loads again, is judged by the same rules, and can be taken back."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest

from convenor.core.exchange.commands import advance, check_upload, confirm, undo
from convenor.core.exchange.models import ImportBatch
from convenor.core.exchange.present import plain
from convenor.core.exchange.queries import choose, stream
from convenor.core.exchange.resources import resources
from convenor.core.records.rules import Viewer, anonymous
from convenor.domain.groups.models import Group, RuleOverride
from convenor.domain.groups.tests.world import NOW, START, TODAY, World

pytestmark = pytest.mark.slow

HEAD = ["id", "group", "rule", "values", "starts_on", "ends_on", "reason", "approved_by"]


@pytest.fixture
def task(world: World) -> Group:
    group = world.group("task-group", name="Task group")
    world.seat(group, "One")
    world.seat(group, "Two")
    return group


@pytest.fixture
def officer(world: World) -> Viewer:
    return world.officer()


def checked(by: Viewer, *lines: tuple[str, ...]) -> ImportBatch:
    text = io.StringIO()
    csv.writer(text).writerows([HEAD, *lines])
    return check_upload(
        by=by,
        resource=resources["rule-overrides"],
        source="register",
        filename="up.csv",
        content=text.getvalue().encode(),
        now=NOW,
    )


def load(by: Viewer, *lines: tuple[str, ...]) -> ImportBatch:
    batch = checked(by, *lines)
    confirm(by=by, batch=batch, without_bad=True, now=NOW)
    return advance(batch=batch, now=NOW, seconds=20)


def line(most: str = "2", first: str = "2026-11-23", group: str = "Task group", rule: str = "size") -> tuple[str, ...]:
    return ("1", group, rule, f'{{"total_maximum": {most}}}', first, "", "It is small.", "Board, item 4")


def outcomes(batch: ImportBatch) -> list[tuple[str, str]]:
    return [(row.outcome, row.error) for row in batch.rows.order_by("number")]


def test_an_override_is_loaded_left_alone_changed_and_taken_back(task: Group, officer: Viewer) -> None:
    first = load(officer, line())
    assert outcomes(first) == [("created", "")]
    assert outcomes(load(officer, line())) == [("unchanged", "")]
    changed = load(officer, line("4"))
    assert outcomes(changed) == [("changed", "")]
    assert RuleOverride.objects.get().values == {"total_maximum": 4}
    undo(by=officer, batch=changed, now=NOW)
    advance(batch=changed, now=NOW, seconds=20)
    assert RuleOverride.objects.get().values == {"total_maximum": 2}


def test_a_load_is_taken_back_whole(task: Group, officer: Viewer) -> None:
    batch = load(officer, line())
    undo(by=officer, batch=batch, now=NOW)
    advance(batch=batch, now=NOW, seconds=20)
    assert not RuleOverride.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        (line("1"), "So far: 2 people."),
        (line('"ten"'), "must be a whole number; it is “ten”."),
        (line(group="Nobody"), "No group here is called “Nobody”"),
        (("1", "Task group", "size", "many", "", "", "Why", "Board"), "Write the fields of the rule as JSON"),
        (line("3"), "The model says this already"),
    ],
)
def test_a_bad_line_is_refused_in_the_rules_words(
    task: Group, officer: Viewer, wrong: tuple[str, ...], text: str
) -> None:
    (row,) = checked(officer, wrong).rows.all()
    assert text in row.error + str(row.faults)
    assert not RuleOverride.objects.exists()


def test_what_is_downloaded_says_all_and_loads_again(task: Group, officer: Viewer) -> None:
    load(officer, line())
    resource = resources["rule-overrides"]
    (found,) = [plain(row) for row in stream(resource, anonymous(NOW), choose(resource, {"on": TODAY.isoformat()}))]
    assert found["group"]["ref"] == task.record.ref
    assert found["values"] == '{"total_maximum": 2}'
    again = (
        "1", task.record.ref, found["rule"], found["values"], found["starts_on"], "", found["reason"],
        found["approved_by"],
    )  # fmt: skip
    assert outcomes(load(officer, again)) == [("unchanged", "")]
    narrowed = {"rule": "chairing", "on": (START - timedelta(days=1)).isoformat()}
    for name, value in narrowed.items():
        assert list(stream(resource, anonymous(NOW), choose(resource, {name: value}))) == []
