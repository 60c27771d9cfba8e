"""/data/: what there is to take away, and what each column of it means."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from convenor.core.exchange.acts import acts_of
from convenor.core.exchange.declare import Resource, resources
from convenor.core.exchange.present import absolute
from convenor.core.records.rules import Viewer
from convenor.kit.http import Request, public
from convenor.kit.parts import Anchor, Fact, Link
from convenor.kit.structs import struct
from convenor.web.api import act_reference, downloads, queries, reference
from convenor.web.api.examples import examples


@struct
class Offer:
    """One resource, as this viewer may use it."""

    resource: Resource
    count: int
    may_load: bool

    @property
    def url(self) -> str:
        return reverse("site:data-resource", args=[self.resource.name])

    def downloads(self) -> list[Link]:
        """The list itself, in every format."""
        base = f"/api/v1/{self.resource.name}"
        files = [Link("CSV", f"{base}.csv"), Link("XLSX", f"{base}.xlsx"), Link("JSON", f"{base}/")]
        return [*files, Link("JSON-LD", f"{base}.jsonld"), Link(_("JSON Schema"), f"{base}/schema.json")]

    def loading(self) -> list[Link]:
        """For who may load rows: the empty file to fill, and the page that takes it."""
        if not self.may_load:
            return []
        name = self.resource.name
        kinds = {"csv": _("Upload template (CSV)"), "xlsx": _("Upload template (XLSX)")}
        made = [Link(label, reverse("exchange:template", args=[name, suffix])) for suffix, label in kinds.items()]
        return [*made, Link(_("Import"), reverse("exchange:upload", args=[name]))]


@require_safe
def index(request: Request) -> HttpResponse:
    """Everything, with the number of rows the reader may read."""
    found = list(resources.values())
    counted = queries.counts(found, request.viewer)
    export = queries.public_export()
    context = {
        "offers": [Offer(resource, counted[resource.name], _may_load(resource, request.viewer)) for resource in found],
        "export_at": export[1] if export else None,
        "base": absolute("/api/v1/"),
        "licence": downloads.LICENCES["CC-BY-4.0"],
        "contact": settings.CONTACT_EMAIL,
    }
    return public(render(request, "api/data.html", context))


@require_safe
def resource_page(request: Request, name: str) -> HttpResponse:
    """One resource: its dictionary, filters and examples."""
    resource, viewer = _access(name), request.viewer
    offer = Offer(resource, queries.counts([resource], viewer)[name], _may_load(resource, viewer))
    doable = acts_of(name)
    context = {
        "offer": offer,
        "acts": [(act, act_reference.inputs_table(act.inputs), act_reference.example(act)) for act in doable],
        "resource": resource,
        "facts": _facts(offer),
        "anchors": _anchors(offer),
        "columns": reference.columns_table(resource.fields_for(viewer)),
        "filters": reference.filters_table(resource.filters) if resource.filters else None,
        "examples": examples(resource, queries.first_key(resource, viewer)),
        "crumbs": [Link(_("Data & API"), reverse("site:data")), Link(resource.label, "", current=True)],
    }
    return public(render(request, "api/resource.html", context))


@require_safe
def public_export(_request: Request) -> HttpResponseBase:
    """The zip of everything that was public when it was made."""
    export = queries.public_export()
    if export is None:
        raise Http404
    return FileResponse(export[0].open("rb"), as_attachment=True, filename="public.zip", content_type="application/zip")


def _access(name: str) -> Resource:
    if name not in resources:
        raise Http404
    return resources[name]


def _may_load(resource: Resource, viewer: Viewer) -> bool:
    return resource.importer is not None and bool(resource.importer.may(viewer))


def _facts(offer: Offer) -> list[Fact]:
    resource = offer.resource
    licence = downloads.LICENCES.get(resource.licence, "")
    return [
        Fact(_("Rows you may read"), offer.count),
        Fact(_("Address"), f"/api/v1/{resource.name}/", f"/api/v1/{resource.name}/"),
        Fact(_("Licence"), resource.licence, licence),
        Fact(_("JSON-LD type"), resource.jsonld_type),
    ]


def _anchors(offer: Offer) -> list[Anchor]:
    made: list[Any] = [Anchor("columns", _("Columns"))]
    made += [Anchor("filters", _("Filters"))] if offer.resource.filters else []
    made += [Anchor("examples", _("Examples"))]
    made += [Anchor("acts", _("Acting"))] if acts_of(offer.resource.name) else []
    return made + ([Anchor("loading", _("Loading"))] if offer.may_load else [])
