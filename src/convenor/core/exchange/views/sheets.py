"""Which sheet of an uploaded workbook is read."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from convenor.core.exchange import commands, permissions, queries, rules
from convenor.core.exchange.forms import SheetForm
from convenor.core.exchange.models import ImportBatch, ImportFile
from convenor.core.exchange.several import SEVERAL
from convenor.core.exchange.views.uploads import access_resource, checked_or_told
from convenor.core.exchange.workbooks import sheets_to_choose
from convenor.kit.http import Request
from convenor.kit.parts import Link


@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: Request, token: str) -> HttpResponse:
    """Choose it; its rows are then checked, or its columns are asked for, and nothing is loaded."""
    batch = queries.access_batch(request.viewer, token)
    resource, file = access_resource(batch.resource), ImportFile.objects.filter(batch=batch).first()
    permissions.may_go_on(request.viewer, resource, batch).require()
    closed = rules.may_choose_sheet(state=batch.state, kept=file is not None)
    sheets = [] if file is None or closed else sheets_to_choose(bytes(file.content))
    if resource.name == SEVERAL or not sheets:
        return redirect("exchange:batch", token=token)
    titles = [each.title for each in sheets]
    before = batch.sheet or queries.sheet_before(batch)
    initial = {"sheet": before if before in titles else titles[0]}
    form = SheetForm(sheets, request.POST if request.method == "POST" else None, initial=initial)
    read = _read(request, batch, form) if request.method == "POST" else None
    if read:
        return redirect(f"exchange:{'columns' if read.state == ImportBatch.State.COLUMNS else 'batch'}", token=token)
    return _shown(request, batch, form)


def _read(request: Request, batch: ImportBatch, form: SheetForm) -> ImportBatch | None:
    if not form.is_valid():
        return None
    title = form.cleaned_data["sheet"]
    return checked_or_told(
        form, lambda: commands.choose_sheet(by=request.viewer, batch=batch, title=title, now=request.now)
    )


def _shown(request: Request, batch: ImportBatch, form: SheetForm) -> HttpResponse:
    context = {
        "form": form,
        "title": _("Which sheet is read?"),
        "lede": _("%(file)s has several sheets with rows. One of them is read; nothing is loaded yet.")
        % {"file": batch.filename},
        "submit_label": _("Read this sheet"),
        "cancel_url": reverse("exchange:batch", args=[batch.token]),
        "crumbs": [
            Link(_("Uploads"), reverse("exchange:uploads")),
            Link(batch.filename, reverse("exchange:batch", args=[batch.token])),
            Link(_("Sheet"), "", current=True),
        ],
    }
    return render(request, "kit/form_page.html", context, status=422 if form.errors else 200)
