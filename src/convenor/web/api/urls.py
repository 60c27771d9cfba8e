"""The HTTP API below /api/."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path

from convenor.core.exchange.acts import Act
from convenor.core.exchange.declare import Resource
from convenor.web.api import acting, doors, service
from convenor.web.api.apps import ApiConfig


def addresses(
    found: Iterable[Resource], namespace: str = "v1", acts: Iterable[Act] = ()
) -> list[URLPattern | URLResolver]:
    """Every address of the API of these resources and acts, below /api/: when one is asked for, apps have added theirs.

    Acts stand first: "add" in the place of a key is never a row's.
    """
    done = list(acts)
    made = [each for each in service.build(found, namespace, done).urls[0] if isinstance(each, URLPattern)]
    operations = [*acting.addresses(done), *(doors.guarded(each) for each in made if each.name != "api-root")]
    return [
        path("v1/", include((operations, "ninja"), namespace=namespace)),
        path("", doors.door(doors.unknown), {"rest": "/"}, name="api"),
        path("<path:rest>", doors.door(doors.unknown), name="unknown"),
    ]


_config = cast("ApiConfig", apps.get_app_config("api"))
urlpatterns: list[URLPattern | URLResolver] = addresses(_config.declared, acts=_config.acts)
