"""ADR 8: what a form does, an act of the API does; or it is said here why not."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Final

import pytest

from tests.laws.source import SRC, modules, tree
from tests.laws.test_commands import all_commands

APPS: Final = ("engagement", "groups")
NO_ACT: Final[dict[str, str]] = {
    "start_draft": "A draft is worked on page by page; a program sends the whole text to engagement-models-load.",
    "save_draft": "As above: the text of a draft is the page's, with its problems line by line.",
    "drop_draft": "As above.",
    "take_up_draft": "As above.",
    "use_draft": "As above: it loads what engagement-models-load loads.",
    "write_to_group": "A letter to many people goes after somebody has looked at who gets it.",
    "warn_of_ends": "The worker does it by the clock; no form does.",
}
"""Commands that a form reaches and no act does, with the reason."""


def words_in(folder: str, *, acts_only: bool) -> set[str]:
    """Every name that the modules of an app mention where people (or programs) enter."""
    found: set[str] = set()
    for path in modules():
        parts = path.relative_to(SRC).parts
        if parts[:2] == ("domain", folder) and is_door(path, acts_only=acts_only):
            found |= {node.id for node in ast.walk(tree(path)) if isinstance(node, ast.Name)}
            found |= {node.attr for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)}
    return found


def is_door(path: Path, *, acts_only: bool) -> bool:
    """A module of acts; or one of pages and of what stands behind signed links."""
    parts = path.relative_to(SRC).parts
    if acts_only:
        return "resources" in parts and path.name.startswith("acts")
    return "views" in parts or "kinds" in parts


def commands_of(app: str) -> set[str]:
    return {name for path, name in all_commands() if path.relative_to(SRC).parts[:2] == ("domain", app)}


@pytest.mark.parametrize("app", APPS)
def test_what_a_form_does_an_act_does(app: str) -> None:
    by_form = commands_of(app) & words_in(app, acts_only=False)
    by_act = words_in(app, acts_only=True)
    assert sorted(by_form - by_act - set(NO_ACT)) == []


def test_no_reason_is_left_over() -> None:
    reached = {name for app in APPS for name in commands_of(app) & words_in(app, acts_only=False)}
    by_act = {name for app in APPS for name in words_in(app, acts_only=True)}
    assert {name for name in NO_ACT if name not in reached or name in by_act} == set()


def test_a_planted_command_without_an_act_is_caught() -> None:
    module = ast.parse("from convenor.domain.groups.commands import lives\nlives.reopen_group(by=1)\n")
    assert "reopen_group" in {node.attr for node in ast.walk(module) if isinstance(node, ast.Attribute)}
    assert {"reopen_group", "close_group"} <= commands_of("groups")
