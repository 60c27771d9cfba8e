"""Everything the API says when it does not answer: RFC 9457 problem details, one shape for all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, Final

from django.core.exceptions import SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import ValidationError

from convenor.core.records.rules import Breach, Refused

MEDIA_TYPE: Final = "application/problem+json"
METHODS: Final = "GET, HEAD, OPTIONS"

Handler = Callable[[HttpRequest, Any], HttpResponse]


def problem(
    status: int, detail: str, breaches: Iterable[Breach] = (), headers: dict[str, str] | None = None
) -> HttpResponse:
    """A problem; `errors` names each place that is wrong: a parameter of the address, a field of the body."""
    body: dict[str, Any] = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    body["detail"] = detail
    errors = [{"place": breach.field, "code": breach.code, "text": breach.text} for breach in breaches]
    return JsonResponse(
        body | ({"errors": errors} if errors else {}),
        status=status,
        content_type=MEDIA_TYPE,
        headers=headers,
        json_dumps_params={"ensure_ascii": False},
    )


class Problem(Exception):
    """Raised where it is found, answered at the door."""

    def __init__(self, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, headers

    def response(self) -> HttpResponse:
        """As the reader gets it."""
        return problem(self.status, self.detail, headers=self.headers)


def not_found() -> HttpResponse:
    """The same, to the byte, for what is not there and for what one may not know of."""
    return problem(404, _("There is nothing at this address that you may read."))


def wrong_method() -> HttpResponse:
    """Everything here is read only."""
    return problem(405, _("This address can only be read: use GET."), headers={"Allow": METHODS})


def only_acts(methods: str) -> HttpResponse:
    """At the address of an act nothing is read."""
    text = _("Something is done at this address: use POST. /api/v1/openapi.json says what it takes.")
    return problem(405, text, headers={"Allow": methods})


def refused(breaches: Iterable[Breach]) -> HttpResponse:
    """What cannot be used or is against a rule, each with its sentence."""
    found = tuple(breaches)
    return problem(422, " ".join(breach.text for breach in found), found)


def add_handlers(api: NinjaAPI) -> None:
    """What becomes of each expected exception."""
    handlers: dict[type[Exception], Handler] = {
        Http404: lambda _request, _error: not_found(),
        Refused: lambda _request, error: refused(error.breaches),
        ValidationError: _unreadable,
        SuspiciousOperation: _malformed,
        OperationalError: lambda _request, _error: database_down(),
    }
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)


def _unreadable(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A parameter that is not of its declared type."""
    return refused(
        Breach(str(wrong["type"]), f"{wrong['loc'][-1]}: {wrong['msg']}.", str(wrong["loc"][-1]))
        for wrong in error.errors
    )


def _malformed(_request: HttpRequest, _error: SuspiciousOperation) -> HttpResponse:
    return problem(400, _("This request cannot be read: it is malformed, or has too many parameters."))


def database_down() -> HttpResponse:
    """Nothing was done; reading may still work."""
    return problem(
        503, _("The database does not answer at the moment. Try again shortly."), headers={"Retry-After": "30"}
    )
