"""The data dictionary of every resource, as tables for the data pages and as Markdown for docs/reference/data.md."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from convenor.core.exchange.declare import Field, Filter, Resource, resources, words
from convenor.core.exchange.schema import TYPE_WORDS, dictionary, public_fields
from convenor.kit.tables import Column, Table

PREAMBLE = """# Data reference

Every kind of row that this site gives out, with its columns and filters. Written by the product itself from the
declarations that also make the API, the downloads and the upload templates. A reference (`ref`) comes as an object
with `ref`, `title` and `url` in JSON, and as two columns (`x`, `x_title`) in CSV and XLSX.
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
        narrowing = ([f"`{item.name}`", TYPE_WORDS[item.type], item.description] for item in resource.filters)
        lines += ["", *_rows(("filter", "type", "which rows stay"), narrowing)]
    return "\n".join([*lines, ""])


def _dictionary(resource: Resource) -> Iterable[list[str]]:
    for entry in dictionary(public_fields(resource)):
        name = f"`{entry.name}`" + ("" if entry.required else "?")
        yield [name, entry.label, entry.type, entry.description, entry.example, entry.allowed]


def _rows(head: tuple[str, ...], rows: Iterable[list[str]]) -> list[str]:
    return [_row(head), _row(["---"] * len(head)), *map(_row, rows)]


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|').replace(chr(10), ' ') for cell in cells)} |"
