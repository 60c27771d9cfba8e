"""Models as files. The YAML is the text that was loaded, to the last character, for all who may know its owner."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.timezone import localdate

from convenor.core.records.rules import Viewer
from convenor.domain.engagement.models import EngagementModel, ModelVersion
from convenor.domain.engagement.queries.loading import value_of
from convenor.domain.engagement.queries.pages import (
    access_model,
    access_version,
    changes_at,
    owner_of,
    version_on,
    versions_of,
)
from convenor.domain.engagement.queries.telling import text_for, value_for
from convenor.domain.engagement.rules.schema import schema_text
from convenor.domain.engagement.rules.writing import as_data
from convenor.domain.engagement.views.drawn import paper_poster
from convenor.kit.http import Request, public


def schema_json(_request: Request) -> HttpResponse:
    """The JSON Schema of the YAML."""
    return public(HttpResponse(schema_text(), content_type="application/schema+json; charset=utf-8"))


def model_yaml(request: Request, slug: str) -> HttpResponse:
    """The text of the version in force."""
    model, version = _found(request, slug)
    text = text_for(request.viewer, model, version)
    return _until(request, model, _file(text, "application/yaml", f"{slug}.yaml"))


def version_yaml(request: Request, slug: str, number: int) -> HttpResponse:
    """The text of one version."""
    viewer: Viewer = request.viewer
    model = access_model(viewer, slug)
    text = text_for(viewer, model, access_version(model, number))
    return public(_file(text, "application/yaml", f"{slug}-{number}.yaml"))


def model_json(request: Request, slug: str) -> HttpResponse:
    """The version in force as JSON: the same keys as the YAML, after what identifies the version."""
    model, version = _found(request, slug)
    data = _about(model, version) | as_data(value_for(request.viewer, model, version))
    text = json.dumps(data, ensure_ascii=False, indent=2)
    return _until(request, model, _file(f"{text}\n", "application/json", f"{slug}.json"))


def model_svg(request: Request, slug: str) -> HttpResponse:
    """The poster alone, light, with its own colours; without links and numbers."""
    model, version = _found(request, slug)
    drawing = paper_poster(value_of(version))
    style = SafeString(render_to_string("engagement/poster_style.html"))
    context = {"poster": drawing, "label": model.name, "standalone": version, "owner": owner_of(model), "style": style}
    context |= drawing
    text = render_to_string("engagement/poster_svg.html", context)
    return _until(request, model, _file(text, "image/svg+xml", f"{slug}.svg"))


def _found(request: Request, slug: str) -> tuple[EngagementModel, ModelVersion]:
    viewer: Viewer = request.viewer
    model = access_model(viewer, slug)
    return model, version_on(model, localdate(viewer.now))


def _about(model: EngagementModel, version: ModelVersion) -> dict[str, Any]:
    return {
        "ref": model.record.ref,
        "version": version.number,
        "in_force_from": version.in_force_from.isoformat(),
        "in_force_to": version.in_force_to and version.in_force_to.isoformat(),
        "digest": version.digest,
    }


def _file(text: str, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type=f"{kind}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _until(request: Request, model: EngagementModel, response: HttpResponse) -> HttpResponse:
    """Public until a later version begins."""
    viewer: Viewer = request.viewer
    return public(response, changes_at(versions_of(model), localdate(viewer.now)))
