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


def _is_there(part: str) -> bool:
    try:
        return find_spec(part) is not None
    except ModuleNotFoundError:
        return False


urlpatterns: list[URLPattern | URLResolver] = [
    *(path("", include(part)) for part in PARTS if _is_there(part)),
    path("account/", include("convenor.core.accounts.sign_in_urls")),
    path("styleguide/", styleguide, name="styleguide"),
]

handler400 = "convenor.web.site.views.errors.bad_request"
handler403 = "convenor.web.site.views.errors.forbidden"
handler404 = "convenor.web.site.views.errors.not_found"
handler500 = "convenor.web.site.views.errors.broken"
