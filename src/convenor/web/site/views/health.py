"""Is the process alive, can it do its work, and what has it done."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from convenor.kit.http import Request


@require_safe
def livez(_request: Request) -> HttpResponse:
    """The process answers. Asks nothing of the database."""
    return HttpResponse("alive\n", content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"})


@require_safe
def readyz(_request: Request) -> HttpResponse:
    """The database answers: 200, or 503 with the reason in one word."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"ready": False, "because": "database"}, status=503, headers={"Cache-Control": "no-store"})
    return JsonResponse({"ready": True}, headers={"Cache-Control": "no-store"})


@require_safe
def metrics_page(request: Request) -> HttpResponse:
    """Counters for the operator's monitoring; numbers only, nothing of any record."""
    from prometheus_client import CONTENT_TYPE_LATEST, generate_latest  # noqa: PLC0415 - not every site is monitored

    from convenor.web.site import metrics  # noqa: PLC0415 - same

    metrics.refresh(request.now)
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})
