"""Files around an upload: the empty template, the wrong rows to mend, the file as it came."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from convenor.core.exchange import permissions, queries, rules, schema, tabular
from convenor.core.exchange.commands import importer_of
from convenor.core.exchange.declare import Column
from convenor.core.exchange.models import ImportBatch, ImportFile
from convenor.core.exchange.views.uploads import access_resource
from convenor.kit.http import Request

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def template(_request: Request, name: str, suffix: str) -> HttpResponseBase:
    """The empty file to fill: CSV, XLSX (with what each column takes), or the JSON Schema of a JSON upload."""
    resource = access_resource(name)
    importer = importer_of(resource)
    names = [column.name for column in importer.columns]
    response: HttpResponseBase
    if suffix == "csv":
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
    return _named(response, f"{resource.name}-template.{suffix}")


@require_safe
def wrong_rows(request: Request, token: str) -> HttpResponseBase:
    """The rows that were wrong or refused, as they were, with a column that says why: mend it and upload it."""
    batch = queries.access_batch(request.viewer, token)
    resource = access_resource(batch.resource)
    permissions.may_load(request.viewer, resource).require()
    lines = tabular.csv_lines(_wrong_lines(batch, importer_of(resource).columns))
    return _named(StreamingHttpResponse(lines, content_type=CSV), f"{resource.name}-wrong-rows.csv")


@require_safe
def original(request: Request, token: str) -> HttpResponseBase:
    """The file as it was uploaded, never shown as a page of ours (peer hole 16)."""
    batch = queries.access_batch(request.viewer, token)
    file = ImportFile.objects.filter(batch=batch).first()
    if file is None:
        raise Http404
    response = HttpResponse(bytes(file.content), content_type="application/octet-stream")
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return _named(response, batch.filename)


def _wrong_lines(batch: ImportBatch, columns: Sequence[Column]) -> Iterator[list[Any]]:
    names = [column.name for column in columns]
    yield [*names, _("row"), _("what is wrong")]
    for row in queries.wrong_rows(batch):
        yield [*(rules.defuse(row.data.get(name, "")) for name in names), row.number, rules.defuse(row.error)]


def _named(response: HttpResponseBase, name: str) -> HttpResponseBase:
    plain = "".join(letter for letter in name if letter.isalnum() or letter in "-_. ")
    response["Content-Disposition"] = f'attachment; filename="{plain or "file"}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
