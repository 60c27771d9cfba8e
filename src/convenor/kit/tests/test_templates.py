"""Templates of the kit obey the content security policy and speak through gettext."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from convenor.kit.tests.drawing import KIT, TEMPLATES

FILES = sorted(TEMPLATES.rglob("*.html"))
names = pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)


def markup(path: Path) -> str:
    """The template without its tags: what reaches the browser but for values."""
    return re.sub(r"\{%.*?%\}", " ", path.read_text())


@names
def test_no_inline_style_or_script(path: Path) -> None:
    text = markup(path)
    assert not re.search(r"""\sstyle\s*=|<style|javascript:|\son[a-z]+\s*=""", text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))


@names
def test_nothing_from_other_hosts(path: Path) -> None:
    assert not re.search(r"""(?:src|href|action)=["']?(?:https?:)?//""", path.read_text())


@names
def test_words_are_translatable(path: Path) -> None:
    if path.name.startswith("styleguide"):
        pytest.skip("samples, not the product's own words")
    said = re.sub(r"\{% blocktranslate.*?endblocktranslate %\}", " ", path.read_text(), flags=re.DOTALL)
    bare = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", " ", said, flags=re.DOTALL)
    assert not re.findall(r"[A-Za-z]{2,}", bare)


def test_every_class_of_the_templates_is_styled() -> None:
    css = "".join(path.read_text() for path in (KIT / "static" / "kit").glob("*.css"))
    styled = set(re.findall(r"\.([a-z][a-z0-9_-]*)", css))
    used: set[str] = set()
    for path in FILES:
        for value in re.findall(r'class="([^"]*)"', markup(path)):
            used |= set(re.sub(r"\S*\{\{.*?\}\}\S*", " ", value).split())
    assert used - styled - PLACES == set()


PLACES = {
    "band--level-1", "band--level-3", "chart--timeline", "chart__label", "chart__slip", "chart__tick", "choices",
    "history__text", "pagination__step", "seat__words", "split__main", "split__rail",
}  # fmt: skip
"""Names that hold a place; their look comes from what is around them."""
