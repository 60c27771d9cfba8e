"""The acts as people read them: tables and examples for the data pages, and docs/reference/acts.md."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from convenor.core.exchange.act_schema import example_of
from convenor.core.exchange.acts import Act, Input, acts
from convenor.core.exchange.declare import Choices, words
from convenor.core.exchange.present import absolute
from convenor.kit.tables import Column, Table

TYPE_WORDS: Final = {
    "text": "text",
    "texts": "list of texts",
    "integer": "whole number",
    "boolean": "true or false",
    "date": "day (YYYY-MM-DD)",
    "datetime": "time with its zone",
    "row": "name or reference",
}
PREAMBLE: Final = """# Acts

What a program may have done here, by POST with an API token of a person (see the handbook: write through the API). Each
calls the same command as the form, so the same rules refuse in the same words. Written by the product itself. A field
with ? may be left out. Send nothing else: an unknown field is refused.
"""


def inputs_table(inputs: Iterable[Input]) -> Table[Input]:
    """What an act takes."""
    return Table[Input](
        (
            Column("name", _("Field"), lambda item: format_html("<code>{}</code>", item.name), priority=1),
            Column("type", _("Type"), _type_words),
            Column("description", _("What it says"), _described),
        ),
        list(inputs),
        _("Fields"),
        caption_hidden=True,
    )


def example(act: Act) -> str:
    """A command that one can paste into a terminal and fill in."""
    lines = (
        f"curl -X POST '{absolute(act.address)}'",
        '  -H "Authorization: Bearer $TOKEN"',
        "  -H 'Content-Type: application/json'",
        f"  -d '{example_of(act)}'",
    )
    return " \\\n".join(lines)


def markdown() -> str:
    """Every act as Markdown. Ends with a line break."""
    return "\n".join([PREAMBLE, *map(_chapter, acts.values())]).rstrip() + "\n"


def _type_words(item: Input) -> str:
    said = TYPE_WORDS[item.type]
    return said if item.required else _("%(type)s, may be left out") % {"type": said}


def _described(item: Input) -> SafeString:
    allowed = words(item.choices)
    if not allowed:
        return format_html("{}", item.description)
    small = '{}<br><span class="small soft">{} {}</span>'
    return format_html(small, item.description, _("One of:"), "; ".join(allowed))


def _chapter(act: Act) -> str:
    lines = [f"## {act.label}", "", f"`POST {act.address}`", "", act.description, ""]
    if act.inputs:
        lines += ["| field | type | what it says | allowed values |", "| --- | --- | --- | --- |"]
        lines += [_line(item) for item in act.inputs]
    if act.outputs:
        said = "; ".join(f"`{item.name}`: {item.description}" for item in act.outputs)
        lines += ["", f"Answers with `ref`, `url` and {said}"]
    return "\n".join([*lines, ""])


def _line(item: Input) -> str:
    name = f"`{item.name}`" + ("" if item.required else "?")
    return f"| {name} | {TYPE_WORDS[item.type]} | {item.description} | {_said(item.choices)} |"


def _said(choices: Choices) -> str:
    return _("words of the site's own list") if callable(choices) else "; ".join(words(choices))
