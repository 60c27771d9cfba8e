"""Mappings kept for the next time: which there are, each as a file, and deleting one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from convenor.core.exchange import commands, permissions, queries
from convenor.core.exchange.declare import loadable
from convenor.core.exchange.forms import ConfirmForm
from convenor.core.exchange.models import KeptMapping
from convenor.core.exchange.several import SEVERAL
from convenor.core.exchange.views.files import named
from convenor.core.records.rules import Viewer
from convenor.kit.http import Request
from convenor.kit.parts import Link
from convenor.kit.tables import Column, Table, page_of


@require_safe
def mappings(request: Request) -> HttpResponse:
    """What is kept for registers and lists that the viewer may load."""
    permissions.may_upload(request.viewer).require()
    page = page_of(queries.mappings_of(request.viewer), request)
    columns = _columns(request.viewer)
    context = {
        "title": _("Kept mappings"),
        "page": page,
        "table": Table(columns=columns, rows=page.rows, caption=_("Kept mappings"), caption_hidden=True, asked=request),
        "crumbs": [*_crumbs(), Link(_("Kept mappings"), "", current=True)],
    }
    return render(request, "exchange/mappings.html", context)


@require_safe
def mapping_file(request: Request, pk: int) -> HttpResponseBase:
    """The mapping as YAML, as `./convenor load … --mapping` and the page for other registers take it."""
    kept = queries.access_mapping(request.viewer, pk)
    stem = kept.name.removesuffix(".yaml").removesuffix(".yml")
    return named(HttpResponse(kept.text, content_type="application/yaml"), f"{stem}.yaml")


@require_http_methods(["GET", "HEAD", "POST"])
def delete_mapping(request: Request, pk: int) -> HttpResponse:
    """Ask, then delete it."""
    kept = queries.access_mapping(request.viewer, pk)
    permissions.may_forget_mapping(request.viewer, kept).require()
    if request.method == "POST":
        commands.forget_mapping(by=request.viewer, kept=kept, now=request.now)
        messages.success(request, _("The mapping “%(name)s” was deleted.") % {"name": kept.name})
        return redirect("exchange:mappings")
    context = {
        "form": ConfirmForm(),
        "title": _("Delete the mapping “%(name)s”") % {"name": kept.name},
        "consequences": [
            _("The next file from “%(source)s” is not read by it: its columns are asked for, or a mapping is needed.")
            % {"source": kept.source},
            _("What was loaded with it stays as it is."),
        ],
        "submit_label": _("Delete it"),
        "submit_style": "warning",
        "cancel_url": reverse("exchange:mappings"),
        "crumbs": [
            *_crumbs(),
            Link(_("Kept mappings"), reverse("exchange:mappings")),
            Link(kept.name, "", current=True),
        ],
    }
    return render(request, "kit/confirm_page.html", context)


def _crumbs() -> list[Link]:
    return [Link(_("Uploads"), reverse("exchange:uploads"))]


def _columns(viewer: Viewer) -> list[Column[KeptMapping]]:
    return [
        Column("name", _("Mapping"), "name", priority=1, link=lambda row: _address("mapping-file", row)),
        Column("register", _("For files from"), "source"),
        Column("list", _("Into"), lambda row: loadable(row.resource or SEVERAL).label),
        Column("by", _("Kept by"), lambda row: row.by.name if row.by else _("Convenor")),
        Column("at", _("Kept"), "kept_at"),
        Column(
            "delete",
            _("Delete"),
            lambda row: _("Delete") if permissions.may_forget_mapping(viewer, row) else None,
            link=lambda row: _address("delete-mapping", row) if permissions.may_forget_mapping(viewer, row) else None,
        ),
    ]


def _address(name: str, row: KeptMapping) -> str:
    return reverse(f"exchange:{name}", args=[row.pk])
