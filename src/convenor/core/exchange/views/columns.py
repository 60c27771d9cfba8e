"""Which column of an uploaded table is which of ours."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from convenor.core.exchange import commands, permissions, queries, rules
from convenor.core.exchange.columns import as_mapping, chosen_in, is_table, wanted_of
from convenor.core.exchange.commands import importer_of
from convenor.core.exchange.declare import Resource
from convenor.core.exchange.forms import ColumnsForm
from convenor.core.exchange.models import ImportBatch, ImportFile
from convenor.core.exchange.several import SEVERAL
from convenor.core.exchange.sheets import Sheet, read_sheet
from convenor.core.exchange.views.files import named
from convenor.core.exchange.views.uploads import access_resource, checked_or_told
from convenor.kit.http import Request
from convenor.kit.parts import Link
from convenor.kit.tables import Column, Table


@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: Request, token: str) -> HttpResponseBase:
    """Choose them, or take the choice along as a mapping file; the rows are then checked and nothing is loaded."""
    batch = queries.access_batch(request.viewer, token)
    resource, file = access_resource(batch.resource), ImportFile.objects.filter(batch=batch).first()
    permissions.may_go_on(request.viewer, resource, batch).require()
    if resource.name == SEVERAL or rules.may_choose(state=batch.state, kept=file is not None) or file is None:
        return redirect("exchange:batch", token=token)
    if not is_table(batch.filename, bytes(file.content)):
        raise Http404
    sheet = read_sheet(batch.filename, bytes(file.content))
    form = _form(request, batch, resource, sheet)
    if request.method == "POST" and form.is_valid():
        if "take_along" in request.POST:
            text = as_mapping(resource, batch.source, form.chosen())
            return named(HttpResponse(text, content_type="application/yaml"), f"{resource.name}-columns.yaml")
        if _chosen(request, batch, form):
            return redirect("exchange:batch", token=token)
    return _shown(request, batch, sheet, form)


def _form(request: Request, batch: ImportBatch, resource: Resource, sheet: Sheet) -> ColumnsForm:
    importer = importer_of(resource)
    wanted = wanted_of(importer)
    before: Mapping[str, str] = chosen_in(resource, batch.mapping) if batch.mapping else {}
    chosen = before or rules.guess_columns(wanted, sheet.headings)
    return ColumnsForm(
        importer.columns,
        [each.name for each in wanted if each.needed],
        sheet,
        batch.source,
        request.POST if request.method == "POST" else None,
        initial=ColumnsForm.initial_of(chosen, sheet),
    )


def _chosen(request: Request, batch: ImportBatch, form: ColumnsForm) -> ImportBatch | None:
    return checked_or_told(
        form,
        lambda: commands.choose_columns(
            by=request.viewer,
            batch=batch,
            chosen=form.chosen(),
            keep_as=form.cleaned_data["keep_as"],
            now=request.now,
        ),
    )


def _shown(request: Request, batch: ImportBatch, sheet: Sheet, form: ColumnsForm) -> HttpResponse:
    context = {
        "form": form,
        "batch": batch,
        "title": _("Which column is which?"),
        "lede": _("%(file)s has its own headings. Say what each of ours is called there; nothing is loaded yet.")
        % {"file": batch.filename},
        "submit_label": _("Check the rows"),
        "crumbs": [
            Link(_("Uploads"), reverse("exchange:uploads")),
            Link(batch.filename, reverse("exchange:batch", args=[batch.token])),
            Link(_("Columns"), "", current=True),
        ],
        "table": _table(sheet),
    }
    return render(request, "exchange/columns.html", context, status=422 if form.errors else 200)


def _table(sheet: Sheet) -> Table[str]:
    """What the file holds, for those who would see more of it than a choice shows."""
    columns: list[Column[str]] = [
        Column("heading", _("Heading"), lambda heading: heading, priority=1),
        Column("says", _("The first that stands under it"), lambda heading: sheet.samples(heading) or None),
    ]
    return Table(columns=columns, rows=sheet.headings, caption=_("Columns of the file"), caption_hidden=True)
