"""The site's addresses with the API of the sample kinds in place of its own."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from convenor.core.exchange.tests.samples import JOINS, NOTES, SERIES
from convenor.urls import handler400, handler403, handler404, handler500
from convenor.urls import urlpatterns as everything
from convenor.web.api import urls

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns: list[URLPattern | URLResolver] = [
    *(each for each in everything if getattr(each, "namespace", None) != "api"),
    path("api/", include((urls.addresses([NOTES, SERIES, JOINS], "samples"), "api"))),
]
