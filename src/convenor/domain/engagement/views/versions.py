"""One version of a model: what changed, the poster as it was, and its text."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from convenor.core.records.rules import Viewer
from convenor.domain.engagement.models import EngagementModel, ModelVersion
from convenor.domain.engagement.queries.loading import gone_from
from convenor.domain.engagement.queries.pages import access_model, access_version, changes_at
from convenor.domain.engagement.queries.telling import text_for, value_for
from convenor.domain.engagement.rules.differences import differences
from convenor.domain.engagement.views.drawn import bare_poster
from convenor.kit.http import Request, public
from convenor.kit.parts import Link


def version(request: Request, slug: str, number: int) -> HttpResponse:
    """The version with the sentences that it changed."""
    viewer: Viewer = request.viewer
    model = access_model(viewer, slug)
    found = access_version(model, number)
    before = model.versions.filter(number=number - 1).first()
    value = value_for(viewer, model, found)
    on = localdate(viewer.now)
    context = {
        **_head(model, found, on),
        "before": before,
        "before_url": reverse("engagement:version", args=[slug, before.number]) if before else "",
        "differences": differences(value_for(viewer, model, before), value) if before else [],
        "drawing": bare_poster(value),
        "text": text_for(viewer, model, found),
        "gone": gone_from(found.yaml),
    }
    return public(render(request, "engagement/version.html", context), changes_at([found], on))


def _head(model: EngagementModel, version: ModelVersion, on: date) -> dict[str, Any]:
    model_url = reverse("engagement:model", args=[model.slug])
    number = {"model": model.name, "number": version.number}
    return {
        "title": _("%(model)s, version %(number)d") % number,
        "model": model,
        "version": version,
        "yaml_url": reverse("engagement:version_yaml", args=[model.slug, version.number]),
        "in_force": version.in_force_from <= on and (version.in_force_to is None or version.in_force_to >= on),
        "begins_later": version.in_force_from > on,
        "crumbs": [
            Link(_("How we engage"), reverse("engagement:models")),
            Link(model.name, model_url),
            Link(_("Version %(number)d") % number, ""),
        ],
    }
