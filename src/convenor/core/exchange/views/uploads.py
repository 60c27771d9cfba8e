"""My uploads, and a new one."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from convenor.core.exchange import commands, permissions, queries
from convenor.core.exchange.declare import Resource, lists, resources
from convenor.core.exchange.forms import BreachForm, UploadForm
from convenor.core.exchange.models import ImportBatch
from convenor.core.exchange.several import SEVERAL
from convenor.core.exchange.views.words import describe, state_of
from convenor.core.records.rules import NotAllowed, Refused
from convenor.kit.http import Request
from convenor.kit.parts import Link
from convenor.kit.tables import Column, Table, page_of


@require_safe
def mine(request: Request) -> HttpResponse:
    """What I uploaded, newest first, and what I may upload."""
    permissions.may_upload(request.viewer).require()
    page = page_of(queries.batches_of(request.viewer), request)
    context = {
        "title": _("Uploads"),
        "page": page,
        "table": Table(columns=_columns(), rows=page.rows, caption=_("Uploads"), caption_hidden=True, asked=request),
        "loadable": [
            Link(resource.label, reverse("exchange:upload", args=[resource.name]))
            for resource in (*resources.values(), *lists.values())
            if permissions.may_load(request.viewer, resource)
        ],
        "mapped": reverse("exchange:mapped") if permissions.may_load(request.viewer, lists[SEVERAL]) else "",
    }
    return render(request, "exchange/uploads.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: Request, name: str) -> HttpResponse:
    """Choose a file; it is checked at once and nothing is loaded."""
    resource = access_resource(name)
    permissions.may_load(request.viewer, resource).require()
    sent = request.method == "POST"
    source = {"source": request.GET.get("source", "")}
    form = UploadForm(request.POST if sent else None, request.FILES if sent else None, initial=source)
    batch = _checked(request, form, resource) if sent else None
    if batch:
        asked = batch.state if batch.state in ("sheet", "columns") else "batch"
        return redirect(f"exchange:{asked}", token=batch.token)
    context = {
        "form": form,
        "resource": resource,
        "title": _("Load %(what)s from a file") % {"what": resource.label.lower()},
        "lede": resource.description,
        "submit_label": _("Check the file"),
        "crumbs": [Link(_("Uploads"), reverse("exchange:uploads")), Link(resource.label, "", current=True)],
        "columns": describe(resource),
    }
    return render(request, "exchange/upload.html", context, status=422 if sent else 200)


def access_resource(name: str) -> Resource:
    """A resource that can be loaded, or 404."""
    resource = resources.get(name) or lists.get(name)
    if resource is None or resource.importer is None:
        raise Http404
    return resource


def _checked(request: Request, form: UploadForm, resource: Resource) -> ImportBatch | None:
    if not form.is_valid():
        return None
    file, source = form.cleaned_data["file"], form.cleaned_data["source"]
    return checked_or_told(
        form,
        lambda: commands.take_in(
            by=request.viewer,
            resource=resource,
            source=source,
            filename=file.name,
            content=file.read(),
            now=request.now,
        ),
    )


def checked_or_told(form: BreachForm, check: Callable[[], ImportBatch]) -> ImportBatch | None:
    """The upload that was checked; None where the file is refused, which the form then says."""
    try:
        return check()
    except NotAllowed:
        raise
    except Refused as refused:
        form.add_breaches(refused.breaches)
        return None


def _columns() -> list[Column[ImportBatch]]:
    return [
        Column("file", _("File"), "filename", priority=1, link=lambda row: reverse("exchange:batch", args=[row.token])),
        Column("into", _("Into"), _into),
        Column("source", _("From"), "source"),
        Column("at", _("Uploaded"), "created_at"),
        Column("by", _("By"), lambda row: row.by.name if row.by else _("Convenor")),
        Column("state", _("State"), state_of),
    ]


def _into(row: ImportBatch) -> str:
    found = resources.get(row.resource) or lists.get(row.resource)
    return found.label if found else row.resource
