"""Another register's files with a mapping: the same as `./convenor load … --mapping`, on a page."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from convenor.core.exchange import commands, permissions, queries
from convenor.core.exchange.declare import loadable
from convenor.core.exchange.forms import MappedForm
from convenor.core.exchange.models import ImportBatch
from convenor.core.exchange.several import SEVERAL
from convenor.core.exchange.views.uploads import checked_or_told
from convenor.kit.http import Request
from convenor.kit.parts import Link


@require_http_methods(["GET", "HEAD", "POST"])
def mapped(request: Request) -> HttpResponse:
    """Choose the files and the mapping; what it makes of them is checked at once and nothing is loaded."""
    permissions.may_load(request.viewer, loadable(SEVERAL)).require()
    sent = request.method == "POST"
    kept = queries.kept_mappings()
    form = MappedForm(kept, request.POST if sent else None, request.FILES if sent else None)
    batch = _checked(request, form) if sent else None
    if batch:
        return redirect("exchange:batch", token=batch.token)
    context = {
        "form": form,
        "title": _("Load another register's files"),
        "lede": _("A mapping says how files of any shape become our lists: people, groups, seats, who sits in them."),
        "submit_label": _("Check the files"),
        "crumbs": [
            Link(_("Uploads"), reverse("exchange:uploads")),
            Link(_("Another register's files"), "", current=True),
        ],
        "kept": kept,
    }
    return render(request, "exchange/mapped.html", context, status=422 if sent else 200)


def _checked(request: Request, form: MappedForm) -> ImportBatch | None:
    if not form.is_valid():
        return None
    given = form.cleaned_data
    return checked_or_told(
        form,
        lambda: commands.check_mapped(
            by=request.viewer,
            files={file.name: file.read() for file in given["file"]},
            mapping=form.mapping(),
            source=given["source"],
            sheet=given["sheet"],
            now=request.now,
        ),
    )
