"""Files around an upload: the empty template, the wrong rows to mend, the file as it came."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from convenor.core.exchange import mapping, permissions, queries, rules, schema, tabular
from convenor.core.exchange.commands import importer_of
from convenor.core.exchange.declare import Resource, loadable
from convenor.core.exchange.models import ImportBatch, ImportFile
from convenor.core.exchange.several import LIST, SEVERAL, parts
from convenor.core.exchange.views.uploads import access_resource
from convenor.kit.http import Request

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def template(_request: Request, name: str, suffix: str) -> HttpResponseBase:
    """The empty file to fill: CSV, XLSX (with what each column takes), JSON Schema of a JSON upload, or a mapping."""
    resource = access_resource(name)
    importer = importer_of(resource)
    names = [column.name for column in importer.columns]
    response: HttpResponseBase
    if name == SEVERAL:
        response = _template_of_several(suffix)
    elif suffix == "csv":
        response = HttpResponse("".join(tabular.csv_lines([names])), content_type=CSV)
    elif suffix == "xlsx":
        notes = tabular.template_notes(importer.columns)
        response = FileResponse(tabular.xlsx_file(resource.label, names, [], notes), content_type=XLSX)
    elif suffix == "json":
        response = HttpResponse(
            schema.as_text(schema.upload_schema(resource, importer)), content_type="application/json"
        )
    else:
        raise Http404
    return named(response, f"{resource.name}-template.{suffix}")


def _template_of_several(suffix: str) -> HttpResponseBase:
    """A sheet for each list; or one table with all their columns, and which list each row is of."""
    every = {name: each.importer.columns for name, each in parts().items() if each.importer}
    if suffix == "xlsx":
        sheets = {name: [column.name for column in columns] for name, columns in every.items()}
        return FileResponse(tabular.xlsx_sheets_file(sheets), content_type=XLSX)
    if suffix == "csv":
        names = dict.fromkeys(column.name for columns in every.values() for column in columns)
        return HttpResponse("".join(tabular.csv_lines([[LIST, *names]])), content_type=CSV)
    if suffix == "yaml":
        return HttpResponse(mapping.starter(), content_type="application/yaml")
    if suffix == "json":
        lists = {name: schema.upload_schema(each, importer_of(each)) for name, each in parts().items()}
        told = {"$schema": schema.DIALECT, "title": "Several lists", "type": "object", "properties": lists}
        return HttpResponse(schema.as_text(told), content_type="application/json")
    raise Http404


@require_safe
def wrong_rows(request: Request, token: str) -> HttpResponseBase:
    """The rows that were wrong or refused, as they were, with a column that says why: mend it and upload it."""
    batch = queries.access_batch(request.viewer, token)
    resource = access_resource(batch.resource)
    permissions.may_load(request.viewer, resource).require()
    lines = tabular.csv_lines(_wrong_lines(batch, _columns(batch, resource)))
    return named(StreamingHttpResponse(lines, content_type=CSV), f"{resource.name}-wrong-rows.csv")


@require_safe
def original(request: Request, token: str) -> HttpResponseBase:
    """The file as it was uploaded, never shown as a page of ours (peer hole 16)."""
    batch = queries.access_batch(request.viewer, token)
    file = ImportFile.objects.filter(batch=batch).first()
    if file is None:
        raise Http404
    response = HttpResponse(bytes(file.content), content_type="application/octet-stream")
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return named(response, batch.filename)


def _columns(batch: ImportBatch, resource: Resource) -> list[str]:
    """The headings: of several lists, those of each that has wrong rows."""
    if resource.name != SEVERAL:
        return [column.name for column in importer_of(resource).columns]
    names = queries.wrong_rows(batch).order_by().values_list("resource", flat=True).distinct()
    every = [column.name for name in sorted(names) for column in importer_of(loadable(name)).columns]
    return [LIST, *dict.fromkeys(every)]


def _wrong_lines(batch: ImportBatch, names: Sequence[str]) -> Iterator[list[Any]]:
    yield [*names, _("row"), _("what is wrong")]
    for row in queries.wrong_rows(batch):
        cells = {LIST: row.resource, **row.data}
        yield [*(rules.defuse(cells.get(name, "")) for name in names), row.place or row.number, rules.defuse(row.error)]


def named(response: HttpResponseBase, name: str) -> HttpResponseBase:
    """The answer as a file to keep, never shown as a page of ours."""
    plain = "".join(letter for letter in name if letter.isalnum() or letter in "-_. ")
    response["Content-Disposition"] = f'attachment; filename="{plain or "file"}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
