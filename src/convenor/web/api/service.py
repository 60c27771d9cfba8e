"""The operations of every resource: index, list, row, CSV, XLSX, JSON-LD, JSON Schema, and OpenAPI of them all."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponsePermanentRedirect
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Query

from convenor.core.exchange import queries, schema
from convenor.core.exchange.acts import Act
from convenor.core.exchange.declare import Resource, words_once
from convenor.core.exchange.present import absolute, plain
from convenor.core.records.rules import Breach, Refused
from convenor.kit.http import Request
from convenor.web.api import downloads, openapi, problems

ROOT: Final = "/api/v1/"
LONGEST: Final = 200
Limit = Annotated[int, Query(ge=1, le=LONGEST, description="How many rows at most.")]
After = Annotated[str, Query(description="The cursor that the page before gave in its `next`.")]
FORMATS: Final = (("csv", downloads.as_csv), ("xlsx", downloads.as_xlsx), ("jsonld", downloads.as_jsonld))


def build(resources: Iterable[Resource], namespace: str = "v1", acts: Iterable[Act] = ()) -> NinjaAPI:
    """The API of these resources. Each NinjaAPI needs a namespace of its own."""
    found = list(resources)
    api = NinjaAPI(title="Convenor", version="1", urls_namespace=namespace, openapi_url=None, docs_url=None)
    problems.add_handlers(api)
    _add_index(api, found, list(acts))
    for resource in found:
        _add_list(api, resource)
        _add_row(api, resource)
        _add_schema(api, resource)
        for suffix, make in FORMATS:
            _add_download(api, resource, suffix, make)
    return api


def asked(resource: Resource, request: Request) -> dict[str, Any]:
    """The filters in the address, read. Parameters that are no filter of this list are ignored, as registers' own
    (page, sort) stand in the same address. Refused names the filter that cannot be used."""
    given = {item.name: set(filter(None, request.GET.getlist(item.name))) for item in resource.filters}
    twice = [name for name, values in given.items() if len(values) > 1]
    if twice:
        text = _("“%(name)s” takes one value; this address has several.")
        raise Refused([Breach("repeated", text % {"name": name}, name) for name in twice])
    return queries.choose(resource, {name: values.pop() for name, values in given.items() if values})


def _add_index(api: NinjaAPI, resources: list[Resource], acts: list[Act]) -> None:
    @api.get("/", operation_id="index", summary="Every resource", url_name="index", tags=["About"])
    def index(request: Request) -> HttpResponse:  # noqa: ARG001 - ninja names it
        about = {"openapi": absolute(f"{ROOT}openapi.json"), "documentation": absolute("/data/")}
        return _json({"resources": [_entry(resource) for resource in resources], **about})

    @api.get("/openapi.json", operation_id="openapi", summary="This description", url_name="openapi", tags=["About"])
    def describe(request: Request) -> HttpResponse:  # noqa: ARG001 - ninja names it
        with words_once():
            return _json(openapi.document(api, resources, ROOT, acts))


def _entry(resource: Resource) -> dict[str, Any]:
    base = absolute(f"{ROOT}{resource.name}")
    formats = {suffix: f"{base}.{suffix}" for suffix, _make in FORMATS}
    about = {"name": resource.name, "label": resource.label, "description": resource.description}
    return {**about, "licence": resource.licence, "url": f"{base}/", "schema": f"{base}/schema.json", **formats}


def _add_list(api: NinjaAPI, resource: Resource) -> None:
    @api.get(f"/{resource.name}/", **_said(resource, "list", _("A page of the list")))
    def listing(request: Request, after: After = "", limit: Limit = 50) -> HttpResponse:
        chosen = asked(resource, request)
        found = queries.page(resource, request.viewer, chosen, after, limit)
        following = _next(resource, request, limit, found.next) if found.next else None
        return _json({"items": [plain(values) for values in found.items], "next": following})


def _next(resource: Resource, request: Request, limit: int, cursor: str) -> str:
    kept = {item.name: request.GET[item.name] for item in resource.filters if request.GET.get(item.name)}
    return absolute(f"{ROOT}{resource.name}/?{urlencode({**kept, 'limit': limit, 'after': cursor})}")


def _add_row(api: NinjaAPI, resource: Resource) -> None:
    if not resource.key:
        return

    @api.get(f"/{resource.name}/{{key}}/", **_said(resource, "read", _("One row")))
    def row(request: Request, key: str) -> HttpResponse:
        values = queries.find(resource, request.viewer, key)
        if values is not None:
            return _json(plain(values))
        present = queries.moved_to(resource, request.viewer, key)
        if not present or present == key:
            raise Http404
        return HttpResponsePermanentRedirect(f"{ROOT}{resource.name}/{present}/")


def _add_schema(api: NinjaAPI, resource: Resource) -> None:
    @api.get(f"/{resource.name}/schema.json", **_said(resource, "schema", _("JSON Schema of one row")))
    def describe(request: Request) -> HttpResponse:  # noqa: ARG001 - ninja names it
        return _json(schema.item_schema(resource), "application/schema+json")


def _add_download(api: NinjaAPI, resource: Resource, suffix: str, make: Callable[..., HttpResponseBase]) -> None:
    summary = _("The whole list as %(format)s") % {"format": suffix.upper()}

    @api.get(f"/{resource.name}.{suffix}", **_said(resource, suffix, summary))
    def download(request: Request) -> HttpResponseBase:
        return make(resource, request.viewer, asked(resource, request))


def _said(resource: Resource, verb: str, summary: str) -> dict[str, Any]:
    """What an operation is called, in OpenAPI and for reverse(): api:v1:organisations-list."""
    return {
        "operation_id": f"{resource.name}-{verb}",
        "url_name": f"{resource.name}-{verb}",
        "summary": f"{resource.label}: {summary}",
        "description": resource.description,
        "tags": [resource.label],
    }


def _json(data: Any, media_type: str = "application/json") -> HttpResponse:
    return HttpResponse(json.dumps(data, ensure_ascii=False), content_type=media_type)
