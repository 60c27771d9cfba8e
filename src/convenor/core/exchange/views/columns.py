"""Which column of an uploaded table is which of ours."""

from __future__ import annotations

from dataclasses import replace

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from convenor.core.exchange import commands, permissions, queries, rules
from convenor.core.exchange.columns import as_mapping, chosen_in, digest_of, is_table, wanted_of
from convenor.core.exchange.commands import importer_of
from convenor.core.exchange.declare import Resource
from convenor.core.exchange.forms import ColumnsForm
from convenor.core.exchange.models import ImportBatch, ImportFile
from convenor.core.exchange.rules import Chosen
from convenor.core.exchange.several import SEVERAL
from convenor.core.exchange.sheets import Sheet, read_sheet
from convenor.core.exchange.views.files import named
from convenor.core.exchange.views.uploads import access_resource, checked_or_told
from convenor.core.records.rules import Breach
from convenor.kit.http import Request
from convenor.kit.parts import Link
from convenor.kit.tables import Column, Table


@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: Request, token: str) -> HttpResponseBase:
    """Choose them, or take the choice along as a mapping file; the rows are then checked and nothing is loaded."""
    batch = queries.access_batch(request.viewer, token)
    resource, file = access_resource(batch.resource), ImportFile.objects.filter(batch=batch).first()
    permissions.may_go_on(request.viewer, resource, batch).require()
    if batch.state == ImportBatch.State.SHEET:
        return redirect("exchange:sheet", token=token)
    if resource.name == SEVERAL or rules.may_choose(state=batch.state, kept=file is not None) or file is None:
        return redirect("exchange:batch", token=token)
    if not is_table(batch.filename, bytes(file.content)):
        raise Http404
    sheet = read_sheet(batch.filename, bytes(file.content), batch.sheet)
    form = _form(request, batch, resource, sheet)
    if request.method == "POST" and form.is_valid() and _of_this_sheet(request, batch, form):
        if "take_along" in request.POST:
            text = as_mapping(resource, batch.source, replace(form.chosen(), sheet=batch.sheet))
            return named(HttpResponse(text, content_type="application/yaml"), f"{resource.name}-columns.yaml")
        if _chosen(request, batch, form):
            return redirect("exchange:batch", token=token)
    return _shown(request, batch, sheet, form)


def _form(request: Request, batch: ImportBatch, resource: Resource, sheet: Sheet) -> ColumnsForm:
    importer = importer_of(resource)
    wanted = wanted_of(importer)
    chosen = _chosen_before(batch, resource, sheet)
    if not chosen.columns or batch.state == ImportBatch.State.COLUMNS:
        chosen = rules.with_guesses(chosen, wanted, sheet.headings)
    return ColumnsForm(
        importer.columns,
        wanted,
        sheet,
        batch.source,
        request.POST if request.method == "POST" else None,
        initial=ColumnsForm.initial_of(chosen, sheet),
    )


def _chosen_before(batch: ImportBatch, resource: Resource, sheet: Sheet) -> Chosen:
    """For this upload; else for another register's file of the same headings, without what all of its rows say."""
    if batch.mapping:
        found = chosen_in(resource, batch.mapping)
        there = {name: heading for name, heading in found.columns.items() if heading in sheet.headings}
        return Chosen(there, found.same)
    kept = queries.kept_columns(resource.name, batch.source, digest_of(sheet.headings))
    return Chosen(chosen_in(resource, kept.text).columns) if kept else Chosen()


def _of_this_sheet(request: Request, batch: ImportBatch, form: ColumnsForm) -> bool:
    """Whether the page showed the columns of the sheet that is read: columns are sent by where they stand."""
    form.add_breaches(rules.same_sheet(request.POST.get("of_sheet", ""), batch.sheet))
    return not form.errors


def _chosen(request: Request, batch: ImportBatch, form: ColumnsForm) -> bool:
    """Whether the rows are checked as chosen, and nothing is wrong with what all of them say."""
    checked = checked_or_told(
        form,
        lambda: commands.choose_columns(
            by=request.viewer,
            batch=batch,
            chosen=replace(form.chosen(), sheet=batch.sheet),
            keep_as=form.cleaned_data["keep_as"],
            now=request.now,
        ),
    )
    if checked:
        form.add_breaches(Breach("wrong-value", text, column) for column, text in checked.wrong_values)
    return checked is not None and not form.errors


def _shown(request: Request, batch: ImportBatch, sheet: Sheet, form: ColumnsForm) -> HttpResponse:
    context = {
        "form": form,
        "batch": batch,
        "title": _("Which column is which?"),
        "lede": _lede(batch),
        "submit_label": _("Check the rows"),
        "crumbs": [
            Link(_("Uploads"), reverse("exchange:uploads")),
            Link(batch.filename, reverse("exchange:batch", args=[batch.token])),
            Link(_("Columns"), "", current=True),
        ],
        "table": _table(sheet),
    }
    return render(request, "exchange/columns.html", context, status=422 if form.errors else 200)


def _lede(batch: ImportBatch) -> str:
    said = {"file": batch.filename, "sheet": batch.sheet}
    ours = _("Say what each of ours is called there, or what it is in every row; nothing is loaded yet.")
    if batch.sheet:
        return f"{_('The sheet “%(sheet)s” of %(file)s has its own headings.') % said} {ours}"
    return f"{_('%(file)s has its own headings.') % said} {ours}"


def _table(sheet: Sheet) -> Table[str]:
    """What the file holds, for those who would see more of it than a choice shows."""
    columns: list[Column[str]] = [
        Column("heading", _("Heading"), lambda heading: heading, priority=1),
        Column("says", _("The first that stands under it"), lambda heading: sheet.samples(heading) or None),
    ]
    return Table(columns=columns, rows=sheet.headings, caption=_("Columns of the file"), caption_hidden=True)
