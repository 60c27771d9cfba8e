"""The gallery shows every part of the kit."""

from __future__ import annotations

import re

import pytest
from django.test import RequestFactory

from convenor.kit.styleguide import PARTS, styleguide
from convenor.kit.templatetags.kit import register
from convenor.kit.tests.drawing import TEMPLATES


def shown(query: str = "") -> str:
    return styleguide(RequestFactory().get(f"/styleguide/{query}")).content.decode()


def test_it_renders_every_part() -> None:
    html = shown()
    for key, _label in PARTS:
        assert f'id="{key}"' in html


def test_every_tag_of_the_kit_is_in_it() -> None:
    source = "".join(path.read_text() for path in TEMPLATES.rglob("*.html"))
    missing = {
        name for name in register.tags if not name.startswith("end") and not re.search(rf"\{{% {name}\b", source)
    }
    assert missing == set()


@pytest.mark.parametrize(
    "query",
    ["?sort=-title&page=2", "?page=99&sort=nonsense", "?status=open&level=1&level=2&q=%3Cscript%3E", "?theme=x"],
)
def test_it_takes_any_query(query: str) -> None:
    html = shown(query)
    assert "<script>" not in html.replace("&lt;script&gt;", "")
    assert 'data-theme="x"' not in html


def test_theme_can_be_asked_for() -> None:
    assert 'data-theme="dark"' in shown("?theme=dark")


def test_ids_are_unique() -> None:
    ids = re.findall(r'\sid="([^"]+)"', shown())
    assert sorted(ids) == sorted(set(ids))


def test_no_inline_style_or_handler() -> None:
    html = shown()
    assert not re.search(r'\sstyle="', html)
    assert not re.search(r"<[^>]+\son[a-z]+=", html)
