"""The pages for what cannot be answered. None shows a traceback; none tells what a stranger may not know."""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What could not be understood (400); or a form longer than the site takes (413), which the browser still holds."""
    too_large = isinstance(exception, RequestDataTooBig)
    return render(request, "site/400.html", {"too_large": too_large}, status=413 if too_large else 400)


def forbidden(request: HttpRequest, exception: Exception | None = None, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """Also Django's answer to a form without its token."""
    return render(request, "site/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django names it
    """The same page for what is not there and for what one may not know of."""
    return render(request, "site/404.html", status=404)


def broken(_request: HttpRequest) -> HttpResponse:
    """Rendered without the database, since that may be what broke."""
    return HttpResponse(render_to_string("site/500.html"), status=500)


class DatabaseDownMiddleware:
    """The database does not answer: say so with 503, instead of a fault of ours."""

    def __init__(self, get_response):  # type: ignore[no-untyped-def]
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response: HttpResponse = self.get_response(request)
        return response

    def process_exception(self, _request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, OperationalError):
            return None
        return HttpResponse(render_to_string("site/503.html"), status=503, headers={"Retry-After": "30"})
