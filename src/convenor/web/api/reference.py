"""The data dictionary of every resource, as tables for the data pages and as Markdown for docs/reference/data.md."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from convenor.core.exchange.declare import Choices, Field, Filter, Resource, resources, words
from convenor.core.exchange.schema import TYPE_WORDS, public_fields
from convenor.kit.tables import Column, Table

PREAMBLE = """# Data reference

Every kind of row that this site gives out, with its columns and filters. Written by the product itself from the
declarations that also make the API, the downloads and the upload templates. A column with ? may be empty. A reference
(`ref`) comes as an object with `ref`, `title` and `url` in JSON, and as two columns (`x`, `x_title`) in CSV and XLSX.
"""


def markdown() -> str:
    """The data dictionary of all resources as Markdown: what strangers get. Ends with a line break."""
    return "\n".join([PREAMBLE, *(_chapter(resource) for resource in resources.values())]).rstrip() + "\n"


def columns_table(fields: Iterable[Field]) -> Table[Field]:
    """The dictionary of these fields; each has the address that JSON-LD contexts point to (#field-name)."""
    return Table[Field](
        (
            Column("name", _("Name"), _named, priority=1),
            Column("type", _("Type"), _type_words),
            Column("description", _("What it holds"), _described),
        ),
        list(fields),
        _("Columns"),
        caption_hidden=True,
    )


def filters_table(filters: Iterable[Filter]) -> Table[Filter]:
    """What a list can be narrowed by."""
    return Table[Filter](
        (
            Column("name", _("Parameter"), lambda item: _code(item.name), priority=1),
            Column("type", _("Type"), lambda item: TYPE_WORDS[item.type]),
            Column("description", _("Which rows stay"), lambda item: _lines(item.description, *_allowed(item))),
        ),
        list(filters),
        _("Filters"),
        caption_hidden=True,
    )


def _named(item: Field) -> SafeString:
    return format_html('<code id="field-{0}">{0}</code><br><span class="field-label">{1}</span>', item.name, item.label)


def _type_words(item: Field) -> str:
    said = TYPE_WORDS[item.type]
    return said if item.required else _("%(type)s, may be empty") % {"type": said}


def _described(item: Field) -> SafeString:
    example = [format_html("{} {}", _("Example:"), _code(item.example))] if item.example else []
    return _lines(item.description, *([] if item.public else [_("Officers only.")]), *example, *_allowed(item))


def _allowed(item: Field | Filter) -> list[SafeString]:
    shown = [(_code(word), label) for word, label in words(item.choices).items()]
    return [format_html("{} {}", _("One of:"), format_html_join("; ", "{} {}", shown))] if shown else []


def _lines(first: str, *more: str) -> SafeString:
    """A sentence, with more in small below it."""
    rest = format_html_join("", '<br><span class="small soft">{}</span>', ((line,) for line in more))
    return format_html("{}{}", first, rest)


def _code(text: str) -> SafeString:
    return format_html("<code>{}</code>", text)


def _chapter(resource: Resource) -> str:
    lines = [f"## {resource.label}", "", resource.description, ""]
    lines += [f"`/api/v1/{resource.name}/` · {resource.licence}", ""]
    lines += _rows(("column", "label", "type", "what it holds", "example", "allowed values"), _dictionary(resource))
    if resource.filters:
        narrowing = (
            [f"`{item.name}`", TYPE_WORDS[item.type], item.description, _said(item.choices)]
            for item in resource.filters
        )
        lines += ["", *_rows(("filter", "type", "which rows stay", "allowed values"), narrowing)]
    return "\n".join([*lines, ""])


def _dictionary(resource: Resource) -> Iterable[list[str]]:
    for item in public_fields(resource):
        name = f"`{item.name}`" + ("" if item.required else "?")
        yield [name, item.label, TYPE_WORDS[item.type], item.description, item.example, _said(item.choices)]


def _said(choices: Choices) -> str:
    """The allowed values, without asking a database: a site's own words stand on its data pages."""
    return _("words of the site's own list") if callable(choices) else "; ".join(words(choices))


def _rows(head: tuple[str, ...], rows: Iterable[list[str]]) -> list[str]:
    return [_row(head), _row(["---"] * len(head)), *map(_row, rows)]


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|').replace(chr(10), ' ') for cell in cells)} |"
