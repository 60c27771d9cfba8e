"""The front page: a sentence, then what is true today."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime
from django.views.decorators.http import require_safe

from convenor.domain.expressions.queries.tasks import upcoming_calls
from convenor.kit.http import Request, public
from convenor.web.site import front
from convenor.web.site.clock import next_midnight


@require_safe
def home(request: Request) -> HttpResponse:
    """Holds until midnight, when "late" may change by the clock alone, or until a call opens or closes."""
    viewer = request.viewer
    news = front.news(viewer)
    upcoming = upcoming_calls(viewer)
    turns = [at for call in upcoming for at in (call.opens_at, call.closes_at) if at > request.now]
    context = {
        "counts": front.counts(viewer, news.version),
        "columns": [
            front.changed(viewer, news.entries),
            front.open_now(viewer, upcoming, news.version),
            front.late(viewer),
        ],
        "models": front.small_models(viewer),
    }
    return public(
        render(request, "site/home.html", context), fresh_until=min([next_midnight(localtime(request.now)), *turns])
    )
