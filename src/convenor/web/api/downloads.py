"""Whole lists as files: CSV and JSON-LD as they are read, XLSX once it is written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _

from convenor.core.exchange import schema, tabular
from convenor.core.exchange.declare import Resource
from convenor.core.exchange.present import absolute
from convenor.core.exchange.queries import listed, stream
from convenor.core.records.rules import Breach, Refused, Viewer

CSV: Final = "text/csv; charset=utf-8; header=present"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JSONLD: Final = "application/ld+json"
XLSX_ROWS: Final = 50_000
"""A workbook is written whole before it is sent; beyond this the CSV serves better."""

LICENCES: Final = {"CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/"}

Chosen = Mapping[str, Any]


def as_csv(resource: Resource, viewer: Viewer, chosen: Chosen) -> HttpResponseBase:
    """Every row, with a heading line; no cell that a spreadsheet would run."""
    names = tabular.heads(resource.fields_for(viewer))
    lines = tabular.csv_lines(_with_head(names, _rows(resource, viewer, chosen)))
    return _file(StreamingHttpResponse(lines, content_type=CSV), f"{resource.name}.csv")


def as_xlsx(resource: Resource, viewer: Viewer, chosen: Chosen) -> HttpResponseBase:
    """A workbook with the rows and, on a second sheet, what the columns mean. Refused when there are too many."""
    count = listed(resource, viewer, chosen).count()
    if count > XLSX_ROWS:
        text = _("These are %(count)d rows; a workbook holds %(most)d. Narrow the list, or take the CSV.")
        raise Refused([Breach("too-many-rows", text % {"count": count, "most": XLSX_ROWS})])
    fields = resource.fields_for(viewer)
    rows = _rows(resource, viewer, chosen)
    book = tabular.xlsx_file(resource.label, tabular.heads(fields), rows, _notes(resource, viewer))
    return _file(FileResponse(book, content_type=XLSX), f"{resource.name}.xlsx")


def as_jsonld(resource: Resource, viewer: Viewer, chosen: Chosen) -> HttpResponseBase:
    """One JSON-LD document: the dataset, then a node for each row."""
    return StreamingHttpResponse(linked_lines(resource, viewer, chosen), content_type=JSONLD)


def linked_lines(resource: Resource, viewer: Viewer, chosen: Chosen) -> Iterator[str]:
    """The document in pieces."""
    context = json.dumps(schema.context(resource), ensure_ascii=False)
    yield f'{{"@context": {context},\n"@graph": [\n{json.dumps(dataset(resource), ensure_ascii=False)}'
    for values in stream(resource, viewer, chosen):
        yield ",\n" + json.dumps(schema.linked(resource, values), ensure_ascii=False)
    yield "\n]}\n"


def dataset(resource: Resource) -> dict[str, Any]:
    """The resource itself as a schema.org Dataset."""
    return {
        "@id": absolute(f"/data/{resource.name}/"),
        "@type": "schema:Dataset",
        "schema:name": resource.label,
        "schema:description": resource.description,
        "schema:license": {"@id": LICENCES.get(resource.licence, resource.licence)},
    }


def _rows(resource: Resource, viewer: Viewer, chosen: Chosen) -> Iterator[list[Any]]:
    fields = resource.fields_for(viewer)
    return (tabular.cells(fields, values) for values in stream(resource, viewer, chosen))


def _with_head(names: Sequence[Any], rows: Iterator[list[Any]]) -> Iterator[Sequence[Any]]:
    yield names
    yield from rows


def _notes(resource: Resource, viewer: Viewer) -> list[list[Any]]:
    lines: list[list[Any]] = [["column", "label", "type", tabular.NOTES_SAY, "allowed values"]]
    entries = schema.dictionary(resource.fields_for(viewer))
    lines += [[entry.name, entry.label, entry.type, entry.description, entry.allowed] for entry in entries]
    return lines


def _file(response: HttpResponseBase, name: str) -> HttpResponseBase:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
