"""What every view may count on: a request with a viewer and one time for all it does."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from django.http import HttpRequest, HttpResponseBase

R = TypeVar("R", bound=HttpResponseBase)


class Request(HttpRequest):
    """An HttpRequest after web.site.middleware: `viewer` says who asks, `now` is the request's one time."""

    now: datetime
    if TYPE_CHECKING:
        viewer: Any  # a records.rules.Viewer; the kit stands below and does not import it


def public(response: R, fresh_until: datetime | None = None) -> R:
    """Mark a response as the same for every stranger, so that the page cache may keep it.

    `fresh_until` is for pages that change by the clock alone (a term that ends at midnight).
    """
    response.convenor_public = True  # type: ignore[attr-defined]
    response.convenor_fresh_until = fresh_until  # type: ignore[attr-defined]
    return response
