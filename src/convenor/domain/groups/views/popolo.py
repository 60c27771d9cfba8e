"""Groups and who sits in them as Popolo: the whole, and one group."""

from __future__ import annotations

from django.http import HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_safe

from convenor.domain.groups.queries.access import access_group
from convenor.domain.groups.queries.popolo import popolo_lines
from convenor.kit.http import Request


@require_safe
def whole(request: Request) -> HttpResponseBase:
    """Every person, body, group, post and membership the reader may read."""
    return _sent(StreamingHttpResponse(popolo_lines(request.viewer), content_type="application/json"), "popolo")


@require_safe
def of_group(request: Request, slug: str) -> HttpResponseBase:
    """One group, its seats, and who sits and sat in them."""
    group = access_group(request.viewer, slug)
    lines = popolo_lines(request.viewer, group.record.ref)
    return _sent(StreamingHttpResponse(lines, content_type="application/json"), f"{group.slug}-popolo")


def _sent(response: StreamingHttpResponse, name: str) -> HttpResponseBase:
    response["Content-Disposition"] = f'attachment; filename="{name}.json"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
