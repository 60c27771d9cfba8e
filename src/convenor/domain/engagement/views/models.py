"""How we engage: every model, drawn small."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from convenor.core.records.rules import Viewer
from convenor.domain.engagement.permissions import may_load_some_model
from convenor.domain.engagement.queries.pages import Shown, changes_at, live_models, shown_of
from convenor.domain.engagement.views.drawn import small_poster
from convenor.kit.http import Request, public
from convenor.kit.paging import page_of

PAGE_SIZE = 12


def models(request: Request) -> HttpResponse:
    """The models that are in force, each leading to its poster."""
    viewer: Viewer = request.viewer
    page = page_of(live_models(viewer), request.GET, PAGE_SIZE)
    shown = shown_of(viewer, page.rows)
    context = {
        "title": _("How we engage"),
        "page": page,
        "models": [_model(each) for each in shown],
        "load_url": reverse("engagement:load") if may_load_some_model(viewer) else "",
    }
    changes = [at for each in shown if (at := changes_at(each.versions, each.on))]
    return public(render(request, "engagement/models.html", context), min(changes, default=None))


def _model(shown: Shown) -> dict[str, object]:
    return {
        "shown": shown,
        "url": reverse("engagement:model", args=[shown.model.slug]),
        "drawing": small_poster(shown.value),
        "groups": sum(shown.counts.values()),
    }
