"""Tags that wrap what the template puts between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import template
from django.template.loader import get_template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.text import slugify

from convenor.kit import glyphs
from convenor.kit.parts import State

register = template.Library()
Given = dict[str, Any]

MOST_ACTIONS: Final = 5
"""Actions in the head of a record that stand side by side; the others are folded away."""


def _draw(name: str, **values: Any) -> SafeString:
    return SafeString(get_template(f"kit/components/{name}.html").render(values))


@register.simple_block_tag
def record_head(
    content: str,
    title: str,
    ref: str = "",
    kind: str = "",
    state: State | None = None,
    level: str = "",
    follow: str = "",
    download: str = "",
    history: str = "",
    cite: str = "",
    actions: Sequence[Any] = (),
    heading: int = 1,
) -> SafeString:
    """The same head on every record: reference, kind, title, state, one line of who and when, ways on."""
    ways = [("follow", follow), ("download", download), ("history", history), ("cite", cite)]
    shown = actions if len(actions) <= MOST_ACTIONS + 1 else actions[:MOST_ACTIONS]  # folding one away gains nothing
    return _draw(
        "record_head",
        line=content.strip() and SafeString(content),
        title=title,
        ref=ref,
        kind=kind,
        state=state,
        level=level,
        ways=[(name, url) for name, url in ways if url],
        actions=shown,
        more=actions[len(shown) :],
        heading=f"h{heading}",
    )


@register.simple_block_tag
def section(
    content: str,
    title: str,
    id: str = "",  # noqa: A002 - the attribute's own name
    count: int | None = None,
    more: str = "",
    more_label: str = "",
    level: int = 2,
) -> SafeString:
    """A titled part of a page, with an anchor and a count."""
    anchor = id or slugify(title)
    body = SafeString(content)
    return _draw(
        "section", body=body, title=title, id=anchor, count=count, more=more, more_label=more_label, heading=f"h{level}"
    )


@register.simple_block_tag
def card(
    content: str,
    title: str,
    href: str = "",
    kicker: str = "",
    state: State | None = None,
    level: str = "",
    heading: int = 3,
) -> SafeString:
    """One record among others."""
    body = SafeString(content)
    return _draw(
        "card", body=body, title=title, href=href, kicker=kicker, state=state, level=level, heading=f"h{heading}"
    )


@register.simple_block_tag
def notice(content: str, kind: str = "info", title: str = "") -> SafeString:
    """Something one should know before going on."""
    return _draw("notice", body=SafeString(content), kind=kind, shape=glyphs.shape_of(kind), title=title)


@register.simple_block_tag
def withheld(content: str, reason: str = "") -> SafeString:
    """Says that something exists and why it is not shown."""
    return _draw("withheld", body=SafeString(content.strip()), reason=reason)


@register.simple_block_tag
def empty_state(content: str, title: str, href: str = "", label: str = "") -> SafeString:
    """What belongs here and the first step towards it."""
    return _draw("empty_state", body=SafeString(content), title=title, href=href, label=label)


@register.simple_block_tag
def disclosure(content: str, summary: str, open: bool = False) -> SafeString:  # noqa: A002 - the attribute
    """More, for those who want it."""
    return _draw("disclosure", body=SafeString(content), summary=conditional_escape(summary), open=open)
