"""Every address of the product."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from convenor.kit.styleguide import styleguide

PARTS = (
    "convenor.web.site.urls",
    "convenor.domain.engagement.urls",
    "convenor.domain.groups.urls",
    "convenor.domain.directory.urls",
    "convenor.core.accounts.urls",
    "convenor.core.files.urls",
    "convenor.core.notify.urls",
    "convenor.core.exchange.urls",
    "convenor.web.api.urls",
)

urlpatterns: list[URLPattern | URLResolver] = [
    *(path("", include(part)) for part in PARTS if find_spec(part)),
    path("account/", include("allauth.urls")),
    path("styleguide/", styleguide, name="styleguide"),
]

handler400 = "convenor.web.site.views.errors.bad_request"
handler403 = "convenor.web.site.views.errors.forbidden"
handler404 = "convenor.web.site.views.errors.not_found"
handler500 = "convenor.web.site.views.errors.broken"
