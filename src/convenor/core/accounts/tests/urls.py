"""The addresses of accounts alone, so that these tests lean on nothing above."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def here(request: HttpRequest) -> HttpResponse:
    return HttpResponse("here")


urlpatterns = [
    path("", include("convenor.core.accounts.urls")),
    path("account/", include("convenor.core.accounts.sign_in_urls")),
    path("my-work/", here),
    path("elsewhere/", here),
    path("", here),
    path("", include(([path("contact/", here, name="contact")], "site"))),
]
