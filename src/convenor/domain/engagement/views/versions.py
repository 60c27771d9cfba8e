"""One version of a model: what changed, the poster as it was, and its text."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from convenor.core.records.rules import Viewer
from convenor.domain.engagement.queries.loading import value_of
from convenor.domain.engagement.queries.pages import access_model, access_version
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
    value = value_of(found)
    model_url = reverse("engagement:model", args=[slug])
    on = localdate(viewer.now)
    context = {
        "title": _("%(model)s, version %(number)d") % {"model": model.name, "number": number},
        "model": model,
        "model_url": model_url,
        "version": found,
        "before": before,
        "before_url": reverse("engagement:version", args=[slug, before.number]) if before else "",
        "yaml_url": reverse("engagement:version_yaml", args=[slug, number]),
        "differences": differences(value_of(before), value) if before else [],
        "drawing": bare_poster(value),
        "in_force": found.in_force_from <= on and (found.in_force_to is None or found.in_force_to >= on),
        "begins_later": found.in_force_from > on,
        "crumbs": [
            Link(_("How we engage"), reverse("engagement:models")),
            Link(model.name, model_url),
            Link(_("Version %(number)d") % {"number": number}, ""),
        ],
    }
    return public(render(request, "engagement/version.html", context))
