"""What stands before and behind every operation: methods, sharing with strangers, addresses that lead nowhere."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponsePermanentRedirect,
    StreamingHttpResponse,
)
from django.urls import Resolver404, URLPattern, path, resolve

from convenor.kit.http import Request, public
from convenor.web.api import bearer, problems

View = Callable[..., HttpResponseBase]


def guarded(pattern: URLPattern) -> URLPattern:
    """The same address with its view behind the door."""
    return path(str(pattern.pattern), door(pattern.callback), name=pattern.name)


def door(view: View) -> View:
    """GET and HEAD go through; anything else hears so in JSON. Strangers' answers may be read by every web page."""

    @wraps(view)
    def enter(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "OPTIONS":
            response: HttpResponseBase = HttpResponse(status=204, headers={"Allow": problems.METHODS})
        elif request.method in ("GET", "HEAD"):
            response = (
                _named(view, request, *args, **kwargs)
                if bearer.sent(request)
                else _read(view, request, *args, **kwargs)
            )
        else:
            response = problems.wrong_method()
        return _shared(request, response)

    enter.csrf_exempt = True  # type: ignore[attr-defined]  # nothing is changed here, and a 403 page would answer first
    return enter


def unknown(request: HttpRequest, rest: str) -> HttpResponse:
    """Any other address below /api/: with its slash when only that was missing, else 404 in JSON."""
    if not rest.endswith("/") and _leads_somewhere(f"{request.path_info}/"):
        return HttpResponsePermanentRedirect(request.get_full_path(force_append_slash=True))
    return problems.not_found()


def _leads_somewhere(address: str) -> bool:
    try:
        return "rest" not in resolve(address).kwargs
    except Resolver404:
        return False


def _named(view: View, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
    """Read as the person whose token was sent; the answer is for them alone."""
    try:
        bearer.enter(request)
        response = _read(view, request, *args, **kwargs)
    except problems.Problem as problem:
        response = problem.response()
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _read(view: View, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
    """A HEAD is a GET whose body nobody waits for."""
    asked, request.method = request.method, "GET"
    try:
        response = view(request, *args, **kwargs)
    finally:
        request.method = asked
    if asked == "HEAD" and isinstance(response, StreamingHttpResponse):
        response.streaming_content = iter(())
    return response


def _shared(request: Request, response: HttpResponseBase) -> HttpResponseBase:
    """Without credentials everybody gets the same, so any page may read it and the page cache may keep it."""
    if request.viewer.signed_in or bearer.sent(request):
        return response
    response.headers["Access-Control-Allow-Origin"] = "*"
    return public(response) if response.status_code == 200 and not response.streaming else response
