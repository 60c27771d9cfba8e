"""Markdown to clean HTML."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import nh3
from django.utils.safestring import SafeString

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_TAGS = frozenset(
    {"p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "strong", "em", "del", "code", "pre", "blockquote"}
    | {"ul", "ol", "li", "a", "table", "thead", "tbody", "tr", "th", "td"}
)
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}, "code": set[str]()}
_HEADING = re.compile(r"<(/?)h([1-6])>")


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # noqa: PLC0415 - slow to load, and most pages have no prose

    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def to_html(text: str, first_heading: int = 3) -> SafeString:
    """CommonMark with tables as HTML: no raw HTML, no pictures, no schemes but http, https and mailto.

    A `#` heading becomes h`first_heading`, so that prose never breaks the outline of the page around it.
    """
    drawn = _HEADING.sub(
        lambda found: f"<{found[1]}h{min(int(found[2]) + first_heading - 1, 6)}>", _parser().render(text)
    )
    clean = nh3.clean(
        drawn,
        tags=set(_TAGS),
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener nofollow",
    )
    return SafeString(f'<div class="prose">{clean}</div>' if clean.strip() else "")
