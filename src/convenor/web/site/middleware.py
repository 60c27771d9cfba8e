"""Who asks and when, for every request; and what becomes of a command's no.

`PeopleMiddleware` stands in place of Django's AuthenticationMiddleware, straight after SessionMiddleware:

- `request.now`: the request's one time, aware, UTC.
- `request.user`: as Django's, but a request without a session cookie never touches the session (no Vary, no
  Set-Cookie, no query), and a session past its limits is nobody's.
- `request.viewer`: the records.rules.Viewer, worked out when first asked for.
- A signed-in answer is `Cache-Control: private, no-store` and never kept by the page cache.
- NotAllowed: a stranger is sent to sign in, a signed-in person reads why (403). Refused: its sentences (409).

`CaretakerMiddleware`: why something cannot wait, from any form to its command.

`MethodsMiddleware`: a view that names no methods, allauth's or ours, takes any other for a GET; it is refused here.
"""

# ruff: noqa: ARG002 - Django decides what its hooks are given

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.sites.requests import RequestSite
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.template.exceptions import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils.deprecation import MiddlewareMixin
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _

from convenor.core.accounts import sessions, unsent
from convenor.core.accounts.models import Person
from convenor.core.accounts.queries import owes_second_factor, viewer_for
from convenor.core.records import caretaker
from convenor.core.records.rules import NotAllowed, Refused, Viewer, anonymous
from convenor.kit.http import Request

SIGN_IN_PAGES = ("account_", "mfa_", "usersessions_")
"""Names of addresses that a duty holder who must still set up a second factor may open."""


PAGE_METHODS = ("GET", "HEAD", "OPTIONS", "POST")
"""What a page may take; one that takes fewer says so itself."""
API = "/api/"
"""Its addresses say in JSON which methods they take."""


class MethodsMiddleware(MiddlewareMixin):
    """Answers 405 to PUT, PATCH, DELETE, TRACE and the like on every page."""

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseNotAllowed | None:
        """Refuse before anything is done, whoever asks."""
        if request.method in PAGE_METHODS or request.path_info.startswith(API):
            return None
        return HttpResponseNotAllowed(PAGE_METHODS)


class CaretakerMiddleware:
    """Hands the reason why something cannot wait from the form to the command (core.records.caretaker)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Acts of the API say it in their body, and so themselves."""
        if request.method != "POST" or request.path_info.startswith(API):
            return self.get_response(request)
        with caretaker.overriding(lambda: request.POST.get(caretaker.FIELD, "")):
            return self.get_response(request)


class PeopleMiddleware(AuthenticationMiddleware):
    """See the module's first lines."""

    def process_request(self, request: HttpRequest) -> None:
        """Set now, user and viewer; ask the database nothing yet."""
        super().process_request(request)
        asked = cast("Request", request)
        asked.now = datetime.now(UTC)
        asked.user = _lazy(lambda: _person(asked))
        asked.viewer = _lazy(lambda: _viewer(asked)) if sessions.carries_session(asked) else anonymous(asked.now)

    def process_view(
        self, request: Request, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Send a duty holder without a second factor to set one up, where the site demands it."""
        if not settings.MFA_FOR_DUTIES or _is_sign_in_page(request) or not owes_second_factor(request.viewer):
            return None
        return HttpResponseRedirect(resolve_url("mfa_index"))

    def process_exception(self, request: Request, exception: Exception) -> HttpResponse | None:
        """Turn a command's no into a page."""
        if isinstance(exception, NotAllowed) and not request.viewer.signed_in:
            return to_sign_in(request)
        if isinstance(exception, NotAllowed):
            return _say(request, "site/403.html", exception, 403)
        return _say(request, "site/409.html", exception, 409) if isinstance(exception, Refused) else None

    def process_template_response(self, request: HttpRequest, response: TemplateResponse) -> TemplateResponse:
        """Allauth puts a `site` of its own into its pages, in the way of the frame's."""
        if response.context_data and isinstance(response.context_data.get("site"), RequestSite):
            del response.context_data["site"]
        return response

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Keep a signed-in answer out of every cache, and renew the last-seen time."""
        if _someone_asked(request) and request.user.is_authenticated:
            response.headers["Cache-Control"] = "private, no-store"
            response.convenor_public = False  # type: ignore[attr-defined]
            sessions.renew_seen(request, response, cast("Request", request).now)
        return response


def to_sign_in(request: HttpRequest) -> HttpResponseRedirect:
    """To the sign-in page, and back afterwards: to this page, or to the form a POST came from.

    What was sent after a session had ended is kept, and offered again once they are back.
    """
    kept = unsent.keep(request, cast("Request", request).now)
    back = resolve_url("accounts:unsent") if kept else _way_back(request)
    return HttpResponseRedirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': back})}")


def _way_back(request: HttpRequest) -> str:
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    sent_from = request.headers.get("Referer", "")
    host = {request.get_host()}
    safe = url_has_allowed_host_and_scheme(sent_from, host, require_https=request.is_secure())
    return sent_from if safe else request.path


def _lazy(work_out: Callable[[], Any]) -> Any:
    return SimpleLazyObject(work_out)


def _person(request: Request) -> Person | AnonymousUser:
    """Kept where Django itself keeps it."""
    if not hasattr(request, "_cached_user"):
        setattr(request, "_cached_user", sessions.person_of(request, request.now))  # noqa: B010 - not declared
    return cast("Person | AnonymousUser", getattr(request, "_cached_user"))  # noqa: B009 - not declared


def _viewer(request: Request) -> Viewer:
    person = _person(request)
    return viewer_for(person if isinstance(person, Person) else None, request.now)


def _someone_asked(request: HttpRequest) -> bool:
    """Whether anything looked at who is signed in: an answer nobody asked that for is the same for all."""
    return hasattr(request, "_cached_user") or getattr(getattr(request, "session", None), "accessed", False)


def _is_sign_in_page(request: HttpRequest) -> bool:
    name = request.resolver_match.view_name if request.resolver_match else ""
    return name.startswith(SIGN_IN_PAGES)


def _say(request: HttpRequest, template: str, refused: Refused, status: int) -> HttpResponse:
    """A page with the sentences of the refusal, in plain text where the site has no page for it."""
    sentences = [breach.text for breach in refused.breaches]
    try:
        page = render_to_string(template, {"sentences": sentences, "reason": " ".join(sentences)}, request)
    except TemplateDoesNotExist:
        text = "\n".join([_("This was not done."), *sentences])
        return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
    return HttpResponse(page, status=status)
