"""Every address of the product."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from django.urls import URLPattern, URLResolver, include, path
from django.urls.resolvers import RoutePattern

PARTS = (
    "convenor.web.site.urls",
    "convenor.domain.engagement.urls",
    "convenor.domain.groups.urls",
    "convenor.domain.expressions.urls",
    "convenor.domain.directory.urls",
    "convenor.core.accounts.urls",
    "convenor.core.files.urls",
    "convenor.core.notify.urls",
    "convenor.core.exchange.urls",
)


def _is_there(part: str) -> bool:
    try:
        return find_spec(part) is not None
    except ModuleNotFoundError:
        return False


class Later(URLResolver):
    """An include that is imported when an address below its prefix is asked for, or one of its names is reversed."""

    def __init__(self, prefix: str, part: str, namespace: str) -> None:
        super().__init__(RoutePattern(prefix), part, app_name=namespace, namespace=namespace)

    def _populate(self) -> None:  # Django collects the names of all includes at the first reverse() of any
        if "urlconf_module" in vars(self):
            super()._populate()

    def _names(self, of: str) -> Any:
        _ = self.urlconf_module  # which imports it
        return getattr(super(), of)

    reverse_dict = property(lambda self: self._names("reverse_dict"))
    namespace_dict = property(lambda self: self._names("namespace_dict"))
    app_dict = property(lambda self: self._names("app_dict"))


urlpatterns: list[URLPattern | URLResolver] = [
    *(path("", include(part)) for part in PARTS if _is_there(part)),
    path("account/", include("convenor.core.accounts.sign_in_urls")),
    path("", include("convenor.kit.urls")),
    Later("api/", "convenor.web.api.urls", "api"),  # its libraries are a third of what a start would load
]

handler400 = "convenor.web.site.views.errors.bad_request"
handler403 = "convenor.web.site.views.errors.forbidden"
handler404 = "convenor.web.site.views.errors.not_found"
handler500 = "convenor.web.site.views.errors.broken"
